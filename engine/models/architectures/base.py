"""What every architecture offers: a whole sequence at once for training, one step at a time for streaming, its size by
formula.

Shapes: B batch, T time, I features per step that are read, F features per step that are given on, H hidden.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import ClassVar

import torch
from torch import Tensor, nn

from engine.cells import Look
from engine.errors import ConfigError
from engine.layers import cell_of, layer_weights
from engine.models.base import AnyState
from engine.registry import Registry


class ArchitectureRegistry(Registry[type["Architecture"]]):
    """Architectures by name, in the order they are always listed in."""

    # Narrower than a registry's: no architecture without a look, and no other words about it.
    def register(  # type: ignore[override]
        self, name: str, *, look: Look
    ) -> Callable[[type[Architecture]], type[Architecture]]:
        """Return a decorator that files a class under `name` with its look.

        `look` must be a literal with all its fields by name: charts read it from the file (`read_declarations`).
        """

        def add(kind: type[Architecture]) -> type[Architecture]:
            kind.look = look
            return super(ArchitectureRegistry, self).register(name)(kind)

        return add


ARCHITECTURES = ArchitectureRegistry("architecture", order=lambda kind: kind.look.order)

DEFAULT_LONGEST = 1000  # steps an architecture is made for where nobody says how many


@dataclasses.dataclass(frozen=True)
class StateFormula:
    """How many floats an architecture holds: `per_unit` * H, and `per_unit_and_token` * H for every token read."""

    text: str
    per_unit: int = 0
    per_unit_and_token: int = 0

    def floats(self, hidden_size: int, tokens: int) -> int:
        """Return the number of floats held after so many tokens."""
        return hidden_size * (self.per_unit + self.per_unit_and_token * tokens)


class Architecture(nn.Module):
    """Maps features (B, T, I) to features (B, T, F); subclasses say how.

    `hidden_size` counts the numbers of the hidden state, those of all layers and directions together, so that "equal
    hidden size" means an equally large memory. `memory_bias` and `longest` mean something to some architectures only;
    the others ignore them.

    Attributes:
        look, description: its title, colour and mark, and one sentence for a first-year student.
        is_recurrent: carries a state of fixed size from step to step.
        is_causal: no answer depends on what comes after it.
        is_order_blind: the last answer is the same whatever the order of the steps before it.
        streams: offers `start` and `step`.
        state_formula: what it must hold to go on reading; None for one that holds as much as another.
        output_size: F.
    """

    look: ClassVar[Look]
    description: ClassVar[str]
    state_formula: ClassVar[StateFormula | None] = None
    is_recurrent: ClassVar[bool] = True
    is_causal: ClassVar[bool] = True
    is_order_blind: ClassVar[bool] = False
    streams: ClassVar[bool] = True
    smallest: ClassVar[int] = 1  # the least `hidden_size`

    output_size: int

    def __init__(
        self, input_size: int, hidden_size: int, memory_bias: float = 1.0, longest: int = DEFAULT_LONGEST
    ) -> None:
        """Build it with starting weights.

        Args:
            memory_bias: starting bias of the gates that keep the memory, and with the opposite sign of those that write
                to it.
            longest: steps in the longest sequence it should remember.

        Raises:
            ConfigError: `hidden_size` is too small.
        """
        super().__init__()
        if hidden_size < self.smallest:
            raise ConfigError(f"{self.look.title} needs a hidden size of at least {self.smallest}, not {hidden_size}.")
        self.input_size, self.hidden_size, self.memory_bias, self.longest = (
            input_size,
            hidden_size,
            memory_bias,
            longest,
        )

    @classmethod
    def count_parameters(cls, input_size: int, hidden_size: int) -> int:
        """Return its trainable numbers by formula, without building it."""
        raise NotImplementedError

    @classmethod
    def count_outputs(cls, hidden_size: int) -> int:
        """Return F by formula: what it gives on at every step; all of the hidden state unless a subclass says
        otherwise."""
        return hidden_size

    @classmethod
    def layer_options(cls, length: int) -> dict[str, int]:
        """Return the constructor's options that depend on how many steps a sequence has; none for most."""
        return {}

    def start(self, batch_size: int = 1) -> AnyState:
        """Return the state before the first step: tensors with the batch first, nested in tuples.

        Raises:
            ConfigError: it cannot stream.
        """
        raise ConfigError(f"{self.look.title} reads a sequence as a whole and cannot be run step by step.")

    def step(self, features: Tensor, state: AnyState) -> tuple[Tensor, AnyState]:
        """Return what it gives on (B, F) after reading features (B, I), and the new state; raises as `start`."""
        raise ConfigError(f"{self.look.title} reads a sequence as a whole and cannot be run step by step.")

    def run(self, features: Tensor, state: AnyState = None) -> tuple[Tensor, AnyState]:
        """Return (B, T, F) for features (B, T, I), and the state after the last step, None where it cannot stream."""
        raise NotImplementedError

    def forward(self, features: Tensor) -> Tensor:
        """Return (B, T, F) for features (B, T, I), read from the beginning."""
        return self.run(features)[0]

    def _like(self) -> Tensor:
        """A parameter, for the number format and device of new tensors."""
        return next(self.parameters())


@torch.no_grad()
def open_memory(layer: nn.Module, keep: Tensor | float) -> None:
    """Set the starting biases of the gates of a layer that keep (`keep`) and that write (its negative); others stay.

    Where a gate has two biases, the one on the side of the hidden state is set to 0.

    Paper: Gers, Schmidhuber and Cummins (2000) and Jozefowicz, Zaremba and Sutskever (2015), section 3.1, for an open
    forget gate; Tallec and Ollivier (2018), arXiv 1804.11188, for opposite biases as large as the logarithm of the time
    to be remembered.
    """
    weights, gates = layer_weights(layer), cell_of(layer).gates
    looking = tuple(gate for gate in gates if gate.looks_back)
    for biases, blocks, bias in ((weights.bias_ih, gates, keep), (weights.bias_hh, looking, 0.0)):
        if biases is not None:
            for gate, block in zip(blocks, biases.chunk(len(blocks)), strict=True):
                if gate.start:
                    block.copy_(torch.as_tensor(gate.start * bias))
