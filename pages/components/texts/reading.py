"""What a network reads where that is not letter for letter what was typed: said in one line below the text's box."""

from __future__ import annotations

from pages.components.computing import cache
from pages.components.drawing import notices

LONGEST = 300  # characters shown


def say(network: str, *texts: str) -> None:
    """Say what a network reads of texts; nothing where it is what was typed."""
    tokenizer = cache.load_model(network).tokenizer
    for text in texts:
        read = tokenizer.read(text)
        if read.is_changed:
            shown = read.text.strip()
            notices.note(f"Read as: {shown[:LONGEST]}{' …' if len(shown) > LONGEST else ''}")
