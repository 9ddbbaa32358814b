"""Bars of the next token: every bar is a number of the table, white space has a sign, the words say the same."""

from __future__ import annotations

import pandas as pd

from engine.plotting.theme import architecture_style
from engine.plotting.writing.distribution import describe_next_tokens, next_token_bars, visible_token
from tests.plotly_figures import as_plotly


def frame() -> pd.DataFrame:
    """Return five tokens, two of them cut away by the settings."""
    return pd.DataFrame(
        {
            "token": ["e", " ", "\n", "<", "1"],
            "probability_before": [0.4, 0.3, 0.2, 0.06, 0.04],
            "probability_after": [0.6, 0.4, 0.0, 0.0, 0.0],
        }
    )


def test_bars_and_dashes_are_the_two_columns_in_per_cent() -> None:
    figure = next_token_bars(frame(), mode="light", architecture="lstm")
    bars, dashes = as_plotly(figure).data
    assert [round(value, 6) for value in bars.y] == [60, 40, 0, 0, 0]
    assert [round(value, 6) for value in dashes.y] == [40, 30, 20, 6, 4]
    assert list(bars.x) == ["e", "␣", "↵", "&lt;", "1"], "plotly reads labels as HTML; a lone < must not be one"
    assert bars.marker.color == architecture_style("lstm", "light").colour
    assert as_plotly(figure).layout.xaxis.type == "category"
    assert "%" in as_plotly(figure).layout.yaxis.title.text


def test_only_the_likeliest_are_drawn_and_none_that_the_settings_made_likely_is_lost() -> None:
    swapped = frame().assign(probability_after=[0.0, 0.0, 0.0, 0.0, 1.0])
    figure = next_token_bars(swapped, mode="dark", top=2)
    assert list(as_plotly(figure).data[0].x) == ["1", "e"]


def test_words_name_only_what_can_be_drawn() -> None:
    words = describe_next_tokens(frame())
    assert "After your settings the likeliest: e 60.0 %, ␣ 40.0 %;" in words
    assert "before your settings: e 40.0 %, ␣ 30.0 %, ↵ 20.0 %." in words
    assert "2 of 5 characters can still be drawn" in words


def test_white_space_has_signs() -> None:
    assert [visible_token(token) for token in (" ", "\n", "\t", "a", "é")] == ["␣", "↵", "⇥", "a", "é"]
    assert [visible_token(piece) for piece in ("the ", ",\n\n", "lov'd")] == ["the␣", ",↵↵", "lov'd"]


def test_pieces_are_called_pieces() -> None:
    assert as_plotly(next_token_bars(frame(), mode="light", noun="piece")).layout.xaxis.title.text == "Next piece"
    assert "each next piece." in describe_next_tokens(frame(), noun="piece")
    assert "5 pieces can still be drawn" in describe_next_tokens(frame(), noun="piece")
