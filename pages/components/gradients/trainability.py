"""Can gradients predict learning?: a grid of untrained networks, their spectra, and a job that trains them all."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from engine.config import settings_from
from engine.experiments.gradients.trainability import (
    JOB,
    foretell,
    foretold_frame,
    foretold_sentence,
    settings_dict,
    untrained_grid,
)
from engine.experiments.gradients.trainability_settings import TrainabilitySettings
from engine.plotting.gradients.trainability import describe_foretold, foretold_marks
from engine.tasks.delayed_recall import SYMBOLS
from pages.components.computing import cache
from pages.components.computing.background import BackgroundJob, message_and_time_left
from pages.components.computing.calls import call
from pages.components.controls.buttons import button
from pages.components.drawing import figures, notices
from pages.components.gradients.context import PAGE, GradientsContext
from pages.components.gradients.view import TRAINING_JOB

if TYPE_CHECKING:
    from engine.jobs import JobStatus

# The grid takes about a quarter of a minute on a free core; a busy server may need longer.
TRAINING = BackgroundJob(PAGE, TRAINING_JOB, JOB, time_limit_seconds=240.0)


def show(context: GradientsContext) -> None:
    """Draw the settings, the networks before training, and the training while it runs and when it is over."""
    notices.explain(
        "Fifteen untrained networks have different recurrent gains and three different lags. Each mark's place from "
        "left to right is how much of the gradient is left at the symbol when it comes from the question; the "
        "upright line is 1, neither vanishing nor exploding. **Your bet: which of them will learn to remember the "
        "symbol?** Then train them, and see whether their gradients predicted it."
    )
    cache.warm_engine()
    settings = _ask(context)
    status = None
    with notices.engine_errors():
        status = TRAINING.status()
    trained_with = TRAINING.settings_of(TRAINING.current_id, settings)
    if status is None or status.is_over:
        _draw(settings, status, trained_with)
    else:
        TRAINING.watch(partial(_draw_marks, trained_with), message_and_time_left)


def _ask(context: GradientsContext) -> TrainabilitySettings:
    """Draw the widgets and the button that trains; return what they say."""
    controls, is_running = context.controls, TRAINING.is_running()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        controls.segmented("trainability_architecture", disabled=is_running)
        controls.segmented("trainability_activation", disabled=is_running)
        controls.select("trainability_matrix", disabled=is_running, width=220)
        for name in ("forget_bias", "hidden_size", "updates", "seed"):
            controls.number(f"trainability_{name}", disabled=is_running, width=130)
        settings = settings_from(TrainabilitySettings, controls.value(), "trainability_")
        given = settings_dict(settings), settings
        button("Train them", "foretold-start", TRAINING.start, *given, icon="play_arrow", disabled=is_running)
    return settings


def _draw(now: TrainabilitySettings, status: JobStatus | None, trained_with: TrainabilitySettings) -> None:
    """Draw the untrained grid with the settings of now, or what came of it where the training had the same."""
    if status is not None and status.has_failed:
        notices.error(status.error)
    if status is not None and trained_with != now:
        notices.note(
            "The settings have been changed since the last training; these networks have not been trained yet."
        )
        status = None
    if status is not None and status.state == "cancelled":
        notices.note(f"Stopped after {status.elapsed_seconds:.0f} s; the networks trained until then stay.")
    _draw_marks(now, status)


def _draw_marks(settings: TrainabilitySettings, status: JobStatus | None) -> None:
    rows = [] if status is None else [event for event in status.events if event.get("kind") == "run"]
    if status is not None and status.result:  # the last of the events may arrive after it
        rows = status.result["rows"]
    frame, grid = foretold_frame(rows), call(untrained_grid, settings)
    expected = grid.value
    is_over = status is not None and status.is_over and not frame.empty
    if is_over:
        notices.say(foretold_sentence(frame), is_strong=True)
    figures.show(
        foretold_marks(frame, mode=figures.mode(), guess=1 / SYMBOLS, expected=expected),
        name="foretold",
        alt=describe_foretold(frame),
        table=lambda: (frame if is_over else expected).round(4),
        receipt=call(foretell, **settings_dict(settings)).receipt(
            "foretold_sentence(foretold_frame([event for event in found if event['kind'] == 'run']))",
            uses=[foretold_frame, foretold_sentence],
            model="fifteen small networks, trained here and now",
            data="delayed recall, fresh sequences for every update",
            seed=settings.seed,
            day=rows[-1]["date"],
            measured="on 200 sequences none of them was trained on",
            seconds=status.elapsed_seconds,
            note="One seed says little: try others.",
        )
        if is_over
        else grid.receipt(model="fifteen small untrained networks", seed=settings.seed),
    )
