"""Recipes for translators: a main corpus, more pairs beside it, one shared BPE vocabulary."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import torch

from engine.corpora import load_corpus
from engine.errors import ModelError
from engine.models.folder import LoadedModel, load_model
from engine.models.translator import Translator
from engine.recipes.base import Prepared
from engine.text import TOKENIZERS
from engine.training import TrainingSettings
from engine.training.translation import TranslationObjective

RUNS = Path("runs")  # where the README's commands put what is trained


@dataclasses.dataclass(frozen=True)
class TranslationRecipe:
    """How one translator is made.

    Attributes:
        corpus: read whole in every pass; its validation split decides which weights are kept.
        extra_corpus, extra_pairs_per_epoch: more pairs, of which each pass reads the next so many ("" for none).
        teacher_forcing_ratio, teacher_forcing_schedule: see `engine.training.schedules`.
        measures_free: whether evaluations also tell the loss of a decoder that reads its own choices.
        start_from: name of the recipe whose weights and vocabulary this one goes on from, "" to start afresh.
        start_share: how much of those weights is mixed into what is kept in the end, 0 to 1.
        label, group: what pages call it and which models it stands beside, "" for the pair with and without attention.
    """

    name: str
    title: str
    corpus: str
    training: TrainingSettings
    extra_corpus: str = ""
    extra_pairs_per_epoch: int = 0
    vocab_size: int = 6000
    embedding_dim: int = 256
    hidden_size: int = 320
    encoder_layers: int = 2
    decoder_layers: int = 2
    cell: str = "lstm"
    attention: str = "dot"
    dropout: float = 0.3
    locked_dropout: bool = False
    word_dropout: float = 0.0
    batch_tokens: int = 2048
    label_smoothing: float = 0.1
    teacher_forcing_ratio: float = 1.0
    teacher_forcing_schedule: str = "constant"
    measures_free: bool = False
    source_language: str = "en"
    target_language: str = "fr"
    start_from: str = ""
    start_share: float = 0.0
    label: str = ""
    group: str = ""

    def prepare(self, settings: TrainingSettings) -> Prepared:
        """Read the corpora, learn the vocabulary on all their training text, build the untrained model.

        Raises:
            DataError: a corpus cannot be read.
            ModelError: the model to start from is not there, or is of another size.
        """
        begun = self._beginning() if self.start_from else None
        main = load_corpus(self.corpus)
        names, sources = [self.corpus], [main.source]
        texts = self._sides(main, "train")
        extra = [[], []]
        if self.extra_corpus:
            corpus = load_corpus(self.extra_corpus)
            names.append(self.extra_corpus)
            sources.append(corpus.source)
            extra = self._sides(corpus, "train")
        everything = [text for side in (*texts, *extra) for text in side]
        tokenizer = begun.tokenizer if begun else TOKENIZERS.get("bpe").train(everything, self.vocab_size)
        torch.manual_seed(settings.seed)
        model = Translator(
            vocab_size=tokenizer.vocab_size,
            embedding_dim=self.embedding_dim,
            hidden_size=self.hidden_size,
            encoder_layers=self.encoder_layers,
            decoder_layers=self.decoder_layers,
            cell=self.cell,
            attention=self.attention,
            dropout=self.dropout,
            locked_dropout=self.locked_dropout,
            word_dropout=self.word_dropout,
            pad_id=tokenizer.pad_id,
        )
        if begun:
            model.load_state_dict(begun.model.state_dict())

        def ids(sides: list[list[str]]) -> list[tuple[list[int], list[int]]]:
            return list(zip(*(tokenizer.encode_batch(side) for side in sides), strict=True))

        objective = TranslationObjective(
            ids(texts),
            ids(self._sides(main, "validation")),
            bos_id=tokenizer.bos_id,
            eos_id=tokenizer.eos_id,
            pad_id=tokenizer.pad_id,
            max_steps=settings.max_steps,
            extra_pairs=ids(extra) if self.extra_corpus else (),
            extra_pairs_per_epoch=self.extra_pairs_per_epoch,
            batch_tokens=self.batch_tokens,
            label_smoothing=self.label_smoothing,
            teacher_forcing_ratio=self.teacher_forcing_ratio,
            teacher_forcing_schedule=self.teacher_forcing_schedule,
            measures_free=self.measures_free,
            seed=settings.seed,
        )
        facts = {
            "model": "translator",
            "title": self.title,
            "corpora": names,
            "source_language": self.source_language,
            "target_language": self.target_language,
        }
        facts |= {name: value for name, value in (("label", self.label), ("group", self.group)) if value}
        before = {"recipe": self.start_from, "command": self._first_command()} if begun else {}
        before |= {name: begun.info.config["training"][name] for name in ("steps", "minutes")} if begun else {}
        return Prepared(model, tokenizer, objective, settings, facts, tuple(sources), before, self.start_share)

    def _beginning(self) -> LoadedModel:
        """Return the trained model of `start_from`, from where its recipe puts it unless told otherwise."""
        folder = RUNS / self.start_from
        if not folder.is_dir():
            raise ModelError(
                f"{self.name} goes on from a model that is not in {folder}; train it first: {self._first_command()}"
            )
        loaded = load_model(folder)
        for name in ("hidden_size", "embedding_dim", "encoder_layers", "decoder_layers", "attention", "cell"):
            if loaded.info.config[name] != getattr(self, name):
                raise ModelError(f"The model in {folder} has another {name} than {self.name}.")
        return loaded

    def _first_command(self) -> str:
        return f"python -m engine train --recipe {self.start_from} --output {RUNS / self.start_from}"

    def _sides(self, corpus, split: str) -> list[list[str]]:
        dataset = corpus.splits[split]
        return [list(dataset[self.source_language]), list(dataset[self.target_language])]
