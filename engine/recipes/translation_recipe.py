"""Recipes for translators: a main corpus, more pairs beside it, one shared BPE vocabulary."""

from __future__ import annotations

import dataclasses
from typing import Self

import torch

from engine.cells import CELLS
from engine.config import option
from engine.corpora import Corpus, load_corpus
from engine.corpora.sentence_pairs import SENTENCE_PAIRS, sides_of
from engine.models.folder import LoadedModel
from engine.models.translator import Translator, TranslatorConfig
from engine.recipes.base import (
    RECIPE_KINDS,
    Prepared,
    Recipe,
    course,
    has_gates,
    label_smoothing_option,
    load_beginning,
    model_like,
    what_went_before,
)
from engine.text import TOKENIZERS
from engine.training import TrainingSettings
from engine.training.schedules import TEACHER_FORCING_SCHEDULES
from engine.training.translation import TranslationObjective

REGULARISERS = ("dropout", "locked_dropout", "word_dropout")


@RECIPE_KINDS.register("translation")
@dataclasses.dataclass(frozen=True)
class TranslationRecipe(Recipe):
    """How one translator is made.

    Attributes:
        model: what is built, but for the vocabulary.
        corpus: read whole in every pass; its validation split decides which weights are kept.
        extra_corpus, extra_pairs_per_epoch: more pairs, of which each pass reads the next so many ("" for none).
        teacher_forcing_ratio, teacher_forcing_schedule: see `engine.training.schedules`.
        measures_free: whether evaluations also tell the loss of a decoder that reads its own choices.
        start_from: name of the recipe whose weights and vocabulary this one goes on from, "" to start afresh.
        start_share: how much of those weights is mixed into what is kept in the end, 0 to 1.
    """

    kind = "translation"
    task = Translator.task

    extra_corpus: str = ""
    extra_pairs_per_epoch: int = 0
    model: TranslatorConfig = TranslatorConfig()
    vocab_size: int = option(
        6000, label="Vocabulary", help="Pieces of words that both languages are spelt with.", minimum=60
    )
    batch_tokens: int = option(2048, label="Batch", help="Pieces that one update writes at most.", minimum=1)
    label_smoothing: float = label_smoothing_option(0.1)
    teacher_forcing_ratio: float = option(
        1.0,
        label="Teacher forcing",
        help="How often the decoder reads the reference in training, not its own last word.",
        minimum=0.0,
        maximum=1.0,
    )
    teacher_forcing_schedule: str = option(
        "constant",
        label="Teacher-forcing schedule",
        help="How that share falls from 1: not at all, in a straight line, or in an S.",
        choices=tuple(TEACHER_FORCING_SCHEDULES.names()),
    )
    measures_free: bool = False
    source_language: str = "en"
    target_language: str = "fr"
    start_from: str = ""
    start_share: float = 0.0

    @classmethod
    def architectures(cls) -> tuple[str, ...]:
        """Return every cell."""
        return tuple(CELLS.names())

    @classmethod
    def tailored(cls, architecture: str, corpus: Corpus, begun: LoadedModel | None) -> Self:
        """Return a small translator with attention, in the direction of the columns: eight passes over some thousand
        pairs."""
        pairs = len(corpus.read(SENTENCE_PAIRS)[0])
        source, target = sides_of(corpus.spec.columns)
        model = TranslatorConfig(96, 128, 1, 1, architecture, dropout=0.1)
        if begun:
            model = model_like(TranslatorConfig, begun)
            source, target = begun.info.source_language, begun.info.target_language
        batch_tokens = max(64, min(1024, 2 * pairs))
        rate = 6e-3 if has_gates(architecture) else 2e-3
        words = sum(len(text.split()) + 2 for text in corpus.read(SENTENCE_PAIRS)[1])
        training = course(8 * words / batch_tokens, 200, 1600, learning_rate=rate)
        return cls(
            "own",
            "",
            "",
            model=model,
            training=training,
            vocab_size=max(300, min(6000, pairs // 15)),
            batch_tokens=batch_tokens,
            source_language=source,
            target_language=target,
        )

    def prepare(self, settings: TrainingSettings) -> Prepared:
        """Read the corpora, learn the vocabulary on all their training text, build the untrained model.

        Raises:
            DataError: a corpus cannot be read.
            ModelError: the model to start from is not there, or is of another size.
        """
        begun = load_beginning(self, self.start_from, self.model, REGULARISERS)
        main = load_corpus(self.corpus)
        names, corpora = [self.corpus], [main]
        texts = self._sides(main, "train")
        extra: list[list[str]] = [[], []]
        if self.extra_corpus:
            corpus = load_corpus(self.extra_corpus)
            names.append(self.extra_corpus)
            corpora.append(corpus)
            extra = self._sides(corpus, "train")
        everything = [text for side in (*texts, *extra) for text in side]
        tokenizer = begun.tokenizer if begun else TOKENIZERS.get("bpe").train(everything, self.vocab_size)
        torch.manual_seed(settings.seed)
        model = Translator.from_config(self.model, vocab_size=tokenizer.vocab_size, pad_id=tokenizer.pad_id)
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
            max_steps=(*settings.restarts, settings.max_steps)[0],
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
            "model": self.model.model,
            "title": self.title,
            "corpora": names,
            "source_language": self.source_language,
            "target_language": self.target_language,
        }
        before = what_went_before(begun, self.start_from)
        return Prepared(
            model,
            tokenizer,
            objective,
            settings,
            facts | self.names_on_pages(),
            tuple(corpora),
            before,
            self.start_share,
        )

    def _sides(self, corpus: Corpus, split: str) -> list[list[str]]:
        dataset = corpus.splits[split]
        return [list(dataset[self.source_language]), list(dataset[self.target_language])]
