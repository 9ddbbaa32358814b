"""What is replaced as a whole, and what is not replaced."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from engine.atomic import check_file, check_folder, replaced_file
from engine.errors import InputError


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """Return what is neither a file nor a folder, as a device is."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


def test_a_device_is_refused_before_the_work(pipe: Path) -> None:
    with pytest.raises(InputError, match="it is a device"):
        check_file(pipe, "The table")


def test_the_root_has_nothing_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.atomic._takes_files", lambda folder: False)
    with pytest.raises(InputError, match="cannot be written to /: / is not a folder that may be written to"):
        check_folder(Path("/"), "The table")


def test_a_device_is_not_replaced_by_a_file(pipe: Path) -> None:
    with pytest.raises(InputError, match="no file that could be replaced"), replaced_file(pipe) as draft:
        draft.write_text("new")
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert list(pipe.parent.iterdir()) == [pipe]


def test_a_file_is_replaced_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "file"
    with replaced_file(file) as draft:
        draft.write_text("first")
    with pytest.raises(UnicodeEncodeError), replaced_file(file) as draft:
        draft.write_text("second \ud800", encoding="utf-8")
    assert file.read_text() == "first"
    assert list(tmp_path.iterdir()) == [file]
