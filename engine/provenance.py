"""Where a number comes from: the commit of the code and the machine it ran on."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path


def hardware() -> str:
    """Return the processor, its cores and torch's thread count, as one line."""
    import torch

    model = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{model}, {os.cpu_count()} cores, {torch.get_num_threads()} thread(s)"


def commit() -> str:
    """Return the short hash of the code's commit, "unknown" outside a checkout."""
    command = ["git", "rev-parse", "--short=12", "HEAD"]
    try:
        found = subprocess.run(
            command, cwd=Path(__file__).parent, capture_output=True, text=True, timeout=5, check=True
        )
        return found.stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return "unknown"
