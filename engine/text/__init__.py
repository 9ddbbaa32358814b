"""Tokenisers: text to ids and back, by character, word or byte-pair encoding, on the `tokenizers` library."""

from engine.text.base import TOKENIZERS, Tokenizer, load_tokenizer

__all__ = ["TOKENIZERS", "Tokenizer", "load_tokenizer"]
