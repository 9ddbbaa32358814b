"""The attention map and the confidence bars: what is drawn is what was measured, and words stay words."""

from __future__ import annotations

import numpy as np
import pytest

from engine.plotting.translation.attention import attention_heat_map, confidence_bars
from tests.plotly_figures import as_plotly

SOURCE = ["the", "dog", "and", "the", "cat"]
TARGET = ["le", "chien", "et", "le", "chat"]


def weights() -> np.ndarray:
    """Return a made-up map whose rows add up to 1."""
    drawn = np.random.default_rng(0).random((5, 5))
    return drawn / drawn.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_map_shows_the_weights_with_titled_axes(mode: str) -> None:
    figure = attention_heat_map(SOURCE, TARGET, weights(), mode=mode)
    heat = as_plotly(figure).data[0]
    assert np.allclose(np.array(heat.z, dtype=float), weights())
    assert (heat.zmin, heat.zmax) == (0.0, 1.0)
    assert "read" in as_plotly(figure).layout.xaxis.title.text
    assert "written" in as_plotly(figure).layout.yaxis.title.text
    assert "0 to 1" in heat.colorbar.title.text


def test_words_that_occur_twice_keep_their_own_row_and_column() -> None:
    figure = attention_heat_map(SOURCE, TARGET, weights(), mode="light")
    assert list(as_plotly(figure).data[0].x) == [0, 1, 2, 3, 4]
    assert list(as_plotly(figure).layout.xaxis.ticktext) == SOURCE
    assert list(as_plotly(figure).layout.yaxis.ticktext) == TARGET


def test_the_first_written_word_is_the_top_row() -> None:
    low, high = as_plotly(attention_heat_map(SOURCE, TARGET, weights(), mode="light")).layout.yaxis.range
    assert low > high


def test_rings_mark_the_largest_weight_of_each_row() -> None:
    rings = as_plotly(attention_heat_map(SOURCE, TARGET, weights(), mode="light")).data[1]
    assert list(rings.x) == list(weights().argmax(axis=1))
    assert list(rings.y) == [0, 1, 2, 3, 4]


def test_markup_in_a_word_is_drawn_as_text() -> None:
    figure = attention_heat_map(["<b>dog</b>", "$x$"], ["<a href='x'>"], np.array([[0.4, 0.6]]), mode="light")
    assert as_plotly(figure).layout.xaxis.ticktext[0] == "&lt;b&gt;dog&lt;/b&gt;"
    assert not as_plotly(figure).layout.xaxis.ticktext[1].startswith("$")
    assert "<a" not in as_plotly(figure).data[0].text[0][0]


def test_weights_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"expected \(5, 5\)"):
        attention_heat_map(SOURCE, TARGET, weights()[:4], mode="light")


def test_bars_are_percentages_in_order_of_writing() -> None:
    figure = confidence_bars(TARGET, [0.1, 0.2, 0.3, 0.4, 1.0], mode="light", architecture="lstm")
    assert list(as_plotly(figure).data[0].y) == pytest.approx([10, 20, 30, 40, 100])
    assert list(as_plotly(figure).layout.xaxis.ticktext) == TARGET
    assert "%" in as_plotly(figure).layout.yaxis.title.text
