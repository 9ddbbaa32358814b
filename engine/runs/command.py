"""The command that lists runs."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from pathlib import Path

from engine import owners, runs
from engine.config import option
from engine.errors import InputError
from engine.task_family import Command


@dataclass(frozen=True)
class ListRuns:
    """Which runs are listed, and how."""

    json: bool = option(False, help="one JSON list instead of a table")
    root: str = option("", help="folder with runs in it, default: runs, or what UNROLLED_RUNS names", metavar="DIR")


def runs_command(options: ListRuns) -> None:
    """Print the runs in a folder and those of the visitors of its server, the newest first.

    Raises:
        InputError: there is no such folder.
    """
    root = Path(options.root) if options.root else owners.runs_folder()
    if options.root and not root.is_dir():
        raise InputError(f"There is no folder {root}.")
    found = [run for folder in (root, *sorted(root.glob("visitors/*/runs"))) for run in runs.listed(folder)]
    found.sort(key=lambda run: -run.created)
    if options.json:
        print(json.dumps([run.to_json() for run in found], indent=2, ensure_ascii=False))
        return
    for run in found:
        begun = datetime.datetime.fromtimestamp(run.created, datetime.UTC).strftime("%Y-%m-%d %H:%M")
        loss = f", validation loss {run.best['validation_loss']:.3f}" if "validation_loss" in run.best else ""
        state = run.error or f"{run.state}, update {run.step:,} of {run.max_steps:,}{loss}"
        print(f"{run.id:20} {begun}  {run.title} ({state})")


RUNS = Command(
    "runs",
    "List the runs of the Train page: what is trained, how far it is, and how good.",
    ListRuns,
    runs_command,
    ("runs", "runs --json", "runs --root runs"),
)
