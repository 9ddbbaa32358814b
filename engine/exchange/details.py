"""What the tensors of a network do not tell and its owner has to say."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option

LANGUAGES = "Two letters, as in “en”."


def numbered_labels(count: int) -> tuple[str, ...]:
    """Return what answers are called that nobody named."""
    return tuple(f"label {number}" for number in range(count))


@dataclass(frozen=True, kw_only=True)
class Details:
    """How a network that was recognised is to be read."""

    task: str = option("", label="Task", help="What the network does; empty takes the likeliest.")
    title: str = option("", label="Name", help="What the pages call it.")
    labels: tuple[str, ...] = option(
        (), label="Labels", help="The names of the answers, in the order of the network's."
    )
    licence: str = option("", label="Licence", help="The terms of the weights, as in “MIT”; they go into the card.")
    origin: str = option("", label="Origin", help="Who trained it, on what; it goes into the card.")
    pooling: str = option("last", label="Decides on", help="What of the outputs at all words a classifier decides on.")
    backward_first: bool = option(
        False,
        label="Backward direction first",
        help="The head reads the backward direction's state before the forward one's.",
    )
    source_language: str = option("en", label="Source language", help=LANGUAGES)
    target_language: str = option("fr", label="Target language", help=LANGUAGES)
