"""The Generation page's picture on the home page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from engine.plotting.theme import Mode
from pages.components.computing.calls import call
from pages.components.drawing import thumbnails
from pages.components.drawing.thumbnails import Part

BEGINNING = "ROMEO:\nWhat light is thi"
TEMPERATURE = 0.5


def files() -> list[Path]:
    """Return the weights that it is computed with."""
    return thumbnails.weights("language_model")


def picture(mode: Mode) -> Iterator[Part]:
    """Yield what the language model expects after the beginning of a word."""
    from engine.inspection.writing.next_tokens import next_tokens
    from engine.plotting.writing.distribution import describe_next_tokens, next_token_bars

    info = thumbnails.favourite("language_model")
    expected = call(next_tokens, BEGINNING, TEMPERATURE, 0, 1.0, model=info.name).value
    figure = next_token_bars(expected.frame, mode=mode, architecture=info.architecture, top=10)
    yield thumbnails.drawing(figure, f"After “What light is thi”: {describe_next_tokens(expected.frame)}")
    yield Part(
        "caption",
        "The next character after “What light is thi”, in %: dashes from the network, bars at temperature "
        f"{TEMPERATURE}.",
    )
