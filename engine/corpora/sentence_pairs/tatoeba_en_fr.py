"""Tatoeba English-French: short everyday sentences, several translations for many of them."""

from __future__ import annotations

from engine.config import JsonObject
from engine.corpora.base import CORPORA, CorpusSpec
from engine.corpora.sentence_pairs import SENTENCE_PAIRS
from engine.corpora.sources import HubLocation


def from_translation(row: JsonObject) -> JsonObject:
    """Return our columns for a row of OPUS-100, which nests both languages in one column."""
    return {"en": row["translation"]["en"], "fr": row["translation"]["fr"]}


CORPORA.register("tatoeba_en_fr")(
    CorpusSpec(
        name="tatoeba_en_fr",
        title="Tatoeba English-French",
        content=SENTENCE_PAIRS,
        columns=("en", "fr"),
        licence="CC BY 2.0 France (tatoeba.org, manythings.org/anki)",
        weights_licence="Name tatoeba.org (CC BY 2.0 France).",
        origin="ManyThings.org selection of 2019-04-07",
        sample="phrasebook_en_fr",
        # Tatoeba itself is script-based on the Hub; OPUS-100 contains it among other sources.
        hub=HubLocation(
            "Helsinki-NLP/opus-100",
            revision="e08b0fce30938d66e9d395c201a5f3c5cb694164",
            files="en-fr/{split}-*.parquet",
            row_limit=150_000,
            adapt=from_translation,
            note="OPUS-100 stands in for Tatoeba, which the Hub holds only behind a loading script.",
        ),
    )
)
