"""Byte-pair encoding: frequent words whole, rare words in pieces.

Paper: Sennrich, Haddow and Birch (2016), Neural machine translation of rare words with subword units, section 3.2.
Differs: blanks are part of the piece that follows them (shown as U+2581, as SentencePiece does), so that decoding is
lossless.
"""

from __future__ import annotations

from collections.abc import Iterable

import tokenizers
from tokenizers import decoders, models, normalizers, pre_tokenizers, trainers

from engine.lazy import lazy_property
from engine.text.base import BOS, EOS, PAD, TOKENIZERS, UNK, Tokenizer, unique
from engine.text.normalise import Normaliser

WORD_MARK = "\N{LOWER ONE EIGHTH BLOCK}"


@TOKENIZERS.register("bpe", title="Byte-pair encoding")
class BytePairTokenizer(Tokenizer):
    """Sub-word pieces; a piece that begins a word starts with U+2581."""

    kind = "bpe"

    @classmethod
    def train(cls, texts: Iterable[str], vocab_size: int | None = 6_000) -> BytePairTokenizer:
        """Return a tokeniser with `vocab_size` pieces learnt from `texts` (special tokens included)."""
        backend = tokenizers.Tokenizer(models.BPE(unk_token=UNK))
        backend.normalizer = normalizers.Sequence(
            [normalizers.NFC(), normalizers.Replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"), normalizers.Strip()]
        )
        backend.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.Metaspace(WORD_MARK), pre_tokenizers.Punctuation("isolated")]
        )
        backend.decoder = decoders.Metaspace(WORD_MARK)
        trainer = trainers.BpeTrainer(
            vocab_size=vocab_size or 6_000,
            special_tokens=[PAD, BOS, EOS, UNK],
            min_frequency=2,
            limit_alphabet=300,
            show_progress=False,
        )
        backend.train_from_iterator(texts, trainer)
        return cls(backend)

    @lazy_property
    def normaliser(self) -> Normaliser:
        """What makes of a sentence as typed what the vocabulary can read, in its spelling and its capitals."""
        characters = {character for character in self.backend.get_vocab() if len(character) == 1}
        return Normaliser(
            characters - {WORD_MARK} | {" "},
            joins_blanks=True,
            count_pieces=lambda text: len(self.encode_as_is(text)),
        )

    def unknown_pieces(self, text: str) -> list[str]:
        """Return the distinct characters of `text` that training never saw."""
        normal = self.backend.normalizer.normalize_str(self.read(text).text).replace(" ", WORD_MARK)
        return unique(character for character in normal if self.backend.token_to_id(character) is None)
