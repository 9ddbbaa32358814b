"""Activation clamping: what a network writes while some of its units or gates are held, and what holding them costs.

The cost is measured where the network is at home: on the text that it writes without anything held. A text of another
author, read in short stretches, would hide what a memory is good for.

Shapes: N tokens.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
import time
from dataclasses import dataclass

import numpy as np
import torch

from engine.cells import CELLS, Interventions, is_switch
from engine.config import option
from engine.decoding.clamped import ClampedModel
from engine.decoding.limits import SamplingSettings
from engine.decoding.scoring import surprise_stream
from engine.decoding.text import start_id, write_text
from engine.errors import InputError
from engine.inspection.cells.units import PARTS, check_unit, token_spans
from engine.models.folder import LoadedModel

ACTIONS = {
    "hold": "Hold a gate",
    "silence": "Silence units",
    "scale": "Scale units",
    "clamp": "Clamp units",
}
LARGEST_UNIT_LIST = 400  # characters
LARGEST_FACTOR = 10.0
STRETCHES = 10  # the standard error is over as many stretches of the text
SMALL_CHANGE = 0.01  # nats per token; below it a change is called none
LARGE_CHANGE = 0.35
SHORTEST_MATCH = 5  # characters


@dataclass(frozen=True)
class Strings:
    """What is done to a layer while the network writes.

    Attributes:
        layer: from 1, as on the page.
        action: one of `ACTIONS`.
        units: which, as "7" or "3, 10-20"; not for holding a gate.
        value: what hidden units are clamped to (-1 to 1) or multiplied by.
        gate, position: which gate is held and where, 0 shut to 1 open.
    """

    layer: int = option(1, minimum=1)
    action: str = option("hold", choices=tuple(ACTIONS))
    units: str = option("0")
    value: float = option(1.0, minimum=-LARGEST_FACTOR, maximum=LARGEST_FACTOR)
    gate: str = option("forget_gate")
    position: float = option(0.0, minimum=0.0, maximum=1.0)


@dataclass(frozen=True)
class Performance:
    """A network's writing with and without something held, from the same beginning and seed, and what holding costs.

    Attributes:
        free_text, held_text: what was written after the prompt.
        free_surprise, held_surprise: nats of each text's tokens under the network with nothing held.
        cost: by how many nats each token of the free text surprises the network more while it is held, (N,).
        free_spans, held_spans: where in its text each token stands.
        first_difference: character at which the texts first differ; None where they are the same.
        verdict: what it all means, in words.
    """

    free_text: str
    held_text: str
    free_surprise: np.ndarray
    held_surprise: np.ndarray
    cost: np.ndarray
    free_spans: list[tuple[int, int]]
    held_spans: list[tuple[int, int]]
    first_difference: int | None
    verdict: str
    elapsed_seconds: float

    @property
    def change(self) -> float:
        """Nats per token that holding costs on the text written without; an estimate of KL(free || held)."""
        return float(self.cost.mean())

    @property
    def error(self) -> float:
        """Standard error of `change` over `STRETCHES` stretches of the text."""
        return standard_error(self.cost)


def perform(loaded: LoadedModel, prompt: str, settings: SamplingSettings, strings: Strings) -> Performance:
    """Return what the network writes and how it predicts with `strings` attached, beside the same without.

    Raises:
        InputError: a layer, unit, gate or value that does not exist or cannot be set, or a bad prompt or setting.
    """
    begun = time.perf_counter()
    interventions = attach(loaded, strings)
    # Both step the same cells: nothing but the strings may tell their texts apart.
    unclamped, clamped = (
        dataclasses.replace(loaded, model=ClampedModel(loaded.model, by_layer))
        for by_layer in ({}, {strings.layer - 1: interventions})
    )
    free, held = ("".join(write_text(model, prompt, settings)) for model in (unclamped, clamped))
    free_surprise, held_surprise = (surprise_of(loaded, prompt, text) for text in (free, held))
    cost = surprise_of(clamped, prompt, free) - free_surprise
    first = first_difference(free, held)
    means = float(free_surprise.mean()), float(held_surprise.mean())
    return Performance(
        free_text=free,
        held_text=held,
        free_surprise=free_surprise,
        held_surprise=held_surprise,
        cost=cost,
        free_spans=token_spans(loaded, free),
        held_spans=token_spans(loaded, held),
        first_difference=first,
        verdict=verdict(float(cost.mean()), standard_error(cost), means, is_same_text=first is None),
        elapsed_seconds=time.perf_counter() - begun,
    )


def standard_error(values: np.ndarray) -> float:
    """Return the standard error of the mean over stretches of a text, whose tokens are not independent of each
    other."""
    means = [part.mean() for part in np.array_split(values, STRETCHES) if len(part)]
    return float(np.std(means, ddof=1) / math.sqrt(len(means))) if len(means) > 1 else math.inf


def attach(loaded: LoadedModel, strings: Strings) -> Interventions:
    """Return the interventions that `strings` stand for.

    Raises:
        InputError: there is no such layer, unit, gate or action, or a value is out of bounds.
    """
    check_unit(loaded, strings.layer - 1, 0)
    if strings.action not in ACTIONS:
        raise InputError(f"There is no action '{strings.action}'; choose one of: {', '.join(ACTIONS)}.")
    if strings.action == "hold":
        return _hold(loaded, strings)
    units = read_units(strings.units)
    for unit in units:
        check_unit(loaded, strings.layer - 1, unit)
    if strings.action == "silence":
        return Interventions(ablate_units=units)
    limit = 1.0 if strings.action == "clamp" else LARGEST_FACTOR
    if not -limit <= strings.value <= limit:
        what = "Hidden units can be clamped" if strings.action == "clamp" else "Units can be scaled by a factor"
        raise InputError(f"{what} between {-limit:g} and {limit:g}, not {strings.value:g}.")
    values = dict.fromkeys(units, strings.value)
    return Interventions(clamp_units=values) if strings.action == "clamp" else Interventions(scale_units=values)


def gates_of(architecture: str) -> list[str]:
    """Return the gates of this kind of cell that can be open or shut; an RNN has none.

    The cell candidate and the new gate are what would be written, not how much of it: they are no switches.
    """
    return [name for name in CELLS.get(architecture).gate_names if is_switch(name)]


def actions_of(architecture: str) -> list[str]:
    """Return what can be done to this kind of cell."""
    return [action for action in ACTIONS if action != "hold" or gates_of(architecture)]


def read_units(text: str) -> list[int]:
    """Return the units that a list such as "3, 10-20" names, in order, each once.

    Raises:
        InputError: it is empty, too long, or holds something that is neither a number nor a range.
    """
    if len(text) > LARGEST_UNIT_LIST:
        raise InputError(f"The list of units has {len(text):,} characters; at most {LARGEST_UNIT_LIST} are read.")
    units: list[int] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        first, dash, last = (piece.strip() for piece in part.partition("-"))
        numbers = [first, last] if dash else [first]
        if not all(number.isascii() and number.isdigit() and len(number) < 7 for number in numbers):
            raise InputError(f"'{part[:40]}' names no unit; write numbers and ranges such as 3, 10-20.")
        low, high = int(numbers[0]), int(numbers[-1])
        if high < low or high - low > 10_000:
            raise InputError(f"'{part[:40]}' is no range of units; write the lower number first, such as 10-20.")
        units.extend(range(low, high + 1))
    if not units:
        raise InputError("No unit is named; write numbers and ranges such as 3, 10-20.")
    return list(dict.fromkeys(units))


def first_difference(free: str, held: str) -> int | None:
    """Return the first character at which two texts differ, None where they are the same."""
    if free == held:
        return None
    same = (position for position, pair in enumerate(zip(free, held, strict=False)) if pair[0] != pair[1])
    return next(same, min(len(free), len(held)))


def changed_characters(free: str, held: str) -> tuple[np.ndarray, np.ndarray]:
    """Return for each character of each text whether the other text lacks it, after aligning the two (longest matches).

    Two texts share many letters in the same order by chance: only stretches of `SHORTEST_MATCH` characters count as
    shared, and whatever stands before the first difference.
    """
    marks = np.ones(len(free), dtype=bool), np.ones(len(held), dtype=bool)
    for start, other, size in difflib.SequenceMatcher(None, free, held, autojunk=False).get_matching_blocks():
        if size < SHORTEST_MATCH and (start or other):
            continue
        marks[0][start : start + size] = False
        marks[1][other : other + size] = False
    return marks


def changed_tokens(performed: Performance) -> tuple[list[bool], list[bool]]:
    """Return for each token of the free and of the held text whether some of it is not in the other text."""
    free, held = changed_characters(performed.free_text, performed.held_text)
    return (
        [bool(free[start:stop].any()) for start, stop in performed.free_spans],
        [bool(held[start:stop].any()) for start, stop in performed.held_spans],
    )


def surprise_of(loaded: LoadedModel, prompt: str, text: str) -> np.ndarray:
    """Return the surprise of each token of `text` after `prompt` under the network, in nats, (N,)."""
    ids = loaded.tokenizer.encode(text)
    before = loaded.tokenizer.encode(prompt)
    nats = surprise_stream(loaded.model, torch.tensor([*before, *ids]), start_id(loaded))
    return nats[len(before) :].double().numpy()


def verdict(change: float, error: float, means: tuple[float, float], is_same_text: bool) -> str:
    """Return in words what a change of the loss and of the text means, in nats per token.

    Args:
        means: what the network with nothing held finds each token of the free and of the held text to be worth.
    """
    measured = f"{change:+.3f} ± {error:.3f} nats per token"
    is_none = abs(change) < max(SMALL_CHANGE, 2 * error)
    if is_none and is_same_text:
        return f"No effect: the same text, and it is predicted as well as before ({measured})."
    if is_none:
        return (
            "Another text, but not a worse network: the text it wrote before is predicted as well as before "
            f"({measured}). One other draw is enough to send writing elsewhere."
        )
    if change < 0:
        return f"A real effect, for the better on this text: each of its tokens is less surprising ({measured})."
    weight = "A large effect" if change >= LARGE_CHANGE else "A real effect"
    said = f"{weight}: while it is held, the network predicts the text it wrote before worse ({measured})"
    if is_same_text:
        return f"{said}, although this text came out the same."
    free, held = means
    return (
        f"{said}. What it writes instead costs the network itself {held:.2f} nats per token, its own text {free:.2f}."
    )


def _hold(loaded: LoadedModel, strings: Strings) -> Interventions:
    known = gates_of(loaded.info.architecture)
    name = loaded.info.label or loaded.info.architecture.upper()
    if not known:
        raise InputError(f"The {name} has no gates to hold; silence, scale or clamp its units instead.")
    if strings.gate not in known:
        has = ", ".join(PARTS[gate] for gate in known)
        raise InputError(f"The {name} has no {PARTS.get(strings.gate, strings.gate[:40])}; its gates are: {has}.")
    if not 0.0 <= strings.position <= 1.0:
        raise InputError(f"A gate can be held between 0 (shut) and 1 (open), not at {strings.position:g}.")
    return Interventions(hold_gates={strings.gate: strings.position})
