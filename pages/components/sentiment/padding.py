"""Padding: the visitor's lines as a batch of the chosen classifier."""

from __future__ import annotations

from pages.components.drawing import padding, stored
from pages.components.sentiment.context import SentimentContext


def show(context: SentimentContext) -> None:
    """Draw the lines as batches, and what padding, mask and packing do to them."""
    padding.show(context.controls, context.network, context.label(context.network))
    stored.say_effect(context, "padding")
