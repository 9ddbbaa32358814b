"""What the memory half-life section of the comparison page keeps in its URL."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option

PASSAGE = (
    "NELL:\n"
    "Good morrow, sir. The tide hath left thy ship\n"
    "Upon the sand, and all thy men asleep.\n"
    "\n"
    "TOBY:\n"
    "Then wake them with a bell; or, if that fail,\n"
    "Go tell the captain that the king is come,\n"
    "And will not wait upon the moon to rise.\n"
    "\n"
    "NELL:\n"
    "What king would walk alone so cold a shore?\n"
)
LONGEST_TEXT = 2_000


@dataclass(frozen=True)
class HalfLifeView:
    """The text whose characters are replaced, and how the curves are drawn."""

    half_life_text: str = option(
        PASSAGE,
        label="Text the networks read",
        help=f"At most {LONGEST_TEXT:,} characters. One of them is replaced, and the expectation at the end is "
        "compared.",
    )
    half_life_models: tuple = option((), label="Networks")
    half_life_distance: int = option(
        200,
        label="Farthest distance",
        help="How many tokens back the farthest replaced one stands.",
        minimum=4,
        maximum=200,
        step=1,
    )
    half_life_seed: int = option(
        0, label="Seed", help="Decides what a character is replaced with.", minimum=0, maximum=9999
    )
    half_life_log_x: bool = option(True, label="Logarithmic distance")
    half_life_log_y: bool = option(True, label="Logarithmic change")
