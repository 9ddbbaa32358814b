"""Attention weights as a person reads them: over pieces or whole words, as tables and as one sentence.

Shapes: T target steps, S source pieces.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from engine.text.piece_labels import Word


def merge_attention(weights: np.ndarray, target: Sequence[Word], source: Sequence[Word]) -> np.ndarray:
    """Return the weights (T, S) over whole words.

    A source word gets the sum of its pieces' weights, a target word the mean over its steps, so that each row
    still sums to what its pieces' rows summed to.
    """
    by_source = np.stack([weights[:, word.start : word.stop].sum(axis=1) for word in source], axis=1)
    return np.stack([by_source[word.start : word.stop].mean(axis=0) for word in target])


def attention_table(source: Sequence[str], target: Sequence[str], weights: np.ndarray) -> pd.DataFrame:
    """Return the weights as a table, one row per target word; positions are numbered because words repeat."""
    columns = [f"{position} {label}" for position, label in enumerate(source, start=1)]
    frame = pd.DataFrame(np.round(weights, 4), columns=columns)
    frame.insert(0, "written", [f"{position} {label}" for position, label in enumerate(target, start=1)])
    return frame


def strongest_links(source: Sequence[str], target: Sequence[str], weights: np.ndarray) -> pd.DataFrame:
    """Return where each target word looked most: columns written, looked_at, position, weight."""
    best = weights.argmax(axis=1)
    return pd.DataFrame(
        {
            "written": list(target),
            "looked_at": [source[i] for i in best],
            "position": best,
            "weight": weights[np.arange(len(best)), best],
        }
    )


def attention_sentence(source: Sequence[str], target: Sequence[str], weights: np.ndarray) -> str:
    """Return one sentence naming the sharpest look from word to word, and how concentrated the map is."""
    links = strongest_links(source, target, weights)
    between_words = links[links["written"].map(_has_letters) & links["looked_at"].map(_has_letters)]
    sharpest = links.loc[(links if between_words.empty else between_words)["weight"].idxmax()]
    focused = int((links["weight"] >= 0.5).sum())
    return (
        f"While writing “{sharpest.written}” the network looked at “{sharpest.looked_at}” with weight "
        f"{sharpest.weight:.2f}; {focused} of {len(links)} rows put at least half of their weight on one place."
    )


def _has_letters(label: str) -> bool:
    return any(character.isalpha() for character in label)
