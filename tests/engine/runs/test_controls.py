"""What a run was asked before its process ended holds no more when it goes on, but for a learning rate."""

from __future__ import annotations

from pathlib import Path

from engine.runs.controls import ask, take
from engine.runs.folder import queue


def test_a_stop_that_was_never_heard_of_is_forgotten(tmp_path: Path) -> None:
    ask(tmp_path, stop=True, pause=True)
    queue(tmp_path, "job")
    assert take(tmp_path) == {}


def test_a_learning_rate_is_kept(tmp_path: Path) -> None:
    ask(tmp_path, stop=True)
    ask(tmp_path, learning_rate=0.01)
    queue(tmp_path, "job")
    assert take(tmp_path) == {"learning_rate": 0.01}
