"""Commands as a shell runs them: with streams that are closed, full, or end early."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def shell(line: str) -> subprocess.CompletedProcess[str]:
    """Run a line in which ENGINE stands for the command."""
    line = line.replace("ENGINE", f"{sys.executable} -m engine")
    return subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)


@pytest.mark.parametrize(
    ("line", "code", "out", "err"),
    [
        ("ENGINE models --json | head -1; exit ${PIPESTATUS[0]}", 0, "[\n", ""),
        ("ENGINE train --help | head -1; exit ${PIPESTATUS[0]}", 0, "usage", ""),
        ("ENGINE models > /dev/full", 2, "", "error: No space left on device\n"),
        ("ENGINE models >&-", 2, "", "error: Standard output is closed: nothing could be printed.\n"),
        ("ENGINE models --colour 2>&-", 2, "", ""),
        ("ENGINE tag --model gmb-lstm-crf <&-", 2, "", "error: Standard input is closed: give the text with"),
        ("PYTHONIOENCODING=ascii ENGINE generate --model shakespeare-ngram --prompt é --seed 2", 0, "\\xe9", "note: "),
    ],
)
def test_streams_of_a_real_process(line, code, out, err):
    found = shell(line)
    assert found.returncode == code, found
    assert found.stdout.startswith(out)
    assert found.stderr.startswith(err)
    assert "Traceback" not in found.stderr
    assert "Exception ignored" not in found.stderr
    assert err.endswith("\n") is False or found.stderr == err
