"""The operations of an update, counted by hand, and what the measurement leaves behind."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from engine.training import matrix_limit
from engine.training.matrix_limit import share_of_limit
from engine.training.precision import calculating

STEPS, ROWS, INPUT, HIDDEN = 20, 8, 64, 128


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize(("kind", "gates"), [(nn.RNN, 1), (nn.GRU, 3), (nn.LSTM, 4)])
def test_operations_of_a_recurrent_layer_are_counted(kind: type[nn.RNNBase], gates: int, precision: str) -> None:
    layer, inputs = kind(INPUT, HIDDEN, batch_first=True), torch.randn(ROWS, STEPS, INPUT, requires_grad=True)
    forwards = 2 * ROWS * STEPS * gates * HIDDEN * (INPUT + HIDDEN)
    with FlopCounterMode(display=False, custom_mapping=matrix_limit._RECURRENT) as counter:
        with calculating(precision):
            outputs = layer(inputs)[0]
        assert counter.get_total_flops() == forwards
        outputs.float().sum().backward()
    # Backwards twice as much, but for the first step, before which no hidden state needs a gradient.
    assert counter.get_total_flops() == pytest.approx(3 * forwards, rel=0.03)


class Square:
    """One product of a square matrix with dropout: 2 operations per number forwards, and as many for the gradient."""

    def loss(self, model: nn.Module, batch: torch.Tensor, carry: None) -> tuple[torch.Tensor, None]:
        return model(batch).sum(), None


def test_the_share_follows_from_the_limit_and_nothing_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    model = nn.Sequential(nn.Linear(64, 64), nn.Dropout(0.5)).eval()
    before, state = copy.deepcopy(model.state_dict()), torch.get_rng_state()
    shares = []
    for limit in (1e9, 2e9):
        monkeypatch.setattr(matrix_limit, "matrix_limit", lambda precision, limit=limit: limit)
        monkeypatch.setattr(matrix_limit.time, "perf_counter", iter(range(100)).__next__)
        shares.append(share_of_limit(model, Square(), torch.ones(64, 64), "float32"))
    assert shares == [pytest.approx(2 * 2 * 64**3 / limit) for limit in (1e9, 2e9)]
    assert all(torch.equal(before[name], weight) for name, weight in model.state_dict().items())
    assert torch.equal(torch.get_rng_state(), state)
    assert not model.training
    assert all(weight.grad is None for weight in model.parameters())
