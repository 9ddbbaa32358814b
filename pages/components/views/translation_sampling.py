"""What a drawn translation keeps in the URL: the same settings as text that is drawn on the Generation page."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from engine.decoding.limits import SamplingSettings

SETTINGS = ("temperature", "top_k", "top_p", "seed")


def _as_in_sampling(name: str) -> Any:
    field = SamplingSettings.__dataclass_fields__[name]
    return dataclasses.field(default=field.default, metadata=field.metadata)


@dataclass(frozen=True)
class SamplingView:
    """How a translation is drawn by chance; its length is limited as in every search."""

    temperature: float = _as_in_sampling("temperature")
    top_k: int = _as_in_sampling("top_k")
    top_p: float = _as_in_sampling("top_p")
    seed: int = _as_in_sampling("seed")
