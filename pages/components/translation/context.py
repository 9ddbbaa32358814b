"""What the translation page hands to each of its tools, and how a translator is named and coloured there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import pandas as pd

from engine.decoding.limits import SearchSettings
from engine.decoding.text import Translation
from engine.errors import DataError, InputError
from engine.families.translation import is_attending, title
from engine.inspection.stored.tables import stored_effects
from engine.inspection.translation.example_effects import COLUMNS, COMMAND, TABLE
from engine.inspection.translation.search import SearchReport, inspect_search
from engine.models.folder import ModelInfo
from engine.text.languages import language_name
from pages.components.computing import cache
from pages.components.computing.calls import Call, call
from pages.components.controls.context import PageContext
from pages.components.drawing import notices
from pages.components.texts import reading
from pages.components.translation.examples import KnownExamples
from pages.components.translation.view import TranslationView

PAGE = "translation"
UNITS = {"words": "Words", "pieces": "Subword tokens"}
STAND_IN = SearchSettings(5, 1.0)

T = TypeVar("T")


def style(info: ModelInfo) -> str:
    """Return whose colour a translator is drawn in; one without attention is the baseline."""
    return info.architecture if is_attending(info) else "baseline"


def language_pair(info: ModelInfo) -> str:
    """Return which way a translator goes, as "en-fr"."""
    return f"{info.config.get('source_language', 'en')}-{info.config.get('target_language', 'fr')}"


def direction_label(pair: str) -> str:
    """Return what the page calls a direction: "English to French" for "en-fr"."""
    return " to ".join(map(language_name, pair.split("-", 1)))


def grouped(models: Sequence[ModelInfo]) -> dict[str, list[ModelInfo]]:
    """Return the translators that stand side by side, by group: the pair that differs in attention, then the best."""
    groups: dict[str, list[ModelInfo]] = {}
    for info in sorted(models, key=lambda info: (bool(info.group), info.group, not is_attending(info), info.name)):
        groups.setdefault(info.group or "pair", []).append(info)
    return groups


def search_call(network: str, source: str, settings: SearchSettings) -> Call[SearchReport]:
    """Return the one search of a sentence by a translator that everything on the page starts from."""
    return call(inspect_search, source, settings.beam_size, settings.length_penalty, model=network, kept="shared")


@dataclass(frozen=True, kw_only=True)
class TranslationContext(PageContext[TranslationView]):
    """The page as a tool of the translation page meets it.

    Attributes:
        direction: "en-fr" or "fr-en".
        source: the sentence that is looked at; `lines` are all that were typed.
        settings: how the translations above were searched.
        shown: names of those that translate at the top of the page.
        translations: what each network in `shown` made of `source`, as it stands above.
        examples: the sentences whose translation by a person is known.
    """

    direction: str
    source: str
    lines: Sequence[str]
    settings: SearchSettings
    shown: Sequence[str]
    translations: Mapping[str, Translation]
    examples: KnownExamples

    @property
    def translation(self) -> Translation:
        """The translation by the network that is looked at."""
        return self.translations[self.network]

    @property
    def search(self) -> Call[SearchReport]:
        """The search of the source by the network that is looked at; greedy where the translation above was drawn."""
        return search_call(self.network, self.source, self.settings)

    @property
    def pair(self) -> list[ModelInfo]:
        """The two translators that differ in attention alone, the one with it first; fewer where not installed."""
        return grouped(list(self.models.values())).get("pair", [])

    @property
    def target_language(self) -> str:
        """The language that is written, in words."""
        return language_name(self.direction.split("-")[1])

    @property
    def reference(self) -> str:
        """A person's translation of the source where one is known: of an example, or the one in the box; else ""."""
        try:
            return self.examples.reference_for(self.source, self.view.reference)
        except InputError:
            return ""

    def call(self, function: Callable[..., T], *arguments: object) -> Call[T]:
        """Return the Call of a function of the network that is looked at; nobody may change its value."""
        return call(function, *arguments, model=self.network, kept="shared")

    def label(self, name: str) -> str:
        """Return what the page calls a translator."""
        return title(self.models[name])

    def ask_reference(self) -> str:
        """Draw the box for a reference and return the one that belongs to the source.

        Where no person's is known, the best installed network's translation stands in, and the page says so.
        """
        typed = self.controls.text_input("reference")
        reading.say(self.network, typed)
        try:
            found = self.examples.reference_for(self.source, typed)
        except InputError:
            found = ""
        if not found.strip():
            return self._stand_in()
        if found != typed:
            notices.note(f"This sentence is an example; its own reference is used: {found}")
        return found

    def _stand_in(self) -> str:
        best = next(iter(grouped(list(self.models.values())).get("best", [])), self.info)
        found = search_call(best.name, self.source, STAND_IN).value.best.text
        if found:
            notices.note(
                f"No person's translation of this sentence is known, so the network “{title(best)}” stands in with its "
                f"own, found with beam size {STAND_IN.beam_size}: {found} Type yours into the box to use it instead."
            )
        return found


def effects_of(info: ModelInfo) -> pd.DataFrame:
    """Return what the built-in sentences showed of a network, no rows where they were not measured with its weights."""
    version = cache.file_version(TABLE), cache.model_version(info.name)
    try:
        given = info.name, str(info.path), str(TABLE), COLUMNS, COMMAND
        return call(stored_effects, *given, version=version, kept="shared").value
    except DataError:  # how typical a sentence is can be left out
        return pd.DataFrame(columns=COLUMNS)
