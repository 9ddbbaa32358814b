"""Recipes for Transformer language models: running text, a tokeniser, blocks of causal attention."""

from __future__ import annotations

import dataclasses

import torch

from engine.corpora import load_corpus
from engine.models.transformer_language_model import TransformerLanguageModel
from engine.recipes.base import Prepared
from engine.text import TOKENIZERS
from engine.training import TrainingSettings
from engine.training.language_modelling import LanguageModellingObjective


@dataclasses.dataclass(frozen=True)
class TransformerRecipe:
    """How one Transformer language model is made; data, batches and windows are those of the recurrent recipes."""

    name: str
    title: str
    corpus: str
    training: TrainingSettings
    width: int = 176
    num_layers: int = 4
    num_heads: int = 4
    feedforward_size: int = 672
    window: int = 256
    dropout: float = 0.2
    tokenizer: str = "character"
    batch_size: int = 64
    bptt_length: int = 128

    def prepare(self, settings: TrainingSettings) -> Prepared:
        """Read the corpus, collect its characters, build the untrained model; weights depend on the seed alone."""
        corpus = load_corpus(self.corpus)
        tokenizer = TOKENIZERS.get(self.tokenizer).train([corpus.text("train")])
        train_ids, validation_ids = (tokenizer.encode(corpus.text(split)) for split in ("train", "validation"))
        torch.manual_seed(settings.seed)
        names = ("width", "num_layers", "num_heads", "feedforward_size", "window", "dropout")
        model = TransformerLanguageModel(tokenizer.vocab_size, **{name: getattr(self, name) for name in names})
        objective = LanguageModellingObjective(
            train_ids, validation_ids, self.batch_size, self.bptt_length, settings.seed
        )
        facts = {
            "model": "transformer_language_model",
            "cell": model.cell,
            "title": self.title,
            "corpora": [self.corpus],
        }
        return Prepared(model, tokenizer, objective, settings, facts, (corpus.source,))
