"""The step protocol, and what all models share: flat arguments, safetensors folders, states with the batch first.

State is passed in and out and never kept on the module: one model serves every visitor of a server at the same time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self, TypeVar

import safetensors
import safetensors.torch
import torch
from huggingface_hub import PyTorchModelHubMixin, hf_hub_download
from torch import Tensor, nn

from engine.cells.base import Role
from engine.config import Dataclass, JsonObject, to_dict
from engine.errors import ConfigError
from engine.layers import Layer, cell_of, layer_weights
from engine.registry import Registry

MODELS: Registry[type[PretrainedModel]] = Registry("model")
LEAST_ALLOWED = 64  # a whole number that is no size, such as a head count, may be above the sizes of tiny weights

State = TypeVar("State")
AnyState = Any  # a tensor with the batch first, or a tuple, maybe a named one, of such states


class StepModel(Protocol[State]):
    """Whatever writes token by token. B batch, V vocabulary."""

    def start(self, *args: Any, **options: Any) -> State:  # from a number of sequences, or from sources
        """Return the state before the first token."""

    def step(self, token_ids: Tensor, state: State) -> tuple[Tensor, State]:
        """Read one token per sequence, (B,), and return the logits of the next, (B, V), with the new state."""


def select(state: State, indices: Tensor) -> State:
    """Return `state` with its sequences (dimension 0 of every tensor) picked by `indices`, repeats allowed."""
    return map_tensors(state, lambda part: part.index_select(0, indices))


def detach(state: State) -> State:
    """Return `state` cut from the graph that made it (truncated back-propagation through time)."""
    return map_tensors(state, Tensor.detach)


def map_tensors(state: AnyState, change: Callable[..., Tensor], *others: AnyState) -> AnyState:
    """Return `state` with every tensor changed; what is no tensor and no tuple stays as it is.

    Where there are `others` of the same shape, `change` is given the tensors that stand in the same place of each.
    """
    if isinstance(state, Tensor):
        return change(state, *others)
    if isinstance(state, tuple):
        parts = [map_tensors(part, change, *beside) for part, *beside in zip(state, *others, strict=True)]
        return type(state)(*parts) if hasattr(state, "_fields") else tuple(parts)
    return state


class PretrainedModel(nn.Module, PyTorchModelHubMixin, library_name="unrolled"):
    """Base of all models: `config` holds the constructor's arguments, folders hold safetensors and nothing pickled."""

    task: ClassVar[str]
    without_weights: ClassVar[frozenset[str]] = frozenset()  # arguments that no weight is as large as, which it bounds
    cell: str
    embedding: nn.Embedding

    @classmethod
    def from_config(cls, config: Dataclass, **given: Any) -> Self:  # as its constructor
        """Return a model built from the dataclass of its hyper-parameters and what is `given` by the data."""
        return cls(**to_dict(config), **given)

    @property
    def config(self) -> JsonObject:
        """The constructor's arguments, as stored in config.json."""
        return dict(self._hub_mixin_config or {})  # type: ignore[arg-type]  # no model's is a dataclass

    @property
    def vocab_size(self) -> int:
        """Number of tokens the model tells apart."""
        return self.embedding.num_embeddings

    def parameter_count(self) -> int:
        """Return the number of trainable numbers, tied ones counted once."""
        return sum(parameter.numel() for parameter in self.parameters())

    def half_precision(self) -> bytes:
        """Return the weights in half precision as a safetensors file."""
        return self.stored(torch.float16)

    def stored(self, precision: torch.dtype) -> bytes:
        """Return the weights in some precision as a safetensors file, for `save_file` makes one that only its owner may
        read."""
        weights = {name: tensor.detach().to(precision).contiguous() for name, tensor in self.state_dict().items()}
        return safetensors.torch.save(weights)

    def _save_pretrained(self, save_directory: Path) -> None:
        (Path(save_directory) / "model.safetensors").write_bytes(self.half_precision())

    @classmethod
    # Any: what the mixin hands over, and among it the arguments of whichever class this is.
    def _from_pretrained(cls, *, model_id: str, revision: str | None, **arguments: Any) -> PretrainedModel:
        """Load a folder or Hub repository; unlike the mixin's own version it is silent and never unpickles."""
        download = {name: arguments.pop(name) for name in ("cache_dir", "force_download", "local_files_only", "token")}
        arguments.pop("map_location", None)
        arguments.pop("strict", None)
        if Path(model_id).is_dir():
            file = str(Path(model_id) / "model.safetensors")
        else:
            file = hf_hub_download(model_id, "model.safetensors", revision=revision, **download)
        cls._check_shapes(Path(file), arguments)
        model = cls(**arguments)
        model.load_state_dict(safetensors.torch.load_file(file))
        return model.float().eval()

    @classmethod
    def _check_shapes(cls, file: Path, arguments: JsonObject) -> None:
        """Raise ConfigError where a file of weights has not the shapes that these arguments ask for; read from its
        header alone, and the model is laid out without memory: an inflated size costs neither."""
        with safetensors.safe_open(file, "pt") as stored:
            found = {name: tuple(stored.get_slice(name).get_shape()) for name in stored.keys()}  # noqa: SIM118
        most = max([len(found), LEAST_ALLOWED, *(size for shape in found.values() for size in shape)])
        for name, value in arguments.items():
            # So many layers would take for ever even to lay out.
            if isinstance(value, int) and value > most and name not in cls.without_weights:
                raise ConfigError(f"{name} is {value:,}, and its weights have no such size.")
        with torch.device("meta"):
            wanted = {name: tuple(tensor.shape) for name, tensor in cls(**arguments).state_dict().items()}
        for name, shape in wanted.items():
            if found.get(name) != shape:
                has = f"has {_sizes(found[name])} numbers" if name in found else "is missing"
                raise ConfigError(f"the weight {name} {has}, and config.json asks for {_sizes(shape)}.")
        if unknown := sorted(set(found) - set(wanted)):
            raise ConfigError(f"config.json has no place for the weight {unknown[0]}.")


