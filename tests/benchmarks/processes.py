"""What a process takes of memory, and how soon it says something."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.benchmarks.turns import Unavailable
from tests.benchmarks.visitor import ROOT


def memory_of(process_id: int | str = "self") -> float:
    """Return the MiB of a process, shared pages by its share of them (PSS), or all of them where that is not told.

    Raises:
        Unavailable: this system does not tell.
    """
    folder = Path("/proc") / str(process_id)
    for file, field in (("smaps_rollup", "Pss:"), ("status", "VmRSS:")):
        try:
            lines = (folder / file).read_text(encoding="utf-8").splitlines()
        except OSError:
            continue
        found = next((line for line in lines if line.startswith(field)), "")
        if found:
            return int(found.split()[1]) / 1024
    raise Unavailable("this system does not tell what a process takes of memory")


def seconds_to(characters: int, *arguments: str) -> float:
    """Return the seconds until a Python process has printed so many characters."""
    begun = time.perf_counter()
    with subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        seen = 0
        while seen < characters:
            part = os.read(process.stdout.fileno(), 1)
            assert part, "it printed less"
            seen += 1
        spent = time.perf_counter() - begun
        process.stdout.read()
    return spent
