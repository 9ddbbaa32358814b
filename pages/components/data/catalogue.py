"""The catalogue: every corpus with what is known of it before it is read."""

from __future__ import annotations

import pandas as pd

from engine.corpora import CORPORA
from engine.inspection.corpora.examples import Examples, corpus_examples
from engine.inspection.corpora.facts import CorpusFacts, corpus_facts
from engine.preparation import SHAPES
from pages.components.computing.calls import Call, call
from pages.components.data.view import PAGE
from pages.components.drawing import corpus_texts


def titles() -> dict[str, str]:
    """Return what the page calls each corpus, by its name."""
    return {name: spec.title for name, spec in CORPORA.items()}


def table() -> pd.DataFrame:
    """Return the catalogue."""
    return pd.DataFrame(
        [
            {
                "name": name,
                "title": spec.title,
                "what it is": SHAPES.get(spec.content.name).title.lower(),
                "where": _where(name),
                "licence": spec.licence,
                "from": spec.origin,
            }
            for name, spec in sorted(CORPORA.items(), key=lambda item: item[0])
        ]
    )


def facts_of(name: str) -> Call[CorpusFacts]:
    """Return the call that measures a corpus."""
    return call(corpus_facts, name, kept="shared")


def ask_facts(name: str) -> CorpusFacts | None:
    """Return the facts of a corpus, at once where it is here; else once the visitor wants it fetched."""
    spec = CORPORA.get(name)
    return corpus_texts.ask(
        PAGE,
        f"data-{name}",
        name,
        facts_of(name),
        absent=f"{spec.title} is not on this server.",
        without="What is known of it stands in the catalogue below.",
    )


def examples_of(name: str, split: str, query: str) -> Examples:
    """Return examples of a corpus."""
    return call(corpus_examples, name, split, query, kept="shared").value


def _where(name: str) -> str:
    spec = CORPORA.get(name)
    if corpus_texts.are_here(name):
        return "here"
    if spec.hub is None:
        return "a folder in UNROLLED_DATA"
    return f"the Hub: {spec.hub.repository}{'' if spec.hub.is_tried else ' (not tried yet)'}"
