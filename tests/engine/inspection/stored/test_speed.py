"""The stored table of speed: what is read of it, and that the shipped one can be read."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from engine.errors import DataError
from engine.inspection.stored import speed


def rows(*given: tuple[str, str, float, float]) -> pd.DataFrame:
    """Return rows of one item, each of (kind, who, size, ratio)."""
    return pd.DataFrame(
        [
            {
                **dict.fromkeys(speed.COLUMNS, ""),
                "group": "steps",
                "item": "a step",
                "unit": "s",
                "per": "step",
                "kind": kind,
                "who": who,
                "size": size,
                "value": 0.5 if kind == speed.EXPONENT else 0.0123456,
                **dict.fromkeys(("low", "high"), 0.01),
                **dict.fromkeys(("ratio", "ratio_low", "ratio_high"), ratio),
                "rounds": 3,
            }
            for kind, who, size, ratio in given
        ]
    )


NAN = float("nan")
TABLE = rows(
    (speed.OURS, speed.US, NAN, NAN),
    (speed.PEER, "slow loop", NAN, 4.0),
    (speed.PEER, "quick loop", NAN, 0.8),
    (speed.PEER, "not here", NAN, NAN),
    (speed.LIMIT, "memory", NAN, 0.5),
    (speed.OURS, "lstm", 10.0, NAN),
    (speed.EXPONENT, "lstm", NAN, NAN),
)


def test_peers_and_limits_are_compared_and_peers_are_counted() -> None:
    assert list(speed.compared(TABLE)["who"]) == ["slow loop", "quick loop", "memory"]
    said = speed.in_words(TABLE)
    assert "1 of 2 peers cost more than Unrolled, the middle one 2.4 times" in said
    assert "Least: quick loop (a step), 0.80 times; most: slow loop (a step), 4.0 times" in said
    assert speed.in_words(TABLE[TABLE["kind"] == speed.OURS]) == "Nothing is compared here."


def test_growth_and_numbers_for_a_reader() -> None:
    assert list(speed.growing(TABLE)["who"]) == ["lstm"]
    assert speed.exponents(TABLE, "a step") == {"lstm": 0.5}
    shown = speed.shown_table(TABLE)
    assert "commit" not in shown
    assert shown["value"].iloc[0] == 12.35
    assert shown["unit"].iloc[0] == "ms"


def test_a_table_that_is_not_there_or_damaged_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="run: python -m tests.benchmarks"):
        speed.read_table(str(tmp_path / "none.parquet"))
    (tmp_path / "bad.parquet").write_bytes(b"no table")
    with pytest.raises(DataError, match="damaged"):
        speed.read_table(str(tmp_path / "bad.parquet"))


def test_the_shipped_table_holds_every_group_with_its_origin() -> None:
    frame = speed.read_table()
    assert set(frame["group"]) == set(speed.TITLES)
    assert frame[["noise", "software", "hardware", "commit", "date"]].map(bool).all(axis=None)
    assert (frame["value"].notna() | (frame["note"] != "")).all()  # what was not measured says why
