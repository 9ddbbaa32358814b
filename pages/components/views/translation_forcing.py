"""What the tool "Forced or free" keeps in the translation page's URL."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option
from engine.inspection.translation.forcing import ALL, MAX_STEP
from engine.inspection.translation.wrong_word import MAX_WORD_CHARACTERS


@dataclass(frozen=True)
class ForcingView:
    """Who decides what is read after each step, how the rows stand, and the wrong word."""

    forcing_by: str = option("hand", label="Who decides at each step", choices=("hand", "coins"))
    forcing_steps: str = option(
        ALL,
        label="Steps that are told",
        help="“all”, “none”, or numbers as in “1-4, 7”: after these steps your row reads the reference's piece, after "
        "the others its own.",
    )
    forcing_share: float = option(
        0.5,
        label="Chance to be told at each step",
        help="Scheduled sampling: a coin at each step. 1 is teacher forcing, 0 is free.",
        minimum=0.0,
        maximum=1.0,
        step=0.05,
    )
    forcing_seed: int = option(7, label="Seed", help="Same seed, same coins.", minimum=0, maximum=2**31 - 1)
    forcing_rows: str = option(
        "steps",
        label="Line up",
        choices=("steps", "pieces"),
        help="By step: what is written at the same time stands together. By piece: equal pieces stand together, "
        "also where a row has one more or less.",
    )
    forcing_wrong_step: int = option(
        2,
        label="After step",
        help="The word is read in place of what your row would read after this step.",
        minimum=1,
        maximum=MAX_STEP,
        step=1,
    )
    forcing_wrong_word: str = option(
        "",
        label="Word to put in",
        help=f"At most {MAX_WORD_CHARACTERS} characters. Empty takes the likeliest other piece. A middle dot first "
        "(·s) means a piece that continues a word.",
    )
