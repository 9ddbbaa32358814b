"""Runs as they are watched: how far they are, their curves, what they say by now, and what can be asked of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from engine import owners, runs
from engine.limits import limits
from engine.plotting import theme
from engine.plotting.runs import RunCurves, gradient_norms, run_measure
from engine.runs import Run
from engine.task_family import TASK_FAMILIES
from pages.components.controls import state
from pages.components.controls.buttons import button, is_pressed
from pages.components.drawing import figures, notices
from pages.components.server import visitor
from pages.components.shell import page_links
from pages.components.watching import run_control, run_curves

POLL_SECONDS = 1.0
LOWER = 3  # times lower: the rate that is offered to a run that diverged
MORE = "The schedule of the learning rate begins anew with them."
TEXT_HEIGHT, RACE_HEIGHT = 300, 130
DOING = {
    "created": "not begun",
    "queued": "waiting",
    "running": "training",
    "paused": "paused",
    "interrupted": "interrupted",
    "stopped": "stopped",
    "finished": "finished",
    "failed": "failed",
    "diverged": "diverged",
}


def show(folders: Sequence[Path], can_close: bool = False) -> None:
    """Draw runs, one or a race, and draw them again every second while one of them goes on; with a button that looks at
    none of them any more, if the page has something else to show."""
    is_active = any(run_control.read(folder).is_active for folder in folders)
    st.fragment(_look, run_every=POLL_SECONDS if is_active else None)(folders, is_active, can_close)


def _look(folders: Sequence[Path], was_active: bool, can_close: bool) -> None:
    found = [run_control.read(folder) for folder in folders]
    if was_active != any(run.is_active for run in found):
        st.rerun(scope="app")  # so that the polling ends, or begins again with a run that is resumed
    run_control.show_refusal()
    for run in found:
        _show_state(run, len(found) > 1)
    owned = [run for run in found if owners.is_own(run.folder, visitor.folder())]
    if owned:
        _show_controls(owned, can_close)
    drawn = run_curves.read(found)
    has_curves = any(len(each.steps) for each in drawn)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        if has_curves:
            run_curves.show_losses(found, drawn)
    with right:
        for run in found:
            _show_samples(run, len(found) > 1)
            page_links.show(run, len(found) > 1)
    run_curves.show_advice(found, drawn)
    if has_curves:
        _show_more(found, drawn)


def _show_state(run: Run, is_race: bool) -> None:
    """Draw how far a run is, in one line and a bar."""
    words = [f"update {run.step:,} of {run.max_steps:,}"] if run.max_steps else []
    if run.position:
        words.append(f"number {run.position} in the queue")
    if run.state == "running" and run.seconds_left:
        words.append(f"about {run.seconds_left:.0f} s left")
    if run.best:
        judged = TASK_FAMILIES.get(run.task).watched
        words.append(f"validation loss {run.best['validation_loss']:.3f}")
        if judged is not None and judged.metric.name in run.best:
            words.append(f"{judged.metric.words.lower()} {run.best[judged.metric.name]:.4g}")
    doing = DOING.get(run.state, run.state)
    st.progress(run.progress, text=notices.plain(f"{_label(run)}: {doing}, {', '.join(words)}"))
    if run.sentence and not (is_race and run.is_active):
        (notices.error if run.state in ("failed", "diverged") else lambda said: st.caption(notices.plain(said)))(
            run.sentence
        )
    if run.error:
        notices.error(run.error)


def _show_controls(found: Sequence[Run], can_close: bool) -> None:
    """Draw what can be asked of the visitor's own runs."""
    going = [run.folder for run in found if run.is_active]
    waiting = [run.folder for run in found if run.can_resume]
    with st.container(horizontal=True, vertical_alignment="center"):
        if going:
            button("Pause", "run-pause", run_control.pause, going, icon="pause")
            button("Stop", "run-stop", run_control.stop, going, icon="stop")
            with st.popover("Learning rate", icon=":material/speed:"):
                rate = _ask_rate(found)
                if is_pressed("Use it", "run-rate-use"):
                    run_control.change_rate(going, rate)
        elif waiting:
            button("Resume", "run-resume", run_control.go_on, waiting, icon="play_arrow")
        over = [run.folder for run in found if run.state in ("finished", "diverged")]
        if over and not going:
            with st.popover("Train further", icon=":material/double_arrow:"):
                most = limits().steps - max(run.max_steps for run in found)
                if most > 0:
                    more = st.number_input(
                        "More updates",
                        1,
                        most,
                        min(most, found[0].max_steps),
                        key=f"run-more-{_names(found)}",
                        help=MORE,
                    )
                    rate = _ask_rate(found)
                    if is_pressed("Go on", "run-further"):
                        run_control.go_further(over, int(more), rate)
                        st.rerun(scope="app")
                else:
                    st.caption(f"{limits().steps:,} updates are the most that a run may make here.")
        if can_close:
            button("Close", "run-close", run_control.watch, [], icon="close", type="tertiary")


