"""The Sentiment page's picture on the home page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from engine.plotting.theme import Mode
from pages.components.computing import cache
from pages.components.computing.calls import call
from pages.components.drawing import thumbnails
from pages.components.drawing.thumbnails import Part

SENTENCE = "He said the food was not good."


def files() -> list[Path]:
    """Return the weights that it is computed with."""
    return thumbnails.weights("classification")


def picture(mode: Mode) -> Iterator[Part]:
    """Yield the prediction after each word of a short text."""
    from pages.components.sentiment.context import in_order, style

    usable = in_order([info for info in cache.shipped_models("classification") if not info.error])
    if not usable:
        yield Part("caption", "No classifier is installed; the Models page lists what is there.")
        return
    from engine.inspection.classification.predictions import classify_texts
    from engine.inspection.classification.prefix_predictions import belief_sentence, find_turn, measure_belief
    from engine.plotting.classification.prefix_predictions import BeliefLine, belief_film

    info = usable[0]
    words = call(classify_texts, (SENTENCE,), model=info.name).value[0].words
    belief = call(measure_belief, words, model=info.name).value
    turn, steps = find_turn(belief), [int(step) for step in belief.steps]
    lines = [BeliefLine("", style(info), list(belief.both), is_main=True)]
    figure = belief_film(words, steps, lines, turn.last, (turn.first, turn.last), mode=mode)
    yield thumbnails.drawing(figure, belief_sentence(belief))
    yield Part(
        "caption",
        f"The probability of “positive”, in %, after each word of “{SENTENCE}”; the line stands where the "
        "prediction flipped.",
    )
