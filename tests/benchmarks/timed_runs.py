"""One recipe trained as a run of the page and as the command line does it, with the processor time of its updates: from
the first that is told to the last and its measurement, without the start and what is written at the end."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine.recipes.as_data import read_recipe
from engine.recipes.run import train_recipe
from engine.runs.job import train
from engine.training import Evaluated, StepDone


def of_page(folder: str) -> Iterator[dict[str, Any]]:
    """Train a run as the job of the page does and return {"updates", "seconds"}, seconds of processor time of the whole
    worker process: what Dask takes is counted too."""
    first, last = (0, 0.0), (0, 0.0)
    for event in train(folder):
        if event.get("step"):
            last = event["step"], time.process_time()
            first = first if first[0] else last
        yield event
    return {"updates": last[0] - first[0], "seconds": last[1] - first[1]}


def of_command_line(recipe: str, output: str) -> dict[str, Any]:
    """Train a recipe as `python -m engine train` does and return the same."""
    first, last = (0, 0.0), (0, 0.0)
    for event in train_recipe(read_recipe(Path(recipe)), output):
        if isinstance(event, StepDone | Evaluated):
            last = event.step, time.process_time()
            first = first if first[0] else last
    return {"updates": last[0] - first[0], "seconds": last[1] - first[1]}


if __name__ == "__main__":
    print(json.dumps(of_command_line(*sys.argv[1:])))
