"""Model cards: README.md of a model folder, written from its facts and measured metrics only."""

from __future__ import annotations

from typing import Any


def write_card(config: dict[str, Any]) -> str:
    """Return the card of a model as Markdown."""
    return f"# {config['title']}\n"
