"""Calls: computed once for all, with the day that was on, and receipts whose lines give the shown value again."""

from __future__ import annotations

import dataclasses
import os
from contextlib import redirect_stdout
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from engine.decoding.limits import SamplingSettings
from engine.decoding.text import write_text
from engine.inspection.writing.surprise import differences, surprise
from engine.inspection.writing.temperatures import write_at
from pages.components.computing import cache, calls
from pages.components.computing.calls import Call, call, python_lines, receipt
from tests.pages.open import open_page, sentences

TEXT = "MARA:\nThe ferry's late, and the gulls said nothing at all."
SETTINGS = SamplingSettings(max_new_tokens=12, seed=3)
MADE: list[tuple] = []


def count_parameters(loaded: Any, factor: int) -> int:
    """Return the model's size times `factor`, and note the call."""
    MADE.append((loaded.info.name, factor))
    return factor * loaded.model.parameter_count()


def add(one: int, other: int = 0, **named: int) -> int:
    """Return a sum, and note the call."""
    MADE.append((one, other))
    return one + other + sum(named.values())


def fill(size: int, progress: Any = None) -> list[int]:
    """Return a list, telling how far it is."""
    progress(0.5)
    return list(range(size))


def run(lines: str) -> tuple[dict[str, Any], str]:
    """Return the names that lines of Python leave, and what they print."""
    names: dict[str, Any] = {}
    with redirect_stdout(StringIO()) as printed:
        exec(compile(lines, "receipt", "exec"), names)
    return names, printed.getvalue()


def same(one: Any, other: Any) -> bool:
    """Return whether two values are equal to the last number."""
    if dataclasses.is_dataclass(one):
        return type(one) is type(other) and all(
            same(getattr(one, field.name), getattr(other, field.name))
            for field in dataclasses.fields(one)
            if "seconds" not in field.name
        )
    if isinstance(one, pd.DataFrame | pd.Series):
        measured = [name for name in one if "seconds" in str(name)] if isinstance(one, pd.DataFrame) else []
        return bool(one.drop(columns=measured).equals(other.drop(columns=measured)) if measured else one.equals(other))
    if isinstance(one, np.ndarray):
        return bool(np.array_equal(one, other, equal_nan=one.dtype.kind == "f"))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other or (one != one and other != other))


def test_a_value_is_computed_once_per_model_version_and_arguments(models: Path) -> None:
    MADE.clear()
    for name, factor in (("small-rnn", 2), ("small-rnn", 2), ("small-rnn", 3), ("small-gru", 2)):
        assert call(count_parameters, factor, model=name).value > 0
    for file in (models / "small-rnn").iterdir():
        os.utime(file, (file.stat().st_mtime + 60,) * 2)
    call(count_parameters, 2, model="small-rnn").computed()
    assert MADE == [("small-rnn", 2), ("small-rnn", 3), ("small-gru", 2), ("small-rnn", 2)]


@pytest.mark.parametrize("kept", cache.KEPT)
def test_a_value_is_computed_once_per_version_however_it_is_kept(kept: str) -> None:
    MADE.clear()
    found = [call(add, 1, other=2, version=(kept, version), kept=kept).value for version in (1, 1, 2)]
    assert found == [3, 3, 3]
    assert MADE == [(1, 2), (1, 2)]


def test_a_copy_is_ones_own_and_what_is_shared_is_one_object() -> None:
    def made(kept: str) -> list[int]:
        return call(sorted, (2, 1), kept=kept).value

    made("copied").append(3)
    assert made("copied") == [1, 2]
    assert made("shared") is made("shared")


def test_of_what_is_huge_the_last_few_are_kept_and_progress_is_told_once() -> None:
    told: list[float] = []
    sizes = [*range(cache.KEPT["huge"] + 1), 0, 0]
    for size in sizes:
        assert call(fill, size, kept="huge").watch(told.append) == list(range(size))
    assert told == [0.5] * (len(sizes) - 1), "the first had to make room, and was then computed again, once"


def test_an_error_is_not_remembered() -> None:
    given: dict[str, int] = {}
    with pytest.raises(KeyError):
        cache.keep(("a key of this test",), lambda: partial(given.__getitem__, "value"), "shared")
    given["value"] = 3
    assert cache.keep(("a key of this test",), lambda: partial(given.__getitem__, "value"), "shared").value == 3


@pytest.mark.parametrize("kept", cache.KEPT)
def test_what_was_computed_yesterday_says_so_today(kept: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "today", lambda: "2031-05-06")
    assert call(add, 40, 2, kept=kept).receipt().measured == "2031-05-06, on the server's processor"
    monkeypatch.setattr(cache, "today", lambda: "2031-05-07")
    made = call(add, 40, 2, kept=kept).receipt()
    assert made.measured == "2031-05-06, on the server's processor"
    assert made.seconds is not None
    both = receipt([call(add, 40, 2, kept=kept), call(add, 41, 2, kept=kept)])
    assert both.measured == "2031-05-06 to 2031-05-07, on the server's processor"


