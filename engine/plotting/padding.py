"""The figure of a batch as it enters a network: a square for every real word, a cross for every cell of padding."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.plotting import theme
from engine.plotting.figure import Figure
from engine.plotting.labels import plain_label
from engine.plotting.marks import add_marks, columns_of
from engine.plotting.theme import Mode

ROW_HEIGHT = 30


def batch_grid(
    batches: Sequence[Sequence[int]], words: Sequence[Sequence[str]], ids: Sequence[np.ndarray], *, mode: Mode
) -> Figure:
    """Return the batches below each other, a row per text (numbered from 1) and a column per step.

    Args:
        batches: which texts (from 0) stand in each.
        words: the words of every text.
        ids: (B, T) per batch, the numbers that enter; padding has one too.
    """
    real: list[tuple[int, float, str]] = []
    filled: list[tuple[int, float, str]] = []
    rows: list[tuple[float, str]] = []
    y, longest = 0.0, 1
    for number, (batch, numbers) in enumerate(zip(batches, ids, strict=True), start=1):
        for position, (text, row) in enumerate(zip(batch, numbers, strict=True)):
            for step, entry in enumerate(row, start=1):
                if step <= len(words[text]):
                    word = plain_label(words[text][step - 1])
                    real.append((step, y, f"text {text + 1}, word {step}: {word}, number {entry}"))
                else:
                    filled.append((step, y, f"text {text + 1}, step {step}: padding, number {entry}"))
            rows.append((y, f"<b>batch {number}</b>: text {text + 1}" if position == 0 else f"text {text + 1}"))
            longest = max(longest, len(row))
            y += 1
        y += 0.6
    figure = theme.blank_figure(mode, x_title="Step", height=int(ROW_HEIGHT * y + 100))
    size = max(5, min(16, 200 // longest))  # on a telephone a row has about 250 pixels
    for cells, name, symbol, colour, edge in (
        (real, "Word", "square", theme.accent(mode), None),
        (filled, "Padding", "x-thin-open", theme.muted(mode), 1.5),
    ):
        x, lanes, said = columns_of(cells, 3)
        look = {"name": name, "showlegend": True, "text": said, "hovertemplate": "%{text}<extra></extra>"}
        add_marks(figure, x, lanes, (symbol, size, colour), edge, **look)
    figure.update_xaxes(range=[0.2, longest + 0.8], dtick=1 if longest <= 12 else 5)
    places, labels = columns_of(rows, 2)
    figure.update_yaxes(tickvals=places, ticktext=labels, range=[y - 0.9, -0.6], showgrid=False)
    return figure
