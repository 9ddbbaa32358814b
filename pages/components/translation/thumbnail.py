"""The Translation page's picture on the home page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from engine.plotting.theme import Mode
from pages.components.computing.calls import call
from pages.components.drawing import thumbnails
from pages.components.drawing.thumbnails import Part

SENTENCE = "A black dog runs on the beach ."


def files() -> list[Path]:
    """Return the weights that it is computed with."""
    return thumbnails.weights("translation")


def picture(mode: Mode) -> Iterator[Part]:
    """Yield where the translator looks while it translates a short sentence."""
    from engine.inspection.translation.attention import attention_sentence, merge_attention
    from engine.inspection.translation.translations import inspect_translation
    from engine.plotting.translation.attention import attention_heat_map

    info = thumbnails.favourite("translation")
    report = call(inspect_translation, SENTENCE, 1, 1.0, model=info.name).value
    if report.weights is None:
        yield Part("caption", f"“{SENTENCE}” becomes:")
        yield Part("text", report.text)
        return
    source, target = report.source_words, report.target_words
    weights = merge_attention(report.weights, target, source)
    labels = [word.text for word in source], [word.text for word in target]
    figure = attention_heat_map(*labels, weights, mode=mode, is_marking_strongest=False)
    yield thumbnails.drawing(figure, attention_sentence(*labels, weights))
    yield Part("caption", "Across, the English words; down, the French; bright where the network looks.")
