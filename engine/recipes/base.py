"""What a recipe is: data, tokeniser, model and settings, in one frozen object with a name."""

from __future__ import annotations

import dataclasses
from typing import Any, Protocol

from engine.corpora import CorpusSource
from engine.models.base import PretrainedModel
from engine.registry import Registry
from engine.text import Tokenizer
from engine.training import Objective, TrainingSettings

RECIPES: Registry[Recipe] = Registry("recipe")


@dataclasses.dataclass(frozen=True)
class Prepared:
    """Everything a trainer and a model folder need.

    Attributes:
        objective: what the model is trained for; None for a model that is made by counting and finished already.
        facts: what the model folder's config.json says beside the model's own arguments (task, languages, title, ...).
        sources: which copy of each corpus was read.
        started_from: what is known of the training this one goes on from; empty where it starts afresh.
        start_share: how much of the weights it started from goes into the weights that are kept, 0 to 1.

    Paper: Wortsman et al. (2022), Robust fine-tuning of zero-shot models, arXiv 2109.01903: between the weights before
    and after a second course lie weights that are good at what either was good at.
    """

    model: PretrainedModel
    tokenizer: Tokenizer
    objective: Objective | None
    settings: TrainingSettings
    facts: dict[str, Any]
    sources: tuple[CorpusSource, ...]
    started_from: dict[str, Any] = dataclasses.field(default_factory=dict)
    start_share: float = 0.0


class Recipe(Protocol):
    """A named way to train one model."""

    name: str
    title: str
    training: TrainingSettings

    def prepare(self, settings: TrainingSettings) -> Prepared:
        """Read the corpora, train the tokeniser and build the untrained (or counted) model."""
