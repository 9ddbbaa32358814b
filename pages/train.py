"""Train: a network learns from data of the visitor's choice, is watched, left, and used on every other page."""

from __future__ import annotations

import streamlit as st

from engine.errors import EngineError
from engine.plotting import theme
from engine.recipes.own import architectures
from engine.task_family import TASK_FAMILIES
from pages.components.computing import cache
from pages.components.controls import forms
from pages.components.controls.buttons import is_pressed
from pages.components.drawing import notices
from pages.components.shell import header, limits_table
from pages.components.train import costs, data_choice, settings, starting
from pages.components.train.view import MAX_RACERS, PAGE, TrainView
from pages.components.watching import run_control, watched_runs

header.show(
    "Train",
    "How does a network learn what you give it to read?",
    {
        "Loss": "the mean surprise at each token or answer, in nats; lower is better. The thin line is what it learns "
        "from, the marked one is measured on data it does not learn from.",
        "Update": "one batch is read, the gradient computed, and every parameter moved a little against it.",
        "Gradient norm": "the length of the gradient; clipping shortens what is longer than the limit.",
        "Samples": "what the network says after each measurement, always from the same seeds.",
        "▲ ● ■": "mark RNN, LSTM and GRU everywhere.",
    },
)
cache.is_worker_ready()  # starts the worker, so that the first run begins at once
watched = []
try:
    watched = run_control.watched()
except EngineError as problem:
    notices.error(str(problem))
if watched:
    watched_runs.show(watched, can_close=True)
titles = data_choice.titles()
controls = forms.open_controls(
    PAGE,
    TrainView,
    {"data": titles},
    jobs={run_control.RUN, *settings.every_name()},
    labels={"task": settings.task_label},
)

with st.expander("Train another", icon=":material/add:") if watched else st.container(), notices.engine_errors():
    with st.container(horizontal=True, vertical_alignment="bottom"):
        data = controls.select("data", width=340)
        tasks = data_choice.tasks_for(data)
        task = controls.select("task", settings.task_label, tasks, width=220) if len(tasks) > 1 else tasks[0]
        controls.text_input("title", width=260)
    st.caption(notices.plain(data_choice.source_sentence(data)))
    names = controls.several("architectures", theme.architecture_label, default=["lstm"], choices=architectures(task))
    if not names or len(names) > MAX_RACERS:
        notices.note(f"Choose one architecture, or two to {MAX_RACERS} for a race.")
        st.stop()
    begin_with = data_choice.UNTRAINED
    if len(names) == 1 and len(known := data_choice.beginnings(task, names[0])) > 1:
        begin_with = controls.select("begin_with", choices=known, width=340)
    recipes = settings.ask({name: data_choice.recipe_for(data, task, name, begin_with) for name in names})
    costs.show(recipes)
    label = "Train" if len(recipes) == 1 else f"Race of {len(recipes)}"
    with st.container(horizontal=True, vertical_alignment="center"):
        if is_pressed(label, "train", icon="play_arrow"):
            starting.begin(recipes, controls.value().title)
            st.rerun()
        st.caption(notices.plain(f"It becomes one of your {TASK_FAMILIES.get(task).noun}, which nobody else sees."))
if not watched:
    run_control.show_refusal()
limits_table.show_folded()
