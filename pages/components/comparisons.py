"""What the comparison page draws from measured runs: who wins where, how they learnt, what they cost."""

from __future__ import annotations

import inspect

import pandas as pd
import streamlit as st

from engine.experiments import results
from engine.plotting import theme
from engine.plotting.curves import (
    error_against_length,
    loss_against_steps,
    parameter_bars,
    seconds_against_length,
)
from engine.tasks import TASKS, Task
from pages.components import figures, notices
from pages.components.figures import Receipt

TASK_WORDS = {
    "adding": "The network reads a long row of random numbers between 0 and 1, two of them marked, and says the "
    "sum of the two at the very end. Everything else must be ignored.",
    "copying": "The network reads ten symbols, then nothing for a long while, then a signal; now it must repeat "
    "all ten in order.",
    "delayed_recall": "The network reads one symbol, then a row of distracting ones, then a question mark; now it "
    "must name the first.",
}
LOSS_UNITS = {"regression": "mean squared error", "classification": "nats per answer"}


def telling_length(frame: pd.DataFrame, task: str) -> int:
    """Return the length at which the mean accuracies lie furthest apart; the longest of several."""
    table = results.summarise(frame)
    by_length = table[table["task"] == task].groupby("length")["accuracy_mean"]
    spread = (by_length.max() - by_length.min()).round(3)
    return int(spread[spread == spread.max()].index.max())


def task_title(name: str) -> str:
    """Return how a task is called on the page."""
    return TASKS.get(name).title if name in TASKS.names() else name.replace("_", " ").capitalize()


def task_words(name: str) -> str:
    """Return what a network sees and is asked in a task; a task without words here gives its docstring's."""
    return TASK_WORDS.get(name) or (inspect.getdoc(TASKS.get(name)) or "").splitlines()[0]


def is_relative(task: Task | type[Task]) -> bool:
    """Return whether answers are numbers: never quite right, so their error is taken relative to a guess's."""
    return task.kind == "regression"


def memoryless_error(task: Task | type[Task], baseline_accuracy: float) -> float:
    """Return the error of the best guess without memory, as the charts of this task count errors (0 to 1)."""
    return 1.0 if is_relative(task) else 1 - baseline_accuracy


def show_winner(frame: pd.DataFrame, task: str, recipe: str) -> None:
    """Draw the error of every architecture against the length of a task, and what follows from it."""
    runs = frame[(frame["kind"] == "summary") & (frame["task"] == task)]
    table = results.summarise(frame)
    table = table[table["task"] == task]
    sentences = [finding.sentence for finding in results.findings(frame) if finding.task == task]
    kind = TASKS.get(task)
    if sentences:
        st.markdown(f"**{notices.plain(sentences[-1])}**")
    figures.show(
        error_against_length(
            runs,
            mode=figures.mode(),
            is_relative=is_relative(kind),
            baseline_error=memoryless_error(kind, float(table["baseline_accuracy"].iloc[0])),
            x_title=f"Length: {kind.length_words}",
        ),
        name="error-by-length",
        alt=f"Error on {kind.title.lower()} against length. {' '.join(sentences)}",
        table=table.drop(columns="task"),
        receipt=receipt(frame, recipe, "print(results.summarise(frame))"),
    )
    st.markdown("\n".join(f"- {notices.plain(sentence)}" for sentence in sentences[:-1]))
    st.caption(notices.plain(f"Solved means: {kind.solved_text}."))


def show_learning(frame: pd.DataFrame, task: str, length: int, recipe: str) -> None:
    """Draw the loss on held-out examples against training steps, mean and spread over seeds."""
    curves = results.loss_curves(frame, task, length)
    kind = TASKS.get(task)(length)
    words = _last_losses(curves, kind)
    figures.show(
        loss_against_steps(curves, mode=figures.mode(), unit=LOSS_UNITS[kind.kind], baseline=kind.baseline),
        name="loss-by-step",
        alt=f"Held-out loss on {kind.title.lower()} of length {length} against training steps. {words}",
        table=curves.round(5),
        receipt=receipt(frame, recipe, f"print(results.loss_curves(frame, {task!r}, {length}))"),
    )
    st.caption(
        notices.plain(
            f"{words} Without memory {kind.baseline:.4g}: {kind.baseline_formula}. A run that has solved "
            f"the task stops."
        )
    )


def show_costs(frame: pd.DataFrame, recipe: str) -> None:
    """Draw the parameters of one recurrent layer and the time of a training step, and what follows."""
    timings = results.timings(frame)
    sentences = [finding.sentence for finding in results.findings(frame) if not finding.task]
    same_size = timings[timings["equal"] == "hidden_size"].drop_duplicates("architecture")
    same_cost = timings[timings["equal"] == "parameters"]
    source = receipt(frame, recipe, "print(results.timings(frame))")
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**Parameters at the same hidden size**")
        outside = same_size["formula_parameters"] - same_size["layer_parameters"]
        layers = pd.DataFrame(
            {
                "architecture": same_size["architecture"],
                "hidden_size": same_size["hidden_size"],
                "parameters": same_size["parameters"] - outside,
                "formula_parameters": same_size["layer_parameters"],
                "ratio_to_rnn": same_size["ratio_to_rnn"],
            }
        )
        figures.show(
            parameter_bars(layers, mode=figures.mode()),
            name="parameters",
            alt=f"Parameters of one recurrent layer, counted and by the formula. "
            f"{sentences[0] if sentences else ''}",
            table=layers,
            receipt=source,
        )
        st.caption(
            "Formula: G × H × (I + H + 2) with H hidden units, I inputs, two biases, and G = 1 for the "
            "RNN, 3 for the GRU, 4 for the LSTM."
        )
    with right:
        st.markdown("**Time per training step at the same number of parameters**")
        figures.show(
            seconds_against_length(same_cost, mode=figures.mode()),
            name="time-per-step",
            alt=f"Milliseconds per training step against sequence length. "
            f"{sentences[-1] if sentences else ''}",
            table=same_cost.drop(columns="equal"),
            receipt=source,
        )
        st.caption(
            f"One step: forward, backward and update on {int(same_cost['batch_size'].iloc[0])} sequences, "
            f"fastest of five blocks."
        )
    st.markdown("\n".join(f"- {notices.plain(sentence)}" for sentence in sentences))


def receipt(frame: pd.DataFrame, recipe: str, line: str) -> Receipt:
    """Return where measured rows come from and the command that measures them again."""
    facts = results.receipt(frame, recipe)
    return Receipt(
        model=f"{facts['runs']} runs, about equal in parameters",
        seed=facts["seeds"],
        measured=f"{facts['date']}, commit {facts['commit']}, on {facts['hardware']} ({facts['cores']} "
        f"cores), torch {facts['torch']}",
        python=f"from engine.experiments import results\n\nframe = results.load_results({recipe!r})\n{line}",
        command=facts["command"],
        note=f"All runs together took {facts['elapsed_seconds'] / 60:.0f} minutes. The same seeds give the "
        f"same curves on the same machine.",
    )


def _last_losses(curves: pd.DataFrame, kind: Task) -> str:
    last = curves.sort_values("step").groupby("architecture", sort=False).last()
    order = [name for name in theme.architecture_names() if name in last.index]
    parts = [
        f"{theme.architecture_label(name)} {last.loc[name, 'loss_mean']:.4g} after "
        f"{int(last.loc[name, 'step'])} steps"
        for name in order
    ]
    return f"Mean loss at the end: {', '.join(parts)}."
