"""Other choices: the n-best list is the beam's, and the other words have the probabilities of a forced decoding."""

from __future__ import annotations

import pytest
import torch

from engine.decoding.limits import SamplingSettings
from engine.decoding.text import encode_sources, sample_translations, translate
from engine.errors import InputError
from engine.inspection.translation.hypotheses import (
    alternatives_sentence,
    hypotheses_table,
    runner_up_sentence,
    word_alternatives,
)
from engine.inspection.translation.search import inspect_search
from engine.inspection.translation.translations import inspect_translation
from engine.models.folder import load_model
from engine.plotting.translation.word_choices import describe_word_choices, word_choice_bars
from tests.plotly_figures import as_plotly

SOURCE = "A beekeeper in a veil inspects a wooden hive."


@pytest.fixture(scope="module")
def translator():
    return load_model("en-fr-attention")


@pytest.fixture(scope="module")
def reports(translator):
    return inspect_search(translator, SOURCE, 4, 1.0).translations


def test_the_list_is_what_the_search_ended_with(translator, reports):
    found = translate(translator, SOURCE, beam_size=4)
    table = hypotheses_table(reports)
    assert list(table["translation"]) == [one.text for one in found]
    assert list(table["score"]) == pytest.approx([one.score for one in found], abs=1e-4)
    assert list(table["log_probability_nats"]) == pytest.approx([one.total_log_prob for one in found], abs=1e-3)
    assert list(table["nats_per_token"]) == pytest.approx(
        [one.score for one in found], abs=1e-3
    )  # penalty 1: the mean per piece
    assert inspect_translation(translator, SOURCE, 4, 1.0).text == found[0].text
    assert f"{found[0].score - found[1].score:.3f} apart" in runner_up_sentence(reports)


def test_drawn_ones_are_listed_with_their_seeds(translator):
    table = hypotheses_table(sample_translations(translator, SOURCE, SamplingSettings(seed=3), 2))
    assert list(table["seed"]) == [3, 4]
    assert "score" not in table


@torch.inference_mode()
def truth(loaded, report, start):
    """Return the probabilities (V,) of the piece at `start`, from the unrolled network instead of its steps."""
    source_ids, lengths = encode_sources(loaded, [SOURCE])
    inputs = torch.tensor([[loaded.tokenizer.bos_id, *report.target_ids]])
    return loaded.model(source_ids, lengths, inputs)[0][0, start].softmax(dim=-1)


def test_the_first_pieces_are_the_likeliest_at_the_place(translator, reports):
    report = reports[0]
    for position, word in enumerate(report.target_words):
        frame = word_alternatives(translator, SOURCE, report.target_ids, position)
        best = truth(translator, report, word.start).topk(5).values.tolist()
        assert list(frame["first_piece_probability"][:5]) == pytest.approx(best, rel=1e-3)
        (written,) = frame[frame["is_written"]].itertuples()
        assert written.word == word.text
        assert written.probability == pytest.approx(report.word_probabilities[position], rel=1e-3)
        assert (frame["probability"] <= frame["first_piece_probability"] + 1e-9).all()
        assert 5 <= len(frame) <= 6


def test_a_written_word_that_was_unlikely_is_listed_too(translator):
    report = sample_translations(translator, SOURCE, SamplingSettings(temperature=2.5, seed=1))[0]
    sizes = []
    for position in range(min(6, len(report.target_words))):
        frame = word_alternatives(translator, SOURCE, report.target_ids, position)
        sizes.append(len(frame))
        (written,) = frame[frame["is_written"]].itertuples()
        assert written.word == report.target_words[position].text
        assert written.probability == pytest.approx(report.word_probabilities[position], rel=1e-3)
    assert 6 in sizes


def test_alternatives_are_whole_words_that_the_network_reads_as_said(translator, reports):
    """Forcing a listed word costs as much as its row says."""
    report, tokenizer = reports[0], translator.tokenizer
    word = report.target_words[1]
    frame = word_alternatives(translator, SOURCE, report.target_ids, 1)
    row = next(row for row in frame.itertuples() if not row.is_written and "\N{MIDDLE DOT}" not in row.word)
    before = list(report.target_ids[: word.start])
    ids = tokenizer.encode(tokenizer.decode(before) + " " + row.word)
    assert ids[: len(before)] == before
    with torch.inference_mode():
        source_ids, lengths = encode_sources(translator, [SOURCE])
        log_probs = translator.model(source_ids, lengths, torch.tensor([[tokenizer.bos_id, *ids]]))[0][0].log_softmax(
            dim=-1
        )
    total = sum(float(log_probs[position, ids[position]]) for position in range(len(before), len(ids)))
    assert row.probability == pytest.approx(torch.tensor(total).exp().item(), rel=1e-3)


def test_the_figure_marks_the_written_word_by_word_and_fill(translator, reports):
    frame = word_alternatives(translator, SOURCE, reports[0].target_ids, 1)
    figure = word_choice_bars(frame, mode="light", architecture="lstm")
    labels = list(as_plotly(figure).layout.yaxis.ticktext)
    assert [label.endswith("(written)") for label in labels] == list(frame["is_written"])
    assert list(as_plotly(figure).data[0].x) == pytest.approx(list(100 * frame["probability"]))
    assert len(set(as_plotly(figure).data[0].marker.color)) == 2
    for word in frame["word"]:
        assert word in describe_word_choices(frame)
    written = frame[frame["is_written"]].iloc[0]["word"]
    assert f"“{written}”" in alternatives_sentence(frame)


def test_a_place_without_a_word_is_refused(translator, reports):
    with pytest.raises(InputError, match="there is no word 100"):
        word_alternatives(translator, SOURCE, reports[0].target_ids, 99)
