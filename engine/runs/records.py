"""What a run tells on its way, one JSON object a line: measurements, and what the network wrote or answered."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from engine.atomic import replaced_file
from engine.config import JsonObject

if TYPE_CHECKING:
    import pandas as pd

METRICS, SAMPLES = "metrics.jsonl", "samples.jsonl"
STEP, EVALUATION = "step", "evaluation"  # kinds of events


@dataclasses.dataclass(frozen=True)
class Curves:
    """What was measured in a run.

    Attributes:
        steps: one row for every few updates: step, elapsed_seconds, training_loss, learning_rate, gradient_norm,
            clipped_gradient_norm, clipped_share, tokens_per_second.
        evaluations: one row per measurement on validation data: step, elapsed_seconds, validation_loss, is_best, and
            the measures of the task.
    """

    steps: pd.DataFrame
    evaluations: pd.DataFrame


def append(file: Path, event: JsonObject) -> None:
    """Add one line to a file of events."""
    with file.open("a", encoding="utf-8") as stream:
        stream.write(f"{json.dumps(event, ensure_ascii=False)}\n")


def events(file: Path) -> Iterator[JsonObject]:
    """Yield the events of a file; a line that is not whole, as a process that dies leaves one, is left out."""
    if not file.is_file():
        return
    with file.open(encoding="utf-8", errors="replace") as stream:
        for line in stream:
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if isinstance(event, dict) and isinstance(event.get("step"), int):
                yield event


def cut_back(folder: Path, step: int) -> None:
    """Forget what was told of updates after `step`: they are made again."""
    for name in (METRICS, SAMPLES):
        file = folder / name
        kept = [event for event in events(file) if event["step"] <= step]
        if file.is_file():
            with replaced_file(file) as draft:
                draft.write_text("".join(f"{json.dumps(event, ensure_ascii=False)}\n" for event in kept), "utf-8")


def metrics(folder: Path) -> Curves:
    """Return what was measured in a run so far."""
    import pandas as pd

    rows: dict[str, list[JsonObject]] = {STEP: [], EVALUATION: []}
    for event in events(folder / METRICS):
        if event.get("kind") in rows:
            rows[event.pop("kind")].append(event)
    first = {
        STEP: ["step", "elapsed_seconds", "training_loss"],
        EVALUATION: ["step", "elapsed_seconds", "validation_loss"],
    }
    frames = [pd.DataFrame(rows[kind], columns=None if rows[kind] else first[kind]) for kind in (STEP, EVALUATION)]
    return Curves(*frames)


def samples(folder: Path) -> list[JsonObject]:
    """Return {"step", "samples"} for every measurement, each sample with what was given, wanted and answered."""
    return [event for event in events(folder / SAMPLES) if isinstance(event.get("samples"), list)]
