"""Recipes for forecasters: one series or many, scaled by their training part, and what is known of the time ahead."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Self

import numpy as np
import torch

from engine.cells import CELLS
from engine.config import JsonObject, option
from engine.corpora import Corpus, load_corpus
from engine.corpora.series import PartedSeries, facts_of, known_columns, parted
from engine.models.folder import LoadedModel
from engine.models.forecaster import LINEAR, WINDOW, Forecaster, ForecasterConfig
from engine.recipes.base import RECIPE_KINDS, Prepared, Recipe, course, load_beginning, model_like, what_went_before
from engine.text.scaling import ScaledColumn, SeriesScaling
from engine.training import TrainingSettings
from engine.training.forecasting import ABSOLUTE, LOSSES, ForecastingObjective, ScaledSeries


@RECIPE_KINDS.register("forecasting")
@dataclasses.dataclass(frozen=True)
class ForecastingRecipe(Recipe):
    """How one forecaster is made.

    Attributes:
        model: what is built.
        known: what it reads of each time beside the value: columns of the corpus, or of the calendar
            (`engine.corpora.series.calendar_column`).
        remarks: what its card says of its figures, a sentence each.
    """

    kind = "forecasting"
    task = Forecaster.task

    model: ForecasterConfig
    known: tuple[str, ...] = ()
    loss: str = option(
        ABSOLUTE, label="Loss", help="Squared errors ask for the mean, absolute ones for the median.", choices=LOSSES
    )
    band_weight: float = option(
        0.5, label="Weight of the band", help="How much the band counts beside the value.", minimum=0.0, maximum=10.0
    )
    teacher_forcing_ratio: float = option(
        0.0,
        label="Teacher forcing",
        help="Share of updates in which true values are read ahead, not own ones.",
        minimum=0.0,
        maximum=1.0,
    )
    batch_size: int = option(64, label="Batch", help="Windows that one update reads.", minimum=1)
    start_from: str = ""
    remarks: tuple[str, ...] = ()

    @classmethod
    def architectures(cls) -> tuple[str, ...]:
        """Return every cell, and the linear layer."""
        return (*CELLS.names(), LINEAR)

    @classmethod
    def tailored(cls, architecture: str, corpus: Corpus, begun: LoadedModel | None) -> Self:
        """Return a small direct forecaster of the corpus' horizon, whose window holds its season."""
        facts = facts_of(corpus)
        shortest = min(one.train_end for one in parted(corpus))
        horizon = max(1, min(facts.horizon, shortest // 4))
        window = max(2, min(max(2 * facts.season, 2 * horizon), 336, shortest - horizon))
        sizes = (0, 0) if architecture == LINEAR else (32, 1)
        model = ForecasterConfig(*sizes, architecture, window, horizon, min(facts.season, window - 1))
        if begun:
            model = model_like(ForecasterConfig, begun)
        training = course(800, 160, 800, learning_rate=2e-3, precision="float32", average_decay=0.98)
        return cls("own", "", "", model, training=training)

    def prepare(self, settings: TrainingSettings) -> Prepared:
        """Read the corpus, scale it by its training part, build the untrained model; weights depend on the seed alone.

        Raises:
            DataError: the corpus cannot be read, or is too short.
            ModelError: the model to start from is not there, or is of another size.
        """
        begun = load_beginning(self, self.start_from, self.model, ("dropout",))
        corpus = load_corpus(self.corpus)
        found = parted(corpus)
        known = self.known if all(self._has(found, name) for name in self.known) else ()
        scaling = begun.tokenizer if begun else scale_by_training(found, known, self.model.scaled_by == WINDOW)
        torch.manual_seed(settings.seed)
        model = Forecaster.from_config(self.model, vocab_size=scaling.vocab_size)
        if begun:
            model.load_state_dict(begun.model.state_dict())
        objective = ForecastingObjective(
            [scaled(one, scaling) for one in found],
            window=self.model.window,
            horizon=self.model.horizon,
            batch_size=self.batch_size,
            loss=self.loss,
            band_weight=self.band_weight,
            teacher_forcing_ratio=self.teacher_forcing_ratio,
            seed=settings.seed,
        )
        facts: JsonObject = {"model": self.model.model, "title": self.title, "corpora": [self.corpus]}
        facts |= {"remarks": list(self.remarks)} if self.remarks else {}
        facts |= {"known": list(known), "loss": self.loss, "teacher_forcing_ratio": self.teacher_forcing_ratio}
        return Prepared(
            model,
            scaling,
            objective,
            settings,
            facts | self.names_on_pages(),
            (corpus,),
            what_went_before(begun, self.start_from),
        )

    @staticmethod
    def _has(found: Sequence[PartedSeries], name: str) -> bool:
        """Return whether a sample that stands in has what is known in the corpus itself."""
        return "_" in name or all(name in one.series.known for one in found)


def scale_by_training(found: Sequence[PartedSeries], known: Sequence[str], by_window: bool) -> SeriesScaling:
    """Return how the columns of series are scaled: by the mean and deviation of their training parts.

    Where each window has a scale of its own the values are left as they are.
    """
    values = np.concatenate([one.series.values[: one.train_end] for one in found])
    first = ScaledColumn("value") if by_window else ScaledColumn.of("value", values)
    columns = np.concatenate([known_columns(one.series[: one.train_end], known) for one in found])
    return SeriesScaling([first, *(ScaledColumn.of(name, columns[:, place]) for place, name in enumerate(known))])


def scaled(one: PartedSeries, scaling: SeriesScaling) -> ScaledSeries:
    """Return a series as it is read."""
    known = known_columns(one.series, [column.name for column in scaling.known])
    return ScaledSeries(
        torch.tensor(scaling.value.scale(one.series.values), dtype=torch.float32),
        torch.tensor(scaling.scale_known(known), dtype=torch.float32),
        one.train_end,
        one.validation_end,
    )
