"""The compression duel while it runs: one model after the other, with progress and a Stop, and results that stay."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import streamlit as st

from engine.errors import InputError
from engine.inspection.writing.compression import Round, duel
from pages.components import cache, notices, state

FLUSH_SECONDS = 0.15
NAME = "duel"


@dataclass
class Duel:
    """What is known of one text's duel; it lives in the session and is filled as models finish.

    Attributes:
        rounds: what each finished model needed.
        refused: why a model cannot take part.
    """

    key: str
    rounds: dict[str, Round] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    is_stopped: bool = False
    day: str = field(default_factory=lambda: cache.today())

    def missing(self, names: Sequence[str]) -> list[str]:
        """Return the models that are not finished."""
        return [name for name in names if name not in self.rounds and name not in self.refused]


def current(page: str, key: str) -> Duel:
    """Return this visitor's duel for `key`, a fresh one where there is none."""
    found = state.recall(page, NAME)
    if found is None or found.key != key:
        found = Duel(key)
        state.remember(page, NAME, found)
    return found


def stop(page: str, is_stopped: bool = True) -> None:
    """Keep what is measured and go no further, or go on; for a button's on_click."""
    state.amend(page, NAME, is_stopped=is_stopped)


def fight(found: Duel, names: Sequence[str], text: str, label: Callable[[str], str], draw: Callable[[], None]) -> None:
    """Let every model that is missing code and decode the text, drawing progress as it goes, and results after each."""
    missing = found.missing(names)
    bar, begun = st.progress(0.0, text="Starting"), time.perf_counter()
    for position, name in enumerate(missing):
        steps, shown = duel(cache.load_model(name), text), 0.0
        while True:
            try:
                share = next(steps)
            except StopIteration as end:
                found.rounds[name] = end.value
                break
            except InputError as problem:
                found.refused[name] = str(problem)
                break
            now = time.perf_counter()
            if now - shown >= FLUSH_SECONDS:
                shown = now
                done = (position + share) / len(missing)
                verb = "codes" if share < 0.5 else "decodes"
                left = (now - begun) * (1 - done) / max(done, 1e-6)
                bar.progress(done, text=notices.plain(f"{label(name)} {verb} · about {left:.0f} s left"))
        draw()
    bar.empty()
