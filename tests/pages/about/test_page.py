"""The About page: what was measured with crowds, and every limit."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from engine.limits import Limits
from pages.components.about import load
from tests.load import kept
from tests.load.crowd import Figures, Habits
from tests.pages.open import open_page, sentences, written


def figures(visitors: int) -> Figures:
    """Return what a crowd might have met."""
    return Figures(visitors, 60.0, 900, 0, 80.0, 310.0, 120.0, 400.0, 20.0, 0.9, 0.1, 420, 80.0)


def test_what_crowds_met_is_kept_once_for_each_crowd(tmp_path: Path) -> None:
    file = tmp_path / "load.parquet"
    for visitors in (50, 10, 50):
        table = kept.add(figures(visitors), Habits(), "a machine", file=file)
    assert list(table["visitors"]) == [10, 50]
    assert kept.add(figures(50), Habits(), "a machine", processes=2, file=file).shape[0] == 3


def test_it_is_shown_with_every_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "FILE", tmp_path / "load.parquet")
    kept.add(figures(50), Habits(), "a machine", file=load.FILE)
    at = open_page("about")
    assert not at.exception
    assert "50 visitors at once: half of all actions were answered within 80 ms" in written(at)
    assert len(at.dataframe[1].value) == len(fields(Limits))


def test_before_anything_was_measured_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "FILE", tmp_path / "none.parquet")
    at = open_page("about")
    assert not at.exception
    assert sentences(at) == ["No crowd has been measured yet; make load lets some in."]
