"""Whose folder is whose: found by its owner, by others only where it is shared, and removed when nobody came back."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from engine import owners
from engine.errors import InputError

DAY = 86_400


@pytest.fixture
def visitors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Return the folders of two visitors."""
    monkeypatch.setenv("UNROLLED_RUNS", str(tmp_path))
    return owners.folder_of("anna"), owners.folder_of("bruno")


def test_folder_does_not_tell_the_secret(visitors: tuple[Path, Path]) -> None:
    anna, bruno = visitors
    assert anna != bruno
    assert "anna" not in str(anna)
    assert anna == owners.folder_of("anna")


@pytest.mark.parametrize("kind", owners.KINDS)
def test_only_the_owner_finds_it_until_it_is_shared(visitors: tuple[Path, Path], kind: str) -> None:
    anna, bruno = visitors
    folder = owners.new_folder(anna, kind)
    assert owners.find(folder.name, anna) == folder
    assert owners.is_own(folder, anna)
    with pytest.raises(InputError, match="belongs to somebody"):
        owners.find(folder.name, bruno)
    owners.share(folder)
    assert owners.find(folder.name, bruno, (kind,)) == folder
    assert not owners.is_own(folder, bruno)
    owners.share(folder, False)
    with pytest.raises(InputError):
        owners.find(folder.name, bruno)


def test_kind_that_was_not_asked_for_is_not_found(visitors: tuple[Path, Path]) -> None:
    folder = owners.new_folder(visitors[0], "data")
    with pytest.raises(InputError):
        owners.find(folder.name, visitors[0], ("runs", "models"))


@pytest.mark.parametrize(
    "item", ["", ".", "..", "../../bruno/runs/x", "a" * 15, "a" * 17, "é" * 16, "/etc/passwd12345"]
)
def test_id_is_never_a_path(visitors: tuple[Path, Path], item: str) -> None:
    with pytest.raises(InputError):
        owners.find(item, visitors[0])


def test_ids_differ_and_the_newest_is_listed_first(visitors: tuple[Path, Path]) -> None:
    first, second = owners.new_folder(visitors[0], "runs"), owners.new_folder(visitors[0], "runs")
    os.utime(first, (1, 1))
    assert owners.listed(visitors[0], "runs") == [second, first]
    assert owners.listed(visitors[1], "runs") == []


def test_what_others_share_is_found_again_once_it_was_opened(visitors: tuple[Path, Path]) -> None:
    anna, bruno = visitors
    folder = owners.new_folder(anna, "runs")
    owners.share(folder)
    assert owners.opened(bruno, "runs") == []
    owners.remember_opened(bruno, folder.name)
    assert owners.opened(bruno, "runs") == [folder]
    assert owners.opened(bruno, "models") == []
    owners.share(folder, False)
    assert owners.opened(bruno, "runs") == []


def age(visitor: Path, days: float) -> None:
    """Make everything of a visitor's so many days older."""
    then = time.time() - days * DAY
    for path in [visitor, *visitor.rglob("*")]:
        os.utime(path, (then, then))


def test_what_was_left_is_removed_and_the_rest_stays(visitors: tuple[Path, Path]) -> None:
    anna, bruno = visitors
    for visitor in visitors:
        (owners.new_folder(visitor, "data") / "train.parquet").write_text("CANARY")
    age(anna, 31)
    age(bruno, 29)
    assert owners.remove_left(30) == [anna]
    assert not anna.exists()
    assert len(owners.listed(bruno, "data")) == 1
    assert [path for path in anna.parent.rglob("*") if path.is_file() and "CANARY" in path.read_text()] == list(
        bruno.rglob("train.parquet")
    )


def test_visit_keeps_it(visitors: tuple[Path, Path]) -> None:
    owners.new_folder(visitors[0], "models")
    age(visitors[0], 31)
    owners.note_visit(visitors[0])
    assert owners.remove_left(30) == []


def test_run_that_still_writes_keeps_it(visitors: tuple[Path, Path]) -> None:
    folder = owners.new_folder(visitors[0], "runs")
    (folder / "metrics.jsonl").touch()
    age(visitors[0], 31)
    (folder / "metrics.jsonl").touch()
    assert owners.remove_left(30) == []


def test_removal_that_was_interrupted_is_completed(visitors: tuple[Path, Path]) -> None:
    folder = owners.new_folder(visitors[0], "runs")
    half = folder.parents[2] / ".removed-half"
    half.mkdir()
    owners.remove_left(30)
    assert not half.exists()
    assert folder.exists()


def test_visitor_who_keeps_nothing_has_no_folder(visitors: tuple[Path, Path]) -> None:
    owners.note_visit(visitors[0])
    assert not visitors[0].exists()
    assert owners.remove_left(0) == []
