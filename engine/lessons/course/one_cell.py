"""Lesson 1: what one cell computes when it reads one character, with the numbers of a trained network."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.lessons.lesson import Lesson, LessonStep, Problem, Question, register
from engine.wording import decimal

if TYPE_CHECKING:
    from engine.inspection.cells.unit_step import UnitStep
    from engine.models.folder import LoadedModel

TEXT = "the cat sat on the mat"
RNN, LSTM = "shakespeare-rnn", "shakespeare-lstm"
NEAR = 0.1  # a prediction this near is right


def squash(loaded: LoadedModel, position: int, unit: int) -> Question:
    """Ask for a plain RNN's new hidden value, given its weighted sum; the token is the one at `position`, from 0."""
    step, token = _step(loaded, position, unit)
    total, value = (decimal(step.values[name]) for name in ("total", "h"))
    return Question(
        ask=f"The next character is “{token}”. The weighted sum of unit {unit} is then {total}. What is its new hidden "
        f"value, tanh({total})?",
        answer=step.values["h"],
        tell=f"tanh({total}) = {value}.",
        why="tanh hardly changes small numbers and presses large ones towards 1 or −1. An RNN computes its whole "
        "hidden state anew like this at every step: nothing of the old one is simply kept.",
        tolerance=NEAR,
    )


def keep(loaded: LoadedModel, position: int, unit: int) -> Question:
    """Ask how much of its memory cell an LSTM's unit keeps."""
    step, token = _step(loaded, position, unit)
    before, gate, kept = (decimal(step.values[name]) for name in ("c_before", "forget_gate", "kept"))
    return Question(
        ask=f"The memory cell of unit {unit} holds {before}. The next character is “{token}”, and at it the forget "
        f"gate is {gate}. How much of the memory is kept?",
        answer=step.values["kept"],
        tell=f"{gate} × {before} = {kept}.",
        why="The forget gate is a factor between 0 and 1, one for each unit. Where it stays at 1 nothing is lost, "
        "however many steps go by: that is what an RNN cannot do.",
        tolerance=NEAR,
    )


def write(loaded: LoadedModel, position: int, unit: int) -> Question:
    """Ask what the memory cell of an LSTM's unit holds after a step."""
    step, token = _step(loaded, position, unit)
    kept, gate, candidate, now = (decimal(step.values[name]) for name in ("kept", "input_gate", "cell_candidate", "c"))
    return Question(
        ask=f"The next character is “{token}”. Unit {unit} keeps {kept} of its memory. Its candidate is {candidate}, "
        f"and its input gate {gate}. What does the memory cell hold after this step?",
        answer=step.values["c"],
        tell=f"{kept} + {gate} × {bracketed(candidate)} = {now}.",
        why="The memory cell is only scaled and added to. Nothing squashes it between one step and the next, so it may "
        "grow beyond 1 and −1.",
        tolerance=NEAR,
    )


def show_out(loaded: LoadedModel, position: int, unit: int) -> Question:
    """Ask for the hidden value of an LSTM's unit, given its memory cell and output gate."""
    step, token = _step(loaded, position, unit)
    memory, shown, gate, value = (decimal(step.values[name]) for name in ("c", "shown", "output_gate", "h"))
    return Question(
        ask=f"After the next character, “{token}”, the memory cell of unit {unit} holds {memory}, and tanh({memory}) "
        f"is {shown}. Its output gate is {gate}. What is its hidden value?",
        answer=step.values["h"],
        tell=f"{gate} × {bracketed(shown)} = {value}.",
        why="A unit can remember a lot and show little: the output gate decides how much of the memory the rest of the "
        "network sees at this step.",
        tolerance=NEAR,
    )


def bracketed(number: str) -> str:
    """Return a number as it stands behind a sign: in brackets where it has one itself."""
    return number if number[0].isdigit() else f"({number})"


def _step(loaded: LoadedModel, position: int, unit: int) -> tuple[UnitStep, str]:
    """Return what a unit of the first layer computes at a token of the text, and the token."""
    from engine.inspection.cells.steps import read_steps
    from engine.inspection.cells.unit_step import unit_step
    from engine.plotting.writing.distribution import visible_token

    reading = read_steps(loaded, TEXT)
    return unit_step(loaded, reading, 0, position, unit), visible_token(reading.tokens[position])


def _problem(pose: Callable[..., Question], network: str, position: int, unit: int) -> Problem:
    """Return a problem that opens the Cells page one token before the one that is asked about."""
    settings = {"tool": "step", "network": network, "text": TEXT, "layer": "Layer 1", "unit": str(unit)}
    settings |= {"position": str(position)}
    return Problem(pose, settings, {"position": (str(position + 1),)}, network, arguments=(position, unit))


NEXT = "Press **Next** (or the key N) below the text: the character is read. Then find the number in the diagram."

register(
    Lesson(
        "one_cell",
        1,
        "One cell, by hand",
        12,
        "You can compute one step of an RNN and of an LSTM, gate by gate, and check it against a trained network.",
        (
            LessonStep(
                "squash",
                "A new state at every step",
                "cells",
                "A recurrent network reads one character at a time. At each step every unit adds up what is read and "
                "the **hidden values** of all units one step before, each times a weight. **tanh** of that sum is its "
                "new hidden value.",
                NEXT,
                "tanh(0) is 0, tanh(0.5) is 0.46, tanh(1) is 0.76, tanh(2) is 0.96. It has the sign of the sum.",
                (_problem(squash, RNN, 9, 217), _problem(squash, RNN, 5, 404)),
            ),
            LessonStep(
                "keep",
                "The forget gate keeps",
                "cells",
                "An LSTM has a **memory cell** beside its hidden state. At each step the memory is first multiplied by "
                "the **forget gate**.",
                NEXT,
                "The gate is a factor: 1 keeps everything, 0 keeps nothing.",
                (_problem(keep, LSTM, 17, 230), _problem(keep, LSTM, 5, 252)),
            ),
            LessonStep(
                "write",
                "The input gate writes",
                "cells",
                "Then something new is added to what was kept: a **candidate** between −1 and 1, times the **input "
                "gate**.",
                NEXT,
                "Multiply gate and candidate first, mind the sign, and then add what was kept.",
                (_problem(write, LSTM, 17, 4), _problem(write, LSTM, 5, 2)),
            ),
            LessonStep(
                "show",
                "The output gate shows",
                "cells",
                "The new hidden value is tanh of the memory, times the **output gate**.",
                NEXT,
                "It is one multiplication.",
                (_problem(show_out, LSTM, 9, 83), _problem(show_out, LSTM, 12, 211)),
            ),
        ),
    )
)
