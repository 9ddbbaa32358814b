"""What the tool "Temperature" keeps in the generation page's URL."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option

MEASURED, NOW = "Measured beforehand", "My beginning, now"


@dataclass(frozen=True)
class TemperatureView:
    """Which curve over temperature is shown."""

    temperature_curve: str = option(
        MEASURED,
        label="Curve",
        help="Measured beforehand: a fixed beginning and more text, for every network. Now: your beginning, length, "
        "top-k, "
        "top-p and seed, for the network you look at.",
        choices=(MEASURED, NOW),
    )
