"""Stages of one training run: its weights after some of its steps, in half precision, beside the finished model.

A folder `stages` inside the model's own holds `stages.json`, one entry per stage with its losses, and one safetensors
file per stage. A stage that is missing or damaged is named in a sentence; the others can still be used.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from engine.atomic import replaced_file
from engine.config import JsonObject
from engine.errors import ModelError

if TYPE_CHECKING:
    from engine.models.base import PretrainedModel
    from engine.models.folder import LoadedModel

FOLDER = "stages"
INDEX = "stages.json"


@dataclasses.dataclass(frozen=True)
class Stage:
    """One stage of a run.

    Attributes:
        step: optimiser updates made before it.
        validation_loss: nats per token on validation text, of the weights before they were rounded to half precision.
        training_loss: mean nats per token since the stage before; None before the first update.
        error: a sentence where its weights cannot be used.
    """

    step: int
    validation_loss: float
    training_loss: float | None
    error: str = ""


def list_stages(folder: Path | str) -> list[Stage]:
    """Return the stages of a model folder by step; one whose file is missing or cut short carries its `error`.

    Raises:
        ModelError: there is no list of stages, or it cannot be read.
    """
    from engine.models.folder import check_weights_header

    folder = Path(folder)
    found = []
    for stage in _read_index(folder):
        file, error = _file(folder, stage.step), ""
        if not file.is_file():
            error = f"The stage after {stage.step:,} updates is missing: {FOLDER}/{file.name} is not there."
        else:
            try:
                check_weights_header(file)
            except ModelError:
                error = _damaged(stage.step)
        found.append(dataclasses.replace(stage, error=error))
    return found


def load_stage(finished: LoadedModel, step: int) -> LoadedModel:
    """Return the model as it was after `step` updates, ready for use; `finished` is the model the run ended in.

    Raises:
        ModelError: there is no such stage, or its file is missing, damaged or of another model.
    """
    import safetensors.torch

    stage = next((stage for stage in list_stages(finished.info.path) if stage.step == step), None)
    if stage is None:
        raise ModelError(f"There is no stage after {step} updates in '{finished.info.name}'.")
    if stage.error:
        raise ModelError(stage.error)
    model = type(finished.model)(**finished.model.config)
    try:
        model.load_state_dict(safetensors.torch.load_file(str(_file(finished.info.path, step))))
    except Exception as error:  # safetensors and torch raise kinds of their own for damaged weights
        raise ModelError(_damaged(step)) from error
    return dataclasses.replace(finished, model=model.float().eval())


def write_stage(
    folder: Path | str, model: PretrainedModel, step: int, metrics: Mapping[str, float], training_loss: float | None
) -> Path:
    """Write the weights of one stage (half precision) and enter it into the list; return its file.

    What an earlier run left for this step and for later ones is dropped: a run that starts anew begins with none, and
    one that goes on from a checkpoint keeps the stages before it.
    """
    folder = Path(folder)
    kept = [stage for stage in _read_index(folder) if stage.step < step] if (folder / FOLDER / INDEX).is_file() else []
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    file = _file(folder, step)
    with replaced_file(file) as draft:
        draft.write_bytes(model.half_precision())
    entries = [*kept, Stage(step, metrics["loss"], training_loss)]
    rows = [{name: value for name, value in vars(stage).items() if name != "error"} for stage in entries]
    with replaced_file(folder / FOLDER / INDEX) as draft:
        draft.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    files = {_file(folder, stage.step) for stage in entries}
    for left_over in set((folder / FOLDER).glob("step-*.safetensors")) - files:
        left_over.unlink()
    return file


def _read_index(folder: Path) -> list[Stage]:
    try:
        rows = json.loads((folder / FOLDER / INDEX).read_text(encoding="utf-8"))
        stages = sorted((_read_stage(row) for row in rows), key=lambda stage: stage.step)
        if not isinstance(rows, list) or not 0 < len(stages) == len({stage.step for stage in stages}):
            raise ValueError(rows)
        return stages
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise ModelError(f"The list of stages of '{folder.name}' ({FOLDER}/{INDEX}) is missing or damaged.") from error


def _read_stage(row: JsonObject) -> Stage:
    training_loss = row["training_loss"]
    stage = Stage(row["step"], float(row["validation_loss"]), None if training_loss is None else float(training_loss))
    losses = [loss for loss in (stage.validation_loss, stage.training_loss) if loss is not None]
    if type(stage.step) is not int or stage.step < 0 or not all(map(math.isfinite, losses)):
        raise ValueError(row)
    return stage


def _file(folder: Path, step: int) -> Path:
    return folder / FOLDER / f"step-{step:06d}.safetensors"


def _damaged(step: int) -> str:
    return f"The weights of the stage after {step:,} updates are cut short, damaged or of another model."
