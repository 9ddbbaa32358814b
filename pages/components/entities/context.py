"""What the Entities page hands to each of its tools, and how a tagger is named there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.models.folder import ModelInfo
from pages.components.calls import Call, call
from pages.components.forms import Controls
from pages.components.views.entities import EntitiesView

if TYPE_CHECKING:
    from engine.inspection.tagging.predictions import Tagging, WordSpan

PAGE = "entities"
ORDER = ("gmb-bilstm-crf", "gmb-bilstm", "gmb-lstm-crf", "ewt-bilstm-crf")


@dataclass(frozen=True)
class PageContext:
    """The page as a tool meets it.

    Attributes:
        controls: draws widgets bound to the URL, from the fields of the page's view.
        view: what the URL said when the page was drawn so far; a tool's own fields come from its own widgets.
        text: the line that is looked at; `lines` are all that were typed, without empty ones.
        places: the words of `text`, each with its place in it.
        models: every usable tagger by name, in the order they are listed in.
        network: name of the one that is looked at.
    """

    controls: Controls[EntitiesView]
    view: EntitiesView
    text: str
    lines: Sequence[str]
    places: Sequence[WordSpan]
    models: Mapping[str, ModelInfo]
    network: str

    @property
    def words(self) -> tuple[str, ...]:
        """The words of `text`, as every tagger reads them."""
        return tuple(word.text for word in self.places)

    @property
    def info(self) -> ModelInfo:
        """What is known about the network that is looked at."""
        return self.models[self.network]

    @property
    def tagging(self) -> Tagging:
        """What the network that is looked at makes of `text`."""
        return self.tagged_by(self.network)

    def tagged_by(self, name: str) -> Tagging:
        """Return what the tagger `name` makes of `text`."""
        return tag(name, self.words).value

    def label(self, name: str) -> str:
        """Return what the page calls a tagger."""
        return label(self.models[name])


def tag(name: str, words: tuple[str, ...]) -> Call[Tagging]:
    """Return the Call of what the tagger `name` makes of a sentence."""
    from engine.inspection.tagging.predictions import tag_words

    return call(tag_words, words, model=name, kept="shared")


def label(info: ModelInfo) -> str:
    """Return what the page calls a tagger: its own label, or its title."""
    return info.label or info.title


def in_order(models: Sequence[ModelInfo]) -> dict[str, ModelInfo]:
    """Return the usable taggers by name, the best first."""
    known = {name: place for place, name in enumerate(ORDER)}
    usable = [info for info in models if not info.error]
    return {info.name: info for info in sorted(usable, key=lambda info: (known.get(info.name, len(known)), info.name))}
