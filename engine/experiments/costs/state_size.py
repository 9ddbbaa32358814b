"""What a network must hold to go on reading: a recurrent state by its formula, a Transformer's keys and values by
theirs, both measured.

H hidden units, d width of the Transformer's stream, L layers, T tokens read. Everything in 32-bit floats, one sequence.
"""

from __future__ import annotations

import pandas as pd
import torch

from engine.experiments.costs.cost_tables import size_words
from engine.experiments.costs.timing import INPUT_SIZE, build, held_bytes
from engine.models.architectures import ARCHITECTURES
from engine.models.architectures.base import StateFormula
from engine.models.folder import list_models, load_model
from engine.task_family import TASK_FAMILIES

BYTES = 4  # of a 32-bit float


def formulas() -> dict[str, StateFormula]:
    """Return the formula of every architecture that has one of its own; variants of a cell hold as much as the cell."""
    found = {name: kind.state_formula for name, kind in ARCHITECTURES.items()}
    return {name: formula for name, formula in found.items() if formula is not None}


def state_table(hidden_size: int, tokens: int) -> pd.DataFrame:
    """Return per architecture what it holds after `tokens` tokens, in bytes by the formula and as measured.

    Columns: architecture, formula, floats, formula_bytes, measured_bytes, bytes_at_start.
    """
    rows = []
    for name, formula in formulas().items():
        floats = formula.floats(hidden_size, tokens)
        at_start, measured = _measure(name, hidden_size, tokens)
        rows.append(
            {
                "architecture": name,
                "formula": formula.text,
                "floats": floats,
                "formula_bytes": BYTES * floats,
                "measured_bytes": measured,
                "bytes_at_start": at_start,
            }
        )
    return pd.DataFrame(rows)


def state_curves(hidden_size: int, longest: int, points: int = 21) -> pd.DataFrame:
    """Return the bytes held against tokens read by the formulas: architecture, position, memory_bytes."""
    positions = sorted({round(longest * index / (points - 1)) for index in range(points)} | {1})
    return pd.DataFrame(
        [
            {"architecture": name, "position": position, "memory_bytes": BYTES * formula.floats(hidden_size, position)}
            for name, formula in formulas().items()
            for position in positions
            if position
        ]
    )


def text_states() -> pd.DataFrame:
    """Return what each shipped language model keeps of one text that it is writing: model, architecture, bytes; the one
    that keeps most first."""
    rows = []
    for info in list_models():
        if not info.error and TASK_FAMILIES.get(info.task).streams:
            state = load_model(info.name).model.start(1)
            rows.append({"model": info.name, "architecture": info.architecture, "bytes": held_bytes(state)})
    frame = pd.DataFrame(rows, columns=["model", "architecture", "bytes"])
    return frame.sort_values("bytes", ascending=False, kind="stable", ignore_index=True)


def text_state_sentence(states: pd.DataFrame) -> str:
    """Return what the networks at both ends of `text_states` keep of a text, "" where there are not two."""
    if len(states) < 2:
        return ""
    (_, most), (_, least) = list(states.iterrows())[:: len(states) - 1]
    return (
        f"Of each text that is being written, {most['model']} keeps {size_words(most['bytes'])} in this server's "
        f"memory and {least['model']} {size_words(least['bytes'])}."
    )


def overtaken_after(hidden_size: int, architecture: str) -> int:
    """Return the first token after which the Transformer holds more than `architecture` does."""
    transformer, recurrent = (formulas()[name] for name in ("transformer", architecture))
    tokens = 1
    while transformer.floats(hidden_size, tokens) <= recurrent.floats(hidden_size, tokens):
        tokens += 1
    return tokens


def size_of(architecture: str, hidden_size: int) -> int:
    """Return the `hidden_size` to build an architecture with: the Transformer's stream is to be as wide as the others'
    state."""
    return hidden_size if ARCHITECTURES.get(architecture).is_recurrent else 4 * hidden_size


def _measure(architecture: str, hidden_size: int, tokens: int) -> tuple[int, int]:
    """Return the bytes held before the first token and after the last."""
    network = build(architecture, size_of(architecture, hidden_size), tokens)
    with torch.inference_mode():
        state = network.start()
        at_start = held_bytes(state)
        for _ in range(tokens):
            _, state = network.step(torch.zeros(1, INPUT_SIZE), state)
    return at_start, held_bytes(state)
