"""One translation opened up: every number is the decoder's own; sentences repeat the numbers."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
import torch

from engine.decoding.text import compare_forced_and_free, translate
from engine.errors import InputError
from engine.inspection.translations import (
    ForcingReport,
    confidence_sentence,
    confidence_table,
    forcing_sentence,
    forcing_table,
    inspect_forcing,
    inspect_translation,
)
from engine.inspection.words import END
from engine.models.folder import LoadedModel

SOURCE, REFERENCE = "the dog sees a cat", "le chien voit un chat"


def test_report_repeats_the_best_translation(interpreter: LoadedModel) -> None:
    best = translate(interpreter, SOURCE, beam_size=3, length_penalty=1.0)[0]
    report = inspect_translation(interpreter, SOURCE, 3, 1.0)
    assert report.text == best.text
    ended = [] if report.end_log_prob is None else [report.end_log_prob]
    assert report.log_probs + ended == best.log_probs
    assert math.isclose(report.total_log_prob, sum(best.log_probs))
    assert report.weights.shape == (len(report.target_pieces), len(report.source_pieces))
    assert torch.equal(torch.from_numpy(report.weights), best.attention_weights[: len(report.target_pieces)])
    assert np.allclose(report.weights.sum(axis=1), 1, atol=1e-5)


def test_report_holds_no_tensors_and_can_be_stored(interpreter: LoadedModel) -> None:
    report = inspect_translation(interpreter, SOURCE, 1, 0.0)
    assert b"torch" not in pickle.dumps(report)


def test_a_word_is_as_likely_as_all_its_pieces_together(interpreter: LoadedModel) -> None:
    report = inspect_translation(interpreter, SOURCE, 1, 0.0)
    assert math.isclose(math.prod(report.word_probabilities), math.exp(sum(report.log_probs)), rel_tol=1e-6)
    table = confidence_table(report)
    assert list(table["probability"]) == pytest.approx(report.word_probabilities, abs=1e-4)
    assert list(table["word"]) == [word.text for word in report.target_words]
    least = table.loc[table["log_probability_nats"].idxmin(), "word"]
    assert f"“{least}”" in confidence_sentence(report)


def test_unknown_characters_are_named(interpreter: LoadedModel) -> None:
    assert inspect_translation(interpreter, "the 漢 dog", 1, 0.0).unknown == ["漢"]


def test_forcing_rows_are_those_of_the_decoder(interpreter: LoadedModel) -> None:
    found = compare_forced_and_free(interpreter, SOURCE, REFERENCE)
    report = inspect_forcing(interpreter, SOURCE, REFERENCE)
    assert report.reference_log_probs == found.reference_log_probs
    assert report.free_log_probs == found.free_log_probs
    assert report.divergence == found.first_divergence
    assert report.reference[-1] == END
    assert len(report.guesses) == len(report.reference)
    table = forcing_table(report)
    assert len(table) == max(len(report.reference), len(report.free))
    assert list(table["reference_log_probability"].dropna()) == pytest.approx(
        report.reference_log_probs, abs=1e-4
    )


def test_before_they_part_forced_and_free_are_the_same_computation(interpreter: LoadedModel) -> None:
    free = inspect_forcing(interpreter, SOURCE, REFERENCE).free_text or REFERENCE
    report = inspect_forcing(interpreter, SOURCE, free)
    same = len(report.free) if report.divergence is None else report.divergence
    assert report.free_log_probs[:same] == pytest.approx(report.reference_log_probs[:same], abs=1e-4)


def forcing(divergence: int | None, free: list[str]) -> ForcingReport:
    """Return a made-up report whose reference is "un chien brun (end)"."""
    return ForcingReport(
        reference=["un", "chien", "brun", END],
        reference_log_probs=[math.log(0.9), math.log(0.8), math.log(0.25), math.log(0.5)],
        guesses=["un", "chien", "noir", END],
        guess_log_probs=[-0.1] * 4,
        free=free,
        free_log_probs=[math.log(0.9), math.log(0.8), math.log(0.6), math.log(0.5)][: len(free)],
        free_text="",
        divergence=divergence,
        elapsed_seconds=0.1,
    )


def test_the_sentence_says_where_they_part_with_both_probabilities() -> None:
    sentence = forcing_sentence(forcing(2, ["un", "chien", "noir", END]))
    assert "After 2 equal pieces" in sentence
    assert "“brun” (25 %)" in sentence
    assert "“noir” (60 %)" in sentence
    assert "3 times out of 4" in sentence


def test_the_sentence_for_a_free_row_that_is_the_reference() -> None:
    assert "all 4 pieces are the same" in forcing_sentence(forcing(None, ["un", "chien", "brun", END]))


def test_a_free_row_cut_off_at_the_limit_ends_in_nothing_more() -> None:
    assert "with nothing more" in forcing_sentence(forcing(2, ["un", "chien"]))


@pytest.mark.parametrize(
    ("source", "reference", "words"),
    [
        ("", REFERENCE, "nothing to translate"),
        (SOURCE, "   ", "no reference"),
        ("word " * 500, REFERENCE, "500 words"),
        (SOURCE, "mot " * 500, "500 words|more than"),
        (SOURCE, "m" * 100_000, "100,000 characters"),
    ],
)
def test_bad_input_is_one_sentence(interpreter: LoadedModel, source: str, reference: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        inspect_forcing(interpreter, source, reference)
