"""Attention set by hand: edits by hand and as properties; steps against a state that leaves attention no choice."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.decoding.attention_edits import edited, forced_log_probs, read_prefix, write_on
from engine.decoding.attention_settings import KINDS, AttentionEdit
from engine.decoding.greedy import greedy
from engine.errors import InputError
from engine.models.translator import DecoderState, Translator

BOS, EOS = 1, 2
SOURCE = torch.tensor([[3, 5, 7, 4, 6]])
LENGTHS = torch.tensor([5])
TARGET = [4, 3, 8, 5, EOS]
ROW = torch.tensor([[0.1, 0.2, 0.3, 0.4]])


@pytest.fixture(params=["dot", "additive"])
def model(request: pytest.FixtureRequest, build_translator: Callable[..., Translator]) -> Translator:
    """Return a small translator that looks back."""
    return build_translator(attention=request.param, scale=2.0, seed=3)


def with_one_position(state: DecoderState, weights: torch.Tensor) -> DecoderState:
    """Return a state with a single place to look at: the weighted sum of the source's. Its weight can only be 1."""
    context = weights[:, None] @ state.outputs
    return state._replace(keys=context, outputs=context, mask=torch.ones(len(weights), 1, dtype=torch.bool))


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (AttentionEdit("remove", 1, 2), [0.125, 0.0, 0.375, 0.5]),
        (AttentionEdit("remove", 2, 4), [1 / 3, 2 / 3, 0.0, 0.0]),
        (AttentionEdit("raise", 0, 1, share=0.7), [0.7, 0.3 * 2 / 9, 0.3 * 3 / 9, 0.3 * 4 / 9]),
        (AttentionEdit("raise", 2, 4, share=0.7), [0.1, 0.2, 0.3, 0.4]),
        (AttentionEdit("only", 1, 3), [0.0, 0.4, 0.6, 0.0]),
        (AttentionEdit("uniform"), [0.25] * 4),
    ],
)
def test_each_edit_by_hand(edit: AttentionEdit, expected: list[float]) -> None:
    assert edited(ROW, edit)[0].tolist() == pytest.approx(expected, abs=1e-6)


def test_a_word_without_weight_is_looked_at_evenly_and_the_rest_takes_over_from_one_that_had_all() -> None:
    row = torch.tensor([[0.0, 0.0, 1.0]])
    assert edited(row, AttentionEdit("only", 0, 2))[0].tolist() == [0.5, 0.5, 0.0]
    assert edited(row, AttentionEdit("remove", 2, 3))[0].tolist() == [0.5, 0.5, 0.0]


def test_a_shuffle_keeps_the_weights_and_its_seed_and_step_decide_the_order() -> None:
    row = torch.rand(1, 12)
    first = edited(row, AttentionEdit("shuffle", seed=1), 4)
    assert sorted(first[0].tolist()) == sorted(row[0].tolist())
    assert torch.equal(
        first, edited(row.expand(3, -1), AttentionEdit("shuffle", seed=1), 2)[2:]
    )  # step 4 among 2, 3, 4
    assert not torch.equal(first, edited(row, AttentionEdit("shuffle", seed=1), 5))
    assert not torch.equal(first, edited(row, AttentionEdit("shuffle", seed=2), 4))


@given(
    weights=st.lists(st.lists(st.floats(0, 1), min_size=5, max_size=5), min_size=1, max_size=4),
    kind=st.sampled_from(KINDS),
    start=st.integers(0, 4),
    length=st.integers(1, 4),
    share=st.floats(0, 1),
)
def test_rows_stay_distributions(weights: list[list[float]], kind: str, start: int, length: int, share: float) -> None:
    rows = torch.tensor(weights) + 1e-3
    rows = rows / rows.sum(dim=1, keepdim=True)
    found = edited(rows, AttentionEdit(kind, min(start, 5 - length), min(start, 5 - length) + length, share))
    assert (found >= 0).all()
    assert torch.allclose(found.sum(dim=1), torch.ones(len(rows)), atol=1e-5)


@pytest.mark.parametrize(
    "edit", [AttentionEdit("remove", 0, 4), AttentionEdit("only", 3, 6), AttentionEdit("raise", 2, 2)]
)
def test_words_that_are_not_there_or_are_all_there_is(edit: AttentionEdit) -> None:
    with pytest.raises(InputError, match=r"only one word|4 subword tokens"):
        edited(ROW, edit)


