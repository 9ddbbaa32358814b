"""What every tokeniser offers: encode, decode, the pieces themselves, and what it has never seen."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import tokenizers

from engine.config import JsonObject
from engine.errors import ModelError
from engine.lazy import lazy_property
from engine.registry import Registry, discover
from engine.text.normalise import Normaliser, ReadText

TOKENIZERS: Registry[type[Tokenizer]] = Registry("tokenizer")

PAD, BOS, EOS, UNK = SPECIAL = ("<pad>", "<bos>", "<eos>", "<unk>")


class Tokenizer:
    """A trained tokeniser; a thin layer over `tokenizers.Tokenizer` that keeps our names.

    Every text is read as `read` says, which its vocabulary decides; spans point into the text that was given.

    Attributes:
        pad_id, bos_id, eos_id, unk_id: ids of the special tokens, None where the kind has none.
        is_concatenative: whether the text of ids is the texts of each, one after the other.
        noun: what a person calls one token.
    """

    kind: ClassVar[str]
    noun: ClassVar[str] = "subword token"
    is_concatenative: ClassVar[bool] = False

    def __init__(self, backend: tokenizers.Tokenizer) -> None:
        self.backend = backend
        backend.encode_special_tokens = True  # "<eos>" typed by a visitor is five characters, not the end mark
        # None only where a kind has none: who reads them holds a tokeniser whose kind has.
        self.pad_id: int | Any = backend.token_to_id(PAD)
        self.bos_id: int | Any = backend.token_to_id(BOS)
        self.eos_id: int | Any = backend.token_to_id(EOS)
        self.unk_id: int | Any = backend.token_to_id(UNK)

    @classmethod
    def from_stored(cls, stored: JsonObject) -> Tokenizer:
        """Return what a tokenizer.json that no library reads stands for; only kinds without a vocabulary have one."""
        raise ModelError("This tokenizer.json holds no tokenizer.")

    @classmethod
    def train(cls, texts: Iterable[str], vocab_size: int | None = None) -> Tokenizer:
        """Return a tokeniser whose vocabulary comes from `texts`."""
        raise NotImplementedError

    @lazy_property
    def vocabulary(self) -> dict[str, int]:
        """The id of each piece."""
        return self.backend.get_vocab()

    @property
    def vocab_size(self) -> int:
        """Number of ids, special tokens included."""
        return self.backend.get_vocab_size()

    @lazy_property
    def normaliser(self) -> Normaliser:
        """What makes of a text as typed what the vocabulary can read."""
        return Normaliser(character for character in self.backend.get_vocab() if len(character) == 1)

    def read(self, text: str) -> ReadText:
        """Return `text` as it is read, and where in it each character comes from."""
        return self.normaliser.read(text)

    def encode(self, text: str) -> list[int]:
        """Return the ids of `text` as it is read, without beginning and end marks."""
        return self.encode_as_is(self.read(text).text)

    def encode_as_is(self, text: str) -> list[int]:
        """Return the ids of `text` letter for letter: what is not in the vocabulary is unknown."""
        return self.backend.encode(text, add_special_tokens=False).ids

    def encode_batch(self, texts: list[str]) -> list[list[int]]:
        """Return the ids of each text."""
        read = [self.read(text).text for text in texts]
        return [encoding.ids for encoding in self.backend.encode_batch(read, add_special_tokens=False)]

    def split_words(self, text: str) -> list[str]:
        """Return the parts of `text` that become one id each, as they are spelt where they are looked up."""
        return [self.spell(text[start:end]) for start, end in self.spans(text)]

    def spell(self, word: str) -> str:
        """Return a word as it is looked up: in lower case, say, where all of the vocabulary is."""
        read = self.read(word).text
        return read if self.backend.normalizer is None else self.backend.normalizer.normalize_str(read)

    def encode_words(self, words: Sequence[str]) -> list[int]:
        """Return the id of each word; one spelt like a special token, such as "<pad>", is unknown."""
        spelt = map(self.spell, words)
        return [self.unk_id if word in SPECIAL else self.vocabulary.get(word, self.unk_id) for word in spelt]

    def unknown_words(self, words: Sequence[str]) -> list[str]:
        """Return those of `words` that are not in the vocabulary, in order, repeats kept."""
        return [word for word, known in zip(words, self.encode_words(words), strict=True) if known == self.unk_id]

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of `ids`; special tokens are left out, an unknown character among others is U+FFFD."""
        if self.is_concatenative:
            return "".join("\N{REPLACEMENT CHARACTER}" if i == self.unk_id else self.token(i) for i in ids)
        return self.backend.decode(list(ids), skip_special_tokens=True)

    def token(self, token_id: int) -> str:
        """Return one id's piece as it can be shown to a person."""
        return self.backend.id_to_token(int(token_id)) or UNK

    def tokens(self, ids: Sequence[int]) -> list[str]:
        """Return the pieces of `ids` as they can be shown to a person."""
        return [self.token(token_id) for token_id in ids]

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return for each id of `encode` the characters of `text` it stands for, from the first to behind the last."""
        read = self.read(text)
        return [read.span(start, end) for start, end in self.spans_as_is(read.text)]

    def spans_as_is(self, text: str) -> list[tuple[int, int]]:
        """Return for each id of `encode_as_is` the characters of `text` it stands for."""
        return self.backend.encode(text, add_special_tokens=False).offsets

    def unknown_pieces(self, text: str) -> list[str]:
        """Return the distinct parts of `text` that were never seen in training, in order of appearance."""
        raise NotImplementedError

    def save(self, path: Path | str) -> None:
        """Write the tokeniser as one JSON file."""
        self.backend.save(str(path), pretty=False)


def load_tokenizer(path: Path | str) -> Tokenizer:
    """Return the tokeniser stored in a tokenizer.json file; its kind is read from the file itself.

    Raises:
        ModelError: the file is missing or not a tokeniser.
    """
    path = Path(path)
    try:
        return tokenizer_from(path.read_text(encoding="utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"The tokenizer file {path.name} is missing or damaged.") from error


def tokenizer_from(text: str, name: str = "tokenizer.json") -> Tokenizer:
    """Return the tokeniser that the text of a tokenizer.json file stands for.

    Raises:
        ModelError: it is damaged or no tokeniser; the message names the file.
    """
    try:
        stored = json.loads(text)
        if isinstance(stored, dict) and "columns" in stored:  # numbers, not tokens
            return TOKENIZERS.get(str(stored.get("kind"))).from_stored(stored)
        backend = tokenizers.Tokenizer.from_str(json.dumps(stored))
    except ValueError as error:
        raise ModelError(f"The tokenizer file {name} is missing or damaged.") from error
    except ModelError:
        raise
    except Exception as error:  # the Rust library raises bare Exception for a malformed tokenizer
        raise ModelError(f"The tokenizer file {name} is not a tokenizer.") from error
    is_split_by_pattern = (stored.get("pre_tokenizer") or {}).get("type") == "Split"
    if stored["model"].get("type") == "WordLevel":
        cuts_at_blanks = (stored.get("pre_tokenizer") or {}).get("type") == "WhitespaceSplit"
        kind = "character" if is_split_by_pattern else "treebank" if cuts_at_blanks else "word"
    else:
        kind = "pieces" if is_split_by_pattern else "bpe"
    return TOKENIZERS.get(kind)(backend)


def unique(items: Iterable[str]) -> list[str]:
    """Return the items without repeats, in order of first appearance."""
    return list(dict.fromkeys(items))


discover("engine.text")
