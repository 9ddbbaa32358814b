"""Live writing: text is kept at every moment, whoever interrupts it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator

import pytest

from pages.components.computing import writing
from pages.components.controls import state


class Interrupted(BaseException):
    """Stands for the exception Streamlit raises inside a script when the visitor clicks."""


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch) -> dict:
    """Return a dictionary in place of Streamlit's session."""
    kept: dict = {}
    monkeypatch.setattr(state, "remember", lambda page, name, value: kept.__setitem__((page, name), value))
    monkeypatch.setattr(state, "recall", lambda page, name, default=None: kept.get((page, name), default))
    monkeypatch.setattr(state, "forget", lambda page, name: kept.pop((page, name), None))
    return kept


def slow(letters: str, seconds: float = 0.005) -> Iterator[str]:
    """Yield one letter after the other, taking its time."""
    for letter in letters:
        time.sleep(seconds)
        yield letter


def test_all_networks_write_in_turn_until_all_are_done() -> None:
    drawn: list[tuple[str, str]] = []
    sources = {"a": lambda: slow("x" * 60), "b": lambda: slow("y" * 20)}
    sheet = writing.stream(
        writing.begin("page", "key", sources), sources, lambda name, text: drawn.append((name, text))
    )
    assert sheet.texts == {"a": "x" * 60, "b": "y" * 20}
    assert sheet.is_finished
    assert writing.current("page", "key") is sheet
    lengths = [len(text) for name, text in drawn if name == "a"]
    assert lengths == sorted(lengths)
    assert 2 <= len(lengths) <= 12, "in flushes, not per character"
    assert drawn[0][0] == "a"
    assert drawn[1][0] == "b"


@pytest.mark.parametrize("count", [1, 2, 5])
def test_all_networks_together_send_few_messages(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three hundred letters each, one of which takes ten milliseconds by a clock that goes on as it is looked at."""
    ticks = itertools.count(0.0, 0.01)
    monkeypatch.setattr(writing.time, "perf_counter", lambda: next(ticks))
    drawn: list[str] = []
    sources = {f"{number}": lambda: slow("x" * 300, 0.0) for number in range(count)}
    sheet = writing.stream(writing.begin("page", "key", sources), sources, lambda name, text: drawn.append(name))
    assert set(map(len, sheet.texts.values())) == {300}
    assert len(drawn) <= writing.MESSAGES_PER_SECOND * sheet.elapsed_seconds + count
    assert len(drawn) >= 5 * sheet.elapsed_seconds, "and yet it is read as it comes"


def test_an_interruption_keeps_what_is_written_and_stop_leaves_it_at_that() -> None:
    def draw(name: str, text: str) -> None:
        if len(text) > 10:
            raise Interrupted

    with pytest.raises(Interrupted):
        writing.stream(writing.begin("page", "key", "a"), {"a": lambda: slow("x" * 1000)}, draw)
    sheet = writing.current("page", "key")
    assert 10 < len(sheet.texts["a"]) < 1000
    assert not sheet.is_complete, "without Stop the page would write again"
    writing.stop("page")
    old, sheet = sheet, writing.current("page", "key")
    assert sheet.is_complete
    assert sheet.summary().startswith(f"Stopped after {len(sheet.texts['a'])} characters")
    before = sheet.texts["a"]
    old.texts["a"] += "more"
    assert sheet.texts["a"] == before, "the run that is being stopped may still write, but no longer on this sheet"


def test_an_interruption_leaves_no_text_behind_that_others_would_write_on() -> None:
    def endless() -> Iterator[str]:
        try:
            yield from slow("x" * 1000)
        finally:
            left.append("a")

    def draw(name: str, text: str) -> None:
        raise Interrupted

    left: list[str] = []
    with pytest.raises(Interrupted) as held:
        writing.stream(writing.begin("page", "key", "a"), {"a": endless}, draw)
    assert held.traceback  # which still holds all that was running
    assert left == ["a"]


def test_stop_acts_on_the_text_that_is_about_to_be_written() -> None:
    """The Stop button is drawn before the first character; a click that comes that early counts too."""
    writing.begin("page", "new", "ab")
    writing.stop("page")
    assert writing.current("page", "new").is_stopped


def test_other_settings_start_on_an_empty_sheet() -> None:
    writing.stream(writing.begin("page", "key", "a"), {"a": lambda: slow("xyz")}, lambda name, text: None)
    assert writing.current("page", "other").texts == {}
    assert writing.current("page", "key").texts == {"a": "xyz"}
    writing.stop("nowhere")


def test_live_line_ends_after_its_lines_and_shows_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "FLUSH_SECONDS", 0.01)  # so that it is drawn in many parts
    drawn: list[str] = []
    line = writing.stream_slowly(
        iter("\n\nOne line.\n\nAnother one.\nA third."), drawn.append, lines=2, characters_per_second=300
    )
    assert line == "One line.\nAnother one."
    assert drawn[-1] == line
    assert all(line.startswith(earlier) for earlier in drawn)


def test_live_line_ends_when_the_network_does() -> None:
    assert writing.stream_slowly(iter("abc"), lambda text: None) == "abc"