def test_a_step_with_given_weights_equals_one_that_has_no_choice(model: Translator) -> None:
    weights = torch.rand(1, 5).softmax(dim=1)
    with torch.inference_mode():
        state = model.start(SOURCE, LENGTHS)
        own, _ = model.step(torch.tensor([BOS]), state)
        logits, after = model.step(torch.tensor([BOS]), state, lambda _: weights[:, None])
        expected, _ = model.step(torch.tensor([BOS]), with_one_position(state, weights))
    assert torch.allclose(logits, expected, atol=1e-6)
    assert not torch.allclose(logits, own, atol=1e-3)
    assert torch.equal(after.attention_weights, weights)


def test_one_pass_equals_step_by_step_and_a_changed_step_reaches_its_own_word_only(model: Translator) -> None:
    own, used = forced_log_probs(model, SOURCE, LENGTHS, TARGET, BOS)
    rows = used.repeat(2, 1, 1)
    rows[1, 2] = edited(used[0, 2:3], AttentionEdit("only", 4, 5))[0]
    found, _ = forced_log_probs(model, SOURCE, LENGTHS, TARGET, BOS, rows)
    assert torch.allclose(found[0], own[0], atol=1e-6)
    with torch.inference_mode():
        state, expected = model.start(SOURCE, LENGTHS), []
        for step, (read, written) in enumerate(zip([BOS, *TARGET[:-1]], TARGET, strict=True)):
            logits, _ = model.step(torch.tensor([read]), with_one_position(state, rows[1:, step]))
            expected.append(float(logits[0].log_softmax(dim=-1)[written]))
            _, state = model.step(torch.tensor([read]), state)
    assert found[1].tolist() == pytest.approx(expected, abs=1e-5)
    apart = (found[1] - found[0]).abs()
    assert float(apart[2]) > 1e-3
    assert float(apart[[0, 1, 3, 4]].max()) < 1e-6


@pytest.mark.parametrize("scope", ["step", "rest"])
def test_writing_on_equals_greedy_untouched_and_a_slow_search_when_changed(model: Translator, scope: str) -> None:
    untouched = greedy(model, SOURCE, LENGTHS, max_new_tokens=12, bos_id=BOS, eos_id=EOS)[0].token_ids
    at = 1
    edit = AttentionEdit("only", 4, 5, scope=scope)
    read, state = read_prefix(model, SOURCE, LENGTHS, untouched[:at], BOS)
    written, log_probs, weights = write_on(model, read, state, [None, edit], at, limit=12 - at, eos_id=EOS)
    assert untouched[:at] + written[0].token_ids == untouched
    assert weights[1].tolist() == [0, 0, 0, 0, 1]

    def changed(used: torch.Tensor) -> torch.Tensor:
        rows = used.clone()
        stop = at + 1 if scope == "step" else rows.shape[1]
        rows[:, at:stop] = torch.tensor([0.0, 0, 0, 0, 1])
        return rows

    slow = untouched[:at]
    with torch.inference_mode():
        for _ in range(12 - at):
            logits, _ = model(SOURCE, LENGTHS, torch.tensor([[BOS, *slow]]), changed)
            if len(slow) == at:
                assert torch.allclose(log_probs[1], logits[0, -1].log_softmax(dim=-1), atol=1e-5)
            if int(logits[0, -1].argmax()) == EOS:
                break
            slow.append(int(logits[0, -1].argmax()))
    assert untouched[:at] + written[1].token_ids == slow


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_reading_a_prefix_at_once_equals_reading_it_step_by_step(
    build_translator: Callable[..., Translator], cell: str
) -> None:
    model = build_translator(cell=cell, scale=2.0)
    read, found = read_prefix(model, SOURCE, LENGTHS, [4, 3, 8], BOS)
    with torch.inference_mode():
        state = model.start(SOURCE, LENGTHS)
        for token_id in (BOS, 4, 3):
            _, state = model.step(torch.tensor([token_id]), state)
        (expected, _), (logits, _) = model.step(torch.tensor([8]), state), model.step(read, found)
    assert read.tolist() == [8]
    assert torch.allclose(logits, expected, atol=1e-5)


def test_a_model_that_does_not_look_back_is_left_as_it_is(build_translator: Callable[..., Translator]) -> None:
    model = build_translator(attention="none")
    with torch.inference_mode():
        own, _ = model(SOURCE, LENGTHS, torch.tensor([[BOS, 4]]))
        told, _ = model(SOURCE, LENGTHS, torch.tensor([[BOS, 4]]), lambda weights: torch.full_like(weights, 0.2))
    assert np.array_equal(own, told)
