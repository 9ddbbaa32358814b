"""How lists, shares and numbers of things are said in sentences. Plain Python."""

from __future__ import annotations

import math
from collections.abc import Iterable


def listing(parts: Iterable[object], last: str = " and ") -> str:
    """Return parts as people list them: "a", "a and b", "a, b and c"; `last` stands before the last one."""
    words = [str(part) for part in parts]
    return last.join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def counted(count: int, noun: str) -> str:
    """Return a number of things: "1 layer", "2 layers"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def first_to_last(parts: Iterable[str]) -> str:
    """Return the first and the last of parts in order, such as days: "2026-11-01 to 2026-11-03", or the only one; ""
    for none."""
    found = sorted(parts)
    return " to ".join(dict.fromkeys(found[:1] + found[-1:]))


def shortened(text: str, longest: int) -> str:
    """Return a text that is quoted, cut off with "…" where it has more than `longest` characters."""
    return text if len(text) <= longest else text[:longest] + "…"


def decimal(value: float, digits: int = 2) -> str:
    """Return a number as sentences write it, below zero with a true minus sign: "−0.87"; "0.00" has no sign."""
    text = f"{value:.{digits}f}"
    return (text if float(text) else text.removeprefix("-")).replace("-", "\N{MINUS SIGN}")


def nats(value: float, digits: int = 2) -> str:
    """Return a loss, surprise or divergence in the unit of the whole app: "2.08 nats". Bits are only for compression,
    where the size of a file is the subject."""
    return f"{value:.{digits}f} nats"


def chance_level(loss: float, digits: int = 2) -> str:
    """Return the sentence that says what a network that knows nothing reaches: "Chance level: 2.08 nats."."""
    return f"Chance level: {nats(loss, digits)}."


def number_word(number: int) -> str:
    """Return a small number as sentences write it: "no", "one", up to "ten", then in digits."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return words[number] if number < len(words) else str(number)


def percent(share: float, digits: int = 1) -> str:
    """Return a share as per cent with so many decimals: "12.3 %".

    Under 1 % there is at least one decimal. "0 %" and "100 %" are said only of what is exactly that: what would be
    rounded to them gets up to two decimals more, or is "under" or "over" the last that can be told. A share that is no
    number is "unknown".
    """
    if math.isnan(share):
        return "unknown"
    least = max(digits, 1) if abs(share) < 0.01 and share else digits
    for positions in range(least, digits + 3):
        text = f"{100 * share:.{positions}f}"
        if float(text) not in (0.0, 100.0) or share in (0, 1):
            return f"{text} %"
    step = 10.0**-positions
    return f"under {step:g} %" if share < 0.5 else f"over {100 - step:g} %"
