"""Words as the Penn Treebank and SST-2 cut them ("don't" is "do", "n't"), in lower case; words never seen are read by
their form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import tokenizers
from tokenizers import models, normalizers, pre_tokenizers

from engine.text.base import SPECIAL, TOKENIZERS, UNK, Tokenizer, unique
from engine.text.normalise import PLAIN_WORDS, Normaliser

# What a word that is not in the vocabulary is read as, by its form; the first one that fits.
NUMBER, HYPHENATED = "<unk:number>", "<unk:hyphenated>"
PREFIXES = ("un", "dis", "mis", "over", "under", "non", "anti")
ENDINGS = tuple(
    "less ness able ible ful ous ive ism ist ity ment tion sion ence ance ish ing est ed ly er or al ic an y s o "
    "a i".split()
)
FORMS = (NUMBER, HYPHENATED, *(f"<unk:{part}->" for part in PREFIXES), *(f"<unk:-{part}>" for part in ENDINGS))
# Endings whose loss leaves the sense alone ("-less" or "-ful" would turn it), with what may stand in their place.
INFLECTIONS = (
    ("ies", "y"),
    ("s", ""),
    ("es", ""),
    ("ed", ""),
    ("ed", "e"),
    ("ing", ""),
    ("ing", "e"),
    ("ly", ""),
    ("ily", "y"),
)
LEAST_STEM = 4

_ABBREVIATIONS = frozenset("mr. mrs. ms. dr. jr. sr. st. vs. etc. inc. co. bros. no. prof. i.e. e.g.".split())
_LETTERS = re.compile(r"(?:[^\W\d_]\.)+")  # j., u.s., e.t.
_WITHOUT_APOSTROPHE = re.compile(
    r"(is|was|are|were|do|does|did|has|have|had|could|would|should|must|might|need|ca|wo|ai)nt"
)
_CONTRACTION = re.compile(r"n't|'(?:s|re|ve|ll|d|m)")
_ENDING = re.compile(r"(.+?)(n't|'(?:s|re|ve|ll|d|m))")
_PART = re.compile(
    r"\.{2,}|-{2,}|``|''|\*+"  # rows of marks
    r"|n't(?!\w)|'(?:s|re|ve|ll|d|m|em|til|n)(?!\w)|'\d0s"  # what stands by itself where the text is cut already
    r"|\d+(?:[.,:/]\d+)*(?:\w|[-'/](?=\w))*"  # numbers, 90-minute
    # words with hyphens, apostrophes and points inside; a last point is looked at below
    r"|[^\W_](?:\w|[-'/&.](?=\w))*(?:\.(?!\.))?"
    r"|\S"
)


def split_spans(text: str) -> list[tuple[str, int, int]]:
    """Return the words of `text` as they are read, each with its place: from the first character to behind the last."""
    read = PLAIN_WORDS.read(text)
    lowered = "".join(low if len(low := character.lower()) == 1 else character for character in read.text)
    found: list[tuple[str, int, int]] = []
    is_quoted = False
    for match in _PART.finditer(lowered):
        for word, start, end in _parts(match.group(), match.start(), lowered):
            if word == '"':
                word, is_quoted = ("''", False) if is_quoted else ("``", True)
            found.append((word, *read.span(start, end)))
    return found


def split_words(text: str) -> list[str]:
    """Return the words of `text` as they are read."""
    return [word for word, _, _ in split_spans(text)]


def _parts(word: str, start: int, text: str) -> list[tuple[str, int, int]]:
    """Return one run without blanks cut at its final point and at contractions."""
    if (
        word.endswith(".")
        and len(word) > 1
        and word.strip(".")
        and not (word in _ABBREVIATIONS or _is_letters(word, start, text))
    ):
        end = start + len(word)
        return [*_parts(word[:-1], start, text), (".", end - 1, end)]
    without = _WITHOUT_APOSTROPHE.fullmatch(word)
    if without:  # "wasnt good" is not "good"
        cut = start + without.end(1)
        return [(without.group(1), start, cut), ("n't", cut, start + len(word))]
    if word == "cannot":
        return [("can", start, start + 3), ("not", start + 3, start + 6)]
    ending = _ENDING.fullmatch(word)
    if ending and not _CONTRACTION.fullmatch(word):
        cut = start + ending.end(1)
        return [*_parts(ending.group(1), start, text), (ending.group(2), cut, start + len(word))]
    return [(word, start, start + len(word))]


def _is_letters(word: str, start: int, text: str) -> bool:
    """Return whether the point belongs to initials: "j. r.", "u.s.", but not the "i." that ends a sentence."""
    return bool(_LETTERS.fullmatch(word)) and (
        len(word) > 2 or (word not in ("i.", "a.") and start + len(word) < len(text.rstrip()))
    )


@TOKENIZERS.register("treebank", title="Words, contractions cut")
class TreebankTokenizer(Tokenizer):
    """Words as in SST-2; one that is not in the vocabulary is read as its stem where that is known, else by its
    ending."""

    kind = "treebank"
    noun = "word"

    @classmethod
    def train(cls, texts: Iterable[str], vocab_size: int | None = 10_000) -> TreebankTokenizer:
        """Return a tokeniser of the most frequent words in `texts`, `vocab_size` ids with the special ones."""
        return cls.from_rows((split_words(text) for text in texts), vocab_size or 10_000)

    @classmethod
    def from_rows(cls, rows: Iterable[Sequence[str]], vocab_size: int) -> TreebankTokenizer:
        """Return a tokeniser of the most frequent words in rows that are cut into words already."""
        counts = Counter(word for row in rows for word in row)
        chosen = sorted(counts, key=lambda word: (-counts[word], word))[: vocab_size - len(SPECIAL) - len(FORMS)]
        vocabulary = {word: number for number, word in enumerate((*SPECIAL, *FORMS, *chosen))}
        backend = tokenizers.Tokenizer(models.WordLevel(vocabulary, unk_token=UNK))
        backend.normalizer = normalizers.Lowercase()
        backend.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
        return cls(backend)

    def encode(self, text: str) -> list[int]:
        """Return one id per word of `text`."""
        return self.encode_words(split_words(text))

    def split_words(self, text: str) -> list[str]:
        """Return the words of `text` as they are read."""
        return split_words(text)

    @property
    def normaliser(self) -> Normaliser:
        """What makes of a text as typed words that are looked up whole."""
        return PLAIN_WORDS

    def encode_batch(self, texts: list[str]) -> list[list[int]]:
        """Return the ids of each text."""
        return [self.encode(text) for text in texts]

    def encode_words(self, words: Sequence[str]) -> list[int]:
        """Return one id per word; those that are not in the vocabulary get the id of what they are read as."""
        vocabulary = self.vocabulary
        return [vocabulary[word] if word in vocabulary else self.form_id(word) for word in words]

    def form_id(self, word: str) -> int:
        """Return the id that `word` would have if it were not in the vocabulary itself."""
        vocabulary = self.vocabulary
        for ending, instead in INFLECTIONS:
            stem = word.removesuffix(ending) + instead
            if word.endswith(ending) and len(stem) >= LEAST_STEM and stem in vocabulary:
                return vocabulary[stem]
        return vocabulary[_form(word)]

    def decode(self, ids: Sequence[int]) -> str:
        """Return the words of `ids` joined by blanks, as SST-2 writes them."""
        left_out = {self.pad_id, self.bos_id, self.eos_id}
        return " ".join(self.token(i) for i in ids if i not in left_out)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return for each word the characters of `text` it stands for."""
        return [(start, end) for _, start, end in split_spans(text)]

    def unknown_pieces(self, text: str) -> list[str]:
        """Return the distinct words of `text` that are not in the vocabulary."""
        return unique(self.unknown_words(split_words(text)))

    def unknown_words(self, words: Sequence[str]) -> list[str]:
        """Return those of `words` that are not in the vocabulary, in order, repeats kept."""
        return [word for word in words if word not in self.vocabulary]


def _form(word: str) -> str:
    """Return which of FORMS a word has, `<unk>` where none fits."""
    if any(character.isdigit() for character in word):
        return NUMBER
    if not word.isascii() and not any("a" <= character <= "z" for character in word):
        return UNK  # another script, or a picture
    if "-" in word.strip("-"):
        return HYPHENATED
    for part in PREFIXES:
        if word.startswith(part) and len(word) >= len(part) + LEAST_STEM:
            return f"<unk:{part}->"
    for part in ENDINGS:
        if word.endswith(part) and len(word) > len(part) + 1:
            return f"<unk:-{part}>"
    return UNK


def has_latin_letters(words: Sequence[str]) -> bool:
    """Return whether any of the words is spelled with a plain Latin letter, as every English word is."""
    return any("a" <= character <= "z" for word in words for character in word.lower())
