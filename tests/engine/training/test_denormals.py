"""Denormal numbers are zero while weights change and nowhere else, and what a network learns stays the same."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from engine.training import Trainer, TrainingSettings
from engine.training.denormals import flushed_denormals

SMALL = 1e-39  # a 32-bit denormal


def is_flushing() -> bool:
    return float(torch.tensor([SMALL]) * 1.0) == 0.0


class Watcher:
    """An objective that notes when denormals are zero."""

    def __init__(self) -> None:
        self.seen = []

    def batch(self, position):
        return torch.ones(1, 1)

    def loss(self, model, batch, carry):
        self.seen.append(is_flushing())
        return model(batch).square().sum(), None

    def evaluate(self, model):
        return {"loss": 0.0 if is_flushing() else 1.0}


def test_denormals_are_zero_inside_the_block_only():
    assert not is_flushing()
    with flushed_denormals():
        assert is_flushing()
    assert not is_flushing()
    with pytest.raises(KeyError), flushed_denormals():
        raise KeyError
    assert not is_flushing()


def test_training_takes_them_for_zero_in_updates_not_in_what_it_hands_out():
    watcher = Watcher()
    settings = TrainingSettings(max_steps=3, learning_rate=1e-2, evaluate_every=1, log_every=1)
    outside = [is_flushing() for _ in Trainer(nn.Linear(1, 1), watcher, settings).run()]
    assert watcher.seen == [True] * 3
    assert len(outside) > 3
    assert not any(outside)


def test_a_gradient_that_vanishes_on_the_way_is_the_same_to_the_last_digit_that_matters():
    def gradients():
        network = nn.RNN(1, 8, batch_first=True)
        with torch.no_grad():
            network.weight_hh_l0.mul_(0.2 / torch.linalg.matrix_norm(network.weight_hh_l0, 2))
        torch.manual_seed(0)
        inputs = torch.randn(2, 80, 1, requires_grad=True)
        network(inputs)[0][:, -1].sum().backward()
        return inputs.grad

    torch.manual_seed(1)
    exact = gradients()
    torch.manual_seed(1)
    with flushed_denormals():
        flushed = gradients()
    is_denormal = (exact != 0) & (exact.abs() < torch.finfo(torch.float32).tiny)
    assert is_denormal.any(), "nothing vanishes here"
    assert (flushed[is_denormal] == 0).any()
    torch.testing.assert_close(flushed, exact, rtol=1e-5, atol=1e-37)
