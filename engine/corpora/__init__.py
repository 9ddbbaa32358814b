"""Corpora, one file per data set, always read through the `datasets` library: local mirror, then Hub, then embedded
sample."""

from engine.corpora.base import CORPORA, Corpus, CorpusSource, CorpusSpec, load_corpus, terms_of, weights_terms_of
from engine.registry import discover

__all__ = ["CORPORA", "Corpus", "CorpusSource", "CorpusSpec", "load_corpus", "terms_of", "weights_terms_of"]

discover("engine.corpora")
