"""Keras weights, read without Keras: layers by their place in the HDF5 file, renamed as torch.nn would have them.

Keras stores weights (I, O), torch (O, I). An LSTM's gates stand in the same order (i, f, c, o); a GRU's update gate
stands before its reset gate, and torch's GRU is Keras' with `reset_after`. There is one bias but in such a GRU.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import h5py
import numpy as np
import torch
from torch import Tensor

from engine.errors import InputError
from engine.exchange.weight_files import GivenWeights, check_size

EMBEDDING, LAYERS, HEAD = "keras embedding", "keras recurrent", "keras dense"
NO_WEIGHTS = ("seed_generator", "optimizer", "metrics")  # what a file holds besides
POOLINGS = {"GlobalMaxPooling1D": "max", "GlobalAveragePooling1D": "mean"}
RECURRENT = ("LSTM", "GRU", "SimpleRNN")
PASSED = ("InputLayer", "Embedding", "Dropout", "SpatialDropout1D", "GaussianNoise", "Dense", "Softmax")
HEADS = ("linear", "softmax", "sigmoid", "log_softmax")
WANTED = {"activation": "tanh", "recurrent_activation": "sigmoid", "reset_after": True}


def read_hdf5(name: str, data: bytes, config: bytes = b"") -> GivenWeights:
    """Return the weights of a .weights.h5 file, or those in a .keras file, which holds its `config` too.

    Raises:
        InputError: it is damaged, too large, or has a layer that none here does the work of.
    """
    arrays: dict[str, np.ndarray] = {}
    try:
        with h5py.File(io.BytesIO(data), "r") as file:
            found: dict[str, h5py.Dataset] = {}

            def note(path: str, item: object) -> None:
                if isinstance(item, h5py.Dataset) and not any(part in path for part in NO_WEIGHTS):
                    found[path] = item

            file.visititems(note)
            check_size(name, {path: tuple(item.shape or ()) for path, item in found.items()})
            if any(item.external or item.is_virtual for item in found.values()):
                raise InputError(f"{name} points to other files; save the weights themselves.")
            arrays = {path: np.asarray(item[()]) for path, item in found.items()}
    except (OSError, RuntimeError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{name} is a damaged HDF5 file: save the weights again.") from error
    facts = _read_config(name, config) if config else {}
    return GivenWeights(*_renamed(name, arrays), facts)


def _renamed(name: str, arrays: Mapping[str, np.ndarray]) -> tuple[dict[str, Tensor], str, dict[str, str]]:
    """Return tensors by torch's names, "Keras", and where each comes from."""
    groups: dict[str, list[str]] = {}
    for path in sorted(arrays, key=_by_number):
        groups.setdefault(path.rpartition("/")[0], []).append(path)
    tensors: dict[str, Tensor] = {}
    sources: dict[str, str] = {}
    cells = [group for group in groups if group.endswith("cell/vars")]
    counts = {EMBEDDING: 0, HEAD: 0}
    for group, paths in groups.items():
        values = [torch.from_numpy(np.ascontiguousarray(arrays[path])) for path in paths]
        dims = [value.dim() for value in values]
        if group in cells:
            direction = "_reverse" if "backward_layer" in group else ""
            suffix = f"_l{_places(cells)[group]}{direction}"
            named = {f"{LAYERS}.{key}{suffix}": value for key, value in _cell(name, group, values).items()}
        elif dims in ([2], [2, 1]):
            role = EMBEDDING if dims == [2] else HEAD
            counts[role] += 1
            module = role if counts[role] == 1 else f"{role} {counts[role]}"
            named = {f"{module}.weight": values[0] if role == EMBEDDING else values[0].T}
            named |= {f"{module}.bias": value for value in values[1:]}
        else:
            named = {f"{group}.{number}": value for number, value in enumerate(values)}
        tensors |= named
        sources |= dict.fromkeys(named, group.removesuffix("/vars"))
    return tensors, "Keras", sources


