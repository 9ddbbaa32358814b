"""Clipping: a small network trained here and now, twice: as it is, and with its gradient clipped at a threshold."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial

import streamlit as st

from engine.config import settings_from
from engine.experiments.gradients.clipping import (
    clipping_frame,
    clipping_meaning,
    clipping_sentence,
    run_clipping,
    train_twice,
)
from engine.experiments.gradients.clipping_search import say_search, stored_search
from engine.experiments.gradients.clipping_settings import ClippingSettings
from engine.plotting.gradients.clipping import clipping_losses, clipping_norms, describe_losses, describe_norms
from pages.components import cache, charts, figures, notices, state
from pages.components.buttons import button
from pages.components.calls import call
from pages.components.gradients.context import PAGE, GradientsContext

NAME = "clipping"
FLUSH_SECONDS = 0.3


@dataclass
class TwoRuns:
    """What is known of the two runs with some settings; it lives in the session and is filled while they train."""

    settings: ClippingSettings
    rows: list[dict] = field(default_factory=list)
    elapsed_seconds: float = 0.0
    day: str = field(default_factory=lambda: cache.today())
    is_over: bool = False
    is_stopped: bool = False


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
    found = state.recall(PAGE, NAME)
    if found is None or found.settings != settings:
        found = TwoRuns(settings)
        state.remember(PAGE, NAME, found)
    bar, chart = st.empty(), st.empty()
    if not found.is_over and not found.is_stopped:
        with bar.container(horizontal=True, vertical_alignment="center"):
            button("Stop", "clipping-stop", partial(state.amend, PAGE, NAME, is_stopped=True), icon="stop")
            progress = st.progress(0.0, text="Starting")
        _train(found, chart, progress)
        bar.empty()
    elif found.is_stopped:
        with bar:
            button("Start again", "clipping-again", state.forget, PAGE, NAME, icon="refresh")
    with chart.container():
        _show_results(found)


def _train(
    found: TwoRuns, chart: st.delta_generator.DeltaGenerator, progress: st.delta_generator.DeltaGenerator
) -> None:
    """Train both networks and draw their losses as they go on."""
    begun, shown = time.perf_counter(), 0.0
    found.rows.clear()
    for row in train_twice(found.settings):
        found.rows.append(row)
        now = time.perf_counter()
        found.elapsed_seconds = now - begun
        if now - shown >= FLUSH_SECONDS:
            shown, share = now, row["step"] / found.settings.updates
            left = found.elapsed_seconds * (1 - share) / share
            progress.progress(share, text=f"Update {row['step']} of {found.settings.updates} · about {left:.0f} s left")
            figure = clipping_losses(clipping_frame(found.rows), mode=figures.mode(), updates=found.settings.updates)
            with chart:
                charts.draw(figure, key=f"clipping-{len(found.rows)}")
    found.is_over = True


def _show_results(found: TwoRuns) -> None:
    """Say how the runs went, and draw losses and gradients of what has been trained."""
    frame, settings = clipping_frame(found.rows), found.settings
    if frame.empty:
        notices.note("Stopped before the first update.")
        return
    if found.is_stopped:
        notices.note(f"Stopped after {int(frame['step'].max())} updates; what was measured until then stays.")
    notices.say(clipping_sentence(frame, settings), is_strong=True)
    notices.say(clipping_meaning(frame, settings))
    receipt = call(run_clipping, settings).receipt(
        "clipping_sentence(found, settings)",
        uses=[clipping_sentence],
        day=found.day,
        seconds=found.elapsed_seconds,
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
