"""Padding: the visitor's lines as a batch of the chosen tagger."""

from __future__ import annotations

from pages.components.drawing import padding, stored
from pages.components.entities.context import EntitiesContext


def show(context: EntitiesContext) -> None:
    """Draw the lines as batches, and what padding, mask and packing do to them."""
    padding.show(context.controls, context.network, context.label(context.network))
    stored.say_effect(context, "padding")
