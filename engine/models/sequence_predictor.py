"""The small network of the comparisons: any architecture that reads numbers or tokens, and a linear answer at every
step.

Shapes: B batch, T time, I input values per step, E embedding, F features given on, O outputs.
"""

from __future__ import annotations

import functools

from torch import Tensor, nn

from engine.errors import ConfigError
from engine.models.architectures import ARCHITECTURES
from engine.models.architectures.base import DEFAULT_LONGEST
from engine.models.base import MODELS, AnyState, PretrainedModel

EMBEDDING_DIM = 16
LARGEST_HIDDEN_SIZE = 2048
FARTHEST_MATCH = 0.1  # share of a budget by which the best match may miss it


@MODELS.register("sequence_predictor", title="Sequence predictor")
class SequencePredictor(PretrainedModel):
    """Answers at every step of a sequence of real values (`input_size` > 0) or of tokens (`vocab_size` > 0).

    Real values go straight into the architecture; tokens through an embedding. What `memory_bias` and `longest` do is
    said by the
    architectures: the gates that keep start at this bias, and chrono initialisation prepares for sequences of this many
        steps.
    """

    task = "sequence_prediction"

    def __init__(
        self,
        input_size: int,
        vocab_size: int,
        output_size: int,
        hidden_size: int,
        architecture: str = "lstm",
        memory_bias: float = 1.0,
        longest: int = DEFAULT_LONGEST,
    ) -> None:
        super().__init__()
        self.cell, self.hidden_size = architecture, hidden_size
        # None where numbers are read instead of tokens.
        self.embedding = nn.Embedding(vocab_size, EMBEDDING_DIM) if vocab_size else None  # type: ignore[assignment]
        layer_input = EMBEDDING_DIM if vocab_size else input_size
        self.reader = ARCHITECTURES.get(architecture)(
            layer_input, hidden_size, memory_bias=memory_bias, longest=longest
        )
        self.output = nn.Linear(self.reader.output_size, output_size)

    @property
    def layer(self) -> nn.RNNBase:
        """The torch layer inside, of an architecture that has one."""
        return self.reader.layer  # type: ignore[return-value]  # only such a one is asked

    def start(self, batch_size: int = 1) -> AnyState:
        """Return the architecture's state before the first step."""
        return self.reader.start(batch_size)

    def step(self, inputs: Tensor, state: AnyState) -> tuple[Tensor, AnyState]:
        """Read one token (B,), or one row of values (B, I), per sequence; return the answers (B, O) and the new
        state."""
        features, state = self.reader.step(self._embed(inputs), state)
        return self.output(features), state

    def forward(self, inputs: Tensor, state: AnyState = None) -> tuple[Tensor, AnyState]:
        """Return the answers (B, T, O) to tokens (B, T) or values (B, T, I), and the state after the last step."""
        features, state = self.reader.run(self._embed(inputs), state)  # (B, T, F)
        return self.output(features), state

    def _embed(self, inputs: Tensor) -> Tensor:
        return inputs if self.embedding is None else self.embedding(inputs)


def count_parameters(architecture: str, input_size: int, vocab_size: int, output_size: int, hidden_size: int) -> int:
    """Return the parameters of a SequencePredictor by formula, without building it."""
    kind = ARCHITECTURES.get(architecture)
    embedding, layer_input = (vocab_size * EMBEDDING_DIM, EMBEDDING_DIM) if vocab_size else (0, input_size)
    return (
        embedding
        + kind.count_parameters(layer_input, hidden_size)
        + (kind.count_outputs(hidden_size) + 1) * output_size
    )


@functools.cache
def hidden_size_for(parameters: int, architecture: str, input_size: int, vocab_size: int, output_size: int) -> int:
    """Return the hidden size whose SequencePredictor comes closest to so many parameters, for comparison at equal cost.

    Raises:
        ConfigError: no hidden size comes near so few or so many.
    """
    kind = ARCHITECTURES.get(architecture)
    counts = {
        hidden_size: count_parameters(architecture, input_size, vocab_size, output_size, hidden_size)
        for hidden_size in range(kind.smallest, LARGEST_HIDDEN_SIZE + 1)
    }
    best = min(counts, key=lambda hidden_size: abs(counts[hidden_size] - parameters))
    if abs(counts[best] - parameters) > FARTHEST_MATCH * parameters:
        near = f"the nearest has {counts[best]:,}"
        raise ConfigError(
            f"No {kind.look.title} here has about {parameters:,} parameters; {near}. Choose between "
            f"{_floor(counts):,} and {max(counts.values()):,}."
        )
    return best


def _floor(counts: dict[int, int]) -> int:
    """Return the count from which on neighbouring sizes lie so close that every budget can be met."""
    sizes = sorted(counts)
    gaps = [
        size
        for size, after in zip(sizes, sizes[1:], strict=False)
        if counts[after] - counts[size] > 2 * FARTHEST_MATCH * counts[size]
    ]
    return counts[gaps[-1] + 1] if gaps else counts[sizes[0]]
