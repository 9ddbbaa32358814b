"""What a visitor may ask for: one table of limits, and checks that answer with one clear sentence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.config import option, validate
from engine.errors import ConfigError, InputError

if TYPE_CHECKING:
    from engine.text import Tokenizer

MAX_PROMPT_CHARACTERS = 2000
MAX_NEW_TOKENS = 2000
MAX_SOURCE_WORDS = 100
MAX_SOURCE_CHARACTERS = 2000
MAX_SOURCE_PIECES = (
    200  # what a translation costs; a hundred words of prose are 130, one word of 400 letters may be 250
)
MAX_WORD_PIECES = 40
MAX_LINES = 1000
MAX_BEAM = 12
MAX_SURPRISE_CHARACTERS = 3000
MAX_DUEL_CHARACTERS = 10_000


@dataclass(frozen=True)
class SamplingSettings:
    """How text is sampled; bounds are enforced by `check_sampling`."""

    max_new_tokens: int = option(
        400,
        label="Length",
        help="Characters to write, or subword tokens where a network writes those.",
        minimum=1,
        maximum=MAX_NEW_TOKENS,
        step=50,
    )
    temperature: float = option(
        0.8,
        label="Temperature",
        help="Below 1 plays safe, above 1 takes risks; 0 always takes the likeliest.",
        minimum=0.0,
        maximum=3.0,
        step=0.05,
    )
    top_k: int = option(
        0, label="Top-k", help="Only the k likeliest may be drawn; 0 allows all.", minimum=0, maximum=500
    )
    top_p: float = option(
        1.0,
        label="Top-p",
        help="Only the likeliest that together reach this mass may be drawn; 1 allows all.",
        minimum=0.01,
        maximum=1.0,
        step=0.01,
    )
    seed: int = option(7, label="Seed", help="Same seed, same text.", minimum=0, maximum=2**31 - 1)


@dataclass(frozen=True)
class SearchSettings:
    """How a translation is searched; bounds are enforced by `check_search`."""

    beam_size: int = option(
        5, label="Beam size", help="Hypotheses kept at each step; 1 is greedy.", minimum=1, maximum=MAX_BEAM
    )
    length_penalty: float = option(
        1.0,
        label="Length penalty",
        help="0 compares sums and favours short output, 1 compares means per step.",
        minimum=0.0,
        maximum=3.0,
        step=0.1,
    )


def max_target_length(source_length: int) -> int:
    """Return how many pieces a translation of so many pieces may have; the end mark counts."""
    return 2 * source_length + 10


def check_sampling(settings: SamplingSettings) -> None:
    """Raise InputError with one clear sentence if a sampling setting is out of bounds."""
    _check(settings)


def check_search(settings: SearchSettings) -> None:
    """Raise InputError with one clear sentence if a search setting is out of bounds."""
    _check(settings)


def check_prompt(prompt: str) -> None:
    """Raise InputError if a prompt is too long; an empty one is fine (the text then starts on a new line)."""
    check_characters("The prompt", prompt)
    if len(prompt) > MAX_PROMPT_CHARACTERS:
        raise InputError(f"The prompt has {len(prompt):,} characters; at most {MAX_PROMPT_CHARACTERS:,} are read.")


def check_source(text: str, tokenizer: Tokenizer) -> None:
    """Raise InputError if a sentence to translate is empty, has no letter or digit, or is too long."""
    if not text.strip():
        raise InputError("There is nothing to translate: type a sentence.")
    _check_size("The sentence", text, tokenizer)


def check_reference(text: str, tokenizer: Tokenizer) -> None:
    """Raise InputError if a reference translation is empty, has no letter or digit, or is too long."""
    if not text.strip():
        raise InputError("There is no reference to force the decoder with: type a translation.")
    _check_size("The reference", text, tokenizer)


def check_surprise_text(text: str) -> None:
    """Raise InputError if a text to colour is empty or too long."""
    _check_passage(text, MAX_SURPRISE_CHARACTERS, "read", "coloured")


def check_duel_text(text: str) -> None:
    """Raise InputError if a text to compress is empty or too long."""
    _check_passage(text, MAX_DUEL_CHARACTERS, "compress", "compressed")


def check_characters(what: str, text: str) -> None:
    """Raise InputError if a text came from bytes that are not UTF-8: its characters can be neither encoded nor
    printed."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(f"{what} has bytes in it that are not UTF-8 text.") from error


def _check_passage(text: str, maximum: int, verb: str, done: str) -> None:
    check_characters("The text", text)
    if not text:
        raise InputError(f"There is no text to {verb}: type or paste some.")
    if len(text) > maximum:
        raise InputError(f"The text has {len(text):,} characters; at most {maximum:,} are {done} at once.")


def _check_size(what: str, text: str, tokenizer: Tokenizer) -> None:
    check_characters(what, text)
    words = text.split()
    if len(words) > MAX_SOURCE_WORDS:
        raise InputError(f"{what} has {len(words):,} words; at most {MAX_SOURCE_WORDS} are translated at once.")
    if len(text) > MAX_SOURCE_CHARACTERS:
        raise InputError(
            f"{what} has {len(text):,} characters; at most {MAX_SOURCE_CHARACTERS:,} are translated at once."
        )
    if not any(map(str.isalnum, text)):
        raise InputError(f"{what} has no word in it, only signs: type one with letters.")
    longest = max(words, key=len)
    if len(longest) > MAX_WORD_PIECES and (pieces := len(tokenizer.encode(longest))) > MAX_WORD_PIECES:
        raise InputError(
            f"{what} has a word of {len(longest):,} letters, “{longest[:20]}…”, which the network reads in {pieces:,} "
            f"subword tokens; at most {MAX_WORD_PIECES} are read of one word."
        )
    pieces = len(tokenizer.encode(text))
    if pieces > MAX_SOURCE_PIECES:
        raise InputError(
            f"{what} is read in {pieces:,} subword tokens; at most {MAX_SOURCE_PIECES} are translated at once. "
            "Cut it in two."
        )


def _check(settings: SamplingSettings | SearchSettings) -> None:
    try:
        validate(settings)
    except ConfigError as error:
        raise InputError(str(error)) from error
    for name, value in vars(settings).items():
        if isinstance(value, float) and not math.isfinite(value):
            raise InputError(f"{name} must be a finite number.")
