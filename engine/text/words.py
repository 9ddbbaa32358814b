"""Word tokeniser: one id per word or punctuation mark, the rest unknown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import tokenizers
from tokenizers import models, pre_tokenizers, trainers

from engine.text.base import BOS, EOS, PAD, TOKENIZERS, UNK, Tokenizer, unique
from engine.text.normalise import HEADLINE_WORDS, Normaliser


@TOKENIZERS.register("word", title="Words")
class WordTokenizer(Tokenizer):
    """Words and punctuation marks; rare ones become `<unk>`."""

    kind = "word"
    noun = "word"

    @classmethod
    def train(cls, texts: Iterable[str], vocab_size: int | None = 10_000) -> WordTokenizer:
        """Return a tokeniser of the `vocab_size` most frequent words in `texts`."""
        backend = tokenizers.Tokenizer(models.WordLevel(unk_token=UNK))
        backend.pre_tokenizer = pre_tokenizers.Whitespace()
        trainer = trainers.WordLevelTrainer(
            vocab_size=vocab_size or 10_000, special_tokens=[PAD, BOS, EOS, UNK], show_progress=False
        )
        backend.train_from_iterator(texts, trainer)
        return cls(backend)

    @property
    def normaliser(self) -> Normaliser:
        """What makes of a text as typed words that are looked up whole."""
        return HEADLINE_WORDS

    def decode(self, ids: Sequence[int]) -> str:
        """Return the words of `ids` joined by blanks, punctuation attached to the word before it."""
        special = {self.pad_id, self.bos_id, self.eos_id}
        words = [self.token(i) for i in ids if i not in special]
        text = ""
        for word in words:
            text += word if not text or word in ".,;:!?')" else f" {word}"
        return text

    def unknown_pieces(self, text: str) -> list[str]:
        """Return the distinct words of `text` that are not in the vocabulary."""
        text = self.read(text).text
        encoding = self.backend.encode(text, add_special_tokens=False)
        spans = zip(encoding.ids, encoding.offsets, strict=True)
        return unique(text[start:end] for token_id, (start, end) in spans if token_id == self.unk_id)
