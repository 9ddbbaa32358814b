"""The loss of a choice among many, against torch's own, in double precision."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from engine.training import cross_entropy
from engine.training.cross_entropy import IGNORED, mean_cross_entropy


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("at_once", [1, 40, 10**6])
def test_loss_and_gradient_are_those_of_torch(smoothing, at_once, monkeypatch):
    monkeypatch.setattr(cross_entropy, "NUMBERS_AT_ONCE", at_once)
    draw = torch.Generator().manual_seed(0)
    logits = (3 * torch.randn(31, 11, generator=draw, dtype=torch.float64)).requires_grad_()
    labels = torch.randint(11, (31,), generator=draw)
    labels[::4] = IGNORED
    found = {}
    for name, function in (("torch", functional.cross_entropy), ("ours", mean_cross_entropy)):
        smoothed = {"label_smoothing": smoothing} if name == "torch" else {"smoothing": smoothing}
        loss = function(logits, labels, **smoothed)
        (slope,) = torch.autograd.grad(3 * loss, logits)
        found[name] = loss.detach(), slope
    torch.testing.assert_close(found["ours"], found["torch"], rtol=1e-12, atol=1e-14)
    assert not found["ours"][1][::4].any()


def test_rounded_logits_are_summed_up_in_single_precision():
    logits = (3 * torch.randn(40, 500, generator=torch.Generator().manual_seed(1))).bfloat16().requires_grad_()
    labels = torch.arange(40)
    loss, expected = (
        mean_cross_entropy(logits, labels, 0.1),
        functional.cross_entropy(logits.float(), labels, label_smoothing=0.1),
    )
    assert loss.dtype == torch.float32
    torch.testing.assert_close(loss, expected)
    slopes = [torch.autograd.grad(each, logits)[0] for each in (loss, expected)]
    assert slopes[0].dtype == torch.bfloat16
    torch.testing.assert_close(*slopes, rtol=1e-2, atol=1e-6)
