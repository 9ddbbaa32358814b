"""The sentences at which a translator was in nearly the state it is in now: what it takes the sentence for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.corpora import load_corpus
from engine.corpora.sentence_pairs import read_sides
from engine.errors import ConfigError, DataError, InputError
from engine.inspection.translation import sentence_index
from engine.inspection.translation.search import SearchReport
from engine.inspection.translation.sentence_index import (
    OWN,
    OWN_ROWS,
    SentenceIndex,
    build_sentence_index,
    load_sentence_index,
)
from engine.inspection.translation.sentence_similarity import trace_states
from engine.models.folder import LoadedModel


@dataclass(frozen=True)
class NearestSentences:
    """What was found, nearest first.

    Attributes:
        frame: rank, row (in the training split, from 1), cosine; for decoder states also step and next_piece; source
            and target where the texts are at hand.
        position: of the decoder, the piece that is about to be written; "" for the encoder.
        median_cosine: of all sentences (or steps) in the index: what any two sentences have in common.
        searched: how many states were looked through; `sentences` the number of sentences they come from.
        is_trained_on: whether the network was trained on this corpus.
    """

    frame: pd.DataFrame
    position: str
    median_cosine: float
    searched: int
    sentences: int
    corpus_title: str
    is_trained_on: bool
    has_texts: bool


def list_corpora(model_name: str) -> list[str]:
    """Return the corpora that can be searched for a model, the project's own first; that one is there for every
    model."""
    return [OWN, *[name for name in sentence_index.list_sentence_indexes(model_name) if name != OWN]]


def find_nearest(
    loaded: LoadedModel,
    searched: SearchReport,
    corpus_name: str = OWN,
    step: int = 0,
    count: int = 8,
) -> NearestSentences:
    """Return the nearest sentences of the encoder's last state, or for `step` >= 1 those of the decoder before it
    writes that piece of the translation that a search found.

    Raises:
        InputError: the translation has no such step.
        DataError: the corpus has no index, or its decoder states are not kept.
    """
    index = _index(loaded, corpus_name)
    _, summary, decoded = trace_states(loaded, searched.best)
    if step > len(decoded):
        raise InputError(f"The translation has {len(decoded)} steps; there is no step {step}.")
    if step and not len(index.steps):
        raise DataError(f"Of {index.facts['corpus_title']} only the encoder's states are kept; choose the encoder.")
    state, known = (decoded[step - 1], index.steps) if step else (summary, index.summaries)
    cosines = known @ (state / max(float(np.linalg.norm(state)), 1e-12))
    sentences = index.step_sentences if step else np.arange(len(index.rows))
    best = _best_of_each(cosines, sentences, count)
    columns: dict[str, Sequence[float | str]] = {
        "rank": range(1, len(best) + 1),
        "row": [int(index.rows[sentences[position]]) + 1 for position in best],
        "cosine": [round(float(cosines[position]), 4) for position in best],
    }
    if step:
        columns["step"] = [int(index.step_numbers[position]) for position in best]
        columns["next_piece"] = [
            index.facts["pieces"][sentences[position]][index.step_numbers[position] - 1] for position in best
        ]
    texts = _texts(loaded, index, [int(sentences[position]) for position in best])
    if texts:
        columns |= {"source": [pair[0] for pair in texts], "target": [pair[1] for pair in texts]}
    pieces = [*searched.best.target_pieces, "(end)"]
    return NearestSentences(
        frame=pd.DataFrame(columns),
        position=pieces[step - 1] if step else "",
        median_cosine=float(np.median(cosines)),
        searched=len(known),
        sentences=len(index.rows),
        corpus_title=index.facts["corpus_title"],
        is_trained_on=corpus_name in loaded.info.config.get("corpora", ()),
        has_texts=bool(texts),
    )


def nearest_sentence(found: NearestSentences) -> str:
    """Return in plain words how near the nearest one is, and how near any sentence is."""
    first = found.frame.iloc[0]
    told = f"“{first['source']}”" if found.has_texts else f"sentence {int(first['row']):,}"
    if found.position:
        what = (
            f"Before it writes “{found.position}”, the decoder is nearest to where it is before "
            f"“{first['next_piece']}” in the translation of {told}"
        )
    else:
        what = f"The encoder's last state is nearest to the one that {told} leaves"
    trained = "it was trained on" if found.is_trained_on else "it was not trained on"
    return (
        f"{what}: cosine {first['cosine']:.3f}, where half of all lie below {found.median_cosine:.3f}. "
        f"Searched were {found.sentences:,} sentences of {found.corpus_title}, which {trained}."
    )


def _best_of_each(cosines: np.ndarray, sentences: np.ndarray, count: int) -> list[int]:
    """Return the places with the largest cosines, at most one per sentence."""
    order = np.argsort(-cosines, kind="stable")
    _, nearest = np.unique(sentences[order], return_index=True)  # the first of each sentence
    return [int(position) for position in order[np.sort(nearest)[:count]]]


_made: dict[tuple[str, str], SentenceIndex] = {}


def _index(loaded: LoadedModel, corpus_name: str) -> SentenceIndex:
    """Return the shipped index; the project's own corpus is indexed at once where there is none that fits."""
    try:
        return load_sentence_index(corpus_name, loaded)
    except DataError:
        if corpus_name != OWN:
            raise
    key = loaded.info.name, sentence_index.weights_hash(loaded)
    if key not in _made:
        _made[key] = build_sentence_index(loaded, OWN, OWN_ROWS)
        while len(_made) > 4:
            del _made[next(iter(_made))]
    return _made[key]


def _texts(loaded: LoadedModel, index: SentenceIndex, sentences: list[int]) -> list[tuple[str, str]]:
    """Return the texts of sentences of the index: kept with it, or read from the corpus where it is at hand; else
    none."""
    if index.facts["sentences"]:
        return [tuple(index.facts["sentences"][sentence]) for sentence in sentences]
    try:
        corpus = load_corpus(index.facts["corpus"])
        if corpus.spec.name != index.facts["corpus"]:
            return []
        sides = read_sides(corpus, loaded.info.source_language)
        return [(sides[0][index.rows[sentence]], sides[1][index.rows[sentence]]) for sentence in sentences]
    except (DataError, ConfigError, IndexError):
        return []
