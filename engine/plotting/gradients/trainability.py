"""Figure of success against the spectrum before training: one mark per trained network."""

from __future__ import annotations

import pandas as pd

from engine.plotting import theme
from engine.plotting.figure import Figure
from engine.plotting.gradients.gradients import CEILING, FLOOR, power_labels
from engine.plotting.marks import add_marks
from engine.plotting.theme import Mode
from engine.wording import percent

_SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross")


def foretold_marks(
    frame: pd.DataFrame, *, mode: Mode, guess: float, expected: pd.DataFrame | None = None, height: int = 380
) -> Figure:
    """Return the share of right answers after training against the gain over the lag before training; a symbol per lag.

    Args:
        frame: columns `recurrent_gain`, `length`, `log10_gain`, `accuracy`.
        guess: share of right answers of a network without memory, drawn dashed.
        expected: the whole grid; networks that are not trained yet are drawn as open marks on the line of a guess.
    """
    whole = frame if expected is None else expected
    titles = {
        "x_title": "Gradient left at the symbol, before training (1 = all)",
        "y_title": "Right answers after training (%)",
    }
    figure = theme.blank_figure(mode, height=height, **titles)
    colour = theme.accent(mode)
    done = set(zip(frame["recurrent_gain"], frame["length"], strict=True))
    for symbol, (length, rows) in zip(_SYMBOLS, whole.groupby("length"), strict=False):
        waiting = rows[[(row.recurrent_gain, row.length) not in done for row in rows.itertuples()]]
        learnt = frame[frame["length"] == length]
        for part, y, shape, words in (
            (learnt, 100 * learnt["accuracy"] if len(learnt) else [], symbol, "%{y:.0f} % right"),
            (waiting, [100 * guess] * len(waiting), f"{symbol}-open", "not trained yet"),
        ):
            add_marks(
                figure,
                part["log10_gain"].clip(FLOOR, CEILING),
                y,
                (shape, 13, colour),
                {"width": 1.5, "color": colour if shape != symbol else theme.background(mode)},
                name=f"{length} steps to remember",
                legendgroup=str(length),
                showlegend=shape == symbol if len(learnt) else shape != symbol,
                text=[f"gain {gain:g}" for gain in part["recurrent_gain"]],
                hovertemplate=f"%{{text}}, {length} steps: {words}<extra></extra>",
            )
    figure.add_vline(x=0, line={"color": theme.muted(mode), "width": 1.5})
    figure.add_hline(y=100 * guess, line={"color": theme.muted(mode), "width": 1.5, "dash": "dash"})
    gains = whole["log10_gain"].clip(FLOOR, CEILING)
    low, high = float(gains.min()), float(gains.max())
    step = next(step for step in (1, 2, 5, 10, 20) if (max(high, 1) - low) / step <= 8)
    ticks = list(range(int(low // step) * step, int(max(high, 1)) + step, step))
    ends = [min(low, -1) - 0.5, max(high, 1) + 0.5]
    figure.update_xaxes(tickvals=ticks, ticktext=power_labels(ticks), range=ends)
    figure.update_yaxes(range=[-3, 106])
    return figure


def describe_foretold(frame: pd.DataFrame) -> str:
    """Return the alternative text of `foretold_marks`: the networks whose gradient is nearest to 1 and furthest from
    it."""
    if frame.empty:
        return "Open marks: no network has been trained yet."
    order = frame.assign(far=frame["log10_gain"].abs()).sort_values("far")
    near, far = order.iloc[0], order.iloc[-1]
    return (
        f"{len(frame)} marks. The network whose gradient is nearest to 1 (recurrent gain {near['recurrent_gain']:g}, "
        f"{int(near['length'])} steps) gives "
        f"{percent(near['accuracy'], 0)} right answers, the furthest from it (gain {far['recurrent_gain']:g}, "
        f"{int(far['length'])} steps) "
        f"{percent(far['accuracy'], 0)}."
    )
