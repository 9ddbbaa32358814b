"""What the Models page hands to each of its tools."""

from __future__ import annotations

from dataclasses import dataclass

from engine.models.folder import ModelInfo
from pages.components.controls.context import PageContext
from pages.components.drawing import notices
from pages.components.models import own
from pages.components.models.view import ModelsView
from pages.components.shell import header


@dataclass(frozen=True, kw_only=True)
class ModelsContext(PageContext[ModelsView]):
    """The page as a tool of the models page meets it."""

    def choose(self, title: str, sentence: str) -> ModelInfo | None:
        """Draw a section and the choice of a model in it, and return what is known of that; None where there is
        none."""
        header.section(title, sentence)
        if not self.models:
            notices.error("No model here can be used; bring one, or train one.")
            return None
        own.NETWORKS.show_refusal()
        own.NETWORKS.show_undo()
        info = self.models[self.controls.select("model", self.label)]
        own.show_controls(info)
        return info

    def label(self, name: str) -> str:
        """Return what the page calls a model: a shipped one by its name."""
        info = self.models[name]
        return info.called(info.title) if info.whose else name
