"""The table of speed on the Models page: ratios with their range, growth, and a table that is not there."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from engine.inspection.stored import speed
from tests.pages.open import alternative_texts, open_page, sentences, written


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the place of a table of one step and one growth."""

    def row(group: str, kind: str, who: str, size: float = float("nan"), ratio: float = float("nan")) -> dict:
        numbers = {"value": 0.5, "low": 0.4, "high": 0.6, "ratio": ratio, "ratio_low": ratio, "ratio_high": ratio}
        said = {"noise": "the same loop twice: 0.99 to 1.01 times", "software": "torch 2", "note": ""}
        origin = {"hardware": "a processor", "commit": "abc", "date": "2026-11-30"}
        place = {"group": group, "item": f"one of {group}", "unit": "s", "per": "step", "kind": kind, "who": who}
        return place | {"size": size, "rounds": 3} | numbers | said | origin

    rows = [row("steps", "ours", speed.US), row("steps", "peer", "a slow loop", ratio=4.0)]
    rows += [row("growth", "ours", "lstm", size) for size in (1.0, 2.0, 4.0)] + [row("growth", "exponent", "lstm")]
    path = tmp_path / "speed.parquet"
    pd.DataFrame(rows).to_parquet(path)
    monkeypatch.setattr(speed, "TABLE", path)
    return path


def test_ratios_stand_in_words_in_a_chart_and_in_the_table(table: Path) -> None:
    at = open_page("models", tool="speed")
    assert not at.exception
    assert "1 of 1 peers cost more than Unrolled" in written(at)
    assert "0.99 to 1.01 times" in written(at)
    assert any("how many times what Unrolled costs" in text for text in alternative_texts(at))
    assert at.dataframe[-1].value["who"].tolist() == [speed.US, "a slow loop"]


def test_growth_is_a_line_with_its_power(table: Path) -> None:
    at = open_page("models", tool="speed", speed_group="Growth")
    assert not at.exception
    assert "lstm with the power 0.50" in written(at)


def test_without_a_table_a_sentence_says_how_to_measure(table: Path) -> None:
    table.unlink()
    at = open_page("models", tool="speed")
    assert not at.exception
    assert any("python -m tests.benchmarks" in sentence for sentence in sentences(at))
