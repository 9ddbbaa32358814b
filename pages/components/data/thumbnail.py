"""The Data page's picture on the home page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from engine.corpora.base import SAMPLES, SPLITS
from engine.plotting.theme import Mode
from pages.components.computing.calls import call
from pages.components.drawing import thumbnails
from pages.components.drawing.thumbnails import Part

CORPUS = "phrasebook_en_fr"


def files() -> list[Path]:
    """Return the files of the built-in corpus that is drawn."""
    return [SAMPLES / CORPUS / f"{split}.parquet" for split in SPLITS]


def picture(mode: Mode) -> Iterator[Part]:
    """Yield how long the sentences of a built-in corpus are."""
    from engine.inspection.corpora.facts import corpus_facts, say_sizes
    from engine.plotting.corpora.facts import describe_lengths, length_bars

    facts = call(corpus_facts, CORPUS, kept="shared").value
    yield thumbnails.drawing(
        length_bars(facts.lengths, unit=facts.unit, mode=mode), describe_lengths(facts.lengths, unit=facts.unit)
    )
    yield Part("caption", f"How long the sentences of the built-in corpus {facts.title} are: {say_sizes(facts)}")
