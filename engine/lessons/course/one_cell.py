"""Lesson 1: what one cell computes when it reads one character, with the numbers of a trained network."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.lessons.lesson import Lesson, Problem, Question, Step, register

if TYPE_CHECKING:
    from engine.inspection.cells.unit_step import UnitStep
    from engine.models.folder import LoadedModel

TEXT = "the cat sat on the mat"
RNN, LSTM = "shakespeare-rnn", "shakespeare-lstm"
NEAR = 0.1  # a prediction this near is right


def squash(loaded: LoadedModel, position: int, unit: int) -> Question:
    """Ask what a plain RNN's unit says, given the sum of what comes in; the token is the one at `position`, from 0."""
    step, token = _step(loaded, position, unit)
    total, value = step.values["total"], step.values["h"]
    return Question(
        ask=f"The next character is “{token}”. Everything that reaches unit {unit} then adds up to {total:.2f}. What "
        "does the unit say: what is tanh of that?",
        answer=value,
        tell=f"It says {value:.2f}.",
        why="tanh leaves small numbers nearly as they are, and presses large ones towards 1 or −1. An RNN computes its "
        "whole state anew like this at every step.",
        tolerance=NEAR,
    )


def keep(loaded: LoadedModel, position: int, unit: int) -> Question:
    """Ask what an LSTM's unit keeps of its memory."""
    step, token = _step(loaded, position, unit)
    before, gate, kept = step.values["c_before"], step.values["forget_gate"], step.values["kept"]
    return Question(
        ask=f"Unit {unit} holds {before:.2f} in its memory cell. When the next character, “{token}”, is read, its "
        f"forget gate stands at {gate:.2f}. How much of what it held is left then?",
        answer=kept,
        tell=f"{gate:.2f} times {before:.2f} is {kept:.2f}.",
        why="The forget gate is a factor between 0 and 1 for every unit by itself. At 1 nothing is lost, however many "
        "steps go by: that is what an RNN cannot do.",
        tolerance=NEAR,
    )


def write(loaded: LoadedModel, position: int, unit: int) -> Question:
    """Ask what an LSTM's unit holds after a step."""
    step, token = _step(loaded, position, unit)
    values = step.values
    return Question(
        ask=f"The next character is “{token}”. Of its memory, unit {unit} keeps {values['kept']:.2f}. Its input gate, "
        f"at {values['input_gate']:.2f}, lets in so much of the new candidate, which is "
        f"{values['cell_candidate']:.2f}. What does the unit hold after this step?",
        answer=values["c"],
        tell=f"{values['kept']:.2f} + {values['input_gate']:.2f} × {values['cell_candidate']:.2f} = {values['c']:.2f}.",
        why="The memory is only scaled and added to. Nothing squashes it on its way from step to step.",
        tolerance=NEAR,
    )


def show_out(loaded: LoadedModel, position: int, unit: int) -> Question:
    """Ask what an LSTM's unit shows of its memory."""
    step, token = _step(loaded, position, unit)
    values = step.values
    return Question(
        ask=f"After “{token}”, the next character, unit {unit} holds {values['c']:.2f}; tanh of that is "
        f"{values['shown']:.2f}. Its output gate stands at {values['output_gate']:.2f}. What does the unit say to the rest "
        "of the network?",
        answer=values["h"],
        tell=f"It says {values['h']:.2f}.",
        why="A unit can hold a lot and say little: the output gate decides what of the memory the other units and the "
        "prediction see at this step.",
        tolerance=NEAR,
    )


def _step(loaded: LoadedModel, position: int, unit: int) -> tuple[UnitStep, str]:
    """Return what a unit of the first layer computes at a token of the text, and the token."""
    from engine.inspection.cells.steps import read_steps
    from engine.inspection.cells.unit_step import unit_step
    from engine.plotting.writing.distribution import visible_token

    reading = read_steps(loaded, TEXT)
    return unit_step(loaded, reading, 0, position, unit), visible_token(reading.tokens[position])


def _problem(pose: Callable[..., Question], network: str, position: int, unit: int) -> Problem:
    """Return a problem that opens the Cells page one token before the one that is asked about."""
    settings = {"tool": "step", "network": network, "text": TEXT, "unit": str(unit), "position": str(position)}
    return Problem(
        pose, settings, {"position": (str(position + 1),), "unit": (str(unit),)}, network, arguments=(position, unit)
    )


NEXT = "Press **Next** below the text, so that the character is read, and look at the unit's number in the diagram."

register(
    Lesson(
        "one_cell",
        1,
        "One cell, by hand",
        12,
        "You can say what an RNN and an LSTM compute at one step, gate by gate, and check it with a trained network.",
        (
            Step(
                "squash",
                "A new state at every step",
                "cells",
                "A recurrent network reads one character at a time. At each step a unit adds up what it reads and what "
                "all units said one step before, each times a weight, and puts the sum through **tanh**.",
                NEXT,
                "tanh(0) is 0, tanh(0.5) is 0.46, tanh(1) is 0.76, tanh(2) is 0.96. Its sign is that of the sum.",
                (_problem(squash, RNN, 9, 217), _problem(squash, RNN, 5, 404)),
            ),
            Step(
                "keep",
                "The forget gate keeps",
                "cells",
                "An LSTM has a **memory cell** beside its state. The first thing that happens to it at a step is one "
                "multiplication, by the forget gate.",
                NEXT,
                "The gate is a factor: 1 keeps all, 0 keeps nothing.",
                (_problem(keep, LSTM, 17, 230), _problem(keep, LSTM, 5, 252)),
            ),
            Step(
                "write",
                "The input gate writes",
                "cells",
                "Then something new is added: a **candidate** between −1 and 1, times the input gate.",
                NEXT,
                "Multiply the gate by the candidate first, with its sign, and then add.",
                (_problem(write, LSTM, 17, 4), _problem(write, LSTM, 5, 2)),
            ),
            Step(
                "show",
                "The output gate shows",
                "cells",
                "What the unit says is tanh of its memory, times the **output gate**.",
                NEXT,
                "One multiplication again.",
                (_problem(show_out, LSTM, 9, 83), _problem(show_out, LSTM, 12, 211)),
            ),
        ),
    )
)
