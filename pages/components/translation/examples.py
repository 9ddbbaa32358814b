"""The sentences a visitor can start from: the page's own and, for a network that a visitor trained on other languages,
those it was watched with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.errors import InputError
from engine.inspection.translation.examples import TranslationExample, list_translation_examples
from engine.models.folder import ModelInfo
from engine.text.languages import language_name
from pages.components.owning import own_models

MOST, NAMED = 4, 28  # examples of a visitor's network, and characters in the name of one
NOTHING = TranslationExample("", "", "", "")


@dataclass(frozen=True)
class KnownExamples:
    """Those of every direction.

    Attributes:
        direction: the one that is looked at, as "en-fr".
        by_direction: the examples of each, the one that is shown first at its head.
    """

    direction: str
    by_direction: Mapping[str, Sequence[TranslationExample]]

    @property
    def here(self) -> Sequence[TranslationExample]:
        """Those of the direction that is looked at; none for a network whose data nobody knows here."""
        return self.by_direction.get(self.direction, ())

    @property
    def source_language(self) -> str:
        """The language that is read, in words."""
        return language_name(self.direction.split("-")[0])

    @property
    def target_language(self) -> str:
        """The language that is written, in words."""
        return language_name(self.direction.split("-")[1])

    @property
    def elsewhere(self) -> dict[str, TranslationExample]:
        """The example of another direction that each of the others is a side of, by its sentence; it is left in a box
        when the direction is turned."""
        others = [found for direction, found in self.by_direction.items() if direction != self.direction]
        return {side: example for found in others for example in found for side in (example.source, example.reference)}

    def in_place_of(self, text: str) -> TranslationExample | None:
        """Return the example to show where a text was left by another direction: that of its place, or `NOTHING` where
        this direction has none and is read in another language; None where the text is to stay."""
        if any(example.source == text.strip() for example in self.here):
            return None
        for direction, found in self.by_direction.items():
            place = next((place for place, example in enumerate(found) if example.source == text.strip()), None)
            if place is None or direction == self.direction:
                continue
            if self.here:
                return self.here[min(place, len(self.here) - 1)]
            return NOTHING if direction.split("-")[0] != self.direction.split("-")[0] else None
        return None

    def reference_for(self, source: str, typed: str) -> str:
        """Return the reference of `source`: the one typed, unless it still belongs to an example's other sentence.

        Raises:
            InputError: it does, and the sentence is not an example itself.
        """
        own = next((example.reference for example in self.here if example.source == source), None)
        if own and not typed.strip():
            return own
        owner = next((example.source for example in self.here if example.reference == typed.strip()), None)
        left = self.elsewhere.get(typed.strip())
        if owner == source or (owner is None and left is None):
            return typed
        if own is None:
            raise InputError(
                f"The reference in the box translates another sentence (“{owner or typed.strip()}”); type a "
                f"{self.target_language} translation of yours."
            )
        return own


def known_examples(direction: str, translators: Iterable[ModelInfo]) -> KnownExamples:
    """Return what is known for every direction that some translators have."""
    english = list_translation_examples()
    french = [replace(example, source=example.reference, reference=example.source) for example in english]
    known: dict[str, Sequence[TranslationExample]] = {"en-fr": english, "fr-en": french}
    for info in translators:
        pair = f"{info.source_language}-{info.target_language}"
        if info.whose and not known.get(pair):
            known[pair] = _watched(info)
    return KnownExamples(direction, known)


def _watched(info: ModelInfo) -> list[TranslationExample]:
    """Return validation sentences of the data that a visitor's network learnt from."""
    found = [(str(each.get("given", "")), str(each.get("wanted", ""))) for each in own_models.samples(info.name)]
    return [
        TranslationExample(_name(source), source, reference, "")
        for source, reference in list(dict(found).items())[:MOST]
        if source.strip() and reference.strip()
    ]


def _name(sentence: str) -> str:
    return sentence if len(sentence) <= NAMED else f"{sentence[:NAMED].rsplit(' ', 1)[0]}…"
