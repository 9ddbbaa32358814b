"""Behaviour: what each classifier gets wrong, by what a sentence asks of it."""

from __future__ import annotations

from pages.components.drawing import behaviour
from pages.components.sentiment.context import SentimentContext

INTRO = (
    "Sentences written for this page, each to test one thing. One fails where the network gives it the wrong label; "
    "under “names and numbers”, “typing errors” and “shouting”, where a change that should not matter flips its label; "
    "under “facts alone”, where it is more than 80 % sure of an opinion that nobody has given."
)


def show(context: SentimentContext) -> None:
    """Draw the failure rates of all classifiers, and the sentences of one kind that the chosen one gets wrong."""
    behaviour.show(context, list(context.models), context.network, INTRO, lambda name: {"network": name})
