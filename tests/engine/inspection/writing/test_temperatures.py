"""Texts over temperature: the texts of the engine, entropies written out by hand, the same text in a batch as alone."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from engine.command_line import EXIT_BAD_INPUT, main
from engine.decoding.limits import SamplingSettings
from engine.decoding.text import prompt_ids, write_text
from engine.errors import DataError, InputError
from engine.inspection.stored import tables
from engine.inspection.writing import copy_index, temperature_results
from engine.inspection.writing.copy_index import build_index, save_index
from engine.inspection.writing.temperature_results import measure_model, read_table, stored_curve
from engine.inspection.writing.temperatures import (
    ROUND,
    curve_of,
    loop_sentence,
    marked_loop,
    measure_curve,
    summarise_curve,
    temperature_sentence,
    temperature_table,
    write_at,
)
from engine.models.folder import LoadedModel
from engine.models.steps import logits_along
from tests.engine.conftest import TINY_TEXT

SETTINGS = SamplingSettings(max_new_tokens=80, temperature=1.1, top_k=9, top_p=0.9, seed=5)
PROMPT = "MARA: "


@pytest.fixture(autouse=True)
def indexes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the shipped indexes out; there is one of the tiny text."""
    monkeypatch.setattr(copy_index, "INDEXES", tmp_path / "indexes")
    save_index(build_index(TINY_TEXT, {"title": "Tiny"}), tmp_path / "indexes" / "tiny_shakespeare.safetensors")
    return tmp_path / "indexes"


@pytest.mark.parametrize("temperature", [0.0, 0.3, 1.5])
def test_text_is_the_one_that_generation_writes(reader: LoadedModel, temperature: float) -> None:
    found = write_at(reader, PROMPT, SETTINGS, temperature)
    assert found.text == "".join(write_text(reader, PROMPT, dataclasses.replace(SETTINGS, temperature=temperature)))


def test_entropies_are_those_of_the_distributions_drawn_from(reader: LoadedModel) -> None:
    settings = dataclasses.replace(SETTINGS, max_new_tokens=12, top_k=0, top_p=1.0)
    found = write_at(reader, PROMPT, settings, 0.5)
    before, after = [], []
    for position in range(12):
        ids = torch.tensor([prompt_ids(reader, PROMPT + found.text[:position])])
        logits = reader.model(ids)[0][0, -1].double().detach().numpy()
        for temperature, entropies in ((1.0, before), (0.5, after)):
            chances = np.exp(logits / temperature - (logits / temperature).max())
            chances /= chances.sum()
            entropies.append(-(chances * np.log(chances)).sum())
    assert found.entropy_before == pytest.approx(np.mean(before), abs=1e-4)
    assert found.entropy == pytest.approx(np.mean(after), abs=1e-4)
    assert write_at(reader, PROMPT, settings, 0.0).entropy == 0


def test_logits_along_are_those_of_single_steps(reader: LoadedModel) -> None:
    ids = prompt_ids(reader, "The ferry left at noon")
    along = logits_along(reader.model, ids[:4], ids[4:])
    state = reader.model.start(1)
    rows = []
    with torch.inference_mode():
        for token_id in ids:
            logits, state = reader.model.step(torch.tensor([token_id]), state)
            rows.append(logits[0])
    assert torch.allclose(along, torch.stack(rows[3:]), atol=1e-5)
    assert logits_along(reader.model, ids, []).shape == (1, reader.tokenizer.vocab_size)


def test_curve_writes_each_text_as_if_it_were_alone(reader: LoadedModel) -> None:
    *shares, table = measure_curve(reader, PROMPT, SETTINGS, (0.0, 0.7, 1.4), seeds=3)
    assert shares == sorted(shares)
    assert all(0 < share <= 1 for share in shares)
    assert len(table) == 9
    for row in table.itertuples():
        alone = write_at(reader, PROMPT, dataclasses.replace(SETTINGS, seed=row.seed), row.temperature)
        assert row.entropy == pytest.approx(alone.entropy, abs=1e-4)
        assert row.distinct_2 == pytest.approx(alone.measures.distinct_2, nan_ok=True)
        assert row.novelty == pytest.approx(alone.measures.novelty)
        assert row.characters == len(alone.text)
    assert sorted(table["seed"].unique()) == [5, 6, 7]


def test_summary_is_mean_and_spread_over_seeds(reader: LoadedModel) -> None:
    table = curve_of(reader, PROMPT, dataclasses.replace(SETTINGS, max_new_tokens=30))
    summary = summarise_curve(table)
    assert summary["temperature"].is_monotonic_increasing
    own = table[table["temperature"] == 0.5]["entropy"]
    row = summary[summary["temperature"] == 0.5].iloc[0]
    assert (row["entropy_mean"], row["entropy_min"], row["entropy_max"]) == pytest.approx(
        (own.mean(), own.min(), own.max())
    )
    assert row["seeds"] == own.size


