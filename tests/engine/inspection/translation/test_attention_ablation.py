"""Attention on trial and the search for another attention, against slow ways to the same numbers."""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.decoding.attention_settings import AttentionEdit
from engine.decoding.text import encode_sources, translate
from engine.errors import InputError
from engine.inspection.translation.attention_ablation import (
    NEGLIGIBLE_NATS,
    EditReport,
    Trial,
    open_trial,
    rest_sentence,
    trial_sentence,
    try_edit,
    verdict,
)
from engine.inspection.translation.attention_search import _climb, find_attention, first_piece, search_sentence
from engine.inspection.translation.search import inspect_search
from engine.models.base import select
from engine.models.folder import LoadedModel, load_model

SENTENCE = "the dog sees a cat"


@pytest.fixture(scope="module")
def loaded(translator_folder: Path) -> LoadedModel:
    """Return an untrained translator with attention."""
    return load_model(translator_folder)


@pytest.fixture(scope="module")
def trial(loaded: LoadedModel) -> Trial:
    """Return the trial of its greedy translation."""
    return open_trial(loaded, inspect_search(loaded, SENTENCE, 1, 0.0))


def log_probs_by_hand(loaded: LoadedModel, trial: Trial, step: int, weights: np.ndarray) -> torch.Tensor:
    """Return the log-probabilities (N, V) at a step, from 1, with states in which there is one place to look at only.

    It holds the source's places weighed by `weights` (N, S), and its own weight can only be 1.
    """
    source_ids, lengths = encode_sources(loaded, [trial.translation.source])
    with torch.inference_mode():
        state = loaded.model.start(source_ids, lengths)
        read = [loaded.tokenizer.bos_id, *trial.translation.target_ids[: step - 1]]
        for token_id in read[:-1]:
            _, state = loaded.model.step(torch.tensor([token_id]), state)
        count = len(weights)
        context = torch.tensor(weights, dtype=torch.float32)[:, None] @ state.outputs
        state = select(state, torch.zeros(count, dtype=torch.long))
        state = state._replace(keys=context, outputs=context, mask=torch.ones(count, 1, dtype=torch.bool))
        logits, _ = loaded.model.step(torch.tensor(read[-1:] * count), state)
        return logits.double().log_softmax(dim=-1)


def log_prob_by_hand(loaded: LoadedModel, trial: Trial, step: int, weights: np.ndarray, piece: int) -> float:
    """Return the log-probability of one piece under one row of weights (S,)."""
    return float(log_probs_by_hand(loaded, trial, step, weights[None])[0, piece])


def test_a_trial_is_of_the_translation_that_is_shown(loaded: LoadedModel, trial: Trial) -> None:
    shown = translate(loaded, SENTENCE)[0]
    assert loaded.tokenizer.decode(list(trial.translation.target_ids)) == shown.text
    assert trial.translation.weights == pytest.approx(shown.weights, abs=1e-5)
    assert trial.steps["log_prob"].tolist() == pytest.approx(shown.log_probs, abs=1e-4)


def test_every_control_equals_its_step_made_alone(loaded: LoadedModel, trial: Trial) -> None:
    size = trial.translation.weights.shape[1]
    for row in trial.steps.iloc[:6].itertuples():
        piece, weights = trial.translation.target_ids[row.step - 1], trial.translation.weights[row.step - 1]
        own = log_prob_by_hand(loaded, trial, row.step, weights, piece)
        even = log_prob_by_hand(loaded, trial, row.step, np.full(size, 1 / size), piece)
        word = trial.translation.source_words[row.looked_at_word]
        shares = [weights[other.start : other.stop].sum() for other in trial.translation.source_words]
        assert row.weight == pytest.approx(max(shares), abs=1e-6)
        without = weights.copy()
        without[word.start : word.stop] = 0
        removed = log_prob_by_hand(loaded, trial, row.step, without / without.sum(), piece)
        assert (row.log_prob, row.uniform, row.removed) == pytest.approx((own, even - own, removed - own), abs=1e-4)


