"""Vocabularies of networks that were trained elsewhere: a JSON list or map, a tokenizer.json, or one token a line.

What a tokeniser needs beside them and the list has not, such as a token for whatever is unknown, is added at its end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

import tokenizers
from tokenizers import Regex, decoders, models, normalizers, pre_tokenizers

from engine.errors import InputError, ModelError
from engine.text.base import BOS, EOS, PAD, SPECIAL, UNK, Tokenizer, tokenizer_from
from engine.text.characters import CharacterTokenizer
from engine.text.words import WordTokenizer

ALIASES = {
    PAD: ("pad", "blank"),
    BOS: ("bos", "sos", "s", "start", "go", "cls"),
    EOS: ("eos", "/s", "end", "sep"),
    UNK: ("unk", "oov", "unknown"),
}
MAX_BYTES = 20 * 2**20
_MARKED = re.compile(r"[<\[](.+)[>\]]")
_PLAIN = re.compile(r"\w+|[^\w\s]+")  # what the word tokeniser cuts


@dataclass(frozen=True)
class Vocabulary:
    """The tokens of a network in the order of their ids, as our tokenisers spell them.

    Attributes:
        backend: what cuts text, where a whole tokeniser was given.
    """

    tokens: tuple[str, ...]
    backend: str = ""

    @property
    def is_of_characters(self) -> bool:
        """Whether every token that is no mark is one character."""
        return all(len(token) == 1 for token in self.tokens if token not in SPECIAL)

    def with_marks(self, *marks: str) -> Vocabulary:
        """Return the vocabulary with what it lacks of some tokens behind its own.

        Raises:
            InputError: it lacks some, but is that of a tokenizer.json, which knows its own only.
        """
        lacking = [mark for mark in marks if mark not in self.tokens]
        if lacking and self.backend:
            raise InputError(f"The tokenizer.json has no token “{lacking[0]}”; give its tokens as a JSON list.")
        return Vocabulary((*self.tokens, *lacking), self.backend)

    def tokenizer(self) -> Tokenizer:
        """Return the tokeniser of these tokens."""
        if self.backend:
            return tokenizer_from(self.backend)
        table = {token: number for number, token in enumerate(self.tokens)}
        backend = tokenizers.Tokenizer(models.WordLevel(table, unk_token=UNK))
        backend.add_special_tokens([token for token in SPECIAL if token in table])
        if self.is_of_characters:
            backend.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), behavior="isolated")
            backend.decoder = decoders.Fuse()
            return CharacterTokenizer(backend)
        words = [token for token in self.tokens if token not in SPECIAL]
        if all(word == word.lower() for word in words):
            backend.normalizer = normalizers.Lowercase()
        is_plain = all(_PLAIN.fullmatch(word) for word in words)
        cuts = pre_tokenizers.Whitespace() if is_plain else pre_tokenizers.WhitespaceSplit()
        backend.pre_tokenizer = pre_tokenizers.Sequence([cuts])
        return WordTokenizer(backend)


def read_vocabulary(name: str, data: bytes) -> Vocabulary:
    """Return the vocabulary in a file called `name`.

    Raises:
        InputError: it is none, or a token stands in it twice.
    """
    if len(data) > MAX_BYTES:
        raise InputError(f"{name} has {len(data) / 2**20:,.0f} MiB; a vocabulary has at most {MAX_BYTES // 2**20}.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{name} is not UTF-8 text; give a JSON list or map, tokenizer.json or one token a line."
        ) from error
    if text.lstrip()[:1] in ("[", "{"):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None  # a list of tokens may begin with a bracket
        if isinstance(found, dict) and "model" in found and "pre_tokenizer" in found:
            return _from_tokenizer(name, text)
        if isinstance(found, list | dict):
            return _checked(name, _from_list(name, found) if isinstance(found, list) else _from_map(name, found))
    lines = text.removesuffix("\n").split("\n")
    return _checked(name, [line.removesuffix("\r") for line in lines])


def check_size(vocabulary: Vocabulary, rows: int, tensor: str) -> None:
    """Check that a vocabulary belongs to a table of so many rows.

    Raises:
        InputError: it has another number of tokens.
    """
    if len(vocabulary.tokens) != rows:
        raise InputError(
            f"The vocabulary has {len(vocabulary.tokens):,} tokens, but “{tensor}” is for {rows:,}: give the one that "
            "the network was trained with."
        )


def _from_tokenizer(name: str, text: str) -> Vocabulary:
    try:
        tokenizer = tokenizer_from(text)
    except ModelError as error:
        raise InputError(f"{name} is not a tokenizer that can be read here.") from error
    table = tokenizer.vocabulary
    tokens = sorted(table, key=table.__getitem__)
    if UNK not in table:
        raise InputError(f"{name} has no token “{UNK}” for what it does not know; give its tokens as a JSON list.")
    if [table[token] for token in tokens] != list(range(len(tokens))):
        raise InputError(f"The ids in {name} are not 0 to {len(tokens) - 1:,}, each once.")
    return Vocabulary(tuple(tokens), text)


def _from_list(name: str, found: Sequence[object]) -> list[str]:
    if not all(isinstance(token, str) for token in found):
        raise InputError(f"{name} is a JSON list, but not one of texts.")
    return [str(token) for token in found]


def _from_map(name: str, found: dict[str, object]) -> list[str]:
    if all(isinstance(value, str) for value in found.values()) and all(key.isdecimal() for key in found):
        found = {str(token): int(number) for number, token in found.items()}  # token by id
    numbers = [value for value in found.values() if isinstance(value, int) and not isinstance(value, bool)]
    if sorted(numbers) != list(range(len(found))):
        raise InputError(
            f"The ids in {name} are not 0 to {len(found) - 1:,}, each once; give a JSON map of token and id."
        )
    return sorted(found, key=lambda token: int(str(found[token])))


def _checked(name: str, tokens: list[str]) -> Vocabulary:
    if not tokens or tokens == [""]:
        raise InputError(f"{name} holds no tokens.")
    spelt, known = [_spelt(token, number) for number, token in enumerate(tokens)], set()
    for token in spelt:
        if token in known:
            raise InputError(f"“{token}” stands twice in {name}; every token has one id.")
        known.add(token)
    return Vocabulary(tuple(spelt))


def _spelt(token: str, number: int) -> str:
    """Return a special token by our name for it; a token of its own otherwise."""
    marked = _MARKED.fullmatch(token)
    inner = (marked[1] if marked else token if token.isupper() and len(token) == 3 else "").lower()
    if token == "" and number == 0:  # Keras keeps the first place for padding
        return PAD
    return next((mark for mark, names in ALIASES.items() if inner in names), token)