def _sizes(shape: Sequence[int]) -> str:
    return " x ".join(f"{size:,}" for size in shape) or "1"


def reset_recurrent_weights(layer: Layer, forget_bias: float = 1.0) -> None:
    """Initialise one recurrent layer: Glorot input weights, orthogonal recurrent blocks, the forget gates' bias.

    A forget gate is one that keeps and does nothing else. Paper: Saxe, McClelland and Ganguli (2014) for orthogonal
    matrices; Jozefowicz, Zaremba and Sutskever (2015) for the forget bias. PyTorch adds two biases per gate: the forget
    bias goes on `bias_ih`, the rest is zero.
    """
    weights = layer_weights(layer)
    # In torch's order, which the random numbers follow: input weights first.
    for block in weights.weight_ih.data.split(layer.hidden_size):
        nn.init.xavier_uniform_(block)
    if weights.weight_hh is not None and weights.bias_hh is not None:
        for block in weights.weight_hh.data.split(layer.hidden_size):
            nn.init.orthogonal_(block)
        nn.init.zeros_(weights.bias_hh)
    nn.init.zeros_(weights.bias_ih)
    gates = cell_of(layer).gates
    for gate, block in zip(gates, weights.bias_ih.data.split(layer.hidden_size), strict=True):
        if gate.roles == (Role.KEEP,):
            block.fill_(forget_bias)


def mask_from_lengths(lengths: Tensor, size: int) -> Tensor:
    """Return a (B, size) mask that is True on real tokens."""
    return torch.arange(size, device=lengths.device) < lengths[:, None]


def pad(rows: Sequence[Sequence[int]], value: int) -> Tensor:
    """Return rows of different lengths as one (B, T) tensor, filled up with `value`."""
    size = max(len(row) for row in rows)
    return torch.tensor([[*row, *[value] * (size - len(row))] for row in rows])


def batches_by_length(lengths: Sequence[int], most_rows: int = 0, most_cells: int = 0) -> Iterator[list[int]]:
    """Yield the places of rows that are read side by side: neighbours in length, so that little is padding.

    Args:
        most_rows, most_cells: how many rows, and how many places with the padding counted, a batch has at most; 0 sets
            no limit.
    """
    batch: list[int] = []
    for position in sorted(range(len(lengths)), key=lengths.__getitem__):
        cells = (len(batch) + 1) * lengths[position]
        if batch and (len(batch) == most_rows or 0 < most_cells < cells):
            yield batch
            batch = []
        batch.append(position)
    if batch:
        yield batch
