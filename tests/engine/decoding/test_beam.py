"""Beam search against brute force: all sentences of a toy language are written down and the best ones compared."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.decoding.beam import _leading, beam
from engine.decoding.forced import forced
from engine.decoding.greedy import greedy
from engine.decoding.hypothesis import length_normalised
from engine.models.translator import DecoderState

BOS, EOS = 1, 0


class ToyState(NamedTuple):
    """What was read so far, as one number, and where the toy pretends to look."""

    code: torch.Tensor
    attention_weights: torch.Tensor


class Toy:
    """A language whose next token depends on the source and on every token before it, by a table of random numbers."""

    def __init__(self, vocab_size: int, seed: int = 0, longest: int = 6, spread: float = 1.0) -> None:
        self.vocab_size = vocab_size
        generator = torch.Generator().manual_seed(seed)
        self.table = torch.randn(9973, vocab_size, generator=generator, dtype=torch.float64) * spread

    def start(self, source_ids, lengths):
        code = torch.stack(
            [
                (row[:length] * torch.arange(1, length + 1)).sum()
                for row, length in zip(source_ids, lengths, strict=True)
            ]
        )
        return ToyState(code, torch.zeros(source_ids.shape))

    def step(self, token_ids, state):
        code = (state.code * self.vocab_size + token_ids + 1) % 9973
        width = state.attention_weights.shape[1]
        return self.table[code], ToyState(code, (code[:, None] + torch.arange(width)).float())


SOURCES = torch.tensor([[3, 5, 2], [4, 1, 9], [7, 9, 9]])
LENGTHS = torch.tensor([3, 2, 1])


def everything(model: Toy, source, length, max_new_tokens: int, length_penalty: float):
    """Return (tokens, log-probabilities, score) of every finished sentence of the toy language, best first."""
    words = [token for token in range(model.vocab_size) if token != EOS]
    found = []
    for size in range(max_new_tokens):
        for tokens in itertools.product(words, repeat=size):
            state, log_probs = model.start(source[None], length[None]), []
            for due, read in zip((*tokens, EOS), (BOS, *tokens), strict=True):
                logits, state = model.step(torch.tensor([read]), state)
                log_probs.append(float(logits[0].log_softmax(-1)[due]))
            found.append((list(tokens), log_probs, sum(log_probs) / len(log_probs) ** length_penalty))
    return sorted(found, key=lambda entry: -entry[2])


def search(model, width, **options):
    given = {"max_new_tokens": 4, "bos_id": BOS, "eos_id": EOS} | options
    return beam(model, SOURCES, LENGTHS, beam_size=width, **given)


@pytest.mark.parametrize("length_penalty", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("seed", range(4))
def test_a_beam_that_holds_everything_finds_everything_in_order(seed, length_penalty):
    model = Toy(4, seed)
    for row, found in enumerate(search(model, 40, length_penalty=length_penalty, is_exact=True)):
        expected = everything(model, SOURCES[row], LENGTHS[row], 4, length_penalty)
        assert len(expected) == 1 + 3 + 9 + 27
        assert [h.token_ids for h in found] == [tokens for tokens, _, _ in expected]
        for hypothesis, (_, log_probs, score) in zip(found, expected, strict=True):
            assert hypothesis.log_probs == pytest.approx(log_probs, abs=1e-5)
            assert hypothesis.score == pytest.approx(score, abs=1e-5)
            assert hypothesis.is_finished


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 1.0]), st.floats(0.1, 3))
def test_a_beam_that_holds_every_prefix_finds_the_best(seed, length_penalty, spread):
    model = Toy(4, seed, spread=spread)
    model.table[:, EOS] -= 1  # endings are often unlikely
    for row, found in enumerate(search(model, 9, length_penalty=length_penalty, is_exact=True, max_new_tokens=3)):
        best = everything(model, SOURCES[row], LENGTHS[row], 3, length_penalty)[0]
        assert found[0].token_ids == best[0]
        assert found[0].score == pytest.approx(best[2], abs=1e-5)


class Written(Toy):
    """A language of three tokens (0 ends) with probabilities given for each prefix; what is not given goes on for
    ever."""

    def __init__(self, given: dict[tuple[int, ...], tuple[float, float, float]]) -> None:
        super().__init__(3)
        self.table = torch.tensor([[0.0, 0.5, 0.5]]).log().repeat(9973, 1)
        for prefix, probabilities in given.items():
            code = 0
            for token in (BOS, *prefix):
                code = code * 3 + token + 1
            self.table[code] = torch.tensor(probabilities).log()


def test_an_ending_that_does_not_count_takes_no_place_from_what_goes_on():
    """The best four are an ending, a word, an ending beyond the width, and the word that leads to the best sentence."""
    model = Written({(): (0.0, 0.5, 0.5), (1,): (0.6, 0.38, 0.02), (2,): (0.37, 0.36, 0.27), (2, 1): (1.0, 0.0, 0.0)})
    options = {"beam_size": 2, "max_new_tokens": 6, "bos_id": BOS, "eos_id": EOS}
    (found,) = beam(model, torch.zeros(1, 1, dtype=torch.long), torch.tensor([1]), **options)
    assert [hypothesis.token_ids for hypothesis in found] == [[2, 1], [1]]


LATE_BLOOMER = Written(
    {
        (): (0.45, 0.50, 0.05),  # ends at once: log 0.45 = -0.80
        (1,): (
            0.45,
            0.35,
            0.20,
        ),  # ends: (log 0.50 + log 0.45) / 2 = -0.75; goes on at (log 0.50 + log 0.35) / 2 = -0.87
        (1, 1): (0.01, 0.98, 0.01),
        (1, 1, 1): (0.98, 0.01, 0.01),  # ends: (log 0.50 + log 0.35 + 2 log 0.98) / 4 = -0.45
    }
)
SOURCE = {"source_ids": torch.tensor([[0]]), "lengths": torch.tensor([1]), "bos_id": BOS, "eos_id": EOS}


def test_an_exact_search_goes_on_while_an_open_sentence_may_still_win_and_a_quick_one_ends():
    options = {"beam_size": 2, "max_new_tokens": 5, "length_penalty": 1.0} | SOURCE
    exact, quick = (beam(LATE_BLOOMER, is_exact=is_exact, **options)[0][0] for is_exact in (True, False))
    assert exact.token_ids == [1, 1, 1]
    assert exact.score == pytest.approx(-0.4460, abs=1e-3)
    assert quick.token_ids == [1]
    assert quick.score == pytest.approx(-0.7458, abs=1e-3)


def test_sums_prefer_the_short_and_means_the_long():
    short = Written({(): (0.5, 0.5, 1e-9), (1,): (0.9, 0.05, 0.05)})
    options = {"beam_size": 2, "max_new_tokens": 4} | SOURCE
    assert beam(short, length_penalty=0.0, **options)[0][0].token_ids == []
    assert beam(short, length_penalty=1.0, **options)[0][0].token_ids == [1]


def test_the_search_ends_early_only_when_the_beam_is_full_and_nothing_open_is_better():
    steps = []

    class Counting(Written):
        def step(self, token_ids, state):
            steps.append(len(token_ids))
            return super().step(token_ids, state)

    model = Counting({(): (0.90, 0.06, 0.04), (1,): (0.90, 0.05, 0.05), (2,): (0.90, 0.05, 0.05)})
    found = beam(model, beam_size=2, max_new_tokens=50, length_penalty=0.0, **SOURCE)[0]
    assert [h.token_ids for h in found] == [[], [1]]
    assert steps == [1, 2]  # before the first step all beams are one


def test_no_more_than_the_beam_is_returned_best_first():
    for found in search(Toy(5, 3), 3, max_new_tokens=6):
        assert len(found) == 3
        assert found == sorted(found, key=lambda h: (not h.is_finished, -h.score))
        assert len({tuple(h.token_ids) for h in found}) == 3


def test_a_language_that_never_ends_is_cut_at_the_limit_and_says_so():
    endless = Written({})
    found = beam(endless, beam_size=3, max_new_tokens=5, **SOURCE)[0]
    assert [len(h.token_ids) for h in found] == [5, 5, 5]
    for hypothesis in found:
        assert not hypothesis.is_finished
        assert len(hypothesis.log_probs) == 5
        assert hypothesis.attention_weights.shape == (5, 1)
        assert hypothesis.score == pytest.approx(sum(hypothesis.log_probs) / 5)


def test_a_finished_sentence_comes_before_an_unfinished_one_however_likely():
    model = Written({(): (0.01, 0.989, 0.001)})
    found = beam(model, beam_size=2, max_new_tokens=3, length_penalty=1.0, **SOURCE)[0]
    assert [h.is_finished for h in found] == [True, False]
    assert found[0].token_ids == []


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(2, 6), st.floats(0, 2))
def test_a_beam_of_one_is_greedy(seed, vocab_size, length_penalty):
    model = Toy(vocab_size, seed, spread=2.0)
    marks = {"max_new_tokens": 7, "bos_id": BOS, "eos_id": EOS}
    walked = greedy(model, SOURCES, LENGTHS, **marks)
    for (one,), other in zip(search(model, 1, max_new_tokens=7, length_penalty=length_penalty), walked, strict=True):
        assert one.token_ids == other.token_ids
        assert one.is_finished == other.is_finished
        assert one.log_probs == pytest.approx(other.log_probs, abs=1e-5)
        torch.testing.assert_close(one.attention_weights, other.attention_weights)
        assert other.score == pytest.approx(sum(other.log_probs))


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(1, 6), st.floats(0, 2), st.integers(1, 7))
def test_scores_and_steps_belong_to_the_tokens(seed, width, length_penalty, limit):
    model = Toy(4, seed, spread=2.0)
    for row, found in enumerate(search(model, width, length_penalty=length_penalty, max_new_tokens=limit)):
        source, length = SOURCES[row : row + 1], LENGTHS[row : row + 1]
        for hypothesis in found:
            taught = forced(model, source, length, hypothesis.token_ids, bos_id=BOS, eos_id=EOS)
            steps = len(hypothesis.token_ids) + hypothesis.is_finished
            assert steps <= limit
            assert hypothesis.log_probs == pytest.approx(taught.log_probs[:steps].tolist(), abs=1e-4)
            assert hypothesis.score == pytest.approx(
                sum(hypothesis.log_probs) / max(1, steps) ** length_penalty, abs=1e-4
            )
            torch.testing.assert_close(hypothesis.attention_weights, taught.attention_weights[:steps, : int(length)])


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.integers(1, 5))
def test_a_batch_is_searched_as_each_alone(seed, width):
    model = Toy(5, seed, spread=2.0)
    together = search(model, width, max_new_tokens=6)
    marks = {"beam_size": width, "max_new_tokens": 6, "bos_id": BOS, "eos_id": EOS}
    for row, found in enumerate(together):
        length = int(LENGTHS[row])
        alone = beam(model, SOURCES[row : row + 1, :length], LENGTHS[row : row + 1], **marks)[0]
        assert [h.token_ids for h in found] == [h.token_ids for h in alone]
        assert [h.score for h in found] == pytest.approx([h.score for h in alone])


def test_a_wider_beam_is_never_worse_here_and_sometimes_better():
    better = 0
    for seed in range(10):
        model = Toy(5, seed)
        for narrow, wide in zip(
            search(model, 1, length_penalty=0.0), search(model, 12, length_penalty=0.0), strict=True
        ):
            if narrow[0].is_finished and wide[0].is_finished:
                assert wide[0].score >= narrow[0].score - 1e-6
                better += wide[0].score > narrow[0].score + 1e-6
    assert better > 0


@pytest.mark.parametrize("attention", ["dot", "none"])
@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_the_real_translator_is_searched_in_padded_batches_as_alone(build_translator, attention, cell):
    model = build_translator(attention=attention, cell=cell, scale=4.0, seed=8)
    source, lengths = torch.tensor([[4, 5, 6, 7], [8, 3, 0, 0], [5, 0, 0, 0]]), torch.tensor([4, 2, 1])
    options = {"max_new_tokens": 8, "bos_id": 1, "eos_id": 2}
    together = beam(model, source, lengths, beam_size=4, **options)
    walked = greedy(model, source, lengths, **options)
    for row, found in enumerate(together):
        alone = source[row : row + 1, : lengths[row]], lengths[row : row + 1]
        expected = beam(model, *alone, beam_size=4, **options)[0]
        assert [h.token_ids for h in found] == [h.token_ids for h in expected]
        assert [h.score for h in found] == pytest.approx([h.score for h in expected], abs=1e-4)
        torch.testing.assert_close(found[0].attention_weights, expected[0].attention_weights, atol=1e-4, rtol=1e-4)
        assert found[0].attention_weights.shape == (len(found[0].log_probs), int(lengths[row]))
        assert greedy(model, *alone, **options)[0].token_ids == walked[row].token_ids
        sums = found[0].attention_weights.sum(-1)
        torch.testing.assert_close(sums, torch.full_like(sums, 1.0 if attention == "dot" else 0.0))


def test_what_attention_looks_at_is_there_once_for_all_rows_of_a_source(build_translator, monkeypatch):
    seen = []
    original = DecoderState.reorder_beams

    def reorder(state: DecoderState, rows: torch.Tensor, sources: torch.Tensor | None = None) -> DecoderState:
        after = original(state, rows, sources)
        seen.append((len(rows), *(len(part) for part in (after.keys, after.outputs, after.mask, after.summary))))
        return after

    monkeypatch.setattr(DecoderState, "reorder_beams", reorder)
    model = build_translator(attention="dot", scale=4.0, seed=8)
    source, lengths = torch.tensor([[4, 5, 6], [7, 8, 0]]), torch.tensor([3, 2])
    beam(model, source, lengths, beam_size=4, max_new_tokens=6, bos_id=1, eos_id=2)
    assert len(seen) >= 2
    assert all(rows == 4 * count for rows, *counts in seen for count in counts)


def test_length_normalisation_by_hand():
    assert length_normalised(-6.0, 3, 0.0) == -6
    assert length_normalised(-6.0, 3, 1.0) == -2
    assert length_normalised(-6.0, 4, 0.5) == -3
    assert length_normalised(0.0, 0, 1.0) == 0


@pytest.mark.parametrize(
    ("vocab_size", "beams", "wanted"), [(600, 5, 10), (700, 1, 24), (90, 3, 6), (601, 4, 8), (200, 2, 400)]
)
def test_the_leading_continuations_are_those_of_a_full_sort(vocab_size, beams, wanted):
    torch.manual_seed(vocab_size)
    log_probs, scores = torch.randn(7 * beams, vocab_size).log_softmax(-1), torch.randn(7, beams)
    scores[2, 1:] = float("-inf")  # beams that are dead
    best, parents, tokens, own = _leading(log_probs, scores, wanted)
    everything = log_probs.view(7, beams, vocab_size) + scores[:, :, None]
    totals, positions = everything.view(7, -1).sort(dim=1, descending=True)
    alive = torch.isfinite(totals[:, :wanted])
    assert torch.equal(best, totals[:, :wanted])
    assert torch.equal((parents * vocab_size + tokens)[alive], positions[:, :wanted][alive])
    assert torch.equal(own[alive], log_probs.view(7, -1).gather(1, positions[:, :wanted])[alive])
