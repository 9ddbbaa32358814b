"""How lists, shares and numbers of things are said in sentences. Plain Python."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any


def listing(parts: Sequence[Any], last: str = " and ") -> str:
    """Return parts as people list them: "a", "a and b", "a, b and c"; `last` stands before the last one."""
    words = [str(part) for part in parts]
    return last.join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def percent(share: float, digits: int = 1) -> str:
    """Return a share as per cent with so many decimals: "12.3 %".

    Under 1 % there is at least one decimal. "0 %" and "100 %" are said only of what is exactly that: what would be
    rounded to them gets up to two decimals more, or is "under" or "over" the last that can be told. A share that is no
    number is "unknown".
    """
    if math.isnan(share):
        return "unknown"
    least = max(digits, 1) if abs(share) < 0.01 and share else digits
    for places in range(least, digits + 3):
        text = f"{100 * share:.{places}f}"
        if float(text) not in (0.0, 100.0) or share in (0, 1):
            return f"{text} %"
    step = 10.0**-places
    return f"under {step:g} %" if share < 0.5 else f"over {100 - step:g} %"
