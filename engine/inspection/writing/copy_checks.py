"""How far an index of a training text can be trusted, measured against the texts themselves when it is built."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from engine.config import JsonObject
from engine.inspection.writing.copies import LENGTHS, MAX_COPY_CHARACTERS, find_copies
from engine.inspection.writing.copy_index import CopyIndex
from engine.inspection.writing.measures import measure_text

STRETCH = 400  # as long as what the pages let a network write at first
RANDOM_CHARACTERS = 1_000_000


def check_index(index: CopyIndex, train: str, unseen: str, seed: int = 0) -> JsonObject:
    """Return what held-out text and random characters look like through `index`.

    Returns:
        `unseen`: over stretches of 400 characters of held-out text, which is what a writer who copies nothing reaches:
        the
            share in spans of each minimum length, how many spans were found, how many of them do not stand in the
            training text where the index says, the longest, and the means of what `Measures` holds.
        `chance`: spans found in random characters with the training text's frequencies.
    """
    stretches = [unseen[start : start + STRETCH] for start in range(0, len(unseen), STRETCH)]
    found = list(map(partial(find_copies, index), stretches))
    longest = np.concatenate([copies.longest for copies in found])
    spans = pd.concat([copies.spans for copies in found])
    wrong = sum(train[row.offset : row.offset + row.length] != row.text for row in spans.itertuples())
    means = pd.DataFrame([measure_text(text, index).row() for text in stretches]).mean()
    noise = "".join(np.array(list(train))[np.random.default_rng(seed).integers(len(train), size=RANDOM_CHARACTERS)])
    pieces = (noise[start : start + MAX_COPY_CHARACTERS] for start in range(0, len(noise), MAX_COPY_CHARACTERS))
    by_luck = pd.concat([find_copies(index, piece).spans for piece in pieces])
    return {
        "unseen": {
            "characters": len(unseen),
            "stretch": STRETCH,
            "coverage": [round(float((longest >= length).mean()), 5) for length in LENGTHS],
            "spans": len(spans),
            "wrong": int(wrong),
            "longest": int(longest.max()),
            "measures": {name: round(float(value), 5) for name, value in means.items()},
        },
        "chance": {
            "characters": len(noise),
            "spans": len(by_luck),
            "longest": int(by_luck["length"].max()) if len(by_luck) else 0,
        },
    }
