"""Language modelling: windows are a function of seed and position, memory crosses their edges and gradients do not."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from engine.decoding.scoring import score_stream
from engine.errors import DataError
from engine.models.language_model import LanguageModel
from engine.training.language_modelling import LanguageModellingObjective

TEXT = torch.randint(7, (400,), generator=torch.Generator().manual_seed(1)).tolist()


def build(batch_size=3, bptt_length=8, seed=0, text=TEXT) -> LanguageModellingObjective:
    return LanguageModellingObjective(text, text[:50], batch_size, bptt_length, seed)


@settings(max_examples=40)
@given(st.integers(30, 400), st.integers(1, 5), st.integers(1, 9), st.integers(0, 50), st.integers(0, 3))
def test_windows_lie_within_the_text_and_labels_are_the_next_tokens(size, batch_size, bptt_length, position, seed):
    if size < bptt_length * (batch_size + 1) + 1:
        return
    text = list(range(size))  # each token is its own position
    window = build(batch_size, bptt_length, seed, text).batch(position)
    assert window.input_ids.shape == window.labels.shape == (batch_size, bptt_length)
    assert torch.equal(window.labels, window.input_ids + 1)
    assert int(window.input_ids.min()) >= 0
    assert int(window.labels.max()) < size
    assert torch.equal(window.input_ids, window.input_ids[:, :1] + torch.arange(bptt_length))


def test_consecutive_windows_of_a_pass_go_on_where_the_last_one_ended():
    objective = build(text=list(range(400)))
    assert objective.windows > 3
    for position in range(2 * objective.windows):
        window = objective.batch(position)
        assert window.is_first == (position % objective.windows == 0)
        if not window.is_first:
            assert torch.equal(window.input_ids[:, 0], objective.batch(position - 1).input_ids[:, -1] + 1)


def test_seeds_that_follow_each_other_read_the_text_at_other_places():
    """The passes of one seed are not those of the next seed, one later."""

    def offsets(seed: int) -> list[int]:
        objective = build(seed=seed, text=list(range(400)))
        return [int(objective.batch(epoch * objective.windows).input_ids[0, 0]) for epoch in range(9)]

    assert offsets(0)[1:] != offsets(1)[:-1]
    assert len(set(offsets(0))) > 1


def test_a_pass_reads_nothing_twice_and_almost_everything():
    objective = build(text=list(range(400)))
    read = torch.cat([objective.batch(i).input_ids.flatten() for i in range(objective.windows)])
    assert len(read.unique()) == len(read)
    assert len(read) > 400 - 3 * 8 - 8 - 1


def test_a_batch_depends_on_seed_and_position_alone():
    one, two = build(), build()
    last = one.batch(40)
    for position in (40, 3, 0, 17):
        two.batch(position)
    assert torch.equal(two.batch(40).input_ids, last.input_ids)
    torch.manual_seed(9)
    assert torch.equal(one.batch(40).input_ids, last.input_ids)


def test_each_pass_and_each_seed_cuts_the_text_at_other_places():
    text = list(range(400))
    objective = build(text=text)
    offsets = [int(objective.batch(p * objective.windows).input_ids[0, 0]) for p in range(12)]
    assert len(set(offsets)) > 3
    assert offsets != [int(build(seed=1, text=text).batch(p * objective.windows).input_ids[0, 0]) for p in range(12)]


def test_the_smallest_text_that_will_do_is_the_one_named():
    need = 8 * (3 + 1) + 1
    assert build(text=TEXT[:need]).windows == 1
    with pytest.raises(DataError, match=rf"^The text has {need - 1} tokens; these settings need at least {need}\.$"):
        build(text=TEXT[: need - 1])
    with pytest.raises(DataError, match="The validation text has 1 tokens; it needs at least 2"):
        LanguageModellingObjective(TEXT, TEXT[:1], 3, 8)


# Truncated back-propagation


def model(cell="lstm", **options) -> LanguageModel:
    torch.manual_seed(0)
    return LanguageModel(7, 5, 6, 2, cell, **options)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_the_loss_of_a_window_is_the_mean_surprise_given_the_state_before_it(cell):
    objective, network = build(), model(cell)
    first, second = objective.batch(0), objective.batch(1)
    loss, carry = objective.loss(network, first, "never looked at")
    both = torch.cat([first.input_ids, second.input_ids], 1)
    logits, _ = network(both)
    expected = functional.cross_entropy(logits[:, :8].flatten(0, 1), first.labels.flatten())
    torch.testing.assert_close(loss, expected)
    loss, _ = objective.loss(network, second, carry)
    expected = functional.cross_entropy(logits[:, 8:].flatten(0, 1), second.labels.flatten())
    torch.testing.assert_close(loss, expected)
    loss, _ = objective.loss(network, second, None)
    assert abs(float(loss.detach() - expected.detach())) > 1e-6  # the memory matters


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_gradients_stop_at_the_edge_of_the_window(cell):
    objective, network = build(), model(cell)
    inputs = []
    network.embedding.register_forward_hook(lambda module, given, found: inputs.append(found) or found.retain_grad())
    _, carry = objective.loss(network, objective.batch(0), None)
    parts = [part for layer in carry for part in (layer if isinstance(layer, tuple) else (layer,))]
    assert not any(part.requires_grad for part in parts)
    assert all(part.dtype == torch.float32 and part.abs().sum() > 0 for part in parts)
    loss, _ = objective.loss(network, objective.batch(1), carry)
    loss.backward()
    assert inputs[0].grad is None
    assert (inputs[1].grad.abs().sum(-1) > 0).all()


def test_a_new_pass_starts_with_an_empty_memory():
    objective, network = build(), model()
    _, carry = objective.loss(network, objective.batch(0), None)
    again = objective.batch(objective.windows)
    assert again.is_first
    assert torch.equal(objective.loss(network, again, carry)[0], objective.loss(network, again, None)[0])


def test_the_carried_state_is_kept_in_full_precision():
    objective, network = build(), model()
    with torch.autocast("cpu", torch.bfloat16):
        _, carry = objective.loss(network, objective.batch(0), None)
        loss, _ = objective.loss(network, objective.batch(1), carry)
    assert {part.dtype for layer in carry for part in layer} == {torch.float32}
    assert loss.dtype == torch.float32


def test_validation_is_one_pass_with_carried_state():
    objective, network = build(), model(dropout=0.5).eval()
    assert objective.evaluate(network) == {"loss": pytest.approx(score_stream(network, torch.tensor(TEXT[:50])))}