def _ask_rate(found: Sequence[Run]) -> float:
    highest = max(map(_rate, found))
    return st.number_input(
        "Learning rate from now on",
        min_value=highest / 1000,
        max_value=10.0,
        value=highest / LOWER if any(run.state == "diverged" for run in found) else highest,
        step=highest / 10,
        format="%.6g",
        key=f"run-rate-{_names(found)}",
        help="The highest rate of the schedule; what remains of the schedule is scaled with it.",
    )


def _rate(run: Run) -> float:
    """Return the highest rate of a run's schedule: as the recipe says it, or as it was changed last."""
    training = run.recipe["training"]
    changes = training.get("learning_rate_changes") or [(0, training["learning_rate"])]
    return float(changes[-1][1])


def _names(found: Sequence[Run]) -> str:
    """Return what tells widgets of some runs from those of others, which must not keep what was typed into them."""
    return state.fingerprint([run.id for run in found])


def _show_more(found: Sequence[Run], drawn: Sequence[RunCurves]) -> None:
    words = "Measure, gradient norm, learning rate and speed"
    more = st.expander(words, key="run-curves", icon=":material/monitoring:", type="compact", on_change="rerun")
    if figures.is_open(more):  # closed, they would cost more than the losses, every second
        with more:
            _show_measures(found, drawn)
    with st.expander("What was set", icon=":material/list:", type="compact"):
        for run in found:
            figures.show_code(json.dumps(run.recipe, indent=2, ensure_ascii=False))


def _show_measures(found: Sequence[Run], drawn: Sequence[RunCurves]) -> None:
    watched = TASK_FAMILIES.get(found[0].task).watched
    measures = [(watched.metric.name, watched.metric.words)] if watched else []
    columns = [*st.columns(2, gap="small"), *st.columns(2, gap="small")]
    with columns[1]:
        for position, each in enumerate(drawn):
            figures.show(
                gradient_norms(each, mode=figures.mode()),
                name=f"run-norm-{position}",
                alt=f"Norm of the gradient of {each.label} before and after clipping. {_last(each, 'gradient_norm')}",
            )
    shown = [*measures, ("learning_rate", "Learning rate"), ("tokens_per_second", "Tokens per second")]
    for column, (name, title) in zip([columns[0], *columns[2:]], shown, strict=False):
        with column:
            figures.show(
                run_measure(drawn, name, title=title, mode=figures.mode()),
                name=f"run-{name}",
                alt=f"{title} over the updates. " + " ".join(_last(each, name) for each in drawn),
            )


def _show_samples(run: Run, is_race: bool) -> None:
    """Draw what the network says after a measurement, the last one first; a slider goes back."""
    kept = runs.samples(run.folder)
    kept = [each for each in kept if each["samples"]]
    if not kept:
        if run.is_active:
            st.caption("What it writes or answers stands here after the first measurement.")
        return
    steps = [each["step"] for each in kept]
    chosen = steps[-1]
    if len(steps) > 1:
        chosen = st.select_slider(
            f"{_label(run)}, after update" if is_race else "What it says after update",
            steps,
            value=steps[-1],
            key=f"run-said-{run.id}-{len(steps)}",
        )
    else:
        st.caption(notices.plain(f"{_label(run)}, after update {chosen:,}" if is_race else f"After update {chosen:,}"))
    shown = next(each["samples"] for each in kept if each["step"] == chosen)
    with st.container(border=True, height=RACE_HEIGHT if is_race else TEXT_HEIGHT, key=f"run-samples-{run.id}"):
        for sample in shown[:1] if is_race else shown:
            if sample.get("wanted"):
                st.caption(notices.plain(f"{sample['given']} → wanted: {sample['wanted']}"))
            else:
                st.caption(notices.plain(str(sample["given"])))
            st.text(str(sample["answered"]))


def _label(run: Run) -> str:
    return run.title or theme.architecture_label(run.architecture)


def _last(run: RunCurves, column: str) -> str:
    frame = run.evaluations if column in run.evaluations else run.steps
    if column not in frame or not len(frame):
        return f"{run.label}: not measured yet."
    return f"{run.label}: {frame[column].iloc[-1]:.4g} after update {int(frame['step'].iloc[-1]):,}."
