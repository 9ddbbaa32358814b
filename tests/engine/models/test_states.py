"""States are nested tuples with the batch first: picking, cutting, padding and reversing them."""

from __future__ import annotations

from typing import NamedTuple

import pytest
import torch

import engine.models
from engine.cells.lstm import LSTMState
from engine.models.base import batches_by_length, detach, map_tensors, mask_from_lengths, pad, select
from engine.models.recurrent import last_state, reverse_by_length


class Pair(NamedTuple):
    layers: tuple
    memory: torch.Tensor


def state():
    hidden = torch.arange(6.0).reshape(3, 2)
    return Pair((LSTMState(hidden, hidden + 10), hidden + 20), torch.arange(12.0).reshape(3, 2, 2))


def test_select_picks_sequences_everywhere_and_keeps_the_kinds():
    picked = select(state(), torch.tensor([2, 0, 2, 2]))
    assert isinstance(picked, Pair)
    assert isinstance(picked.layers[0], LSTMState)
    assert picked.layers[0].hidden.tolist() == [[4, 5], [0, 1], [4, 5], [4, 5]]
    assert picked.layers[0].cell.tolist() == [[14, 15], [10, 11], [14, 15], [14, 15]]
    assert picked.layers[1].tolist() == [[24, 25], [20, 21], [24, 25], [24, 25]]
    assert picked.memory[:, 0, 0].tolist() == [8, 0, 8, 8]


def test_select_with_no_index_leaves_an_empty_batch():
    assert select(state(), torch.tensor([], dtype=torch.long)).memory.shape == (0, 2, 2)


def test_detach_cuts_every_tensor_from_its_graph_and_keeps_the_values():
    weight = torch.ones(1, requires_grad=True)
    grown = Pair((LSTMState(weight * 2, weight * 3), weight * 4), weight * 5)
    cut = detach(grown)
    assert isinstance(cut, Pair)
    assert isinstance(cut.layers[0], LSTMState)
    parts = [*cut.layers[0], cut.layers[1], cut.memory]
    assert [part.item() for part in parts] == [2, 3, 4, 5]
    assert not any(part.requires_grad for part in parts)


def test_tensors_in_the_same_place_of_several_states_are_changed_together():
    joined = map_tensors(state(), lambda *parts: torch.cat(parts), state(), state())
    assert isinstance(joined, Pair)
    assert isinstance(joined.layers[0], LSTMState)
    assert torch.equal(joined.memory, torch.cat([state().memory] * 3))
    assert torch.equal(joined.layers[0].cell, torch.cat([state().layers[0].cell] * 3))


def test_batches_hold_neighbours_in_length_each_once_within_both_limits():
    lengths = [3, 1, 2, 1, 5, 3]
    assert list(batches_by_length(lengths, most_rows=4)) == [[1, 3, 2, 0], [5, 4]]
    assert list(batches_by_length(lengths, most_cells=6)) == [[1, 3, 2], [0, 5], [4]]
    assert list(batches_by_length([9], most_cells=6)) == [[0]], "a row that is too long by itself"
    assert list(batches_by_length([])) == []


def test_pad_fills_up_to_the_longest_row():
    assert pad([[1], [2, 3, 4], []], 9).tolist() == [[1, 9, 9], [2, 3, 4], [9, 9, 9]]


def test_a_mask_is_true_on_real_tokens():
    assert mask_from_lengths(torch.tensor([1, 3]), 3).tolist() == [[True, False, False], [True, True, True]]


def test_reversal_by_length_leaves_the_padding_where_it_is_and_undoes_itself():
    rows = torch.tensor([[1, 2, 3, 4], [5, 6, 0, 0], [7, 0, 0, 0]])[:, :, None].float()
    lengths = torch.tensor([4, 2, 1])
    turned = reverse_by_length(rows, lengths)
    assert turned[:, :, 0].tolist() == [[4, 3, 2, 1], [6, 5, 0, 0], [7, 0, 0, 0]]
    assert torch.equal(reverse_by_length(turned, lengths), rows)


def test_the_last_state_is_that_of_the_last_real_step():
    outputs = torch.arange(12.0).reshape(2, 3, 2)
    assert last_state(outputs, torch.tensor([1, 3])).tolist() == [[0, 1], [10, 11]]


def test_the_models_package_offers_its_names_late_and_no_others():
    assert "language_model" in engine.models.MODELS.names()
    assert engine.models.select is select
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        engine.models.nothing  # noqa: B018
