"""Which built-in sentence shows most of what the Sentiment page's tools show, and how typical that is of all of them.

The sentences are the test split of the built-in sample, from a grammar written for this project, and the page's own, so
that their words may be stored.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.config import JsonObject
from engine.errors import DataError
from engine.inspection.classification.attributions import leave_each_out
from engine.inspection.classification.predictions import probabilities_of_words
from engine.inspection.classification.prefix_predictions import find_turn, measure_belief
from engine.inspection.classification.word_order import SHUFFLES, shuffle_many
from engine.inspection.stored.tables import RESULTS
from engine.models.folder import LoadedModel
from engine.wording import percent

TABLE = RESULTS / "sentiment_examples.parquet"
COMMAND = "python -m engine evaluate --model {model} --dry-run --examples data/results/sentiment_examples.parquet"
COLUMNS = tuple(
    "model weights title text label is_right flips_at_word largest_drop drop_flips shuffles_flip typical_seed".split()
)
OWN = {"He said the food was not good.": 0, "The film was bad, not good at all.": 0}  # the page's own, and their labels


def measure_effects(loaded: LoadedModel, words: tuple[str, ...], label: int) -> JsonObject:
    """Return what the tools show of one sentence.

    `flips_at_word`: whether the prediction flips after the first word; `largest_drop`: the largest change of the
    probability when a word is left out, and `drop_flips` whether any such change flips the prediction;
    `shuffles_flip`: share of shuffles that do, and `typical_seed` that of the shuffle in the middle of these, 0 without
    any.
    """
    whole, *without = probabilities_of_words(loaded, [list(words), *leave_each_out(words)])[:, 1]
    shuffled = shuffle_many(loaded, words)
    flipping = np.flatnonzero((shuffled.probabilities > 0.5) != (shuffled.intact > 0.5))
    middle = flipping[np.argsort(shuffled.probabilities[flipping], kind="stable")][len(flipping) // 2 :]
    return {
        "label": label,
        "is_right": bool((whole > 0.5) == (label == 1)),
        "flips_at_word": find_turn(measure_belief(loaded, words)).is_crossing,
        "largest_drop": float(np.abs(np.array(without) - whole).max()),
        "drop_flips": bool(((np.array(without) > 0.5) != (whole > 0.5)).any()),
        "shuffles_flip": shuffled.decisions_changed,
        "typical_seed": int(middle[0]) + 1 if len(middle) else 0,
    }


def choose_example(effects: pd.DataFrame) -> str:
    """Return the sentence on which all tools show something: the network is right, its prediction flips at a word and
    when one is left out, and a third of the shuffles flip it; of several, the one that hangs most on a single word.

    Raises:
        DataError: there is none.
    """
    shown = effects[
        effects["is_right"] & effects["flips_at_word"] & effects["drop_flips"] & (effects["shuffles_flip"] >= 1 / 3)
    ]
    if shown.empty:
        raise DataError("On none of these sentences do all tools show an effect.")
    return str(shown.sort_values("largest_drop", ascending=False, kind="stable")["text"].iloc[0])


def typical_sentences(effects: pd.DataFrame) -> dict[str, str]:
    """Return for each tool, by its name, on how many of the built-in sentences it shows what it shows."""
    if effects.empty:
        return {}
    of = f"of {len(effects):,} built-in sentences"

    def share(is_so: pd.Series) -> str:
        return percent(float(is_so.mean()), 0)

    return {
        "prefix_predictions": f"How typical: on {share(effects['flips_at_word'])} {of}, the prediction flips after the "
        "first word.",
        "why": f"How typical: on {share(effects['drop_flips'])} {of}, leaving out one word flips the prediction; on "
        f"{share(effects['largest_drop'] >= 0.5)}, it moves the probability by 50 points or more.",
        "order": f"How typical: on {share(effects['shuffles_flip'] > 0)} {of}, one of {SHUFFLES} shuffles or more "
        f"flips the prediction; a shuffle does so in {percent(float(effects['shuffles_flip'].mean()), 0)} of cases.",
    }
