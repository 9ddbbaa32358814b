"""BLEU by length: the sentence repeats the rows; a missing or damaged table is one clear sentence."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from engine.errors import DataError
from engine.inspection.translation.length_gap import gap_sentence, gap_table, load_bleu_by_length

ROWS = pd.DataFrame(
    {
        "model": ["with"] * 2 + ["without"] * 2,
        "bucket": ["18-60", "1-7"] * 2,
        "shortest": [18, 1] * 2,
        "sentences": [40, 50] * 2,
        "bleu": [48.25, 50.0, 20.0, 47.5],
    }
)


def test_the_gap_is_the_difference_of_the_rows_shortest_first(tmp_path: Path) -> None:
    ROWS.to_parquet(tmp_path / "table.parquet")
    frame = load_bleu_by_length(tmp_path / "table.parquet")
    assert list(gap_table(frame, "with", "without")["gap"]) == [2.5, 28.25]
    sentence = gap_sentence(frame, "with", "without")
    assert "18-60 words" in sentence
    assert "48.2 " in sentence
    assert "20.0 without, 28.2 apart" in sentence


def test_a_model_that_is_worse_with_attention_is_said_to_be() -> None:
    frame = ROWS.assign(bleu=[10.0, 50.0, 20.0, 47.5]).sort_values("shortest")
    assert "10.0 apart the other way round" in gap_sentence(frame, "with", "without")


@pytest.mark.parametrize("damage", ["missing", "not Parquet", "lacks columns"])
def test_a_table_that_cannot_be_used_is_one_sentence(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "table.parquet"
    if damage == "not Parquet":
        path.write_bytes(b"PAR1 but not really")
    elif damage == "lacks columns":
        ROWS.drop(columns="bleu").to_parquet(path)
    words = {"missing": "not been measured", "not Parquet": "damaged", "lacks columns": "columns bleu"}[damage]
    with pytest.raises(DataError, match=words):
        load_bleu_by_length(path)
