"""Figure of one training run: its losses over its stages, with the stage that is looked at."""

from __future__ import annotations

import pandas as pd

from engine.plotting import theme
from engine.plotting.curves import add_baseline
from engine.plotting.figure import Figure
from engine.plotting.marks import STILL, add_ring
from engine.plotting.theme import Mode

BEFORE_THE_FIRST = 0.5  # where step 0 stands on an axis of powers of ten


def training_history(
    frame: pd.DataFrame, step: int, *, mode: Mode, architecture: str, guess: float, height: int = 280
) -> Figure:
    """Return both losses over the stages of a run, on a logarithmic axis of steps, with a line at `step`.

    Args:
        frame: one row per stage: `step`, `validation_loss`, `training_loss` (nan before the first update), in nats, and
            `is_usable`. A marker's `customdata` is its step.
        guess: loss of guessing evenly, drawn dashed.
    """
    style = theme.architecture_style(architecture, mode)
    figure = theme.blank_figure(mode, x_title="Updates made", y_title="Loss (nats)", height=height)
    x = frame["step"].clip(lower=BEFORE_THE_FIRST)
    symbols = [style.marker if is_usable else "x" for is_usable in frame["is_usable"]]
    for column, name, hover, look in (
        (
            "validation_loss",
            "On validation text",
            "after %{customdata:,} updates: %{y:.3f} on validation text<extra></extra>",
            theme.drawn(style.colour, None, symbols, 9),
        ),
        (
            "training_loss",
            "While training",
            "up to %{customdata:,} updates: %{y:.3f} while training<extra></extra>",
            theme.drawn(theme.muted(mode), "dot", "diamond-open", 7),
        ),
    ):
        figure.add_scatter(
            x=x,
            y=frame[column],
            name=name,
            mode="lines+markers",
            customdata=frame["step"],
            hovertemplate=hover,
            **look,
            **STILL,
        )
    figure.add_vline(x=max(step, BEFORE_THE_FIRST), line={"color": theme.accent(mode), "width": 2})
    now = frame[frame["step"] == step]
    place = now["step"].clip(lower=BEFORE_THE_FIRST), now["validation_loss"]
    add_ring(figure, *place, theme.accent(mode), 20, 3, name="This stage")
    add_baseline(figure, guess, mode, "Guessing evenly")
    ticks = [0, *(power for power in (1, 10, 100, 1000, 10_000, 100_000) if power <= frame["step"].max())]
    figure.update_xaxes(
        type="log",
        tickvals=[max(tick, BEFORE_THE_FIRST) for tick in ticks],
        ticktext=[f"{tick:,}" for tick in ticks],
    )
    figure.update_yaxes(fixedrange=True, rangemode="tozero")
    return figure


def describe_training_history(frame: pd.DataFrame, step: int) -> str:
    """Return the alternative text of `training_history`: where the losses begin and end, and what they are at
    `step`."""
    first, last = frame.iloc[0], frame.iloc[-1]
    now = frame[frame["step"] == step].iloc[0]
    training = "" if pd.isna(now["training_loss"]) else f", {now['training_loss']:.3f} while training"
    return (
        f"Curves of the loss over {len(frame)} stages of one training run. On validation text it goes from "
        f"{first['validation_loss']:.3f} nats per token after {first['step']:,} updates to "
        f"{last['validation_loss']:.3f} after "
        f"{last['step']:,}; the stage shown, after {step:,} {'update' if step == 1 else 'updates'}, has "
        f"{now['validation_loss']:.3f}{training}."
    )
