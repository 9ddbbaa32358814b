"""Lesson 2: why a plain RNN forgets, and what a forget gate changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.cells import CELLS
from engine.inspection.gradients.chain import KEY_DISTANCE, ChainSettings
from engine.lessons.lesson import Between, Lesson, LessonStep, Problem, Question, register
from engine.wording import decimal

if TYPE_CHECKING:
    from engine.models.folder import LoadedModel

TEXT = "the cat sat on the mat"
CAT = "The cat, which sat on the mat and purred, was happy"
CHEF = "The chef, who trained in Paris for five years and later opened a restaurant in Tokyo, makes amazing sushi"
GROWN = "more than double: it has grown"
LEFT = (  # of a gradient
    GROWN,
    "about all of it, from half to double",
    "between a half and a hundredth",
    "between a hundredth and a millionth",
    "less than a millionth",
)
BOUNDS = (0.30103, -0.30103, -2.0, -6.0)  # powers of ten between them
FLAT = 0.5  # powers of ten by which a gradient that neither vanishes nor explodes may have changed
LSTM = "shakespeare-lstm"


def left_over(architecture: str, settings: ChainSettings) -> Question:
    """Ask how much of the gradient is left fifty steps back in an untrained network."""
    from engine.inspection.gradients.chain import measure_chain, say_power
    from engine.plotting.theme import architecture_label

    log10_gain = measure_chain(settings).log10_gain(architecture, KEY_DISTANCE)
    rate, left = 10 ** (log10_gain / KEY_DISTANCE), say_power(log10_gain)
    drawn = {"default": "a recurrent matrix as torch.nn draws it", "orthogonal": "a random rotation as its matrix"}
    cell = CELLS.get(architecture)
    how = f"a forget bias of {settings.forget_bias:g}" if cell.keeper else drawn[settings.matrix]
    return Question(
        ask=f"An untrained {architecture_label(architecture)} with {how} reads {settings.length} steps. How much of "
        f"the gradient is left {KEY_DISTANCE} steps back?",
        answer=LEFT[sum(log10_gain < bound for bound in BOUNDS)],
        tell=f"What is left is {left} of what it was.",
        why=f"On average each step multiplied the gradient by {rate:.2f}, and {rate:.2f}^{KEY_DISTANCE} = {left}. Only "
        "factors very near 1 last over many steps.",
        options=LEFT,
    )


def edge(matrix: str) -> Question:
    """Ask for the recurrent gain at which an untrained RNN's gradient neither vanishes nor explodes."""
    import numpy as np

    from engine.inspection.gradients.chain import find_edge

    drawn, shrinks = {
        "default": ("as torch.nn draws it", "This random matrix shrinks most directions, and"),
        "orthogonal": ("a random rotation", "A rotation keeps lengths, but"),
    }[matrix]
    settings = ChainSettings(matrix=matrix)
    curve = find_edge(settings, points=100)
    gains, powers = curve["gain"].to_numpy(), curve["log10_gain"].to_numpy()
    crossing = float(np.interp(0.0, powers, gains))
    low, high = (float(np.interp(power, powers, gains)) for power in (-FLAT, FLAT))
    return Question(
        ask=f"The recurrent matrix is {drawn}, times the recurrent gain. At which gain does the RNN's gradient neither "
        f"vanish nor explode over {settings.length} steps?",
        answer=crossing,
        tell=f"At {crossing:.2f} the gradient is as large {settings.length} steps back as at the end.",
        why=f"{shrinks} tanh shrinks the gradient too, wherever a unit is far from 0. A little less, and it vanishes; "
        "a little more, and it explodes: there is no wide range between the two.",
        tolerance=0.3,
        until={"chain_gain": Between(round(low, 2) - 0.05, round(high, 2) + 0.05)},
    )


def closes(loaded: LoadedModel, text: str) -> Question:
    """Ask for the forget gate of the unit that lets go of most of its memory at one token."""
    from engine.inspection.cells.gate_saturation import find_closing_gate
    from engine.inspection.cells.steps import read_steps
    from engine.plotting.writing.distribution import visible_token

    found = find_closing_gate(read_steps(loaded, text))
    if found is None:
        raise ValueError("an LSTM has a gate that keeps")
    held, kept = decimal(found.memory_before), decimal(found.kept)
    return Question(
        ask=f"The memory cell of unit {found.unit} in layer 2 holds {held}. At this character its forget gate is "
        f"{decimal(found.gate_before)}. Then “{visible_token(found.token)}” is read. What is the forget gate now?",
        answer=found.gate,
        tell=f"It falls to {decimal(found.gate)}: of {held} it keeps {kept}.",
        why="An LSTM does not forget little by little. It decides: here one unit drops what it held within one step, "
        "because training has taught it when that is no longer needed.",
        tolerance=0.2,
    )


