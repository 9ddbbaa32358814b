"""Figures of the cell detective: every number drawn is one of the table's, and the words say the same."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine.plotting import theme
from engine.plotting.writing.probing import (
    describe_specificity,
    describe_winner_bars,
    specificity_heatmap,
    unit_label,
    winner_bars,
)
from tests.plotly_figures import as_plotly

WINNERS = pd.DataFrame(
    {
        "predicate": ["speaker_name", "vowel", "digit"],
        "question": ["In a speaker's name", "At a vowel", "<b>At</b> a digit"],
        "layer": [0, 1, 0],
        "part": ["cell", "hidden", "hidden"],
        "unit": [25, 3, 7],
        "sign": [1, -1, 1],
        "auc": [0.99, 0.91, 0.55],
        "control": [0.51, 0.49, 0.5],
        "control_highest": [0.6, 0.5, 0.52],
    }
)
SPECIFICITY = np.array([[0.99, 0.5, 0.4], [0.15, 0.91, 0.5], [0.9, 0.5, 0.55]])


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_bars_end_at_the_auc_and_marks_stand_at_the_control(mode: theme.Mode) -> None:
    figure = winner_bars(WINNERS, mode=mode, architecture="gru", chosen="vowel")
    bars, marks = as_plotly(figure).data
    assert [0.5 + x for x in bars.x] == pytest.approx([0.55, 0.91, 0.99])
    assert list(bars.customdata) == list(marks.customdata) == ["digit", "vowel", "speaker_name"]
    assert list(marks.x) == [0.5, 0.49, 0.51]
    assert bars.marker.color == theme.architecture_style("gru", mode).colour
    assert list(bars.y) == ["&lt;b&gt;At&lt;/b&gt; a digit", "▸ At a vowel", "In a speaker's name"]
    assert theme.contrast(bars.marker.color, theme.background(mode)) >= 3


def test_words_of_the_bars() -> None:
    said = describe_winner_bars(WINNERS)
    assert "3 questions" in said
    assert "in a speaker's name: 0.99 by layer 1, cell 25; at a vowel: 0.91 by −layer 2, hidden 3" in said
    assert "between 0.49 and 0.51" in said


def test_heat_map_has_questions_in_rows_and_units_in_columns() -> None:
    figure = specificity_heatmap(WINNERS, SPECIFICITY, mode="light")
    (heat,) = as_plotly(figure).data
    np.testing.assert_array_equal(heat.z, SPECIFICITY)
    assert (heat.zmin, heat.zmax) == (0, 1)
    assert list(as_plotly(figure).layout.xaxis.ticktext) == [unit_label(row) for _, row in WINNERS.iterrows()]
    assert "AUC 0.15" in heat.text[1][0]
    assert "layer 1, cell 25, which won “In a speaker's name”" in heat.text[1][0]
    assert "tells the answer to 3 of them" in describe_specificity(WINNERS, SPECIFICITY)
