"""Work on many lines, batch by batch: begun, stopped and gone on with by buttons; what is done stays in the session."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from engine.decoding.limits import MAX_LINES
from engine.decoding.line_files import parts
from pages.components.computing import cache
from pages.components.computing.calls import NOT_DRAWN, ON_SERVER
from pages.components.controls import state
from pages.components.controls.buttons import button
from pages.components.controls.forms import Controls
from pages.components.drawing import notices
from pages.components.drawing.figures import Receipt

Work = Callable[[Sequence[Any], tuple[int, ...]], Iterable[list[Any]]]


@dataclass
class Sheet:
    """What has been made of one part of one text, with one network and one setting; it lives in the session.

    Attributes:
        key: equal when lines and settings are.
        lines: what is worked on. found: what was made of each, by its place.
    """

    key: str
    lines: list[Any]
    found: dict[int, Any] = field(default_factory=dict)
    elapsed_seconds: float = 0.0
    day: str = field(default_factory=lambda: cache.today())
    is_stopped: bool = False

    @property
    def is_finished(self) -> bool:
        """Whether every line has been dealt with."""
        return len(self.found) == len(self.lines)

    def say(self, sentence: str) -> str:
        """Return a sentence on what was made, with what is to be known besides: that it was stopped, and how many lines
        have a problem."""
        said = f"Stopped: {sentence}" if self.is_stopped and not self.is_finished else sentence
        problems = sum(bool(row.problem) for row in self.found.values())
        return said + (
            f" {problems:,} {'line has' if problems == 1 else 'lines have'} a problem, named in the table."
            if problems
            else ""
        )

    def receipt(self, network: str, python: str, **special: Any) -> Receipt:
        """Return where the lines' answers come from: which network, and what makes them of the file again."""
        return Receipt(
            model=network,
            seed=NOT_DRAWN,
            measured=f"{self.day}, {ON_SERVER}",
            seconds=self.elapsed_seconds,
            python=python,
            note="Lines of a batch are read together, which changes no number beyond the last digits.",
            **special,
        )


def choose_part(controls: Controls, name: str, lines: Sequence[Any], done: str) -> list[Any]:
    """Return the lines, or of too many the part chosen with the field `name`; `done` says what is done to them."""
    offered = parts(len(lines))
    if len(offered) == 1:
        return list(lines)
    notices.note(
        f"There are {len(lines):,} lines; at most {MAX_LINES:,} are {done} at once. Choose which part; the others are "
        "not lost, take them one after the other."
    )
    named = {part: f"lines {first:,} to {last:,}" for part, (first, last) in enumerate(offered, start=1)}
    first, last = offered[controls.select(name, choices=named, width=320) - 1]
    return list(lines[first - 1 : last])


def run(page: str, name: str, key: str, lines: list[Any], work: Work, *, verb: str, at_once: int = 0) -> Sheet | None:
    """Draw the buttons and do what is left of the work; return what there is of it, None where it was not begun.

    Args:
        name: where the sheet lies in the page's session, and what the keys of the buttons begin with.
        work: given the lines and the places that are done, yields batches of results, each with its place in `index`.
        verb: what is done to a line, as on a button: "Tag".
        at_once: so many lines or fewer are worked on without being asked.
    """
    sheet = _sheet(page, name, key)
    if sheet is None and len(lines) <= at_once:
        _start(page, name, key, lines)
        sheet = _sheet(page, name, key)
    is_large = len(lines) > at_once
    with st.container(horizontal=True, vertical_alignment="center"):
        if sheet is None or (sheet.is_stopped and not sheet.is_finished):
            words = f"{verb} {len(lines):,} line{'s' * (len(lines) > 1)}"
            words = f"Go on with the other {len(lines) - len(sheet.found):,}" if sheet else words
            button(words, f"{name}-start", _start, page, name, key, lines, icon="play_arrow")
        elif not sheet.is_finished and is_large:
            button("Stop", f"{name}-stop", stop, page, name, icon="stop")
    if sheet is None:
        return None
    position = st.empty()
    if not sheet.is_stopped and not sheet.is_finished:
        if is_large:
            position.progress(len(sheet.found) / len(lines), text=f"{len(sheet.found):,} of {len(lines):,} lines")
        _go_on(sheet, work, position)
        if sheet.is_finished and is_large:
            st.rerun()  # the Stop button goes
    return sheet


def stop(page: str, name: str) -> None:
    """Keep what is done and go no further; for the Stop button's on_click."""
    state.amend(page, name, is_stopped=True)


def _go_on(sheet: Sheet, work: Work, position: st.delta_generator.DeltaGenerator) -> None:
    """Work on what is left; a click anywhere ends the script at one of the drawings, and the next run goes on."""
    begun, before, done_before = time.perf_counter(), sheet.elapsed_seconds, len(sheet.found)
    for batch in work(sheet.lines, tuple(sheet.found)):
        sheet.found |= {row.index: row for row in batch}
        sheet.elapsed_seconds = before + time.perf_counter() - begun
        done, total = len(sheet.found), len(sheet.lines)
        left = (time.perf_counter() - begun) / max(1, done - done_before) * (total - done)
        position.progress(done / total, text=f"{done:,} of {total:,} lines, about {left:,.0f} s to go")
    position.empty()


def _sheet(page: str, name: str, key: str) -> Sheet | None:
    sheet = state.recall(page, name)
    return sheet if sheet is not None and sheet.key == key else None


def _start(page: str, name: str, key: str, lines: list[Any]) -> None:
    sheet = _sheet(page, name, key)
    state.remember(page, name, replace(sheet, is_stopped=False) if sheet else Sheet(key, lines))
