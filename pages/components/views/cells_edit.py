"""What the tool "Edit and compare" keeps in the Cells page's URL."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option
from engine.inspection.cells.state_edits import MAX_CHARACTERS

FIRST, SECOND = "the cat sat on the mat", "the mat sat on the cat"
TAIL = (
    " and nobody said a word about it until the evening, when the rain had stopped and the lamps were lit along "
    "the road."
)


@dataclass(frozen=True)
class EditView:
    """Which two texts are read, what follows both, and what of the networks is compared."""

    edit_first: str = option(FIRST, label="First text")
    edit_second: str = option(SECOND, label="Second text")
    edit_tail: str = option(
        TAIL,
        label="Both go on with",
        help=f"Read after either text, to see how long the edit is felt; {MAX_CHARACTERS:,} characters in all.",
    )
    edit_layer: int = option(2, label="Layer", help="Layer 1 reads the characters, the last one says what comes next.")
    edit_part: str = option(
        "hidden",
        label="Compare",
        choices=("hidden", "cell"),
        help="What the units say (hidden state), or what they keep: the LSTM's memory cell; RNN and GRU keep what "
        "they say.",
    )
    edit_word: int = option(0, label="Word of the first text")
    edit_to: str = option("", label="Put in its place")