def test_an_edit_gives_the_piece_the_likelihood_of_its_step_made_alone(loaded: LoadedModel, trial: Trial) -> None:
    word = trial.translation.source_words[-1]
    edit = AttentionEdit("only", word.start, word.stop)
    report = try_edit(loaded, trial, 2, edit)
    assert report.log_prob_own == pytest.approx(trial.steps["log_prob"][1], abs=1e-5)
    by_hand = log_prob_by_hand(loaded, trial, 2, report.edited_weights, trial.translation.target_ids[1])
    assert report.log_prob_edited == pytest.approx(by_hand, abs=1e-4)
    assert report.edited_weights.sum() == pytest.approx(1, abs=1e-5)
    assert report.rest_change == pytest.approx(0, abs=1e-4)
    assert "as likely as before" in rest_sentence(report)
    assert report.untouched_text == loaded.tokenizer.decode(list(trial.translation.target_ids))


def test_changing_all_later_steps_changes_the_rest_by_the_sum_of_their_controls(
    loaded: LoadedModel, trial: Trial
) -> None:
    cut_off = dataclasses.replace(trial, translation=dataclasses.replace(trial.translation, end_log_prob=None))
    report = try_edit(loaded, cut_off, 2, AttentionEdit("uniform", scope="rest"))
    assert report.rest_change == pytest.approx(trial.steps["uniform"][2:].sum(), abs=1e-3)
    assert abs(report.rest_change) > 1e-3
    assert f"({report.rest_change:+.2f})" in rest_sentence(report)


def test_raising_a_word_to_what_it_has_changes_nothing_and_says_so(loaded: LoadedModel, trial: Trial) -> None:
    word = trial.translation.source_words[0]
    share = float(trial.translation.weights[0, word.start : word.stop].sum())
    report = try_edit(loaded, trial, 1, AttentionEdit("raise", word.start, word.stop, share))
    assert abs(report.change) < 1e-4
    assert not report.is_rewritten
    assert "did not matter" in verdict(trial, report)
    assert "still writes the same" in verdict(trial, report)


def judged(trial: Trial, report: EditReport, change: float, uniform: float, shuffled: float) -> str:
    steps = trial.steps.assign(uniform=uniform, shuffled=shuffled)
    report = dataclasses.replace(report, log_prob_own=-1.0, log_prob_edited=-1.0 + change)
    return verdict(dataclasses.replace(trial, steps=steps), report)


def test_the_verdict_follows_the_numbers(loaded: LoadedModel, trial: Trial) -> None:
    report = try_edit(loaded, trial, 1, AttentionEdit("uniform"))
    below, above = 0.9 * NEGLIGIBLE_NATS, 1.1 * NEGLIGIBLE_NATS
    assert "This change did not matter" in judged(trial, report, -below, 0, 0)
    assert "less likely, from 36.8 % to 33.0 %" in judged(trial, report, -above, 0, 0)
    assert "becomes likelier" in judged(trial, report, above, 0, 0)
    assert "Attention did not matter at this step" in judged(trial, report, 0, -below, below)
    assert "Attention mattered at this step" in judged(trial, report, 0, 0, -above)
    assert "Attention mattered at this step" in judged(trial, report, 0, -above, 0)
    assert "Attention did not help at this step" in judged(trial, report, 0, above, 0)


def test_the_sentence_on_all_steps_counts_those_that_need_attention(trial: Trial) -> None:
    lost = [-2.0, *[0.0] * (len(trial.translation.target_pieces) - 1)]
    told = trial_sentence(dataclasses.replace(trial, steps=trial.steps.assign(uniform=lost)))
    assert f"1 of {len(lost)} tokens" in told
    assert f"“{trial.translation.target_pieces[0]}” would lose most, 2.00 nats" in told


