"""Greedy walks along the likeliest; forced decoding equals reading the whole target at once."""

from __future__ import annotations

import pytest
import torch

from engine.decoding.forced import forced
from engine.decoding.greedy import greedy

MARKS = {"bos_id": 1, "eos_id": 2}
SOURCE, LENGTHS = torch.tensor([[4, 5, 6, 7], [8, 3, 0, 0], [5, 0, 0, 0]]), torch.tensor([4, 2, 1])


@pytest.mark.parametrize("attention", ["dot", "additive", "none"])
def test_forced_decoding_equals_the_teacher_forced_forward(build_translator, attention):
    model = build_translator(attention=attention, scale=3.0)
    target = [5, 8, 3]
    found = forced(model, SOURCE[1:2, :2], LENGTHS[1:2], target, **MARKS)
    with torch.no_grad():
        logits, weights = model(SOURCE[1:2], LENGTHS[1:2], torch.tensor([[1, *target]]))
    log_probs = logits[0].log_softmax(-1)
    torch.testing.assert_close(found.log_probs, log_probs[torch.arange(4), torch.tensor([*target, 2])])
    assert found.argmax_ids.tolist() == log_probs.argmax(-1).tolist()
    torch.testing.assert_close(found.argmax_log_probs, log_probs.max(-1).values)
    torch.testing.assert_close(found.attention_weights, weights[0, :, :2])


def test_an_empty_target_still_has_its_end_mark(build_translator):
    found = forced(build_translator(), SOURCE[:1], LENGTHS[:1], [], **MARKS)
    assert found.log_probs.shape == (1,)
    assert found.attention_weights.shape == (1, 4)


@pytest.mark.parametrize("attention", ["dot", "none"])
def test_greedy_reads_its_own_words_and_takes_the_likeliest(build_translator, attention):
    lengths = set()
    for seed in range(8):
        model = build_translator(attention=attention, scale=4.0, seed=seed)
        for row, found in enumerate(greedy(model, SOURCE, LENGTHS, max_new_tokens=9, **MARKS)):
            taught = forced(
                model, SOURCE[row : row + 1, : LENGTHS[row]], LENGTHS[row : row + 1], found.token_ids, **MARKS
            )
            steps = len(found.token_ids) + found.is_finished
            own = [*found.token_ids, 2][:steps]
            assert own == taught.argmax_ids[:steps].tolist()
            assert found.log_probs == pytest.approx(taught.argmax_log_probs[:steps].tolist(), abs=1e-4)
            assert found.score == pytest.approx(sum(found.log_probs))
            torch.testing.assert_close(found.attention_weights, taught.attention_weights[:steps], atol=1e-5, rtol=1e-4)
            assert 2 not in found.token_ids
            assert found.is_finished or len(found.token_ids) == 9
            lengths.add(len(found.token_ids))
    assert len(lengths) > 2  # sentences have left the batch at different times


def test_greedy_stops_at_the_limit_and_says_so(build_translator):
    model = build_translator()
    with torch.no_grad():
        model.output_bias[2] = -1e9  # never ends
    for row, found in enumerate(greedy(model, SOURCE, LENGTHS, max_new_tokens=3, **MARKS)):
        assert len(found.token_ids) == len(found.log_probs) == 3
        assert not found.is_finished
        assert found.attention_weights.shape == (3, int(LENGTHS[row]))


def test_greedy_may_end_at_once(build_translator):
    model = build_translator()
    with torch.no_grad():
        model.output_bias[2] = 1e9
    for found in greedy(model, SOURCE, LENGTHS, max_new_tokens=3, **MARKS):
        assert found.token_ids == []
        assert found.is_finished
        assert len(found.log_probs) == len(found.attention_weights) == 1
