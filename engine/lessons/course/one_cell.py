"""Lesson 1: what one cell computes when it reads one character, with the numbers of a trained network."""

from __future__ import annotations

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
        f"{values['shown'] / values['output_gate'] if False else _tanh(values['c']):.2f}. Its output gate stands at "
        f"{values['output_gate']:.2f}. What does the unit say to the rest of the network?",
        answer=values["h"],
        tell=f"It says {values['h']:.2f}.",
        why="A unit can hold a lot and say little: the output gate decides what of the memory the other units and the "
        "prediction see at this step.",
        tolerance=NEAR,
    )


def _tanh(value: float) -> float:
    import math

    return math.tanh(value)


def _step(loaded: LoadedModel, position: int, unit: int) -> tuple[UnitStep, str]:
    """Return what a unit of the first layer computes at a token of the text, and the token."""
    from engine.inspection.cells.steps import read_steps
    from engine.inspection.cells.unit_step import unit_step
    from engine.plotting.writing.distribution import visible_token

    reading = read_steps(loaded, TEXT)
    return unit_step(loaded, reading, 0, position, unit), visible_token(reading.tokens[position])
