"""What the generation page hands to each of its tools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.decoding.limits import SamplingSettings
from engine.inspection.cells.units import PARTS
from pages.components.controls.context import PageContext
from pages.components.generation.view import GenerationView

PAGE = "generation"


@dataclass(frozen=True, kw_only=True)
class GenerationContext(PageContext[GenerationView]):
    """The page as a tool of the generation page meets it.

    Attributes:
        prompt: what the models read first. settings: how they draw what comes next.
        texts: what each model that writes on the page has written, without the prompt.
    """

    prompt: str
    settings: SamplingSettings
    texts: Mapping[str, str]

    @property
    def text(self) -> str:
        """The prompt and what the model that is looked at has written after it."""
        return self.prompt + self.texts.get(self.network, "")

    @property
    def layers(self) -> range:
        """The layers of the model that is looked at, from 1."""
        return range(1, self.info.config["num_layers"] + 1)


def part_label(part: str) -> str:
    """Return what the page calls a part of a unit: its hidden state, its memory or one of its gates."""
    return PARTS[part].capitalize()
