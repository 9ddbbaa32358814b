"""What the Gradients page hands to each of its tools."""

from __future__ import annotations

from dataclasses import dataclass

from engine.models.folder import ModelInfo
from pages.components.computing import cache
from pages.components.controls.context import PageContext
from pages.components.gradients.view import GradientsView

PAGE = "gradients"


@dataclass(frozen=True, kw_only=True)
class GradientsContext(PageContext[GradientsView]):
    """The page as a tool of the Gradients page meets it; `models` are those through which a gradient flows.

    Attributes:
        network: the visitor's own that is looked at alone, "" for the shipped ones, which are compared.
    """

    @property
    def nouns(self) -> str:
        """The same, of several."""
        return f"{self.noun}s"

    @property
    def noun(self) -> str:
        """What the networks that are looked at read at a time: a character, or a subword token."""
        return cache.load_model(next(iter(self.readers))).tokenizer.noun

    @property
    def trio(self) -> dict[str, ModelInfo]:
        """The models of `readers` with hidden units, which are handed on from step to step."""
        return {name: info for name, info in self.readers.items() if info.has_units}

    @property
    def readers(self) -> dict[str, ModelInfo]:
        """The models matched in size, a Transformer among them, which are compared; all of them where none are. Or the
        visitor's own alone."""
        if self.network:
            return {self.network: self.info}
        matched = {name: info for name, info in self.models.items() if not info.group}
        return matched or dict(self.models)
