"""The Claims page's picture on the home page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from engine.experiments.runs import results
from engine.plotting.theme import Mode
from pages.components.drawing import notices
from pages.components.drawing.thumbnails import Part

TABLES = ("shipped", "adding_600")
SHOWN = ("nothing_past_500", "gates_remember", "lstm_hundred")  # decided by these tables


def files() -> list[Path]:
    """Return the tables that it is worked out from."""
    return [path for name in TABLES if (path := Path(results.RESULTS) / f"{name}.parquet").is_file()]


def picture(mode: Mode) -> Iterator[Part]:
    """Yield three claims with their verdicts."""
    from engine.claims.claim import CLAIMS, SIGNS, VERDICTS
    from engine.claims.ruling import rule_all

    for found in rule_all(names=SHOWN).values():
        words = f"“{found.claim.title}”: {SIGNS[found.verdict]} {VERDICTS[found.verdict]}"
        yield Part("markdown", notices.plain(words))
    yield Part("caption", f"And {len(CLAIMS.names()) - len(SHOWN)} more.")
