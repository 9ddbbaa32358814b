"""Attention by hand: scores, softmax over real words, weighted sum."""

from __future__ import annotations

import math

import pytest
import torch

from engine.errors import ConfigError
from engine.models.attention import ATTENTION, attend

OUTPUTS = torch.tensor([[[1.0, 0.0], [0.0, 2.0], [9.0, 9.0]]])  # (1, 3, 2), the last one padding
MASK = torch.tensor([[True, True, False]])
QUERY = torch.tensor([[[1.0, 1.0], [0.5, -1.0]]])  # (1, 2, 2)
SUMMARY = torch.tensor([[0.25, 0.75]])


def softmax(*scores: float) -> list[float]:
    total = sum(math.exp(score) for score in scores)
    return [math.exp(score) / total for score in scores]


def look(attention):
    return attention(QUERY, attention.keys(OUTPUTS), OUTPUTS, MASK, SUMMARY)


def test_dot_attention_by_hand():
    context, weights = look(ATTENTION.get("dot")(2))
    first, second = softmax(1.0, 2.0), softmax(0.5, -2.0)
    assert weights.tolist() == [[pytest.approx([*first, 0]), pytest.approx([*second, 0])]]
    assert context.tolist() == [[pytest.approx([w[0], 2 * w[1]]) for w in (first, second)]]


def test_additive_attention_by_hand():
    attention = ATTENTION.get("additive")(2)
    with torch.no_grad():
        attention.key.weight.copy_(torch.tensor([[1.0, 0.5], [0.0, -1.0]]))
        attention.key.bias.copy_(torch.tensor([0.1, 0.2]))
        attention.query.weight.copy_(torch.tensor([[2.0, 0.0], [1.0, 1.0]]))
        attention.score.weight.copy_(torch.tensor([[1.5, -0.5]]))

    def score(query, output):
        keys = (output[0] + 0.5 * output[1] + 0.1, -output[1] + 0.2)
        asked = (2 * query[0], query[0] + query[1])
        return 1.5 * math.tanh(keys[0] + asked[0]) - 0.5 * math.tanh(keys[1] + asked[1])

    context, weights = look(attention)
    rows = [softmax(*(score(q, o) for o in ((1.0, 0.0), (0.0, 2.0)))) for q in ((1.0, 1.0), (0.5, -1.0))]
    assert weights.tolist() == [[pytest.approx([*row, 0], abs=1e-6) for row in rows]]
    assert context.tolist() == [[pytest.approx([row[0], 2 * row[1]], abs=1e-6) for row in rows]]


def test_without_attention_every_step_sees_the_summary_and_looks_nowhere():
    context, weights = look(ATTENTION.get("none")(2))
    assert context.tolist() == [[[0.25, 0.75]] * 2]
    assert weights.tolist() == [[[0.0] * 3] * 2]


def test_only_real_attention_attends():
    assert [ATTENTION.get(name)(2).is_attending for name in ("dot", "additive", "none")] == [
        True,
        True,
        False,
    ]


def test_a_huge_score_on_padding_counts_for_nothing():
    _, weights = attend(torch.tensor([[[0.0, 0.0, 1e30]]]), OUTPUTS, MASK)
    assert weights.tolist() == [[[0.5, 0.5, 0.0]]]


def test_an_unknown_kind_is_answered_with_the_known_ones():
    with pytest.raises(ConfigError, match="Unknown attention 'dott'; choose one of: dot, additive, none"):
        ATTENTION.get("dott")
