"""Checkpoints: one safetensors file for all tensors, one JSON file for all plain values, swapped in atomically."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from torch import Tensor, nn

from engine.atomic import replaced
from engine.cells import STATES
from engine.config import JsonObject
from engine.errors import ModelError
from engine.models.base import AnyState

FOLDER = "checkpoint"


@dataclasses.dataclass
class Progress:
    """Where a run stands, beside the weights and the optimiser's state."""

    step: int = 0
    best_step: int = 0
    best_metrics: dict[str, float] = dataclasses.field(default_factory=dict)
    best_weights: dict[str, Tensor] | None = None
    average_weights: dict[str, Tensor] | None = None
    evaluations_since_best: int = 0
    loss_since_snapshot: float = 0.0
    updates_since_snapshot: int = 0
    recent_losses: list[float] = dataclasses.field(default_factory=list)
    recent_clipped: int = 0
    elapsed_seconds: float = 0.0
    first_loss: float | None = None  # of the first update, before it
    precision: str = ""  # the number format that was chosen, where it was left to the machine
    made_of: JsonObject = dataclasses.field(default_factory=dict)  # what `Trainer.made_of` said
    carry: AnyState = None


def exists(output_dir: Path) -> bool:
    """Return whether a checkpoint is there."""
    return (output_dir / FOLDER / "state.json").is_file()


def made_of(output_dir: Path) -> JsonObject:
    """Return what the run was made of whose checkpoint is there; nothing where that was not written down yet.

    Raises:
        ModelError: the checkpoint is damaged.
    """
    try:
        found = json.loads((output_dir / FOLDER / "state.json").read_text()).get("made_of", {})
        return found if isinstance(found, dict) else {}
    except (OSError, ValueError, AttributeError) as error:
        raise ModelError(f"The checkpoint in {FOLDER} is damaged or belongs to another model.") from error


def remove(output_dir: Path) -> None:
    """Take the checkpoint away."""
    shutil.rmtree(output_dir / FOLDER, ignore_errors=True)


def write(output_dir: Path, model: nn.Module, optimizer: torch.optim.Optimizer, progress: Progress) -> Path:
    """Write the whole training state and return its folder; a crash on the way leaves the previous one whole."""
    tensors = {f"model.{name}": tensor for name, tensor in model.state_dict().items()}
    for name, tensor in (progress.best_weights or {}).items():
        tensors[f"best.{name}"] = tensor
    for name, tensor in (progress.average_weights or {}).items():
        tensors[f"average.{name}"] = tensor
    for index, values in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{name}": torch.as_tensor(value) for name, value in values.items()}
    tensors["random"] = torch.get_rng_state()
    carry, carried = flatten(progress.carry)
    tensors |= {f"carry.{index}": tensor for index, tensor in enumerate(carried)}
    plain = dataclasses.asdict(dataclasses.replace(progress, best_weights=None, average_weights=None, carry=None)) | {
        "carry": carry
    }
    with replaced(output_dir / FOLDER, without=("state.safetensors", "state.json")) as draft:
        whole = {name: tensor.detach().clone().contiguous() for name, tensor in tensors.items()}
        # Not `save_file`, whose error for a full disk is one of its own.
        (draft / "state.safetensors").write_bytes(safetensors.torch.save(whole))
        (draft / "state.json").write_text(json.dumps(plain))
    return output_dir / FOLDER


def restore(output_dir: Path, model: nn.Module, optimizer: torch.optim.Optimizer) -> Progress:
    """Put the stored weights, optimiser state and random state back and return the stored progress.

    Raises:
        ModelError: the checkpoint is damaged or was made by another model.
    """
    folder = output_dir / FOLDER
    try:
        # Copies: a file's tensors start anywhere in memory, and products then round otherwise than in a whole run.
        tensors = {name: t.clone() for name, t in safetensors.torch.load_file(folder / "state.safetensors").items()}
        plain = json.loads((folder / "state.json").read_text())
        model.load_state_dict(_under("model.", tensors))
        stored = optimizer.state_dict()
        for key, tensor in _under("optimizer.", tensors).items():
            index, name = key.split(".", 1)
            stored["state"].setdefault(int(index), {})[name] = tensor
        optimizer.load_state_dict(stored)
        torch.set_rng_state(tensors["random"])
        carried = [tensors[f"carry.{index}"] for index in range(len(_under("carry.", tensors)))]
        tensor_parts = {
            "best_weights": _under("best.", tensors) or None,
            "average_weights": _under("average.", tensors) or None,
            "carry": unflatten(plain["carry"], carried),
        }
        return Progress(**(plain | tensor_parts))
    except Exception as error:  # safetensors raises its own kinds
        raise ModelError(f"The checkpoint in {folder.name} is damaged or belongs to another model.") from error


def flatten(state: AnyState) -> tuple[Any, list[Tensor]]:  # nested as the state is
    """Return a JSON-able shape of a nested state and its tensors in order; names of named tuples are kept.

    Raises:
        ConfigError: a named tuple is not in `STATES`, so that it could not be put together again.
    """
    if isinstance(state, Tensor):
        return "tensor", [state]
    if isinstance(state, tuple):
        shapes, tensors = [], []
        for part in state:
            shape, found = flatten(part)
            shapes.append(shape)
            tensors += found
        kind = type(state).__name__
        if type(state) is not tuple:
            STATES.get(kind)
        return {"kind": kind, "parts": shapes}, tensors
    return None, []


def unflatten(shape: Any, tensors: list[Tensor]) -> AnyState:  # a shape as `flatten` gives it
    """Return the nested state `flatten` took apart; `tensors` is consumed from the front.

    Raises:
        ConfigError: it holds a kind of state that is not in `STATES`.
    """
    if shape == "tensor":
        return tensors.pop(0)
    if shape is None:
        return None
    parts = [unflatten(part, tensors) for part in shape["parts"]]
    return tuple(parts) if shape["kind"] == "tuple" else STATES.get(shape["kind"])(*parts)


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
