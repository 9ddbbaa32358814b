"""A list of known words for text that is already cut into words: in lower case, every digit as 0."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import tokenizers
from tokenizers import Regex, models, normalizers, pre_tokenizers

from engine.text.base import SPECIAL, UNK
from engine.text.normalise import PLAIN_WORDS
from engine.text.words import WordTokenizer


def listed(word: str) -> str:
    """Return a word as the list has it: in lower case, every digit as 0, in typewriter's characters."""
    return "".join("0" if "0" <= character <= "9" else character for character in PLAIN_WORDS.read(word).text.lower())


def list_words(
    rows: Iterable[Sequence[str]], size: int, least_count: int = 1, known: Sequence[str] = ()
) -> WordTokenizer:
    """Return a tokeniser of the words in `known`, in their order, and the most frequent other ones, `size` ids in all.

    `least_count` is how often a word must occur in `rows` to be listed.
    """
    counts = Counter(listed(word) for row in rows for word in row)
    chosen = list(dict.fromkeys([*SPECIAL, *known]))
    taken = set(chosen)
    for word, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if len(chosen) >= size or count < least_count:
            break
        if word not in taken:
            chosen.append(word)
    backend = tokenizers.Tokenizer(
        models.WordLevel({word: position for position, word in enumerate(chosen)}, unk_token=UNK)
    )
    backend.normalizer = normalizers.Sequence([normalizers.Lowercase(), normalizers.Replace(Regex("[0-9]"), "0")])
    backend.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit()])
    return WordTokenizer(backend)
