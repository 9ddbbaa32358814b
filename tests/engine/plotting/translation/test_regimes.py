"""Figures of the ways to be taught: values as given, four looks that differ, contrast in both themes."""

from __future__ import annotations

import pandas as pd
import pytest

from engine.plotting import theme
from engine.plotting.translation.regimes import REGIME_STYLES, forced_against_free, regime_curves, regime_style
from tests.plotly_figures import as_plotly

ORDER = ("A", "B", "C", "D")


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_look_differs_in_more_than_colour_and_stands_out(mode: str) -> None:
    styles = [regime_style(label, ORDER) for label in (*ORDER, "unknown")]
    assert styles == list(REGIME_STYLES)
    assert len({style.marker for style in styles}) == len({style.dash for style in styles}) == 5
    assert all(theme.contrast(style.colour(mode), theme.background(mode)) >= 3 for style in styles)


def test_curves_are_the_means_over_their_bands() -> None:
    frame = pd.DataFrame(
        {"label": ["A", "A", "B", "B"], "step": [100, 200] * 2}
        | {
            f"{loss}_{name}": [3.0 + shift, 2.0 + shift, 2.5 + shift, 1.5 + shift]
            for loss, base in (("forced", 0.0), ("free", 2.0))
            for name, shift in (("mean", base), ("min", base - 0.1), ("max", base + 0.1))
        }
    )
    figure = regime_curves(frame, mode="light", order=ORDER)
    lines = [trace for trace in as_plotly(figure).data if trace.mode == "lines+markers"]
    assert [(line.name, list(line.y)) for line in lines] == [
        ("A", [3.0, 2.0]),
        ("A", [5.0, 4.0]),
        ("B", [2.5, 1.5]),
        ("B", [4.5, 3.5]),
    ]
    assert [line.showlegend for line in lines] == [True, False, True, False]


def test_each_seed_is_a_mark_and_the_line_is_where_both_losses_are_equal() -> None:
    frame = pd.DataFrame(
        {"label": ["A", "A", "B"], "seed": [1, 2, 1], "forced_loss": [1.0, 1.1, 1.5], "free_loss": [4.0, 4.2, 3.0]}
    )
    line, first, second = as_plotly(forced_against_free(frame, mode="dark", order=ORDER)).data
    assert list(line.x) == list(line.y) == [1.0, 4.2]
    assert (list(first.x), list(first.y), list(first.customdata)) == ([1.0, 1.1], [4.0, 4.2], [1, 2])
    assert list(second.y) == [3.0]
