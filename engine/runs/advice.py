"""What the curves of a run say, in sentences: what goes wrong, and what to try."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from engine.runs.records import Curves
from engine.wording import percent

SOME, MANY = 4, 20  # rows from which on a curve says anything
WORSE = 1.01  # times the best validation loss: no accident
HARDLY = 0.05  # share by which a loss must fall in a quarter of a run
RISE = 0.25  # of what was gained, lost again: a rate too high
SMOOTHED = 9  # rows of a running median
ALWAYS_CLIPPED = 0.9
STILL_FALLING = 0.01  # share that the last measurement is better by


def advice(curves: Curves, max_steps: int, is_over: bool) -> list[str]:
    """Return what can be said of a run so far, the most important first; nothing while there is nothing to say."""
    return list(_said(curves.steps, curves.evaluations, max_steps, is_over))


def _said(steps: pd.DataFrame, measured: pd.DataFrame, max_steps: int, is_over: bool) -> Iterator[str]:
    if len(steps) >= SOME:
        yield from _about_rate(steps, max_steps)
        yield from _about_clipping(steps)
    if len(measured) >= SOME:
        yield from _about_overfitting(steps, measured)
    if is_over and len(measured) >= SOME:
        yield from _about_end(measured)


def _about_rate(steps: pd.DataFrame, max_steps: int) -> Iterator[str]:
    losses = steps["training_loss"].rolling(SMOOTHED, min_periods=1).median()
    first, lowest, last = losses.iloc[0], losses.min(), losses.iloc[-1]
    rate, step = steps["learning_rate"].max(), int(steps["step"].iloc[-1])
    gained = first - lowest
    if len(steps) >= MANY and last - lowest > RISE * max(gained, HARDLY * first):
        worst = int(steps["step"].iloc[int(losses.argmin())])
        yield (
            f"Learning rate too high: since update {worst:,} the training loss has risen from {lowest:.2f} to "
            f"{last:.2f}. Try a third of {rate:g}."
        )
    elif step >= max(50, max_steps / 4) and gained < HARDLY * first:
        yield (
            f"Hardly learning: in {step:,} updates the training loss fell by {percent(max(0.0, gained / first))} only. "
            f"Try three times the learning rate of {rate:g}, or a larger network."
        )


def _about_clipping(steps: pd.DataFrame) -> Iterator[str]:
    if "clipped_share" not in steps or len(steps) < MANY:
        return
    share = steps["clipped_share"].iloc[len(steps) // 2 :].mean()
    if share > ALWAYS_CLIPPED:
        yield (
            f"Clipping is always at work: {percent(share, 0)} of the last gradients were shortened, so that every "
            "update has the same length whatever the gradient says. Clip at a larger norm, or lower the learning rate."
        )


def _about_overfitting(steps: pd.DataFrame, measured: pd.DataFrame) -> Iterator[str]:
    losses = measured["validation_loss"]
    best = int(losses.argmin())
    after = losses.iloc[best + 1 :]
    if len(after) < 2 or not (after > WORSE * losses.iloc[best]).all():
        return
    since = int(measured["step"].iloc[best])
    training = steps.loc[steps["step"] > since, "training_loss"]
    if len(training) > SOME and training.iloc[-SOME:].mean() < training.iloc[:SOME].mean():
        yield (
            f"Overfitting since update {since:,}: the training loss falls on while the validation loss rises. The "
            f"network of update {since:,} is the one that is kept. More dropout, more weight decay, a smaller network "
            "or more data help; early stopping saves the time."
        )


def _about_end(measured: pd.DataFrame) -> Iterator[str]:
    losses = measured["validation_loss"]
    before, last = losses.iloc[:-1].min(), losses.iloc[-1]
    if last < (1 - STILL_FALLING) * before:
        yield (
            f"Not yet converged: the last measurement is the best, {percent(1 - last / before)} below the one before. "
            "More updates would help."
        )
