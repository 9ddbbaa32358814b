"""Clipping: a small network trained here and now, twice: as it is, and with its gradient clipped at a threshold."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from engine.config import settings_from, to_dict
from engine.experiments.gradients.clipping import (
    JOB,
    clipping_frame,
    clipping_meaning,
    clipping_sentence,
    run_clipping,
)
from engine.experiments.gradients.clipping_search import say_search, stored_search
from engine.experiments.gradients.clipping_settings import ClippingSettings
from engine.plotting.gradients.clipping import clipping_losses, clipping_norms, describe_losses, describe_norms
from pages.components.computing import cache
from pages.components.computing.background import message_and_time_left
from pages.components.computing.calls import call
from pages.components.computing.shared_work import SharedWork
from pages.components.drawing import charts, figures, notices
from pages.components.gradients.context import PAGE, GradientsContext

if TYPE_CHECKING:
    from engine.jobs import JobStatus

WORK = SharedWork(PAGE, "clipping", JOB)


def show(context: GradientsContext) -> None:
    """Draw the settings, the two runs while they train, and what came of them."""
    notices.explain(
        "A network with ReLU learns to remember one symbol. Both runs begin with the same weights and read the same "
        "sequences; in one of them a gradient whose norm is above the threshold is clipped to it. **Watch the gradient "
        "norm just before the loss jumps.** Then change the threshold: does it matter how high it is?"
    )
    cache.warm_engine()  # one thread per computation: no model is loaded here, which would see to it
    for names in (("threshold", "learning_rate", "gain"), ("length", "hidden_size", "updates", "seed")):
        with st.container(horizontal=True):
            for name in names:
                context.controls.number(f"clipping_{name}", width=160)
    settings = settings_from(ClippingSettings, context.controls.value(), "clipping_")
    WORK.show(to_dict(settings), partial(_draw, settings), message_and_time_left)


def _draw(settings: ClippingSettings, status: JobStatus) -> None:
    """Draw the losses while both networks train, and how the runs went when that is over."""
    result = status.result or {"rows": [row for event in status.events for row in event["rows"]]}
    frame = clipping_frame(result["rows"])
    if not status.is_over:
        charts.draw(clipping_losses(frame, mode=figures.mode(), updates=settings.updates), key="clipping-now")
        return
    if frame.empty:
        if not status.has_failed:
            notices.note("Stopped before the first update.")
        return
    if not status.result:
        notices.note(f"Stopped after {int(frame['step'].max())} updates; what was measured until then stays.")
    notices.say(clipping_sentence(frame, settings), is_strong=True)
    notices.say(clipping_meaning(frame, settings))
    receipt = call(run_clipping, settings).receipt(
        "clipping_sentence(found, settings)",
        uses=[clipping_sentence],
        day=result.get("day", cache.today()),
        seconds=result.get("seconds", status.elapsed_seconds),
        model=f"an RNN with ReLU, {settings.hidden_size} units, trained here and now",
        data="delayed recall, fresh sequences for every update",
        seed=settings.seed,
        measured="plain gradient descent, 32 sequences per update",
    )
    figures.show(
        clipping_losses(frame, mode=figures.mode(), updates=settings.updates),
        name="clipping-loss",
        alt=describe_losses(frame),
        table=frame,
        receipt=receipt,
    )
    notices.explain("The gradient norm before each update, and after clipping.")
    figures.show(
        clipping_norms(frame, settings.threshold, mode=figures.mode(), updates=settings.updates),
        name="clipping-norm",
        alt=describe_norms(frame, settings.threshold),
        receipt=receipt,
    )
    st.caption(say_search(stored_search()))
    st.caption("A diverged run is one whose loss has become ten times its first one, or no number at all.")
