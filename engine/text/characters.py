"""Character tokeniser: one id per character seen in training."""

from __future__ import annotations

from collections.abc import Iterable

import tokenizers
from tokenizers import Regex, decoders, models, pre_tokenizers

from engine.text.base import TOKENIZERS, UNK, Tokenizer, unique


@TOKENIZERS.register("character", title="Characters")
class CharacterTokenizer(Tokenizer):
    """Each character is a token; anything never seen becomes `<unk>`."""

    kind = "character"
    noun = "character"
    is_concatenative = True

    @classmethod
    def train(cls, texts: Iterable[str], vocab_size: int | None = None) -> CharacterTokenizer:
        """Return a tokeniser of all characters in `texts`, sorted by code point after `<unk>`."""
        characters = sorted(set().union(*map(set, texts)))
        vocabulary = {UNK: 0} | {character: index + 1 for index, character in enumerate(characters)}
        backend = tokenizers.Tokenizer(models.WordLevel(vocabulary, unk_token=UNK))
        backend.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), behavior="isolated")
        backend.decoder = decoders.Fuse()
        return cls(backend)

    def encode_as_is(self, text: str) -> list[int]:
        """Return one id per character (code point) of `text`."""
        vocabulary = self.vocabulary
        return [vocabulary.get(character, self.unk_id) for character in text]

    def encode_batch(self, texts: list[str]) -> list[list[int]]:
        """Return the ids of each text."""
        return [self.encode(text) for text in texts]

    def spans_as_is(self, text: str) -> list[tuple[int, int]]:
        """Return one character per id."""
        return [(position, position + 1) for position in range(len(text))]

    def unknown_pieces(self, text: str) -> list[str]:
        """Return the distinct characters of `text` that the training text did not have."""
        return unique(character for character in self.read(text).text if character not in self.vocabulary)