def test_a_page_opened_today_shows_the_day_of_what_another_visitor_had_computed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = {"tool": "surprise", "surprise_text": TEXT, "max_new_tokens": "5"}
    monkeypatch.setattr(cache, "today", lambda: "2031-05-06")
    open_page("generation", **asked)
    monkeypatch.setattr(cache, "today", lambda: "2031-05-07")
    said = [text.value for text in open_page("generation", **asked).text if "Measured: " in text.value]
    assert [fact.split("Measured: ")[1][:10] for fact in said if "read once" in fact] == ["2031-05-06"] * 3
    assert any("2031-05-07" in fact for fact in said), "the texts of this session were written today"


def test_the_lines_say_what_was_computed_and_nothing_else() -> None:
    passage = "a" * 50
    made = call(write_at, passage, SETTINGS, 0.5, model="small-lstm")
    assert python_lines([made], "found.text") == (
        "from engine.decoding.limits import SamplingSettings\n"
        "from engine.inspection.writing.temperatures import write_at\n"
        "from engine.models.folder import load_model\n\n"
        f"prompt = {passage!r}\n"
        "settings = SamplingSettings(max_new_tokens=12, seed=3)\n"
        "found = write_at(load_model('small-lstm'), prompt, settings, 0.5)\n"
        "print(found.text)"
    )


def test_several_calls_become_a_loop_over_what_they_differ_in() -> None:
    lines = python_lines([call(surprise, TEXT, model=name) for name in ("small-rnn", "small-gru")], "found.total_nats")
    assert "for name in ['small-rnn', 'small-gru']:\n    found = surprise(load_model(name), text)\n" in lines
    printed = run(lines)[1].split()
    assert printed[::2] == ["small-rnn", "small-gru"]
    assert float(printed[1]) == call(surprise, TEXT, model="small-rnn").value.total_nats
    lines = python_lines([call(add, 1, value) for value in (2, 3)])
    assert "for other in [2, 3]:\n    found = add(1, other)\n    print(other, found)" in lines
    assert run(lines)[1] == "2 3\n3 4\n"
    lines = python_lines([call(add, 1, 2), call(add, 2, 3)])
    assert "for one, other in [(1, 2), (2, 3)]:\n    found = add(one, other)\n" in lines
    assert run(lines)[1] == "1 2 3\n2 3 5\n"


def test_a_call_in_a_call_is_computed_above_it() -> None:
    one, other = (call(surprise, TEXT, model=name) for name in ("small-rnn", "small-gru"))
    made = call(differences, TEXT, one, other)
    names, _ = run(python_lines([made]))
    assert same(names["found"], made.value)
    assert made.receipt().model == "small-rnn, small-gru"
    assert call(differences, TEXT, other, one).key != made.key


def test_what_is_printed_has_its_own_name_even_where_two_values_are_alike() -> None:
    lines = python_lines([call(add, 1, 1)], "one, other, found")
    assert run(lines)[1] == "1 1 2\n"


@pytest.mark.parametrize(
    "value",
    ['it\'s "so"\n', -1, 2.5, float("inf"), None, True, (), (1,), ("a", (2.0, "b" * 60)), SETTINGS, np.float64(0.1)],
)
def test_every_value_has_a_literal(value: object) -> None:
    names, _ = run(python_lines([call(pd.Series, [value], dtype="object")]))
    assert same(list(names["found"]), [value])


def test_what_is_computed_elsewhere_keeps_its_own_day() -> None:
    made = call(write_text, TEXT, SETTINGS, model="small-lstm")
    shown = made.receipt('"".join(found)', day="2031-05-06", seconds=1.5, seed=3)
    assert (shown.measured, shown.seconds, shown.seed) == ("2031-05-06, on the server's processor", 1.5, 3)
    assert run(shown.python)[1].strip()


SHOWN = {
    "generation": {"prompt": TEXT, "max_new_tokens": "30"},
    "cells": {
        "network": "small-lstm",
        "patterns_threshold": "0.05",
        "patterns_least": "0.5",
        "patterns_where": "own",
        "patterns_own": TEXT * 9,
    },
    "gradients": {"text": TEXT, "chain_length": "52", "chain_hidden_size": "8", "connectivity_check": "true"},
}
TOOLS = [
    *(("generation", tool) for tool in ("next_token", "temperature", "surprise", "neurons")),
    *(("generation", tool) for tool in ("activation_clamping", "activation_patching")),
    *(("gradients", tool) for tool in ("chain", "connectivity")),
    *(("cells", tool) for tool in ("step", "gates", "memory_retention", "edit", "patterns")),
]


@pytest.mark.parametrize(("page", "tool"), TOOLS)
def test_the_lines_of_every_receipt_on_a_page_give_the_value_that_it_shows(
    page: str, tool: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[list[Call[Any]], str]] = []
    write = calls.python_lines

    def write_and_note(given: list[Call[Any]], *options: Any) -> str:
        lines = write(given, *options)
        seen.append((given, lines))
        return lines

    monkeypatch.setattr(calls, "python_lines", write_and_note)
    at = open_page(page, tool=tool, **SHOWN[page])
    assert not at.exception
    assert sentences(at) == []
    assert seen
    for given, lines in seen:
        names, printed = run(lines)
        assert printed.strip()
        if given[-1].function is not write_text:  # an iterator, which the page shows as it comes
            assert same(names["found"], given[-1].value), lines