def test_loop_is_said_to_be_one_and_marked(reader: LoadedModel) -> None:
    found = write_at(reader, PROMPT, dataclasses.replace(SETTINGS, max_new_tokens=300), 0.0)
    loop = found.measures.loop
    assert loop is not None, "an untrained network that always takes the likeliest goes round in circles"
    assert f"from character {loop.start + 1:,} on it writes the same {loop.period}" in loop_sentence(found)
    marked = marked_loop(found)
    assert marked.replace(ROUND, "") == found.text
    rounds = marked.split(ROUND)
    assert rounds[0] == found.text[: loop.start]
    assert set(rounds[1:-1]) == {loop.unit}
    hot = write_at(reader, PROMPT, SETTINGS, 3.0)
    assert hot.measures.loop is None
    assert loop_sentence(hot) == ""
    assert marked_loop(hot) == hot.text
    assert "Caught in a loop at temperature 0." in temperature_sentence([found, hot])
    assert "None of the texts is caught in a loop" in temperature_sentence([hot, hot])
    assert temperature_table([found, hot])["is_loop"].tolist() == [True, False]


def test_without_an_index_novelty_is_unknown(reader: LoadedModel, indexes: Path) -> None:
    (indexes / "tiny_shakespeare.safetensors").unlink()
    found = write_at(reader, PROMPT, SETTINGS, 1.0)
    assert math.isnan(found.measures.novelty)
    assert math.isnan(found.measures.known_words)
    assert "novelty" not in temperature_sentence([found])


def test_bad_settings_get_a_sentence(reader: LoadedModel) -> None:
    with pytest.raises(InputError, match="at most 2,000"):
        write_at(reader, "x" * 2001, SETTINGS, 1.0)
    with pytest.raises(InputError, match="temperature must"):
        write_at(reader, "x", SETTINGS, math.nan)
    with pytest.raises(InputError, match="at most 2,000"):
        next(measure_curve(reader, "x" * 2001, SETTINGS))


def test_stored_curve_is_that_of_these_weights(
    reader: LoadedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "results" / "temperatures.parquet"
    monkeypatch.setattr(temperature_results, "TABLE", table)
    monkeypatch.setattr(
        temperature_results, "SETTINGS", dataclasses.replace(temperature_results.SETTINGS, max_new_tokens=20)
    )
    monkeypatch.setattr(temperature_results, "SEEDS", 2)
    assert stored_curve(reader).empty
    assert list(measure_model(reader, table))[-1] == 1
    assert list(measure_model(reader, table))[-1] == 1
    stored = stored_curve(reader)
    assert len(stored) == 12 * 2, "measured anew, not twice"
    assert {"commit", "hardware", "seed", "date"} <= set(stored)
    pd.testing.assert_frame_equal(stored, read_table(table))
    monkeypatch.setattr(tables, "weights_in", lambda folder: "other")
    assert stored_curve(reader).empty, "a model trained anew has no curve yet"
    table.write_bytes(b"no table")
    with pytest.raises(DataError, match="damaged"):
        read_table(table)
    pd.DataFrame({"model": ["x"]}).to_parquet(table)
    with pytest.raises(DataError, match="lacks the columns"):
        read_table(table)
    with pytest.raises(DataError, match="has not been measured"):
        read_table(tmp_path / "nothing.parquet")


def test_command_refuses_a_model_that_does_not_write(
    translator_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    code = main(["temperatures", "--model", str(translator_folder), "--output", str(tmp_path / "x.parquet")])
    assert code == EXIT_BAD_INPUT
    assert "is one of the translators, not one of the language models" in capsys.readouterr().err


def test_shipped_table_has_its_origin_in_every_row() -> None:
    shipped = read_table(Path(temperature_results.__file__).parents[3] / "data" / "results" / "temperatures.parquet")
    assert {"shakespeare-rnn", "shakespeare-lstm", "shakespeare-gru"} <= set(shipped["model"])
    for column in ("commit", "hardware", "date", "weights", "prompt"):
        assert (shipped[column].str.len() > 0).all(), column
    greedy = shipped[shipped["temperature"] == 0]
    assert (greedy["entropy"] == 0).all()
    assert (greedy.groupby("model")["repetition"].nunique() == 1).all(), "greedy text does not depend on the seed"
    assert shipped.groupby(["model", "temperature"])["seed"].nunique().eq(temperature_results.SEEDS).all()