def _places(cells: list[str]) -> dict[str, int]:
    """Return which layer, from 0, each cell's group belongs to: both directions of a layer to one."""
    layers = list(dict.fromkeys(re.sub(r"/(forward|backward)_layer", "", cell) for cell in cells))
    return {cell: layers.index(re.sub(r"/(forward|backward)_layer", "", cell)) for cell in cells}


def _cell(name: str, group: str, values: list[Tensor]) -> dict[str, Tensor]:
    """Return a cell's weights as torch.nn orders them."""
    layer = group.removesuffix("/cell/vars")
    if len(values) not in (2, 3) or values[0].dim() != 2 or values[1].dim() != 2 or not len(values[1]):
        raise InputError(f"“{layer}” in {name} is none of LSTM, GRU and SimpleRNN.")
    onto, back = values[0].T, values[1].T
    size, rows = back.shape[1], len(back)
    bias = values[2] if len(values) == 3 else torch.zeros(rows)
    if rows == 3 * size and bias.dim() == 1 and len(values) == 3:
        raise InputError(
            f"“{layer}” in {name} is a GRU with reset_after=False, which resets the state before the product; GRUs "
            "here reset the product, as torch and Keras' own default do."
        )
    bias_ih, bias_hh = bias if bias.dim() == 2 else (bias, torch.zeros(rows))
    weights = {"weight_ih": onto, "weight_hh": back, "bias_ih": bias_ih, "bias_hh": bias_hh}
    if rows == 3 * size:
        weights = {key: _reset_first(value, size) for key, value in weights.items()}
    return weights


def _reset_first(value: Tensor, size: int) -> Tensor:
    """Return a GRU's blocks of rows with the reset gate before the update gate."""
    update, reset, new = value.split(size)
    return torch.cat([reset, update, new])


def _by_number(path: str) -> list[object]:
    """Return the key by which "gru_10" comes after "gru_9", and "gru" before "gru_1"."""
    return [(int(part) if part.isdecimal() else -1, part) for part in re.split(r"(\d+)|/", path) if part]


def _read_config(name: str, config: bytes) -> dict[str, object]:
    """Return what a network's configuration tells that its weights do not.

    Raises:
        InputError: it has a layer or a setting that nothing here does the work of.
    """
    try:
        layers = list(_layers(json.loads(config)["config"]["layers"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"The config.json in {name} is damaged: save the network again.") from error
    facts: dict[str, object] = {}
    is_sequence = False
    for kind, settings in layers:
        called = f"The layer “{settings.get('name', kind)}” in {name}"
        if kind in RECURRENT:
            is_sequence = bool(settings.get("return_sequences"))
            for key, wanted in WANTED.items():
                if settings.get(key, wanted) != wanted:
                    raise InputError(f"{called} has {key}={settings[key]}; layers here have {wanted}.")
            if settings.get("go_backwards"):
                raise InputError(f"{called} only reads backwards; layers here read forwards, or both ways.")
        elif kind in POOLINGS:
            facts["pooling"], is_sequence = POOLINGS[kind], False
        elif kind == "Bidirectional" and settings.get("merge_mode", "concat") != "concat":
            raise InputError(f"{called} has merge_mode={settings['merge_mode']}; directions here stand side by side.")
        elif kind == "Dense" and settings.get("activation", "linear") not in HEADS:
            raise InputError(f"{called} ends in {settings['activation']}; the last layer here is linear.")
        elif kind not in (*PASSED, "Bidirectional", "TimeDistributed"):
            raise InputError(f"{called} is a {kind}, which is none of the layers that can be read here.")
    return facts | {"is_sequence": is_sequence}


def _layers(found: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:  # Any: as Keras wrote it
    """Yield (class, settings) of layers, a wrapper before what it wraps; its backward half is like its forward one."""
    for layer in found:
        yield layer["class_name"], layer["config"]
        inner = layer["config"].get("layer")
        if isinstance(inner, dict):
            yield inner["class_name"], inner["config"]
