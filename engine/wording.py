"""How lists and numbers of things are said in sentences. Plain Python."""

from __future__ import annotations

from collections.abc import Sequence


def listing(parts: Sequence[object], last: str = " and ") -> str:
    """Return parts as people list them: "a", "a and b", "a, b and c"; `last` stands before the last one."""
    words = [str(part) for part in parts]
    return last.join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def counted(count: int, noun: str) -> str:
    """Return a number of things: "1 layer", "2 layers"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def number_word(number: int) -> str:
    """Return a small number as sentences write it: "no", "one", up to "ten", then in digits."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return words[number] if number < len(words) else str(number)
