"""Figures of behaviour suites: failure rates by capability and network."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from engine.plotting import theme
from engine.plotting.figure import Figure
from engine.plotting.labels import bold_where, name_columns, name_rows, plain_label, plain_labels
from engine.plotting.marks import add_cells
from engine.plotting.theme import Mode
from engine.wording import percent

ROW_HEIGHT = 30
HEADING = 150  # pixels for the networks' names, which stand upright


def failure_map(
    rates: Mapping[str, pd.DataFrame], labels: Mapping[str, str], capability: str, network: str, *, mode: Mode
) -> Figure:
    """Return the capabilities (down) against the networks (across): the share of the sentences that go wrong, in per
    cent.

    A click on a cell gives "capability|network".

    Args:
        rates: for each network's name columns capability, cases, failures, rate, low and high; the same capabilities.
        labels: what each network is called.
        capability, network: those that are looked at, whose labels stand in bold.
    """
    names = list(rates)
    kinds = list(next(iter(rates.values()))["capability"])
    shares = np.column_stack([frame["rate"].to_numpy(float) for frame in rates.values()])
    figure = theme.blank_figure(mode, height=HEADING + ROW_HEIGHT * len(kinds) + 10)
    cells = [(kind, name, rates[name].iloc[row]) for row, kind in enumerate(kinds) for name in names]
    add_cells(
        figure,
        shares,
        [f"{kind}|{name}" for kind, name, _ in cells],
        [f"{100 * cell['rate']:.0f}" for *_, cell in cells],
        [
            f"{plain_label(kind)}, {plain_label(labels[name])}: {cell['failures']} of {cell['cases']} fail, "
            f"{percent(cell['rate'])} ({100 * cell['low']:.0f} to {100 * cell['high']:.0f} %)"
            for kind, name, cell in cells
        ],
        mode,
    )
    name_rows(figure, bold_where(plain_labels(kinds), [kind == capability for kind in kinds]), 0.5)
    columns = [label.replace(", ", ",<br>", 1) for label in plain_labels([labels[name] for name in names])]
    name_columns(figure, bold_where(columns, [name == network for name in names]), side="top", tickangle=-90)
    figure.update_layout(showlegend=False, margin={"t": HEADING, "b": 4})
    return figure
