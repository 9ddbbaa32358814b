"""The small network of the memory tasks: one recurrent layer that reads numbers or tokens, and a linear answer at every step.

Shapes: B batch, T time, I input values per step, E embedding, H hidden, O outputs.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.cells import CELLS
from engine.models.base import MODELS, RecurrentModel
from engine.models.recurrent import LayerState, run_layer, step_layer, zero_state

EMBEDDING_DIM = 16
KEEPING_GATES = {"forget_gate": 1, "input_gate": -1, "update_gate": 1}


@MODELS.register("sequence_predictor", title="Sequence predictor")
class SequencePredictor(RecurrentModel):
    """Answers at every step of a sequence of real values (`input_size` > 0) or of tokens (`vocab_size` > 0).

    Real values go straight into the cell; tokens through an embedding. Weights start as torch.nn leaves them, but the gates start
    out to keep: with `memory_bias` b the LSTM's forget gate starts at bias b and its input gate at -b, and the GRU's update gate,
    which is both in one, at b. At 0 the memory is halved at every step and long lags are never found; at b it fades over about
    e^b steps. An RNN has no such gates.

    Paper: Gers, Schmidhuber and Cummins (2000) and Jozefowicz, Zaremba and Sutskever (2015), section 3.1, for an open forget gate
    (a bias of 1, the default here); Tallec and Ollivier (2018), Can recurrent neural networks warp time?, arXiv 1804.11188, for
    opposite biases as large as the logarithm of the time to be remembered.
    Differs: one bias for all units, where Tallec and Ollivier draw one per unit.
    """

    task = "sequence_prediction"

    def __init__(
        self,
        input_size: int,
        vocab_size: int,
        output_size: int,
        hidden_size: int,
        cell: str = "lstm",
        memory_bias: float = 1.0,
    ) -> None:
        super().__init__()
        self.cell, self.hidden_size = cell, hidden_size
        self.embedding = nn.Embedding(vocab_size, EMBEDDING_DIM) if vocab_size else None
        layer_input = EMBEDDING_DIM if vocab_size else input_size
        self.layer = CELLS.get(cell).torch_layer(layer_input, hidden_size, batch_first=True)
        start_out_to_keep(self.layer, cell, memory_bias)
        self.output = nn.Linear(hidden_size, output_size)

    def start(self, batch_size: int = 1) -> LayerState:
        """Return the all-zero state."""
        return zero_state(self.cell, batch_size, self.hidden_size, self.output.weight)

    def step(self, inputs: Tensor, state: LayerState) -> tuple[Tensor, LayerState]:
        """Read one token (B,), or one row of values (B, I), per sequence; return the answers (B, O) and the new state."""
        hidden, state = step_layer(self.cell, self.layer, self._embed(inputs), state)
        return self.output(hidden), state

    def forward(self, inputs: Tensor, state: LayerState | None = None) -> tuple[Tensor, LayerState]:
        """Return the answers (B, T, O) to tokens (B, T) or values (B, T, I), and the state after the last step."""
        state = self.start(len(inputs)) if state is None else state
        hidden, state = run_layer(self.layer, self._embed(inputs), state)  # (B, T, H)
        return self.output(hidden), state

    def _embed(self, inputs: Tensor) -> Tensor:
        return inputs if self.embedding is None else self.embedding(inputs)


def start_out_to_keep(layer: nn.RNNBase, cell: str, memory_bias: float) -> None:
    """Set the starting biases of the gates that keep and that write; torch's second bias of these gates becomes zero."""
    names = CELLS.get(cell).gate_names
    for name, sign in KEEPING_GATES.items():
        if name in names:
            rows = slice(names.index(name) * layer.hidden_size, (names.index(name) + 1) * layer.hidden_size)
            with torch.no_grad():
                layer.bias_ih_l0[rows] = sign * memory_bias
                layer.bias_hh_l0[rows] = 0.0


def count_parameters(cell: str, input_size: int, vocab_size: int, output_size: int, hidden_size: int) -> int:
    """Return the parameters of a SequencePredictor by formula, without building it."""
    embedding, layer_input = (vocab_size * EMBEDDING_DIM, EMBEDDING_DIM) if vocab_size else (0, input_size)
    return embedding + CELLS.get(cell).count_parameters(layer_input, hidden_size) + (hidden_size + 1) * output_size


def hidden_size_for(parameters: int, cell: str, input_size: int, vocab_size: int, output_size: int) -> int:
    """Return the hidden size whose SequencePredictor comes closest to so many parameters, for comparison at equal cost."""

    def distance(hidden_size: int) -> int:
        return abs(count_parameters(cell, input_size, vocab_size, output_size, hidden_size) - parameters)

    hidden_size = 1
    while distance(hidden_size + 1) < distance(hidden_size):
        hidden_size += 1
    return hidden_size
