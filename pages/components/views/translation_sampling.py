"""What a drawn translation keeps in the URL: the same settings as text that is drawn on the Generation page."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import field_like
from engine.decoding.limits import SamplingSettings

SETTINGS = ("temperature", "top_k", "top_p", "seed")


@dataclass(frozen=True)
class SamplingView:
    """How a translation is drawn by chance; its length is limited as in every search."""

    temperature: float = field_like(SamplingSettings, "temperature")
    top_k: int = field_like(SamplingSettings, "top_k")
    top_p: float = field_like(SamplingSettings, "top_p")
    seed: int = field_like(SamplingSettings, "seed")