def looks_back(loaded: LoadedModel, text: str, position: int) -> Question:
    """Ask how far back the expectation of a character still depends on what was read; `position` counts from 1."""
    from engine.inspection.gradients.connectivity import NOTICEABLE, connectivity
    from engine.plotting.theme import architecture_label
    from engine.wording import percent

    found = connectivity(loaded, text, position)
    name, subject = architecture_label(loaded.info.architecture), text.split(",")[0]
    back = position - 1 - text.index(subject.split()[-1])
    if found.furthest >= back:
        said, why = "That reaches the subject", "Gates that stay open have carried it this far"
    else:
        said, why = "That does not reach the subject", "Even open gates lose a little at every step"
    return Question(
        ask=f"The {name} expects the first character of “{text[position - 1 :].split()[0]}”. “{subject}” stands {back} "
        f"characters before. How many characters back is the furthest one that still counts, with at least "
        f"{percent(NOTICEABLE, 0)} of the strongest effect?",
        answer=float(found.furthest),
        tell=f"The furthest is {found.furthest} characters back. {said}.",
        why=f"{why}; half of all strength lies in the last {found.half_reach} characters. Compare the RNN's row: it "
        "has no gate to keep the subject with.",
        tolerance=8.0,
    )


def _chain(
    architecture: str,
    start: Mapping[str, str],
    until: Mapping[str, str],
    **settings: Any,  # fields of ChainSettings
) -> Problem:
    """Return a problem that opens the chain at other settings than those it asks about."""
    opened = {"chain_gain": "1", "chain_matrix": "default", "chain_forget_bias": "3", "chain_length": "60"}
    return Problem(
        left_over,
        {"tool": "chain", **opened, **start},
        {name: (value,) for name, value in until.items()},
        arguments=(architecture, ChainSettings(**settings)),
    )


def _gate(text: str, position: int, unit: int) -> Problem:
    settings = {"tool": "step", "network": LSTM, "text": text, "layer": "Layer 2", "unit": str(unit)}
    return Problem(
        closes,
        settings | {"position": str(position)},
        {"position": (str(position + 1),)},
        LSTM,
        arguments=(text,),
    )


def _expects(text: str, position: int) -> Problem:
    settings = {
        "tool": "connectivity",
        "text": text,
        "connectivity_position": str(position - 7),
        "connectivity_check": "false",
    }
    return Problem(looks_back, settings, {"connectivity_position": (str(position),)}, LSTM, arguments=(text, position))


register(
    Lesson(
        "forgetting",
        2,
        "Why it forgets",
        15,
        "You can say why the gradient of a plain RNN vanishes, when it explodes, and what a forget gate near 1 does "
        "about both.",
        (
            LessonStep(
                "vanish",
                "Fifty steps back",
                "gradients",
                "A network learns from an early character only if the **gradient** gets back to it. On its way back "
                "every step multiplies it.",
                "Set **Recurrent matrix** to what the question says, and read the RNN's line at 50 steps.",
                "If every step leaves 90 %, then 50 steps leave 0.9^50, which is half a hundredth. And if it leaves "
                "half?",
                tuple(
                    _chain("rnn", {"chain_matrix": "identity"}, {"chain_matrix": matrix}, matrix=matrix)
                    for matrix in ("default", "orthogonal")
                ),
            ),
            LessonStep(
                "edge",
                "Vanish or explode",
                "gradients",
                "The **recurrent gain** multiplies the RNN's recurrent matrix: a larger one lets more of the gradient "
                "through at every step.",
                "Move **Recurrent gain** until the RNN's line is flat: neither falling nor rising.",
                "It still vanishes where you begin, so the gain is larger. Try some values beyond it.",
                tuple(
                    Problem(
                        edge, {"tool": "chain", "chain_gain": gain, "chain_matrix": matrix}, {}, arguments=(matrix,)
                    )
                    for matrix, gain in (("default", "2"), ("orthogonal", "1"))
                ),
            ),
            LessonStep(
                "bias",
                "A forget gate held open",
                "gradients",
                "In an LSTM the gradient goes back through the memory cell: each step multiplies it by the **forget "
                "gate**. A forget bias of 3 opens that gate to 95 % before anything has been learnt.",
                "Set **Forget bias** to what the question says, and read the LSTM's line at 50 steps.",
                "A bias of 0 opens the gate to 50 %, 1 to 73 %, and 3 to 95 %.",
                tuple(
                    _chain(
                        "lstm",
                        {"chain_forget_bias": "0"},
                        {"chain_forget_bias": f"{bias:g}"},
                        forget_bias=bias,
                    )
                    for bias in (3.0, 1.0)
                ),
            ),
            LessonStep(
                "close",
                "A gate that closes",
                "cells",
                "A trained LSTM opens and closes its gates while it reads. One of its units has kept something for a "
                "while.",
                "Press **Next** (or the key N) below the text, and find the forget gate in the diagram.",
                "This text and unit were found by a search for something that happens at this very character.",
                (_gate(TEXT, 20, 22), _gate("to be or not to be, that is the question", 22, 22)),
            ),
            LessonStep(
                "subject",
                "The cat and the chef",
                "gradients",
                "“The cat, which sat on the mat and purred, **was** happy”: the verb depends on a subject far before "
                "it. Does the network still look there?",
                "Click the first character of the verb in the text (or move the slider to it), and read the sentence "
                "below the LSTM's row.",
                "Think of how much of the gradient was left 50 steps back in an RNN, and in an LSTM whose forget gate "
                "is open.",
                (_expects(CAT, 43), _expects(CHEF, 87)),
            ),
        ),
    )
)
