"""Corpora, one file per data set in the room of what its rows are, always read through the `datasets` library: local
mirror, then Hub, then embedded sample; or from a folder of a visitor's own data."""

from engine.corpora.base import (
    CONTENTS,
    CORPORA,
    Corpus,
    CorpusSource,
    CorpusSpec,
    load_corpus,
    terms_of,
    weights_terms_of,
)
from engine.registry import discover

__all__ = ["CONTENTS", "CORPORA", "Corpus", "CorpusSource", "CorpusSpec", "load_corpus", "terms_of", "weights_terms_of"]

discover("engine.corpora")
