"""Lesson 2: why a plain RNN forgets, and what a forget gate changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.lessons.lesson import Lesson, Problem, Question, Step, register

if TYPE_CHECKING:
    from engine.models.folder import LoadedModel

TEXT = "the cat sat on the mat"
DISTANCE = 50
LEFT = ("about all of it", "about a tenth", "about a thousandth", "less than a millionth")  # of a gradient
BOUNDS = (-0.5, -2.0, -5.0)  # powers of ten between them
GROWN = "more than there was at the end"


def left_over(architecture: str, gain: float, forget_bias: float) -> Question:
    """Ask how much of the gradient is left fifty steps back in an untrained network."""
    from engine.inspection.gradients.chain import ChainSettings, measure_chain, say_power
    from engine.plotting.theme import architecture_label

    found = measure_chain(ChainSettings(gain=gain, forget_bias=forget_bias))
    log10_gain = found.log10_gain(architecture, DISTANCE)
    name = architecture_label(architecture)
    drawn = f"with a recurrent gain of {gain:g}" if architecture == "rnn" else f"with a forget bias of {forget_bias:g}"
    rate = 10 ** (log10_gain / DISTANCE)
    return Question(
        ask=f"An untrained {name} {drawn} reads {DISTANCE} steps. How much of the gradient at its end is left at its "
        "beginning?",
        answer=GROWN if log10_gain > -BOUNDS[0] else LEFT[sum(log10_gain < bound for bound in BOUNDS)],
        tell=f"It is {say_power(log10_gain)} of what it was.",
        why=f"Every step back multiplies it, here by {rate:.2f} on average, and {rate:.2f} to the power of {DISTANCE} is "
        f"{say_power(log10_gain)}. Only a factor very near to 1 lasts.",
        options=(*LEFT, GROWN),
    )


def closes(loaded: LoadedModel, text: str) -> Question:
    """Ask how much of its memory the unit whose gate falls most keeps at that token."""
    from engine.inspection.cells.gate_saturation import find_closing_gate
    from engine.inspection.cells.steps import read_steps
    from engine.plotting.writing.distribution import visible_token

    found = find_closing_gate(read_steps(loaded, text))
    if found is None:
        raise ValueError("an LSTM has a gate that keeps")
    return Question(
        ask=f"Unit {found.unit} of the second layer holds {found.memory_before:.2f}, and its forget gate stands at "
        f"{found.gate_before:.2f}: it keeps nearly all. The next character is “{visible_token(found.token)}”. Where "
        "does the gate stand then?",
        answer=found.gate,
        tell=f"It falls to {found.gate:.2f}: of {found.memory_before:.2f} it keeps {found.kept:.2f}.",
        why="That is forgetting as an LSTM does it: not slowly, but by a decision, at one step, in one unit. The network "
        "has learnt when what this unit holds is no longer needed.",
        tolerance=0.2,
    )


def _gate(text: str, position: int, unit: int) -> Problem:
    settings = {
        "tool": "step",
        "network": "shakespeare-lstm",
        "text": text,
        "layer": "Layer 2",
        "unit": str(unit),
        "position": str(position),
    }
    return Problem(closes, settings, {"position": (str(position + 1),)}, "shakespeare-lstm", arguments=(text,))


register(
    Lesson(
        "forgetting",
        2,
        "Why it forgets",
        12,
        "You can say why the gradient of a plain RNN vanishes, what would make it explode, and what a forget gate near 1 "
        "does about both.",
        (
            Step(
                "vanish",
                "Fifty steps back",
                "gradients",
                "A network learns from an early character only if the **gradient** comes back to it. On its way it is "
                "multiplied once for each step.",
                "Drag **Length** to 60 or more, and read the RNN's line at 50 steps.",
                "If every step leaves 90 %, then 50 steps leave 0.9 to the power of 50, which is half a hundredth.",
                (
                    Problem(
                        left_over,
                        {"tool": "chain", "chain_length": "5"},
                        {"chain_length": tuple(map(str, range(60, 151)))},
                        arguments=("rnn", 1.0, 3.0),
                    ),
                    Problem(
                        left_over,
                        {"tool": "chain", "chain_length": "5", "chain_gain": "2.5"},
                        {"chain_length": tuple(map(str, range(60, 151))), "chain_gain": ("2.5",)},
                        arguments=("rnn", 2.5, 3.0),
                    ),
                ),
            ),
            Step(
                "bias",
                "An open forget gate",
                "gradients",
                "In an LSTM the way back goes through the forget gates: a step multiplies by their values. A **forget "
                "bias** of 3 opens them to 95 % before anything has been learnt.",
                "Set **Forget bias** to what the question says, and read the LSTM's line at 50 steps.",
                "A bias of 0 opens the gates to a half. What is a half to the power of 50?",
                (
                    Problem(
                        left_over,
                        {"tool": "chain", "chain_forget_bias": "3"},
                        {"chain_forget_bias": ("0",)},
                        arguments=("lstm", 1.0, 0.0),
                    ),
                    Problem(
                        left_over,
                        {"tool": "chain", "chain_forget_bias": "0"},
                        {"chain_forget_bias": ("3",)},
                        arguments=("lstm", 1.0, 3.0),
                    ),
                ),
            ),
            Step(
                "close",
                "A gate that closes",
                "cells",
                "A trained LSTM opens and shuts its gates while it reads. Here a unit has kept something for a while.",
                "Press **Next** below the text, and look at the forget gate in the diagram.",
                "This text was chosen because something happens at this character.",
                (_gate(TEXT, 20, 22), _gate("to be or not to be, that is the question", 0, 0)),
            ),
        ),
    )
)
