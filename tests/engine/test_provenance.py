"""Where numbers come from: a commit outside a checkout is "unknown", never an exception."""

from __future__ import annotations

import re
import subprocess

import pytest

from engine import provenance


def test_hardware_is_one_line_with_cores_and_threads():
    assert re.fullmatch(r".+, \d+ cores, 1 thread\(s\)", provenance.hardware())


def test_commit_is_a_short_hash_or_unknown():
    assert re.fullmatch(r"[0-9a-f]{12,}|unknown", provenance.commit())


@pytest.mark.parametrize(
    "error",
    [
        FileNotFoundError("git"),
        subprocess.CalledProcessError(128, "git"),
        subprocess.TimeoutExpired("git", 5),
    ],
)
def test_commit_is_unknown_without_git_or_checkout(monkeypatch, error):
    def fail(*arguments, **options):
        raise error

    monkeypatch.setattr(subprocess, "run", fail)
    assert provenance.commit() == "unknown"
