"""What the generation page hands to each of its tools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.decoding.limits import SamplingSettings
from engine.models.folder import ModelInfo
from pages.components import networks
from pages.components.forms import Controls
from pages.components.generation.view import GenerationView


@dataclass(frozen=True)
class PageContext:
    """The page as a tool meets it.

    Attributes:
        controls: draws widgets bound to the URL, from the fields of the page's view.
        view: what the URL said when the page was drawn so far; a tool's own fields come from its own widgets.
        models: every usable language model by name, in the order they are listed in.
        network: name of the model that is looked at.
        texts: what each model that writes on the page has written, without the prompt.
    """

    controls: Controls[GenerationView]
    view: GenerationView
    prompt: str
    settings: SamplingSettings
    models: Mapping[str, ModelInfo]
    network: str
    texts: Mapping[str, str]

    @property
    def info(self) -> ModelInfo:
        """What is known about the model that is looked at."""
        return self.models[self.network]

    @property
    def text(self) -> str:
        """The prompt and what the model that is looked at has written after it."""
        return self.prompt + self.texts.get(self.network, "")

    def label(self, name: str) -> str:
        """Return what the page calls a model."""
        return networks.label(self.models[name])
