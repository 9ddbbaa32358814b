"""What the tool "State transplant" keeps in the generation page's URL."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option
from engine.decoding.limits import MAX_PROMPT_CHARACTERS

# Both written for this page; the networks have learnt neither.
DONOR = """FIRST WATCHMAN:
Who knocks? Stand still, and give the word, or die!

SECOND WATCHMAN:
The word is peace.

FIRST WATCHMAN:
Then pass. What news, what news?

SECOND WATCHMAN:
The king is dead!

FIRST WATCHMAN:
The king is"""
PASSAGE = (
    "and on the morning after, when the rain had washed the road, we walked as far as the old bridge, my brother and "
    "I, and sat "
    "upon the stones to watch the river; it was so quiet that we heard the bells of the town, and neither of us "
    "wished to be the "
    "first to speak of what had been, or of what was to come, for the day was fair and the year was young"
)


@dataclass(frozen=True)
class TransplantView:
    """The two passages, how much of the donor's state is used, and where the network writes on."""

    transplant_donor: str = option(
        DONOR,
        label="Passage A, the donor",
        help=f"It is read first, for its state alone; at most {MAX_PROMPT_CHARACTERS:,} characters.",
    )
    transplant_passage: str = option(
        PASSAGE,
        label="Passage B, read with A's state",
        help="It is read twice, with its own fresh start and with the state after A; at most "
        f"{MAX_PROMPT_CHARACTERS:,} characters.",
    )
    transplant_amount: float = option(
        1.0,
        label="How much of A's state",
        help="0 is B's own fresh start, 1 the state after A; in between, every hidden and cell value is a mixture.",
        minimum=0.0,
        maximum=1.0,
        step=0.05,
    )
    transplant_place: int = option(
        25,
        label="Write on after character",
        help="How much of B is read before the network writes; a click into the curves goes there too.",
        minimum=1,
        maximum=MAX_PROMPT_CHARACTERS,
        step=1,
    )
