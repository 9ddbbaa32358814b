"""What the tools "Word swaps", "Two sentences" and "Nearest sentences" keep in the translation page's URL."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option
from engine.decoding.limits import MAX_SOURCE_WORDS
from engine.inspection.translation.swap_settings import MAX_STEPS, MAX_WORD_CHARACTERS, STATES


@dataclass(frozen=True)
class SwapsView:
    """The word that is replaced, and by what."""

    swaps_word: str = option("", label="Word to replace")
    swaps_neighbour: str = option("", label="Put there its neighbour")
    swaps_typed: str = option(
        "",
        label="or any other word, typed",
        help=f"At most {MAX_WORD_CHARACTERS} characters. Empty: the neighbour is used.",
    )


@dataclass(frozen=True)
class TwinsView:
    """The second sentence."""

    twins_text: str = option(
        "",
        label="Second sentence",
        help=f"At most {MAX_SOURCE_WORDS} words. Empty: yours, with one word replaced by the network's nearest "
        "neighbour.",
    )


@dataclass(frozen=True)
class NearestView:
    """Which state is looked up, and among which sentences."""

    nearest_corpus: str = option("", label="Among the sentences of")
    nearest_state: str = option(
        "encoder",
        label="State of",
        choices=STATES,
        help="Encoder: after the whole sentence. Decoder: before one of its steps.",
    )
    nearest_step: int = option(1, label="Before it writes piece", minimum=1, maximum=MAX_STEPS, step=1)
