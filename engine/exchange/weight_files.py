"""Weights out of files that strangers made: tensors by name, all checks before memory is taken, nothing unpickled.

What a file is, its first bytes say and not its name.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod

import safetensors
import safetensors.torch
import torch
from torch import Tensor

from engine.errors import InputError
from engine.limits import check, limits, profile

PICKLE, ZIP, HDF5 = b"\x80", b"PK", b"\x89HDF\r\n\x1a\n"
REAL = ("F16", "BF16", "F32", "F64")
MAX_HEADER = 10_000_000  # bytes
SAVE_AGAIN = "save it as safetensors.torch.save_file(model.state_dict(), 'model.safetensors')"
STATE_KEYS = ("state_dict", "model_state_dict", "model")  # where checkpoints keep the tensors


@dataclass(frozen=True)
class GivenWeights:
    """What a file holds.

    Attributes:
        tensors: single precision, by name.
        origin: what wrote it, "PyTorch" or "Keras".
        sources: the names the tensors have in the file, where they had to be renamed.
        facts: what a Keras file says of its layers beside the weights.
    """

    tensors: Mapping[str, Tensor]
    origin: str = "PyTorch"
    sources: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, object] = field(default_factory=dict)

    def source(self, name: str) -> str:
        """Return what a tensor is called in the file."""
        return self.sources.get(name, name)


def read_weights(name: str, data: bytes) -> GivenWeights:
    """Return the weights in a file called `name`: safetensors, Keras, or what torch.save wrote where that is allowed.

    Raises:
        InputError: it is too large, damaged, of another kind, or holds what no weight can be.
    """
    allowed = limits().weights_mebibytes
    if len(data) > allowed * 2**20:
        raise InputError(f"{name} has {len(data) / 2**20:,.0f} MiB; at most {allowed:,} are taken here.")
    if data.startswith(HDF5):
        from engine.exchange.keras_files import read_hdf5

        return _checked(name, read_hdf5(name, data))
    if data.startswith(ZIP):
        return _checked(name, _from_zip(name, data))
    if data.startswith(PICKLE):
        return _checked(name, GivenWeights(_unpickled(name, data)))
    return _checked(name, GivenWeights(_plain_names(_from_safetensors(name, data))))


def check_size(name: str, shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Check before memory is taken that tensors of these shapes are no more than a network may have.

    Raises:
        InputError: they are, or there are none.
    """
    if not shapes:
        raise InputError(f"{name} holds no tensors.")
    check("parameters", sum(map(prod, shapes.values())), "The network's parameters")


def _from_safetensors(name: str, data: bytes) -> dict[str, Tensor]:
    length = int.from_bytes(data[:8], "little")
    try:
        if not 2 <= length <= min(MAX_HEADER, len(data) - 8):
            raise ValueError(length)
        header = json.loads(data[8 : 8 + length])
        entries = {tensor: entry for tensor, entry in header.items() if tensor != "__metadata__"}
        kinds = {tensor: str(entry["dtype"]) for tensor, entry in entries.items()}
        shapes = {tensor: tuple(map(int, entry["shape"])) for tensor, entry in entries.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"{name} is not a safetensors file, or is damaged: {SAVE_AGAIN}.") from error
    check_size(name, shapes)
    for tensor, kind in kinds.items():
        if kind not in REAL:
            raise InputError(f"“{tensor}” in {name} holds {kind}; weights are real numbers ({', '.join(REAL)}).")
    try:
        return safetensors.torch.load(data)
    except (safetensors.SafetensorError, ValueError, RuntimeError) as error:
        raise InputError(f"{name} is cut short or damaged: {SAVE_AGAIN}.") from error


def _from_zip(name: str, data: bytes) -> GivenWeights:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if any(entry.flag_bits & 1 for entry in entries):
                raise InputError(f"{name} is an encrypted zip; save it without a password.")
            if sum(entry.file_size for entry in entries) > limits().weights_mebibytes * 2**20:
                raise InputError(f"{name} unpacks to more than {limits().weights_mebibytes:,} MiB.")
            names = [entry.filename for entry in entries]
            if "model.weights.h5" in names:
                from engine.exchange.keras_files import read_hdf5

                return read_hdf5(name, archive.read("model.weights.h5"), archive.read("config.json"))
    except (zipfile.BadZipFile, KeyError, NotImplementedError, OSError, ValueError) as error:
        raise InputError(f"{name} is a damaged zip: save the network again.") from error
    if not any(entry.endswith("data.pkl") for entry in names):
        raise InputError(f"{name} is a zip without weights in it; give safetensors, .keras or .weights.h5.")
    return GivenWeights(_unpickled(name, data))


def _unpickled(name: str, data: bytes) -> dict[str, Tensor]:
    """Return the tensors of what torch.save wrote; torch reads nothing but tensors out of it."""
    if profile() != "local":
        raise InputError(
            f"{name} is a Python pickle, which can run code when it is opened, so it is not opened here: {SAVE_AGAIN}."
        )
    try:
        found = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises whatever its unpickler does
        raise InputError(f"{name} is damaged or holds more than tensors: {SAVE_AGAIN}.") from error
    inner = next(
        (found[key] for key in STATE_KEYS if isinstance(found, dict) and isinstance(found.get(key), dict)), found
    )
    if not isinstance(inner, dict) or not all(isinstance(tensor, Tensor) for tensor in inner.values()):
        raise InputError(f"{name} holds no state dictionary: {SAVE_AGAIN}.")
    check_size(name, {str(tensor): tuple(value.shape) for tensor, value in inner.items()})
    return _plain_names({str(tensor): value for tensor, value in inner.items()})


def _plain_names(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return tensors without what stands before all of their names, as DataParallel ("module."), torch.compile and
    whoever keeps the network in another put it there; each tensor keeps the name of its own module."""
    before = {name.partition(".")[0] for name in tensors}
    if len(before) != 1 or any(name.count(".") < 2 for name in tensors):
        return tensors
    return _plain_names({name.partition(".")[2]: tensor for name, tensor in tensors.items()})


def _checked(name: str, given: GivenWeights) -> GivenWeights:
    tensors = {}
    for tensor, value in given.tensors.items():
        if not value.is_floating_point():
            raise InputError(f"“{given.source(tensor)}” in {name} holds no real numbers, so it is no weight.")
        if not bool(value.isfinite().all()):
            raise InputError(f"“{given.source(tensor)}” in {name} holds numbers that are not finite: train it again.")
        tensors[tensor] = value.detach().float().contiguous()
    return GivenWeights(tensors, given.origin, given.sources, given.facts)
