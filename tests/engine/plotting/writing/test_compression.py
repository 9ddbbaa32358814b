"""The bars of the compression duel: smallest first, models in their colours, archivers told apart by more than a
colour."""

from __future__ import annotations

import pandas as pd
import pytest

from engine.plotting import theme
from engine.plotting.writing.compression import compression_bars, describe_compression
from tests.plotly_figures import as_plotly

FRAME = pd.DataFrame(
    {
        "coder": ["xz", "LSTM", "<b>gzip</b>", "6-gram"],
        "bytes": [1300, 400, 1250, 450],
        "architecture": ["", "lstm", "", "ngram"],
    }
)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_bars_are_ordered_coloured_and_labelled(mode: theme.Mode) -> None:
    figure = compression_bars(FRAME, mode=mode)
    assert list(as_plotly(figure).layout.yaxis.categoryarray) == [
        "xz",
        "&lt;b&gt;gzip&lt;/b&gt;",
        "6-gram",
        "LSTM",
    ]  # from below
    models, files = as_plotly(figure).data
    assert dict(zip(models.y, models.x, strict=True)) == {"LSTM": 400, "6-gram": 450}
    assert dict(zip(models.y, models.marker.color, strict=True)) == {
        "LSTM": theme.architecture_style("lstm", mode).colour,
        "6-gram": theme.architecture_style("ngram", mode).colour,
    }
    assert (models.marker.pattern.shape, files.marker.pattern.shape) == ("", "/")
    assert list(files.text) == ["1,300", "1,250"]
    assert as_plotly(figure).layout.xaxis.range[0] == 0
    assert as_plotly(figure).layout.xaxis.range[1] > 1300


def test_without_a_model_there_are_only_files() -> None:
    assert len(as_plotly(compression_bars(FRAME[FRAME["architecture"] == ""], mode="light")).data) == 1


def test_description_lists_every_coder() -> None:
    assert describe_compression(FRAME).endswith("LSTM 400, 6-gram 450, <b>gzip</b> 1,250, xz 1,300.")
