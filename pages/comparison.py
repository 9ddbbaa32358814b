"""Comparison: RNN, LSTM and GRU on memory tasks with known answers; which wins where, from measured runs."""

from __future__ import annotations

import streamlit as st

from engine.experiments import results
from engine.experiments.live import LiveSettings
from pages.components import cache, comparisons, forms, header, notices, races
from pages.components.views.comparison import length_field, view_with_lengths

PAGE = "comparison"
RECIPE = "synthetic"

header.show(
    "Comparison",
    "Which recurrent architecture remembers longest, and what does it cost?",
    {
        "Line": "the mean over several runs that differ only in their random seed.",
        "Band": "from the best to the worst of these runs; where two bands overlap, there is no clear winner.",
        "Dashed grey line": "what a network without any memory reaches by guessing well; learning to remember "
        "means going below it.",
        "Colour and marker": "RNN orange triangle, LSTM blue circle, GRU green square, on every page.",
        "Wrong answers": "their share on sequences the network was not trained on, new ones from the same rule.",
        "Error left": "where answers are numbers: the squared error as a share of that of the best guess "
        "without memory; 100 % is guessing, 0 % is perfect.",
        "About equal in parameters": "each architecture gets the number of hidden units that makes all "
        "networks the same size.",
    },
)
frame = None
with notices.engine_errors():
    frame = cache.load_results(RECIPE)
tasks = results.tasks(frame) if frame is not None else []
telling = {task: comparisons.telling_length(frame, task) for task in tasks}
choices = {"task": tasks} | {length_field(task): results.lengths(frame, task) for task in tasks}
labels = dict.fromkeys(("task", "race_task") if tasks else ("race_task",), comparisons.task_title)
controls = forms.open_controls(PAGE, view_with_lengths(telling), choices, labels=labels)

if tasks:
    task = controls.segmented("task")
    st.markdown(notices.plain(comparisons.task_words(task)))
    comparisons.show_winner(frame, task, RECIPE)

    header.section(
        "How they learn", "The loss on held-out sequences while each network trains; lower is better."
    )
    length = controls.segmented(length_field(task))
    comparisons.show_learning(frame, task, length, RECIPE)

    header.section("What they cost", "More gates mean more numbers to learn and more work per step.")
    comparisons.show_costs(frame, RECIPE)

header.section(
    "Race them here",
    "Train three small networks now, on this server, on the same sequences in the same order; it takes less "
    "than a minute. Try a length where the RNN still learns, then one where it does not.",
)
job_id = races.current(PAGE)
is_running = races.is_running(job_id)
with st.container(horizontal=True, vertical_alignment="bottom"):
    controls.select("race_task", disabled=is_running, width=200)
    for name in ("race_length", "race_max_steps", "race_seed"):
        controls.number(name, disabled=is_running, width=140)
    view = controls.value()
    settings = LiveSettings(view.race_task, view.race_length, view.race_max_steps, view.race_seed)
    st.button(
        "Start the race",
        icon=":material/flag:",
        key="race-start",
        on_click=races.start,
        args=(PAGE, settings),
        disabled=is_running,
    )
with notices.engine_errors():
    races.show(PAGE, job_id, settings)
