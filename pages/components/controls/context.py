"""What a page hands to each of its tools: one shape for all pages, to which a page adds what is its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from engine.models.folder import ModelInfo
from pages.components.controls.forms import Controls
from pages.components.owning import networks

V = TypeVar("V")


@dataclass(frozen=True, kw_only=True)
class PageContext(Generic[V]):
    """The page as a tool meets it.

    Attributes:
        controls: draws widgets bound to the URL, from the fields of the page's view.
        models: every usable model by name, in the order they are listed in.
        network: name of the one that is looked at; "" on a page that looks at several at once.
    """

    controls: Controls[V]
    models: Mapping[str, ModelInfo] = field(default_factory=dict)
    network: str = ""

    @property
    def view(self) -> V:
        """What the widgets drawn so far say, and the defaults of the others."""
        return self.controls.value()

    @property
    def info(self) -> ModelInfo:
        """What is known about the model that is looked at."""
        return self.models[self.network]

    def label(self, name: str) -> str:
        """Return what the page calls a model."""
        return networks.label(self.models[name])
