"""What a tagger makes of a text: its words, tags, entities, and every number between them, as NumPy arrays.

Shapes: T time, K tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from engine.decoding import viterbi
from engine.errors import InputError
from engine.models.base import batches_by_length
from engine.models.folder import LoadedModel
from engine.models.word_features import WordFeatures, read_words
from engine.text.bio import find_spans
from engine.text.normalise import HEADLINE_WORDS

MAX_WORDS = 1_000
BATCH_WORDS = 4_000


@dataclass(frozen=True)
class WordSpan:
    """One word and where it stands in the text, from the first character to behind the last."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Span:
    """An entity: its words from `start` to before `end`, its type, and the probability that these words bear just these
    tags."""

    start: int
    end: int
    type: str
    probability: float


@dataclass(frozen=True)
class Lattice:
    """What a tagger gives the CRF to decide on.

    Attributes:
        words: T of them. labels: the K names of tags.
        emissions: (T, K), how well each tag suits each word by itself, in nats up to a constant per word.
        transitions: (K, K) from one tag (row) to the next (column).
        start, end: (K,), for the first and the last word. All three are zero where the tagger has no CRF.
    """

    words: tuple[str, ...]
    labels: tuple[str, ...]
    emissions: np.ndarray
    transitions: np.ndarray
    start: np.ndarray
    end: np.ndarray

    @property
    def arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """The four arrays in the order the decoders take them."""
        return self.emissions, self.transitions, self.start, self.end


@dataclass(frozen=True)
class Tagging(Lattice):
    """A tagged sentence, and what it was decided on.

    Attributes:
        marginals: (T, K), the probability of every tag at every word, over all sequences.
        tags: the likeliest sequence.
        unknown: the distinct words that are not in the tagger's list; it reads their letters and shapes only.
    """

    marginals: np.ndarray
    tags: tuple[str, ...]
    spans: tuple[Span, ...]
    unknown: tuple[str, ...]


