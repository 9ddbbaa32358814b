"""How lists are said in sentences. Plain Python."""

from __future__ import annotations

from collections.abc import Sequence


def listing(parts: Sequence[object], last: str = " and ") -> str:
    """Return parts as people list them: "a", "a and b", "a, b and c"; `last` stands before the last one."""
    words = [str(part) for part in parts]
    return last.join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
