"""Recipes for taggers: tagged sentences, a list of known words, one recurrent layer in one or both directions, with or
without a CRF."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import torch

from engine.corpora import load_corpus
from engine.errors import ModelError
from engine.models.folder import PRETRAINED, LoadedModel, load_model
from engine.models.tagger import Tagger
from engine.recipes.base import Prepared
from engine.text.bio import OUTSIDE
from engine.text.word_list import SPECIAL, list_words
from engine.training import TrainingSettings
from engine.training.tagging import TaggingObjective

RUNS = Path("runs")  # where the README's commands put what is trained


@dataclasses.dataclass(frozen=True)
class TaggingRecipe:
    """How one tagger is made.

    Attributes:
        vocab_size, least_count: how many words are known by themselves at most, and how often they must occur for it.
        hidden_size: per direction.
        word_dropout, rare_dropout: see `engine.training.tagging.Tagging`.
        start_from: name of the recipe whose weights this one goes on from ("" to start afresh); its words stay known,
            words of this corpus are added, and the scores of the tags begin anew.
        label, group: what pages call it and which models it stands beside.
    """

    name: str
    title: str
    corpus: str
    training: TrainingSettings
    vocab_size: int = 11_000
    least_count: int = 3
    embedding_dim: int = 100
    character_dim: int = 25
    character_filters: int = 64
    shape_dim: int = 8
    hidden_size: int = 200
    cell: str = "lstm"
    bidirectional: bool = True
    crf: bool = True
    dropout: float = 0.4
    locked_dropout: bool = False
    word_dropout: float = 0.05
    rare_dropout: float = 0.25
    batch_words: int = 800
    start_from: str = ""
    label: str = ""
    group: str = ""

    def prepare(self, settings: TrainingSettings) -> Prepared:
        """Read the corpus, list its words, build the untrained model; weights depend on the seed alone.

        Raises:
            DataError: the corpus cannot be read.
            ModelError: the model to start from is not there, or is of another size.
        """
        begun = self._beginning() if self.start_from else None
        corpus = load_corpus(self.corpus)
        train, validation = corpus.tagged("train"), corpus.tagged("validation")
        known = _known_words(begun) if begun else ()
        tokenizer = list_words(train[0], self.vocab_size, self.least_count, known)
        labels = list_labels(tags for split in (train, validation) for tags in split[1])
        torch.manual_seed(settings.seed)
        model = Tagger(
            vocab_size=tokenizer.vocab_size,
            labels=labels,
            embedding_dim=self.embedding_dim,
            character_dim=self.character_dim,
            character_filters=self.character_filters,
            shape_dim=self.shape_dim,
            hidden_size=self.hidden_size,
            cell=self.cell,
            bidirectional=self.bidirectional,
            crf=self.crf,
            dropout=self.dropout,
            locked_dropout=self.locked_dropout,
        )
        if begun:
            _take_over(model, begun)
        objective = TaggingObjective(
            train,
            validation,
            tokenizer,
            labels,
            batch_words=self.batch_words,
            word_dropout=self.word_dropout,
            rare_dropout=self.rare_dropout,
            seed=settings.seed,
        )
        facts = {"model": "tagger", "title": self.title, "corpora": [self.corpus]}
        facts |= {name: value for name, value in (("label", self.label), ("group", self.group)) if value}
        before = {"recipe": self.start_from, "command": self._first_command()} if begun else {}
        before |= {name: begun.info.config["training"][name] for name in ("steps", "minutes")} if begun else {}
        return Prepared(model, tokenizer, objective, settings, facts, (corpus.source,), before)

    def _beginning(self) -> LoadedModel:
        """Return the trained model of `start_from`, from where its recipe puts it, else the shipped one of this
        name."""
        folder = next(
            (root / self.start_from for root in (RUNS, PRETRAINED) if (root / self.start_from).is_dir()), None
        )
        if folder is None:
            raise ModelError(
                f"{self.name} goes on from a model that is not in {RUNS}; train it first: {self._first_command()}"
            )
        loaded = load_model(folder.absolute())
        for name in (
            "embedding_dim",
            "character_dim",
            "character_filters",
            "shape_dim",
            "hidden_size",
            "cell",
            "bidirectional",
        ):
            if loaded.info.config[name] != getattr(self, name):
                raise ModelError(f"The model in {folder} has another {name} than {self.name}.")
        return loaded

    def _first_command(self) -> str:
        return f"python -m engine train --recipe {self.start_from} --output {RUNS / self.start_from}"


def list_labels(rows) -> list[str]:
    """Return all tags that occur, "O" first, then "B-x" and "I-x" of every type x that occurs, in alphabetical
    order."""
    types = sorted({tag[2:] for tags in rows for tag in tags if tag != OUTSIDE})
    return [OUTSIDE, *(f"{letter}-{kind}" for kind in types for letter in "BI")]


def _known_words(begun: LoadedModel) -> list[str]:
    tokenizer = begun.tokenizer
    return [word for word in map(tokenizer.token, range(tokenizer.vocab_size)) if word not in SPECIAL]


@torch.no_grad()
def _take_over(model: Tagger, begun: LoadedModel) -> None:
    """Copy what reads: words, letters, shapes and the recurrent layers; new words begin where unknown ones stand."""
    weights, unknown = begun.model.state_dict(), begun.tokenizer.unk_id
    for name, own in model.state_dict().items():
        if name == "embedding.weight":
            own[:] = weights[name][unknown]
            own[: len(weights[name])] = weights[name]
        elif not name.startswith(("crf.", "forward_emission.", "backward_emission.")):
            own.copy_(weights[name])
