"""The ways to be taught: what the sentences say follows from the table, whichever way the numbers lie."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from engine.errors import DataError
from engine.inspection.translation import regimes
from engine.inspection.translation.regimes import (
    ALWAYS,
    COLUMNS,
    CURVE,
    FINAL,
    SCHEDULED,
    curve_rows,
    final_rows,
    gap_sentence,
    read_regimes,
    scheduled_sentence,
    spread,
    summary_table,
    winner_sentence,
)
from engine.recipes.base import RECIPES


def table(**scores: list[tuple[float, float, float]]) -> pd.DataFrame:
    """Return a made-up table: per label one (BLEU, forced loss, free loss) for each seed."""
    rows = []
    for label, seeds in scores.items():
        for seed, (bleu, forced, free) in enumerate(seeds, start=1):
            facts = dict.fromkeys(COLUMNS, "") | {"label": label.replace("_", " "), "seed": seed, "sentences": 1000}
            values = {"bleu_beam": bleu, "bleu_greedy": bleu - 1, "chrf_beam": bleu + 15, "chrf_greedy": bleu + 14}
            rows.append(facts | values | {"forced_loss": forced, "free_loss": free, "kind": FINAL, "step": 1000})
            for step in (100, 200):
                empty = {
                    "bleu_beam": None,
                    "bleu_greedy": None,
                    "chrf_beam": None,
                    "chrf_greedy": None,
                    "sentences": None,
                }
                rows.append(
                    facts | empty | {"forced_loss": forced + 100 / step, "free_loss": free, "kind": CURVE, "step": step}
                )
    return pd.DataFrame(rows)


CLEAR = table(
    Always_forced=[(40.0, 1.2, 5.0), (41.0, 1.3, 5.2)],
    Scheduled=[(37.0, 1.6, 3.9), (38.0, 1.6, 4.1)],
    Never_forced=[(20.0, 4.0, 4.2), (22.0, 4.1, 4.2)],
)


def test_the_winner_and_the_worst_are_named_with_their_means() -> None:
    sentence = winner_sentence(CLEAR)
    assert "On the 1,000 test sentences always forced translates best: BLEU 40.5" in sentence
    assert "before scheduled with 37.5, last never forced with 21.0" in sentence
    assert "worst seed is better than the best one of the next" in sentence


def test_overlapping_seeds_and_single_seeds_are_called_doubtful() -> None:
    assert "overlap" in winner_sentence(
        table(Always_forced=[(40.0, 1, 5), (36.0, 1, 5)], Scheduled=[(37.0, 1, 4), (38.0, 1, 4)])
    )
    assert "one seed each" in winner_sentence(table(Always_forced=[(40.0, 1, 5)], Scheduled=[(37.0, 1, 4)]))
    assert "Only scheduled has been measured: BLEU 37.0" in winner_sentence(table(Scheduled=[(37.0, 1, 4)]))


@pytest.mark.parametrize(
    ("scheduled", "verdict"),
    [
        ([(37.0, 1.5, 4.0), (38.0, 1.5, 4.0)], "hurts here"),
        ([(43.0, 1.5, 4.0), (44.0, 1.5, 4.0)], "helps here"),
        ([(40.2, 1.5, 4.0), (41.2, 1.5, 4.0)], "no clear difference"),
        ([(37.0, 1.5, 4.0), (44.5, 1.5, 4.0)], "no clear difference"),
    ],
)
def test_whether_scheduled_sampling_helps_is_read_off_the_numbers(scheduled: list, verdict: str) -> None:
    frame = table(Always_forced=[(40.0, 1.2, 5.0), (41.0, 1.2, 5.0)], Scheduled=scheduled)
    sentence = scheduled_sentence(frame)
    assert verdict in sentence
    change = sum(bleu for bleu, _, _ in scheduled) / 2 - 40.5
    assert f"BLEU changes by {change:+.1f} with a beam" in sentence
    assert "forced loss by +0.300 and the free loss by -1.000" in sentence
    assert scheduled_sentence(table(Never_forced=[(1, 1, 1)])) is None


def test_the_smallest_gap_is_not_praised_where_it_translates_worse() -> None:
    sentence = gap_sentence(CLEAR)
    assert "smallest for “never forced” (0.15 nats per token) and largest for “always forced” (3.85)" in sentence
    assert "not the best translator: that is always forced" in sentence
    assert "also the best" in gap_sentence(table(Always_forced=[(30, 1, 5)], Scheduled=[(40, 1, 2)]))


def test_the_summary_gives_mean_and_range_in_the_order_of_help() -> None:
    summary = summary_table(CLEAR)
    assert list(summary["taught"]) == [ALWAYS, SCHEDULED, "Never forced"]
    assert list(summary["seeds"]) == [2, 2, 2]
    assert summary["BLEU, beam 5"][0] == "40.5 (40.0 to 41.0)"
    assert summary["Exposure bias (loss gap)"][0] == "3.850 (3.800 to 3.900)"
    assert spread(pd.Series([1.25]), 1) == "1.2"
    assert list(final_rows(CLEAR)["exposure_gap"])[:2] == [3.8, 3.9]


def test_curves_are_means_over_the_seeds() -> None:
    curves = curve_rows(CLEAR)
    first = curves[(curves["label"] == ALWAYS) & (curves["step"] == 100)].iloc[0]
    assert (first.forced_mean, first.forced_min, first.forced_max) == (2.25, 2.2, 2.3)
    assert first.free_mean == 5.1
    assert list(dict.fromkeys(curves["label"])) == [ALWAYS, SCHEDULED, "Never forced"]


def test_a_table_that_is_not_there_or_lacks_columns_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not been measured here.+evaluate --model"):
        read_regimes(tmp_path / "none.parquet")
    CLEAR.drop(columns="free_loss").to_parquet(tmp_path / "lacking.parquet")
    with pytest.raises(DataError, match="lacks the columns free_loss"):
        read_regimes(tmp_path / "lacking.parquet")
    CLEAR.to_parquet(tmp_path / "whole.parquet")
    assert list(dict.fromkeys(read_regimes(tmp_path / "whole.parquet")["label"])) == [ALWAYS, SCHEDULED, "Never forced"]


def test_the_recipes_and_labels_the_page_names_exist() -> None:
    import engine.recipes  # noqa: F401

    labels = {RECIPES.get(name).label for name in regimes.RECIPES}
    assert labels == set(regimes.ORDER)
    assert all(RECIPES.get(name).group == "forcing" and RECIPES.get(name).measures_free for name in regimes.RECIPES)
