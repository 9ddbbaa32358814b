"""BLEU of squeezed translators: the table against sacreBLEU on the same lines."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import sacrebleu

from engine.decoding.text import translate_lines
from engine.errors import DataError
from engine.evaluation import bottleneck
from engine.inspection.translation.bottleneck import WHOLE, find_directions, press, save_directions
from engine.models.folder import load_model
from tests.engine.conftest import TINY_PAIRS

SOURCES = [source for source, _ in TINY_PAIRS]


def test_the_table_holds_sacrebleu_at_every_size_and_keeps_other_models(
    translator_folder: Path, mirror: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = load_model(translator_folder)
    directions = find_directions(loaded, SOURCES)
    monkeypatch.setattr("engine.inspection.translation.bottleneck.FOLDER", tmp_path)
    save_directions(directions)
    table = tmp_path / "table.parquet"
    for _ in range(2):  # measured again, its rows take the place of the older ones
        shares = list(bottleneck.measure_bleu(loaded, directions, table))
    assert shares[-1] == 1
    frame = pd.read_parquet(table)
    assert frame["size"].tolist() == [WHOLE, 16, 8, 4, 2, 1]  # the tiny model has 24 directions
    references = [[target for _, target in TINY_PAIRS]]
    whole = [text for _, text in sorted(translate_lines(loaded, SOURCES, beam_size=1))]
    assert frame["bleu"][0] == pytest.approx(sacrebleu.corpus_bleu(whole, references).score, abs=0.01)
    one = bottleneck.translate_pressed(loaded, directions, SOURCES, 1)
    for source, text in zip(SOURCES, one, strict=True):  # alone a short sentence may reach its limit earlier
        assert text.startswith(press(loaded, source, (1,)).rows["text"][1])
    assert frame["bleu"][5] == pytest.approx(sacrebleu.corpus_bleu(one, references).score, abs=0.01)
    pd.concat([frame, frame.assign(model="other")]).to_parquet(table)
    list(bottleneck.measure_bleu(loaded, directions, table))
    assert pd.read_parquet(table)["model"].value_counts().to_dict() == {"other": 6, loaded.info.name: 6}


def test_a_damaged_table_is_found_out_before_anything_is_translated(translator_folder: Path, tmp_path: Path) -> None:
    loaded = load_model(translator_folder)
    table = tmp_path / "table.parquet"
    table.write_bytes(b"nothing")
    with pytest.raises(DataError, match="damaged"):
        next(bottleneck.measure_bleu(loaded, find_directions(loaded, SOURCES), table))
