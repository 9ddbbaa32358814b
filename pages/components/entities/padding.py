"""Padding: the visitor's lines as a batch of the chosen tagger."""

from __future__ import annotations

from pages.components import padding
from pages.components.entities.desk import Desk


def show(desk: Desk) -> None:
    """Draw the lines as batches, and what padding, mask and packing do to them."""
    padding.show(desk.controls, desk.network, desk.label(desk.network))
