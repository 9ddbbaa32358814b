"""Figures of speed: a mark per item in the row of its peer, limits below, and growth with its power."""

from __future__ import annotations

import pandas as pd

from engine.plotting.stored.speed import growth_lines, ratio_marks

RATIOS = pd.DataFrame(
    [
        {"item": item, "kind": kind, "who": who, "ratio": ratio, "ratio_low": ratio / 2, "ratio_high": 2 * ratio}
        for item, kind, who, ratio in (
            ("a step", "limit", "memory", 0.5),
            ("a step", "peer", "a loop", 4.0),
            ("another step", "peer", "a loop", 3.0),
        )
    ]
)


def test_a_mark_stands_in_the_row_of_its_peer_and_limits_come_last() -> None:
    figure = ratio_marks(RATIOS, mode="light").to_dict()
    assert [trace["name"] for trace in figure["data"]] == ["a step", "another step"]
    assert figure["data"][0]["y"] == ["limit: memory", "a loop"]
    assert figure["layout"]["yaxis"]["categoryarray"] == ["limit: memory", "a loop"]  # from the bottom
    assert [note["text"] for note in figure["layout"]["annotations"]] == ["a loop", "limit: memory"]
    assert len({trace["marker"]["symbol"] for trace in figure["data"]}) == 2
    assert figure["data"][0]["text"][1] == "a step, a loop: 4.00 times (2.00 to 8.00)"


def test_growth_is_a_line_per_side_with_its_power_where_it_is_known() -> None:
    numbers = {"value": 1e-3, "low": 1e-3, "high": 2e-3, "unit": "s", "per": "step"}
    rows = pd.DataFrame([{"who": who, "size": size} | numbers for who in ("lstm", "loop") for size in (1, 2, 4)])
    figure = growth_lines(rows, {"lstm": 0.5}, mode="dark").to_dict()
    assert [trace["name"] for trace in figure["data"]] == ["lstm: power 0.50", "loop"]
    assert figure["layout"]["yaxis"]["ticksuffix"] == "s"
    assert figure["layout"]["xaxis"]["tickvals"] == [1, 2, 4]
