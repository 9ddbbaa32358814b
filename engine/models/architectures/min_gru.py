"""The minimal GRU: gates that look at the input alone, so that a whole sequence is read at once by a parallel scan.

Shapes: B batch, T time, I features read, H hidden, L layers.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.models.architectures.base import ARCHITECTURES, DEFAULT_LONGEST, Architecture
from engine.models.architectures.torch_layers import layer_sizes

LAYERS = 2


@ARCHITECTURES.register("min_gru", title="minGRU")
class MinGRU(Architecture):
    """Two layers of minGRU, each with half of the hidden state.

        z  = sigmoid(W_z x + b_z)          update gate: how much is written
        n  = g(W_h x + b_h)                what would be remembered; g(a) = a + 0.5 above zero and sigmoid(a) below
        h' = (1 - z) * h + z * n

    Neither z nor n sees h, so that the steps of a layer form one linear recurrence that `scan` solves in about log2(T)
    passes. One layer alone could not choose what to keep by what it has kept; the second reads the first's memory.

    Paper: Feng, Tung, Ahmed, Bengio and Hajimirsadeghi (2024), Were RNNs all we needed?, arXiv 2410.01201, section 3.1
    and appendix B.
    Differs: the scan works on the values by halving and not on their logarithms, which loses digits over long sequences
    (the numbers are the same otherwise); memory starts at 0, and the update gate at bias -`memory_bias`, so that it
    keeps.
    """

    title = "minGRU"
    description = (
        "Two GRU layers cut to the bone: their gates see only what is read, so training needs no step-by-step loop."
    )
    smallest = LAYERS

    def __init__(
        self, input_size: int, hidden_size: int, memory_bias: float = 1.0, longest: int = DEFAULT_LONGEST
    ) -> None:
        super().__init__(input_size, hidden_size, memory_bias, longest)
        self.sizes = layer_sizes(hidden_size, LAYERS)
        self.output_size = self.sizes[-1]
        reads = [input_size, *self.sizes]
        self.layers = nn.ModuleList(nn.Linear(reads[index], 2 * size) for index, size in enumerate(self.sizes))
        with torch.no_grad():
            for layer, size in zip(self.layers, self.sizes, strict=True):
                layer.bias[:size] = -memory_bias

    @classmethod
    def count_parameters(cls, input_size: int, hidden_size: int) -> int:
        """Return the sum over layers of 2 * H * (I + 1)."""
        sizes = layer_sizes(hidden_size, LAYERS)
        return sum(2 * size * (reads + 1) for reads, size in zip([input_size, *sizes], sizes, strict=False))

    @classmethod
    def count_outputs(cls, hidden_size: int) -> int:
        """Return the size of the last layer."""
        return layer_sizes(hidden_size, LAYERS)[-1]

    def start(self, batch_size: int = 1) -> tuple[Tensor, ...]:
        """Return the all-zero memory of every layer, (B, H) each."""
        return tuple(self._like().new_zeros(batch_size, size) for size in self.sizes)

    def step(self, features: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the last layer's memory (B, H) after reading features (B, I), and the memories of all."""
        memories = []
        for layer, memory in zip(self.layers, state, strict=True):
            update, new = gates(layer(features))
            features = torch.lerp(memory, new, update)
            memories.append(features)
        return features, tuple(memories)

    def run(self, features: Tensor, state: tuple[Tensor, ...] | None = None) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the last layer's memories (B, T, H) and those of all layers after the last step."""
        memories = []
        for index, layer in enumerate(self.layers):
            update, new = gates(layer(features))
            kept, written = 1 - update, update * new
            if state is not None:
                first = written[:, :1] + kept[:, :1] * state[index][:, None]
                written = torch.cat([first, written[:, 1:]], dim=1)
            features = scan(kept, written)
            memories.append(features[:, -1])
        return features, tuple(memories)


def gates(sums: Tensor) -> tuple[Tensor, Tensor]:
    """Return the update gate and what would be remembered, (..., H) each, from the layer's sums (..., 2 * H)."""
    update, new = sums.chunk(2, dim=-1)
    # Above zero a + 0.5, below it sigmoid(a): one of the two terms stands still on either side.
    return torch.sigmoid(update), functional.relu(new) + torch.sigmoid(new.clamp(max=0))


def scan(kept: Tensor, written: Tensor) -> Tensor:
    """Return the memories (B, T, H) of h' = kept * h + written from h = 0, in 2 * log2(T) passes over the whole
    sequence.

    Its gradient is a scan as well, from the last step to the first, so that only the memories are stored for it.

    Paper: Blelloch (1990), Prefix sums and their applications, section 1.4; Martin and Cundy (2018), arXiv 1709.04057,
    for the gradient.
    """
    return _Scan.apply(kept, written)


class _Scan(torch.autograd.Function):
    """The scan with its gradient; see `scan`."""

    @staticmethod
    def forward(context: Any, kept: Tensor, written: Tensor) -> Tensor:
        memory = _halve(kept, written)
        context.save_for_backward(kept, memory)
        return memory

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, Tensor]:
        kept, memory = context.saved_tensors
        # What reaches step t is its own gradient and what step t + 1 kept of it: a scan from behind.
        after = torch.cat([kept[:, 1:], torch.zeros_like(kept[:, :1])], dim=1)
        reached = scan(after.flip(1), gradient.flip(1)).flip(1)
        before = functional.pad(memory[:, :-1], (0, 0, 1, 0))
        return reached * before, reached


def _halve(kept: Tensor, written: Tensor) -> Tensor:
    """Join neighbouring steps into one, solve the sequence of half the length, and fill in the steps between."""
    steps = written.shape[1]
    if steps == 1:
        return written
    pairs = steps // 2 * 2
    later = kept[:, 1:pairs:2]
    odd = _halve(later * kept[:, 0:pairs:2], torch.addcmul(written[:, 1:pairs:2], later, written[:, 0:pairs:2]))
    memory = torch.empty_like(written)
    memory[:, 0] = written[:, 0]
    memory[:, 1::2] = odd
    rest = written[:, 2::2]
    memory[:, 2::2] = torch.addcmul(rest, kept[:, 2::2], odd[:, : rest.shape[1]])
    return memory
