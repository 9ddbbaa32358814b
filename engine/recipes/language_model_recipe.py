"""Recipes for language models: running text, a tokeniser, stacked recurrent layers."""

from __future__ import annotations

import dataclasses

import torch

from engine.corpora import load_corpus
from engine.models.language_model import LanguageModel
from engine.recipes.base import Prepared
from engine.text import TOKENIZERS
from engine.training import TrainingSettings
from engine.training.language_modelling import LanguageModellingObjective


@dataclasses.dataclass(frozen=True)
class LanguageModelRecipe:
    """How one language model is made; `hidden_size` is chosen so that compared models have equally many parameters.

    Attributes:
        label, group: what pages call it and which models it stands beside, "" where its architecture says both.
        embedding_std: standard deviation of the embedding's first values; None leaves them small. With large ones a
            wide network does not stand still for its first hundred updates.
        vocab_size: how many tokens the tokeniser may have; None leaves it to the tokeniser.
    """

    name: str
    title: str
    corpus: str
    cell: str
    hidden_size: int
    training: TrainingSettings
    embedding_dim: int = 64
    num_layers: int = 2
    dropout: float = 0.3
    residual: bool = True
    tie_embeddings: bool = False
    weight_dropout: float = 0.0
    embedding_dropout: float | None = None
    embedding_std: float | None = None
    tokenizer: str = "character"
    batch_size: int = 64
    bptt_length: int = 128
    label: str = ""
    group: str = ""
    vocab_size: int | None = None

    def prepare(self, settings: TrainingSettings) -> Prepared:
        """Read the corpus, train the tokeniser, build the untrained model; weights depend on the seed alone."""
        corpus = load_corpus(self.corpus)
        tokenizer = TOKENIZERS.get(self.tokenizer).train([corpus.text("train")], self.vocab_size)
        train_ids, validation_ids = (tokenizer.encode(corpus.text(split)) for split in ("train", "validation"))
        torch.manual_seed(settings.seed)
        model = LanguageModel(
            vocab_size=tokenizer.vocab_size,
            embedding_dim=self.embedding_dim,
            hidden_size=self.hidden_size,
            num_layers=self.num_layers,
            cell=self.cell,
            dropout=self.dropout,
            residual=self.residual,
            tie_embeddings=self.tie_embeddings,
            weight_dropout=self.weight_dropout,
            embedding_dropout=self.embedding_dropout,
        )
        if self.embedding_std is not None:
            torch.nn.init.normal_(model.embedding.weight, std=self.embedding_std)
        objective = LanguageModellingObjective(
            train_ids, validation_ids, self.batch_size, self.bptt_length, settings.seed
        )
        facts = {"model": "language_model", "title": self.title, "corpora": [self.corpus]}
        facts |= {name: value for name, value in (("label", self.label), ("group", self.group)) if value}
        return Prepared(model, tokenizer, objective, settings, facts, (corpus.source,))
