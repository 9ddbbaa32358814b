"""Byte-pair encoding of running text: pieces of words with the blank after them, and not a character lost.

Paper: Sennrich, Haddow and Birch (2016), Neural machine translation of rare words with subword units, section 3.2.
Differs: a word's piece ends with the blank that follows it, where GPT's begins with the one before. A beginning that
ends with a blank, as beginnings do that others are to go on from, is then cut as the training text was.
"""

from __future__ import annotations

from collections.abc import Iterable

import tokenizers
from tokenizers import Regex, decoders, models, pre_tokenizers, trainers

from engine.text.base import TOKENIZERS, UNK, Tokenizer, unique

# What no merge may cross: words and punctuation, each with one blank after it, runs of line breaks, any other white
# space.
CHUNKS = r"[\p{L}\p{M}\p{N}']+ ?|[^\p{L}\p{M}\p{N}'\s]+ ?|\n+|\s"


@TOKENIZERS.register("pieces", title="Word pieces")
class PieceTokenizer(Tokenizer):
    """Sub-word pieces of running text, line breaks and all; a character never seen becomes `<unk>`."""

    kind = "pieces"
    is_concatenative = True

    @classmethod
    def train(cls, texts: Iterable[str], vocab_size: int | None = 2_000) -> PieceTokenizer:
        """Return a tokeniser with at most `vocab_size` pieces learnt from `texts`, `<unk>` and single characters
        included."""
        backend = tokenizers.Tokenizer(models.BPE(unk_token=UNK))
        backend.pre_tokenizer = pre_tokenizers.Split(Regex(CHUNKS), behavior="isolated")
        backend.decoder = decoders.Fuse()
        trainer = trainers.BpeTrainer(
            vocab_size=vocab_size or 2_000, special_tokens=[UNK], min_frequency=2, show_progress=False
        )
        backend.train_from_iterator(texts, trainer)
        return cls(backend)

    def unknown_pieces(self, text: str) -> list[str]:
        """Return the distinct characters of `text` that the training text did not have."""
        return unique(character for character in self.read(text).text if not self.normaliser.knows(character))
