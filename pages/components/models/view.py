"""The models page's URL: the model that is looked at."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option


@dataclass(frozen=True)
class ModelsView:
    """Everything a link to the models page carries."""

    model: str = option("", label="Model")
