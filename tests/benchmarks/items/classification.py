"""Texts judged one at a time and in batches, beside `nn.LSTM` over single texts and over packed batches."""

from __future__ import annotations

from functools import partial

import numpy as np

from engine.inspection.classification.predictions import probabilities_of_words
from engine.models.folder import load_model
from engine.training.matrix_limit import count_operations
from tests.benchmarks.machine_limits import both_products
from tests.benchmarks.plain_reading import PlainClassifier
from tests.benchmarks.turns import Contest, item, timed

MODEL = "sst2-bilstm"
ONE_BY_ONE, PACKED = "nn.LSTM, one text at a time", "nn.LSTM, a packed batch"
WORDS = (
    "the story begins slowly but she plays his daughter with so much warmth that nobody wanted to leave before the "
    "last picture faded"
).split()


def texts(count: int, shortest: int = 5, longest: int = 40) -> list[list[str]]:
    """Return texts of known words, of many lengths in no order."""
    draw = np.random.default_rng(1)
    lengths = draw.integers(shortest, longest + 1, size=count) if count > 1 else [longest]
    return [[WORDS[place] for place in draw.integers(len(WORDS), size=length)] for length in lengths]


def _contest(count: int) -> Contest:
    loaded, rows = load_model(MODEL), texts(count)
    plain, tokenizer = PlainClassifier(loaded.model), loaded.tokenizer
    found: dict[str, np.ndarray] = {}

    def ours() -> None:
        found["ours"] = probabilities_of_words(loaded, rows)

    def theirs(name: str, read) -> None:
        found[name] = read([tokenizer.encode_words(row) for row in rows]).numpy()

    def check() -> str:
        others = [name for name, given in found.items() if not np.allclose(given, found["ours"], atol=1e-4)]
        return f"other answers than {' and '.join(others)}" if others else ""

    return Contest.between(
        timed(ours, count),
        {
            ONE_BY_ONE: timed(partial(theirs, ONE_BY_ONE, plain.one_by_one), count),
            PACKED: timed(partial(theirs, PACKED, plain.packed), count),
        },
        both_products(count_operations(ours) / count),
        check=check,
    )


item("classification", f"{MODEL}, one text of 40 words", "text")(partial(_contest, 1))
item("classification", f"{MODEL}, 256 texts of 5 to 40 words", "text")(partial(_contest, 256))
