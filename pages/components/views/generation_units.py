"""What the tools "Neurons", "Cell detective" and "Puppeteer" keep in the generation page's URL."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option
from engine.inspection.writing.activation_clamping import LARGEST_FACTOR

LARGEST_UNIT = 99_999


@dataclass(frozen=True)
class UnitsView:
    """Which unit is looked at, what was asked, and what is held while the network writes."""

    neurons_layer: int = option(
        1, label="Layer", help="Layer 1 reads the characters, the last one says what comes next."
    )
    neurons_part: str = option("hidden", label="What of it")
    neurons_unit: int = option(
        0, label="Unit", help="The arrow keys go from unit to unit.", minimum=0, maximum=LARGEST_UNIT, step=1
    )
    neurons_text: str = option(
        "", label="Your text", help="Left empty, the text above is coloured: what the network wrote."
    )
    detective_source: str = option("stories", label="Text to test on")
    detective_text: str = option(
        "", label="Your text", help="1,000 to 50,000 characters; left empty, the text named above is used."
    )
    detective_question: str = option("", label="Colour the text by the winner of")
    puppeteer_layer: int = option(
        1, label="Layer", help="Layer 1 reads the characters, the last one says what comes next."
    )
    puppeteer_action: str = option("hold", label="What to do")
    puppeteer_gate: str = option("forget_gate", label="Gate")
    puppeteer_position: int = option(
        0, label="Held", help="Open is 1, shut is 0, for every unit of the layer and at every step."
    )
    puppeteer_units: str = option("25", label="Units", help="Numbers and ranges, such as 3, 10-20.")
    puppeteer_value: float = option(
        1.0,
        label="Value",
        help="What the units are clamped to (-1 to 1), or multiplied by (-10 to 10; 0 silences, 1 changes nothing).",
        minimum=-LARGEST_FACTOR,
        maximum=LARGEST_FACTOR,
        step=0.1,
    )
