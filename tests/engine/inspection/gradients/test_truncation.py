"""Truncated back-propagation: gradients cut by hand, memory that grows, and what is said of it."""

from __future__ import annotations

import pandas as pd
import pytest
import torch
from torch.nn import functional

from engine.decoding.text import start_id
from engine.errors import InputError
from engine.inspection.gradients.effective_context import agreement_sentence, compare_orders
from engine.inspection.gradients.truncation import Truncation, chunks, truncation, truncation_sentence
from engine.models.folder import LoadedModel

TEXT = "The ferry left at noon, and nobody waved."


def test_chunks_end_with_a_whole_one() -> None:
    assert chunks(10, 4) == [(0, 2), (2, 6), (6, 10)]
    assert chunks(8, 4) == [(0, 4), (4, 8)]
    assert chunks(3, 3) == [(0, 3)]


def test_reach_share_and_direction_are_those_of_gradients_cut_by_hand(reader: LoadedModel) -> None:
    found = truncation(reader, TEXT)
    model, ids = reader.model, torch.tensor([start_id(reader), *reader.tokenizer.encode(TEXT)])
    count = len(ids) - 1
    rows = model.embedding.weight.detach()[ids[:-1]].clone().requires_grad_()
    hidden = rows[None]
    for layer in model.layers:
        hidden = model.join(hidden, layer(hidden)[0])
    functional.cross_entropy(model.project(hidden)[0, -1:], ids[-1:]).backward()
    norms = rows.grad.norm(dim=1).flip(0)
    assert found.influence["norm"].tolist() == pytest.approx(norms.tolist(), rel=1e-4)

    def step_by_step(length: int) -> torch.Tensor:
        state, loss = model.start(1), torch.zeros(())
        for position in range(count):
            if (count - position) % length == 0:  # chunks are counted from the end
                state = tuple(type(part)(*(each.detach() for each in part)) for part in state)
            logits, state = model.step(ids[position : position + 1], state)
            loss = loss + functional.cross_entropy(logits, ids[position + 1 : position + 2]) / count
        return torch.cat([grad.flatten() for grad in torch.autograd.grad(loss, list(model.parameters()))])

    whole = step_by_step(count)
    assert found.frame["length"].tolist() == [4, 16, count]
    for row in found.frame.itertuples():
        assert row.reach == row.length
        assert row.kept == pytest.approx(float(norms[: row.length].sum() / norms.sum()), rel=1e-4)
        assert row.cosine == pytest.approx(
            float(functional.cosine_similarity(step_by_step(row.length), whole, dim=0)), abs=1e-4
        )
    assert found.frame["memory_bytes"].is_monotonic_increasing


def test_the_sentence_names_the_shortest_chunk_that_is_enough() -> None:
    frame = pd.DataFrame(
        {
            "length": [4, 16, 64],
            "reach": [4, 16, 64],
            "kept": [0.4, 0.8, 1.0],
            "cosine": [0.5, 0.96, 1.0],
            "memory_bytes": [10, 20, 50],
            "seconds": [3.0, 2.0, 1.0],
            "seconds_per_update": [0.1, 0.5, 1.0],
        }
    )
    words = truncation_sentence(Truncation(frame, pd.DataFrame(), 64))
    assert "Chunks of 16 are the shortest" in words
    assert "80 % of what moves" in words
    assert "2.5 times as much in memory" in words
    assert "2.0 times as long" in words
    assert "No chunk is long enough" in truncation_sentence(
        Truncation(frame.assign(cosine=[0.1, 0.2, 1.0]), pd.DataFrame(), 64)
    )


def test_short_texts_are_refused(reader: LoadedModel) -> None:
    with pytest.raises(InputError, match="8 characters; to cut it into chunks it takes at least 9"):
        truncation(reader, "abcdefgh")


def test_orders_of_half_lives_are_compared_where_both_can_tell() -> None:
    levels = pd.DataFrame(
        {
            "network": ["a", "b", "c"],
            "level": 0.5,
            "gradient": [2.0, 2.1, 4.0],
            "replaced": [3.0, 6.0, 5.0],
        }
    )
    # a and b are a tie by gradient; a < c in both; by gradient b < c, replaced c < b.
    assert compare_orders(levels) == (1, 2)
    assert "Of the 2 comparisons" in agreement_sentence(levels)
    assert "1 come out the same way round" in agreement_sentence(levels)
    assert "2.0 to 4.0 characters by gradient, 3.0 to 6.0 characters by really" in agreement_sentence(levels)
