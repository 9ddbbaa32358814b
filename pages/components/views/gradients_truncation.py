"""What the tool "Truncation" keeps in the Gradients page's URL."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option

# Written for this page; the networks have not learnt it.
PASSAGE = (
    "When the last boat had gone, the keeper locked the gate and walked along the wall, as he had done each night for "
    "twenty years; "
    "he knew that the lamp would burn till morning, and that nobody would come, and yet he looked back once more at "
    "the water, "
    "for a voice, he thought, had called him by his name."
)


@dataclass(frozen=True)
class TruncationView:
    """The text whose gradient is cut, and the network that reads it."""

    truncation_text: str = option(
        PASSAGE, label="Your text", help="At most 2,000 characters; the gradient of the last 256 is looked at."
    )
    truncation_network: str = option("", label="Network")
