"""Recipes for language models: running text, a tokeniser, stacked recurrent layers or blocks of causal attention."""

from __future__ import annotations

import dataclasses
from typing import Self

import torch

from engine.cells import CELLS
from engine.config import option
from engine.corpora import Corpus, load_corpus
from engine.corpora.running_text import RUNNING_TEXT
from engine.models.base import MODELS
from engine.models.folder import LoadedModel
from engine.models.language_model import LanguageModelConfig
from engine.models.transformer_language_model import TransformerConfig, TransformerLanguageModel
from engine.recipes.base import (
    RECIPE_KINDS,
    Prepared,
    Recipe,
    course,
    has_gates,
    load_beginning,
    model_like,
    what_went_before,
)
from engine.text import TOKENIZERS
from engine.training import TrainingSettings
from engine.training.language_modelling import LanguageModellingObjective

TRANSFORMER = TransformerLanguageModel.cell
REGULARISERS = ("dropout", "embedding_dropout", "weight_dropout")


@RECIPE_KINDS.register("language_model")
@dataclasses.dataclass(frozen=True)
class LanguageModelRecipe(Recipe):
    """How one language model is made; sizes are chosen so that compared models have equally many parameters.

    Attributes:
        model: what is built; data, batches and windows are the same for every kind.
        embedding_std: standard deviation of the embedding's first values; None leaves them small. With large ones a
            wide network does not stand still for its first hundred updates.
        vocab_size: how many tokens the tokeniser may have; None leaves it to the tokeniser.
    """

    kind = "language_model"
    task = "language_model"

    model: LanguageModelConfig | TransformerConfig
    embedding_std: float | None = None
    tokenizer: str = option(
        "character", label="Tokens", help="What is read and written one by one.", choices=("character", "pieces")
    )
    vocab_size: int | None = None
    batch_size: int = option(
        64, label="Streams", help="Places of the text that are read side by side in one update.", minimum=1
    )
    bptt_length: int = option(
        128,
        label="Truncated BPTT length",
        help="Tokens that one update reads of every stream, and so how far back a gradient reaches.",
        minimum=1,
    )
    start_from: str = ""

    @classmethod
    def architectures(cls) -> tuple[str, ...]:
        """Return every cell, and the Transformer."""
        return (*CELLS.names(), TRANSFORMER)

    @classmethod
    def tailored(cls, architecture: str, corpus: Corpus, begun: LoadedModel | None) -> Self:
        """Return a reader of characters: eight passes over a middling text, at least four windows in each."""
        characters = len(corpus.read(RUNNING_TEXT))
        bptt_length = 96 if characters >= 50_000 else 32
        batch_size = max(1, min(32, characters // (4 * bptt_length) - 1))
        size, dropout = (192, 0.1) if characters >= 50_000 else (96, 0.3)
        model: LanguageModelConfig | TransformerConfig
        if architecture == TRANSFORMER:
            model = TransformerConfig(96, 2, 4, 384, window=96, dropout=dropout)
        else:
            model = LanguageModelConfig(64, size, 1, architecture, dropout=dropout)
        if begun:
            model = model_like(type(model), begun)
        rate = 2e-3 if architecture == TRANSFORMER else 8e-3 if has_gates(architecture) else 2e-3
        training = course(8 * characters / (batch_size * bptt_length), 200, 1600, learning_rate=rate)
        return cls("own", "", "", model, training=training, batch_size=batch_size, bptt_length=bptt_length)

    def prepare(self, settings: TrainingSettings) -> Prepared:
        """Read the corpus, train the tokeniser, build the untrained model; weights depend on the seed alone.

        Raises:
            DataError: the corpus cannot be read, or is too short.
            ModelError: the model to start from is not there, or is of another size.
        """
        begun = load_beginning(self, self.start_from, self.model, REGULARISERS)
        corpus = load_corpus(self.corpus)
        tokenizer = (
            begun.tokenizer
            if begun
            else TOKENIZERS.get(self.tokenizer).train([corpus.read(RUNNING_TEXT)], self.vocab_size)
        )
        train, validation = (tokenizer.encode(corpus.read(RUNNING_TEXT, split)) for split in ("train", "validation"))
        torch.manual_seed(settings.seed)
        model = MODELS.get(self.model.model).from_config(self.model, vocab_size=tokenizer.vocab_size)
        if self.embedding_std is not None:
            torch.nn.init.normal_(model.embedding.weight, std=self.embedding_std)
        if begun:
            model.load_state_dict(begun.model.state_dict())
        objective = LanguageModellingObjective(train, validation, self.batch_size, self.bptt_length, settings.seed)
        facts = {"model": self.model.model, "cell": model.cell, "title": self.title, "corpora": [self.corpus]}
        return Prepared(
            model,
            tokenizer,
            objective,
            settings,
            facts | self.names_on_pages(),
            (corpus,),
            what_went_before(begun, self.start_from),
        )
