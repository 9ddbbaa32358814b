"""A word of the source replaced by one that the network holds to be near it, and what becomes of the translation.

Near: by the cosine of their embeddings. One embedding serves the source, the target and the output, so neighbours may
be of either language.

Shapes: E embedding, V vocabulary.

Paper: Mikolov, Yih and Zweig (2013), Linguistic regularities in continuous space word representations (near by cosine).
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
import torch
from torch import nn

from engine.decoding.limits import check_source
from engine.decoding.text import Translation, encode_sources, search
from engine.errors import InputError
from engine.inspection.translation.alignment import align
from engine.inspection.translation.search import SearchReport
from engine.inspection.translation.source_reading import FUNCTION_WORDS
from engine.inspection.translation.swap_settings import MAX_WORD_CHARACTERS
from engine.inspection.translation.translations import inspect_translation
from engine.inspection.translation.word_languages import languages_of, load_words
from engine.models.folder import LoadedModel
from engine.text.bpe import WORD_MARK
from engine.text.piece_labels import group_pieces

NEIGHBOURS = 10


_candidates: WeakKeyDictionary[nn.Module, tuple[list[str], list[int]]] = WeakKeyDictionary()


@dataclass(frozen=True)
class SourceWord:
    """A word of the source with a letter in it: source[first:last], read as the pieces of these ids."""

    text: str
    first: int
    last: int
    piece_ids: tuple[int, ...]


@dataclass(frozen=True)
class Neighbour:
    """A word that the vocabulary has whole, how near it is (cosine), and the languages it was seen in."""

    word: str
    cosine: float
    languages: tuple[str, ...]


@dataclass(frozen=True)
class Swap:
    """A sentence with one word replaced.

    Attributes:
        after: translation of `source`, the sentence with the new word.
        old_log_prob_before, old_log_prob_after: log-probability (nats, end mark counted) of the old translation, before
            and after the swap: how much of it the new sentence still supports.
    """

    source: str
    after: Translation
    old_log_prob_before: float
    old_log_prob_after: float


def find_words(loaded: LoadedModel, source: str) -> list[SourceWord]:
    """Return the words of a sentence that can be swapped, in order.

    Raises:
        InputError: the sentence is empty, too long, or has no word.
    """
    check_source(source, loaded.tokenizer)
    ids, spans = loaded.tokenizer.encode(source), loaded.tokenizer.spans(source)
    found = []
    for word in group_pieces(loaded.tokenizer.tokens(ids)):
        begin, end = spans[word.start][0], spans[word.stop - 1][1]
        text = source[begin:end].strip()
        if any(character.isalpha() for character in text):
            first = source.index(text, begin)
            found.append(SourceWord(text, first, first + len(text), tuple(ids[word.start : word.stop])))
    if not found:
        raise InputError("The sentence has no word that could be swapped; type one with letters.")
    return found


def find_neighbours(loaded: LoadedModel, word: SourceWord, count: int = NEIGHBOURS) -> list[Neighbour]:
    """Return the nearest whole words of the same script, nearest first; a word of several pieces stands at their mean.

    Only words that were seen in one of the languages, as the vocabulary also has pieces that begin longer words.

    Raises:
        DataError: the list of words is missing or damaged.
    """
    names, ids = _whole_words(loaded)
    seen = load_words()
    script = _script(word.text)
    positions = [
        position
        for position, name in enumerate(names)
        if _script(name) == script and name.casefold() != word.text.casefold() and languages_of(name, seen)
    ]
    if not positions:
        return []
    table = loaded.model.embedding.weight.detach().numpy()  # (V, E)
    own = table[list(word.piece_ids)].mean(axis=0)  # (E,)
    others = table[[ids[position] for position in positions]]
    cosines = others @ own / np.maximum(np.linalg.norm(others, axis=1) * np.linalg.norm(own), 1e-12)
    return [
        Neighbour(names[positions[rank]], float(cosines[rank]), languages_of(names[positions[rank]], seen))
        for rank in np.argsort(-cosines, kind="stable")[:count]
    ]


def swap(source: str, word: SourceWord, new: str) -> str:
    """Return the sentence with `new` in the place of `word`.

    Raises:
        InputError: `new` is empty or too long.
    """
    new = new.strip()
    if not new:
        raise InputError("Type the word that shall stand there instead.")
    if len(new) > MAX_WORD_CHARACTERS:
        raise InputError(f"The new word has {len(new):,} characters; at most {MAX_WORD_CHARACTERS} are read.")
    return source[: word.first] + new + source[word.last :]


def swap_word(loaded: LoadedModel, searched: SearchReport, word: SourceWord, new: str) -> Swap:
    """Return the sentence of a search with `new` in the place of `word`, translated in the same way.

    Raises:
        InputError: `new` is empty or too long.
    """
    changed = swap(searched.source, word, new)
    after = inspect_translation(loaded, changed, searched.beam_size, searched.length_penalty)
    before_score, after_score = score_translation(loaded, [searched.source, changed], searched.best.target_ids)
    return Swap(changed, after, before_score, after_score)


def try_neighbours(
    loaded: LoadedModel, searched: SearchReport, word: SourceWord, neighbours: Sequence[Neighbour]
) -> pd.DataFrame:
    """Return one row per neighbour with its translation, all decoded at once, and log-probabilities in nats."""
    sources = [swap(searched.source, word, neighbour.word) for neighbour in neighbours]
    source_ids, lengths = encode_sources(loaded, sources)
    found = [best for best, *_ in search(loaded, source_ids, lengths, searched.beam_size, searched.length_penalty)]
    before, *scores = score_translation(loaded, [searched.source, *sources], searched.best.target_ids)
    return pd.DataFrame(
        {
            "neighbour": [neighbour.word for neighbour in neighbours],
            "cosine": [round(neighbour.cosine, 3) for neighbour in neighbours],
            "seen_in": [", ".join(neighbour.languages) for neighbour in neighbours],
            "translation": [loaded.tokenizer.decode(best.token_ids) for best in found],
            "log_probability": [round(sum(best.log_probs), 3) for best in found],
            "old_translation_change": [round(score - before, 3) for score in scores],
        }
    )


@torch.inference_mode()
def score_translation(loaded: LoadedModel, sources: Sequence[str], target_ids: Sequence[int]) -> list[float]:
    """Return the log-probability (nats, end mark counted) of one and the same translation under each of the sources."""
    tokenizer = loaded.tokenizer
    source_ids, lengths = encode_sources(loaded, list(sources))
    read = torch.tensor([[tokenizer.bos_id, *target_ids]]).expand(len(source_ids), -1)
    written = torch.tensor([*target_ids, tokenizer.eos_id])
    log_probs = loaded.model(source_ids, lengths, read)[0].log_softmax(dim=-1)  # (B, T, V)
    return log_probs[:, torch.arange(len(written)), written].sum(dim=1).tolist()


@dataclass(frozen=True)
class SwapRows:
    """Two translations word by word, under each other where they are equal; None is an empty place. Shares:
    probabilities."""

    before: list[str | None]
    before_shares: list[float | None]
    after: list[str | None]
    after_shares: list[float | None]

    @property
    def changed(self) -> list[int]:
        """The places, from 0, where the translations differ."""
        return [position for position, (old, new) in enumerate(zip(self.before, self.after, strict=True)) if old != new]


def arrange_swap(old: Translation, new: Translation) -> SwapRows:
    """Return two translations under each other."""
    words = [[word.text for word in report.target_words] for report in (old, new)]
    shares = [report.word_probabilities for report in (old, new)]
    columns: list[list[Any]] = [[], [], [], []]  # words and shares in turn
    for pair in align(*words):
        for row, position in enumerate(pair):
            columns[2 * row].append(None if position is None else words[row][position])
            columns[2 * row + 1].append(None if position is None else shares[row][position])
    return SwapRows(*columns)


def default_word(words: Sequence[SourceWord]) -> int:
    """Return the place of the word to begin with: the first one read whole that is no function word, or else the
    first."""
    little = frozenset().union(*FUNCTION_WORDS.values())
    whole = (
        position
        for position, word in enumerate(words)
        if len(word.piece_ids) == 1 and len(word.text) > 2 and word.text.lower() not in little
    )
    return next(whole, 0)


def nearest_twin(loaded: LoadedModel, source: str) -> str:
    """Return the sentence with one word replaced by the network's own nearest neighbour of it.

    Raises:
        InputError: the sentence is empty, too long, or has no word.
    """
    words = find_words(loaded, source)
    word = words[default_word(words)]
    neighbours = find_neighbours(loaded, word, count=1)
    return swap(source, word, neighbours[0].word) if neighbours else source


def swap_sentence(word: str, new: str, old: Translation, found: Swap) -> str:
    """Return in plain words what the swap did to the translation."""
    rows = arrange_swap(old, found.after)
    changed, positions = len(rows.changed), len(rows.before)
    loss = found.old_log_prob_before - found.old_log_prob_after
    if not changed:
        kept = f"its log-probability went from {found.old_log_prob_before:.2f} to {found.old_log_prob_after:.2f} nats"
        return f"“{new}” instead of “{word}” changes no word of the translation; {kept}."
    same = positions - changed
    likelier = f"{loss:.2f} nats less likely" if loss >= 0 else f"{-loss:.2f} nats likelier"
    return (
        f"“{new}” instead of “{word}” changes {changed} of {positions} places of the translation and leaves {same}. "
        f"With the new word the old translation is {likelier}."
    )


def _whole_words(loaded: LoadedModel) -> tuple[list[str], list[int]]:
    """Return the words, and their ids, that the vocabulary reads as one piece when they stand alone."""
    if loaded.model not in _candidates:
        tokens = ((i, loaded.tokenizer.token(i)) for i in range(loaded.tokenizer.vocab_size))
        pieces = [(token[1:], i) for i, token in tokens if token.startswith(WORD_MARK) and token[1:].isalpha()]
        read = loaded.tokenizer.encode_batch([name for name, _ in pieces])
        whole = [(name, i) for (name, i), ids in zip(pieces, read, strict=True) if ids == [i]]
        _candidates[loaded.model] = [name for name, _ in whole], [i for _, i in whole]
    return _candidates[loaded.model]


@functools.cache
def _script(word: str) -> str:
    """Return the script of a word's first letter, such as "LATIN"."""
    letter = next((character for character in word if character.isalpha()), "")
    return unicodedata.name(letter, "").split(" ")[0] if letter else ""