def test_the_search_reaches_what_a_fine_grid_over_all_attentions_reaches(loaded: LoadedModel) -> None:
    source = "a cat"
    trial = open_trial(loaded, inspect_search(loaded, source, 1, 0.0))
    size = trial.translation.weights.shape[1]
    shares = np.array([row for row in itertools.product(range(11), repeat=size) if sum(row) == 10]) / 10
    by_hand = log_probs_by_hand(loaded, trial, 2, shares)
    reached, at_corners = by_hand.max(dim=0).values, by_hand[shares.max(axis=1) == 1].max(dim=0).values
    gain = reached - at_corners
    gain[by_hand.argmax(dim=1)] = 0  # a piece that can win is shown where it does, which need not be its highest place
    inside = int(gain.argmax())  # the piece for which a mixture of places beats every single one most
    assert float(gain[inside]) > 1e-4
    for wanted in (inside,):
        grid = float(reached[wanted])
        found = find_attention(loaded, trial, 2, wanted)
        assert found.found_log_prob >= grid - 1e-3
        assert found.found_log_prob >= float(at_corners[wanted]) + 0.5 * float(gain[wanted])
        assert found.found_log_prob == pytest.approx(
            log_prob_by_hand(loaded, trial, 2, found.found_weights, wanted), abs=1e-4
        )
        assert found.found_weights.sum() == pytest.approx(1, abs=1e-5)
        assert found.curve == sorted(found.curve)
    assert all(parameter.grad is None for parameter in loaded.model.parameters())


def test_the_search_says_when_it_fails_and_when_there_was_nothing_to_do(loaded: LoadedModel, trial: Trial) -> None:
    written = find_attention(loaded, trial, 1, trial.translation.target_ids[0])
    assert "writes anyway" in search_sentence(written)
    unreached = dataclasses.replace(written, wanted="x", rank=9, winner="y")
    assert "No attention that was found" in search_sentence(unreached)
    assert "“y” is likelier" in search_sentence(unreached)
    assert "Yes: another look" in search_sentence(dataclasses.replace(written, rank=2))


def test_what_cannot_be_put_on_trial_gets_a_sentence(loaded: LoadedModel, trial: Trial) -> None:
    with pytest.raises(InputError, match="there is no step 99"):
        try_edit(loaded, trial, 99, AttentionEdit("uniform"))
    with pytest.raises(InputError, match="there is no step 0"):
        find_attention(loaded, trial, 0, 5)
    with pytest.raises(InputError, match="no token number"):
        find_attention(loaded, trial, 1, 10_000)
    with pytest.raises(InputError, match="no word from"):
        try_edit(loaded, trial, 1, AttentionEdit("only", 40, 41))
    with pytest.raises(InputError, match="nothing to translate"):
        open_trial(loaded, inspect_search(loaded, "  ", 1, 0.0))


@pytest.mark.parametrize(
    ("word", "said"),
    [(" ", "Type the word"), ("x" * 61, "61 characters; at most 60"), ("chat漢", "no subword tokens to spell")],
)
def test_words_that_cannot_be_wanted(loaded: LoadedModel, word: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        first_piece(loaded, word)


def test_the_climb_finds_a_peak_between_the_places() -> None:
    """The wanted piece 0 is likeliest at the weights (0.7, 0.1, 0.2), where no start is, and never beats piece 1."""
    peak = torch.tensor([0.7, 0.1, 0.2])

    def log_probs_of(weights: torch.Tensor) -> torch.Tensor:
        score = -20 * ((weights - peak) ** 2).sum(dim=-1)
        return torch.stack([score, torch.ones_like(score)], dim=-1).log_softmax(dim=-1)

    found, curve = _climb(log_probs_of, torch.tensor([0.1, 0.1, 0.8]), 0)
    assert found.tolist() == pytest.approx(peak.tolist(), abs=0.03)
    assert curve[-1] == pytest.approx(float(log_probs_of(peak)[0]), abs=0.02)
