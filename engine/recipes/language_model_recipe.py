"""Recipes for language models: running text, a tokeniser, stacked recurrent layers or blocks of causal attention."""

from __future__ import annotations

import dataclasses

import torch

from engine.corpora import load_corpus
from engine.corpora.running_text import RUNNING_TEXT
from engine.models.base import MODELS
from engine.models.language_model import LanguageModelConfig
from engine.models.transformer_language_model import TransformerConfig
from engine.recipes.base import Prepared, Recipe
from engine.text import TOKENIZERS
from engine.training import TrainingSettings
from engine.training.language_modelling import LanguageModellingObjective


@dataclasses.dataclass(frozen=True)
class LanguageModelRecipe(Recipe):
    """How one language model is made; sizes are chosen so that compared models have equally many parameters.

    Attributes:
        model: what is built; data, batches and windows are the same for every kind.
        embedding_std: standard deviation of the embedding's first values; None leaves them small. With large ones a
            wide network does not stand still for its first hundred updates.
        vocab_size: how many tokens the tokeniser may have; None leaves it to the tokeniser.
    """

    model: LanguageModelConfig | TransformerConfig
    embedding_std: float | None = None
    tokenizer: str = "character"
    vocab_size: int | None = None
    batch_size: int = 64
    bptt_length: int = 128

    def prepare(self, settings: TrainingSettings) -> Prepared:
        """Read the corpus, train the tokeniser, build the untrained model; weights depend on the seed alone."""
        corpus = load_corpus(self.corpus)
        tokenizer = TOKENIZERS.get(self.tokenizer).train([corpus.read(RUNNING_TEXT)], self.vocab_size)
        train, validation = (tokenizer.encode(corpus.read(RUNNING_TEXT, split)) for split in ("train", "validation"))
        torch.manual_seed(settings.seed)
        model = MODELS.get(self.model.model).from_config(self.model, vocab_size=tokenizer.vocab_size)
        if self.embedding_std is not None:
            torch.nn.init.normal_(model.embedding.weight, std=self.embedding_std)
        objective = LanguageModellingObjective(train, validation, self.batch_size, self.bptt_length, settings.seed)
        facts = {"model": self.model.model, "cell": model.cell, "title": self.title, "corpora": [self.corpus]}
        return Prepared(model, tokenizer, objective, settings, facts | self.names_on_pages(), (corpus.source,))
