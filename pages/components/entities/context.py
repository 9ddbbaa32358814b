"""What the Entities page hands to each of its tools, and how a tagger is named there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.families.tagging import rank
from engine.models.folder import ModelInfo
from pages.components.computing.calls import Call, call
from pages.components.controls.context import PageContext
from pages.components.drawing import stored
from pages.components.entities.view import EntitiesView

if TYPE_CHECKING:
    from engine.inspection.tagging.predictions import Tagging, WordSpan

PAGE = "entities"


@dataclass(frozen=True, kw_only=True)
class EntitiesContext(PageContext[EntitiesView]):
    """The page as a tool of the Entities page meets it.

    Attributes:
        text: the line that is looked at; `lines` are all that were typed, without empty ones.
        positions: the words of `text`, each with its place in it.
    """

    text: str
    lines: Sequence[str]
    positions: Sequence[WordSpan]

    @property
    def words(self) -> tuple[str, ...]:
        """The words of `text`, as every tagger reads them."""
        return tuple(word.text for word in self.positions)

    @property
    def tagging(self) -> Tagging:
        """What the network that is looked at makes of `text`."""
        return self.tagged_by(self.network)

    def tagged_by(self, name: str) -> Tagging:
        """Return what the tagger `name` makes of `text`."""
        return tag(name, self.words).value

    def say_typical(self, tool: str) -> None:
        """Say on how many of the built-in sentences a tool shows what it shows, where that was measured."""
        from engine.inspection.tagging import examples

        stored.say_typical(self, examples, tool)

    def label(self, name: str) -> str:
        """Return what the page calls a tagger."""
        return label(self.models[name])

    def build(self, name: str) -> tuple[bool, bool]:
        """Return whether a tagger reads in both directions, and whether it has a CRF; a chart's marks follow these."""
        config = self.models[name].config
        return bool(config.get("bidirectional", True)), bool(config.get("crf", True))


def tag(name: str, words: tuple[str, ...]) -> Call[Tagging]:
    """Return the Call of what the tagger `name` makes of a sentence."""
    from engine.inspection.tagging.predictions import tag_words

    return call(tag_words, words, model=name, kept="shared")


def label(info: ModelInfo) -> str:
    """Return what the page calls a tagger: its own label, or its title."""
    return info.called(info.label or info.title)


def in_order(models: Sequence[ModelInfo]) -> dict[str, ModelInfo]:
    """Return the usable taggers by name, the best first."""
    return {info.name: info for info in sorted(models, key=rank) if not info.error}
