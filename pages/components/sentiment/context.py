"""What the sentiment page hands to each of its tools, and how a classifier is named and coloured there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.families.classification import corpus, rank, style
from engine.models.folder import ModelInfo
from engine.plotting import theme
from pages.components.controls.context import PageContext
from pages.components.drawing import stored
from pages.components.sentiment.view import SentimentView

if TYPE_CHECKING:  # it loads torch
    from engine.inspection.classification.predictions import Classification

PAGE = "sentiment"
OPINIONS = ("negative", "positive")  # what the page's own networks decide between
POSITIVE = 1  # the place of the label "positive"
CORPORA = {"sst2": "sentences of film reviews (SST-2)", "imdb": "whole film reviews (IMDB)"}


def is_blind(info: ModelInfo) -> bool:
    """Return whether a classifier reads its words in no order."""
    return info.architecture == "average"


def labels(info: ModelInfo) -> tuple[str, ...]:
    """Return the labels a classifier decides between."""
    return tuple(info.config.get("labels", OPINIONS))


def of_same_labels(models: Mapping[str, ModelInfo], network: str) -> dict[str, ModelInfo]:
    """Return the classifiers that can stand beside one: those that decide between the same labels."""
    return {name: info for name, info in models.items() if labels(info) == labels(models[network])}


def label(info: ModelInfo) -> str:
    """Return what the page calls a classifier: its own label or its architecture, and whether it was taught long
    reviews."""
    name = info.label or ("Average of the words" if is_blind(info) else theme.architecture_label(style(info)))
    return info.called(f"{name}, long reviews" if corpus(info) == "imdb" and not info.label else name)


def in_order(models: Sequence[ModelInfo]) -> list[ModelInfo]:
    """Return classifiers as the page lists them: those of sentences first, the two-directional one at their head."""
    return sorted(models, key=rank)


@dataclass(frozen=True, kw_only=True)
class SentimentContext(PageContext[SentimentView]):
    """The page as a tool of the sentiment page meets it.

    Attributes:
        text: what the visitor typed, as it was typed.
        verdicts: what each of them says of the text; empty where the text cannot be judged.
    """

    text: str
    verdicts: Mapping[str, Classification]

    @property
    def has_opinions(self) -> bool:
        """Whether the network that is looked at decides between “negative” and “positive”, not other labels."""
        return labels(self.info) == OPINIONS

    @property
    def verdict(self) -> Classification:
        """What the network that is looked at says of the text."""
        return self.verdicts[self.network]

    @property
    def words(self) -> tuple[str, ...]:
        """The text's words as the network that is looked at reads them."""
        return self.verdict.words

    @property
    def blind(self) -> str | None:
        """Name of the order-blind classifier taught on the same corpus; None where there is none or it is looked at
        itself."""
        same = (name for name, info in self.models.items() if is_blind(info) and corpus(info) == corpus(self.info))
        return next((name for name in same if name != self.network), None)

    def say_typical(self, tool: str) -> None:
        """Say on how many of the built-in sentences a tool shows what it shows, where that was measured."""
        from engine.inspection.classification import examples

        stored.say_typical(self, examples, tool)

    def label(self, name: str) -> str:
        """Return what the page calls a classifier."""
        return label(self.models[name])

    def style(self, name: str) -> str:
        """Return whose colour and marker a classifier is drawn with."""
        return style(self.models[name])

    def positive(self, name: str) -> float:
        """Return the probability a classifier gives "positive"."""
        return self.verdicts[name].probabilities[POSITIVE]
