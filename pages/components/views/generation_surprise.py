"""What the tools "Surprise" and "Compression duel" keep in the generation page's URL."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option
from engine.decoding.limits import MAX_DUEL_CHARACTERS, MAX_SURPRISE_CHARACTERS

OPENING = (
    "NELL:\n"
    "Good morrow, sir. The tide hath left thy ship\n"
    "Upon the sand, and all thy men asleep.\n"
    "\n"
    "TOBY:\n"
    "Then wake them with a bell; or, if that fail,\n"
)
PASSAGE = OPENING + "please press any key to restart the router.\n"
SCENE = OPENING + (
    "Go tell the captain that the king is come,\n"
    "And will not wait upon the moon to rise.\n"
    "\n"
    "NELL:\n"
    "The king? What king would walk so cold a shore\n"
    "With none but thee to bear his cloak and sword?\n"
)


@dataclass(frozen=True)
class SurpriseView:
    """The text that is coloured and the two models it is coloured by."""

    surprise_text: str = option(
        PASSAGE,
        label="Any text",
        help=f"Type or paste something; at most {MAX_SURPRISE_CHARACTERS:,} characters are coloured at once.",
    )
    surprise_model: str = option("", label="Coloured by")
    surprise_against: str = option("", label="Compared with")


@dataclass(frozen=True)
class DuelView:
    """The text that is compressed."""

    duel_text: str = option(
        SCENE,
        label="Text to compress",
        help=f"Any characters at all, at most {MAX_DUEL_CHARACTERS:,} of them.",
    )
