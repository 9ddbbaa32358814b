"""Files of lines, one sentence each, and of tokens: the parts they are taken in, and how they are given back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.decoding.limits import MAX_LINES
from engine.errors import InputError


def parts(count: int) -> list[tuple[int, int]]:
    """Return the parts that `count` lines are taken in, as (first line, last line) from 1, of MAX_LINES at most."""
    return [(first + 1, min(first + MAX_LINES, count)) for first in range(0, count, MAX_LINES)]


def lines_left(lines: Sequence[object], is_done: Sequence[int], done: str) -> list[int]:
    """Return the places, from 0, of the lines that are still to be worked on; `done` says what is done to them.

    Raises:
        InputError: there are more than MAX_LINES lines.
    """
    if len(lines) > MAX_LINES:
        raise InputError(f"There are {len(lines):,} lines; at most {MAX_LINES:,} are {done} at once.")
    return sorted({*range(len(lines))} - {*is_done})


def join_lines(lines: Sequence[str]) -> bytes:
    """Return lines as a UTF-8 file, one per line whatever is in them."""
    return "".join(" ".join(line.splitlines()) + "\n" for line in lines).encode()


def join_tagged(sentences: Iterable[tuple[Sequence[str], Sequence[str]]]) -> bytes:
    """Return sentences of (words, tags) as a file of tokens in UTF-8: word, tab, tag; an empty line after each
    sentence."""
    return "".join(
        "".join(f"{word}\t{tag}\n" for word, tag in zip(words, tags, strict=True)) + "\n" for words, tags in sentences
    ).encode()