# What has a full stop that belongs to it. Elsewhere a full stop is a word of its own.
ABBREVIATIONS = (
    "Mr|Mrs|Ms|Dr|St|Jr|Sr|Prof|Gen|Col|Lt|Sgt|Capt|Maj|Rev|Hon|Gov|Sen|Rep|Inc|Corp|Co|Ltd|vs|etc|Ft|Mt|"
    "Jan|Feb|Mar|Apr|Aug|Sept|Sep|Oct|Nov|Dec"
)
WORD = re.compile(
    r"(?P<address>(?:https?://|www\.)[^\s<>\"]*[^\s<>\".,;:!?)\]]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    rf"|(?P<abbreviation>\b(?:{ABBREVIATIONS})\.(?!\w)|\bNo\.(?=\s*\d)"
    r"|(?:[^\W\d_]\.){2,}(?:-[^\W_]+)*|\b[A-Z]\.(?=\s+[A-Z]))"
    # With what is written on to it: 1990s, 19th, 20-year-old.
    r"|(?P<number>\d+(?:[.,:/-]\d+)*(?:[-/]?[^\W\d_][^\W_]*(?:[-/&.][^\W_]+)*)?)"
    r"|(?P<clitic>'(?:s|m|d|ll|re|ve)\b)"  # where it stands apart already
    r"|(?P<word>[^\W_]+(?:[-/&.'][^\W_]+)*'?)"
    r"|(?P<row>\.{2,}|-{2,}|[!?]{2,}|\*{2,}|={2,}|_{2,})"
    r"|(?P<mark>\S)"
)
# Penn Treebank's clitics: "don't" is "do" and "n't", "Britain's" is "Britain" and "'s".
CLITIC = re.compile(r"(?i)(?:n't|'(?:s|m|d|ll|re|ve)|')$")


def split_words(text: str) -> list[WordSpan]:
    """Return the words of a text as the corpora cut them, in typewriter's characters: punctuation and "'s" apart,
    "U.S." and "al-Qaida" in one piece, a line in capitals as a headline.

    Raises:
        InputError: there are more than MAX_WORDS.
    """
    words: list[WordSpan] = []
    read = HEADLINE_WORDS.read(text)
    for found in WORD.finditer(read.text):
        words += [WordSpan(word.text, *read.span(word.start, word.end)) for word in _cut(found)]
        if len(words) > MAX_WORDS:
            raise InputError(f"The text has more than {MAX_WORDS:,} words; please give at most so many.")
    return words


def _cut(found: re.Match[str]) -> Iterator[WordSpan]:
    text, start, end = found.group(), found.start(), found.end()
    clitic = CLITIC.search(text) if found.lastgroup == "word" else None
    if clitic and clitic.start():
        yield WordSpan(text[: clitic.start()], start, start + clitic.start())
        yield WordSpan(clitic.group(), start + clitic.start(), end)
    else:
        yield WordSpan(text, start, end)


def tag_words(loaded: LoadedModel, words: tuple[str, ...]) -> Tagging:
    """Return the tags of one sentence and how they came about.

    Raises:
        InputError: there is no word, or there are more than MAX_WORDS.
    """
    return tag_many(loaded, [words])[0]


@torch.inference_mode()
def tag_many(loaded: LoadedModel, rows: Sequence[Sequence[str]]) -> list[Tagging]:
    """Return a Tagging for every row of words, in order; rows of similar length are read together.

    Raises:
        InputError: a row has no word, or more than MAX_WORDS.
    """
    found: dict[int, Tagging] = {}
    for chosen, features in _batches(loaded, rows):
        for position, scores in zip(chosen, loaded.model(features).double().numpy(), strict=True):
            found[position] = _finish(loaded, tuple(rows[position]), scores[: len(rows[position])])
    return [found[position] for position in range(len(rows))]


@torch.inference_mode()
def best_tags(loaded: LoadedModel, rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the likeliest tags of every row of words, in order, and nothing else: for thousands of sentences.

    Raises:
        InputError: as `tag_many`.
    """
    found: dict[int, list[str]] = {}
    for chosen, features in _batches(loaded, rows):
        for position, tags in zip(chosen, loaded.model.decode(features), strict=True):
            found[position] = [loaded.model.labels[tag] for tag in tags]
    return [found[position] for position in range(len(rows))]


def _batches(loaded: LoadedModel, rows: Sequence[Sequence[str]]) -> Iterator[tuple[list[int], WordFeatures]]:
    """Yield places of rows and what is read of them side by side; raises as `check_rows`."""
    check_rows(rows)
    for chosen in batches_by_length([*map(len, rows)], most_cells=BATCH_WORDS):
        yield chosen, read_words(loaded.tokenizer, [rows[position] for position in chosen])


@torch.inference_mode()
def halves(loaded: LoadedModel, words: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Return "forward", "backward" and "both" emissions (T, K) and the "bias" (K,): forward + backward + bias = both.

    A half is what one direction alone adds; the bias belongs to neither. Of a tagger that only reads forwards,
    "backward" is zero.

    Raises:
        InputError: as `tag_words`.
    """
    check_rows([words])
    forward, backward, bias = loaded.model.halves(read_words(loaded.tokenizer, [words]))
    forward_part, plain_bias = forward[0].double().numpy(), bias.double().numpy()
    backward_part = np.zeros_like(forward_part) if backward is None else backward[0].double().numpy()
    return {
        "forward": forward_part,
        "backward": backward_part,
        "both": forward_part + backward_part + plain_bias,
        "bias": plain_bias,
    }


def scores_of(loaded: LoadedModel) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the transitions (K, K) [from, to] and the scores (K,) of the first and the last tag; zero without a
    CRF."""
    crf, size = loaded.model.crf, len(loaded.model.labels)
    if crf is None:
        return np.zeros((size, size)), np.zeros(size), np.zeros(size)
    return tuple(part.detach().double().numpy() for part in (crf.transitions, crf.start, crf.end))


def check_rows(rows: Sequence[Sequence[str]]) -> None:
    """Check that every row has words, and not too many.

    Raises:
        InputError: naming the number of words.
    """
    for row in rows:
        if not row:
            raise InputError("There is no word to tag; please write a sentence.")
        if len(row) > MAX_WORDS:
            raise InputError(f"The text has {len(row):,} words; at most {MAX_WORDS:,} can be tagged at once.")


def _spans(lattice: Lattice, tags: Sequence[int]) -> tuple[Span, ...]:
    """Return the entities of a sequence of tags, given as numbers, each with its probability."""
    positions = find_spans([lattice.labels[tag] for tag in tags])
    asked = [(first, tags[first:behind]) for first, behind, _ in positions]
    likely = viterbi.span_probabilities(asked, *lattice.arrays) if asked else []
    return tuple(
        Span(first, behind, kind, value) for (first, behind, kind), value in zip(positions, likely, strict=True)
    )


def _finish(loaded: LoadedModel, words: tuple[str, ...], emissions: np.ndarray) -> Tagging:
    lattice, tokenizer = Lattice(words, tuple(loaded.model.labels), emissions, *scores_of(loaded)), loaded.tokenizer
    tags = viterbi.viterbi(*lattice.arrays).tags
    numbers = zip(words, tokenizer.encode_words(words), strict=True)
    return Tagging(
        **vars(lattice),
        marginals=viterbi.marginals(*lattice.arrays),
        tags=tuple(lattice.labels[tag] for tag in tags),
        spans=_spans(lattice, tags),
        unknown=tuple(dict.fromkeys(word for word, number in numbers if number == tokenizer.unk_id)),
    )
