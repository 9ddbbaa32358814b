"""What the Gradients page hands to each of its tools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.models.folder import ModelInfo
from pages.components import networks
from pages.components.forms import Controls
from pages.components.gradients.view import GradientsView

PAGE = "gradients"


@dataclass(frozen=True)
class PageContext:
    """The page as a tool meets it.

    Attributes:
        controls: draws widgets bound to the URL, from the fields of the page's view.
        view: what the URL said when the page was drawn so far; a tool's own fields come from its own widgets.
        models: every language model through which a gradient flows, by name.
    """

    controls: Controls[GradientsView]
    view: GradientsView
    models: Mapping[str, ModelInfo]

    @property
    def trio(self) -> dict[str, ModelInfo]:
        """The models of `readers` with hidden units, which are handed on from step to step."""
        return {name: info for name, info in self.readers.items() if info.has_units}

    @property
    def readers(self) -> dict[str, ModelInfo]:
        """The models matched in size, a Transformer among them, which are compared with each other; all of them where
        none are."""
        matched = {name: info for name, info in self.models.items() if not info.group}
        return matched or dict(self.models)

    def label(self, name: str) -> str:
        """Return what the page calls a model."""
        return networks.label(self.models[name])
