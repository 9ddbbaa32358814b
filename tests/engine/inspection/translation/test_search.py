"""The numbers of the tool "Search tree" against searches and forced decodings made directly, and its sentences against
both."""

from __future__ import annotations

import math

import pytest
import sacrebleu

from engine.decoding.beam_tree import LEFT
from engine.decoding.forced import forced
from engine.decoding.text import encode_sources, translate
from engine.errors import InputError
from engine.inspection.translation.penalty_sweep import (
    PENALTIES,
    WIDTHS,
    agreement_sentence,
    flips_sentence,
    inspect_settings,
    nearest_penalty,
    sentence_chrf,
)
from engine.inspection.translation.search import inspect_search, search_sentence
from engine.inspection.translation.search_tries import (
    MAX_TRIES,
    alternatives_after,
    lanes_frame,
    read_code,
    search_from,
    tries_table,
    try_sentence,
    type_after,
    write_code,
)

SOURCE = "the dog sees a cat"


@pytest.mark.parametrize(("width", "penalty"), [(1, 1.0), (3, 0.0), (5, 1.0), (12, 2.0)])
def test_the_tree_ends_in_the_translations_of_the_same_search(interpreter, width: int, penalty: float) -> None:
    report = inspect_search(interpreter, SOURCE, width, penalty)
    own = translate(interpreter, SOURCE, beam_size=width, length_penalty=penalty)
    assert report.found["text"].tolist() == [translation.text for translation in own]
    assert report.found["log_prob"].tolist() == pytest.approx(
        [translation.total_log_prob for translation in own], abs=1e-4
    )
    winner = report.nodes[report.nodes["is_winner"]]
    ended = [own[0].end_log_prob] if own[0].is_finished else []
    assert winner["log_prob"].tolist() == pytest.approx([*own[0].log_probs, *ended], abs=1e-4)
    assert math.fsum(winner["log_prob"]) / len(winner) ** penalty == pytest.approx(report.winner.score, abs=1e-4)
    assert interpreter.tokenizer.tokens(winner["token_id"].tolist()) == [
        *own[0].target_tokens,
        *["<eos>"] * own[0].is_finished,
    ]
    assert f"{len(report.nodes)} candidates" in search_sentence(report)
    assert set(report.left["fate"]) <= set(LEFT)


def test_every_displayed_score_is_the_sum_of_its_steps(interpreter) -> None:
    report = inspect_search(interpreter, SOURCE, 4, 0.6)
    rows = {row.node: row for row in report.nodes.itertuples()}
    for row in rows.values():
        log_probs, at = [], row
        while at is not None:
            log_probs.append(at.log_prob)
            at = rows.get(at.parent)
        assert len(log_probs) == row.step
        assert row.total == pytest.approx(math.fsum(log_probs), abs=1e-4)
        assert row.score == pytest.approx(math.fsum(log_probs) / row.step**0.6, abs=1e-4)


def test_a_beginning_on_the_winners_path_leads_to_a_sentence_no_worse(interpreter) -> None:
    report = inspect_search(interpreter, SOURCE, 12, 1.0)
    found = search_from(interpreter, SOURCE, report.winner_ids[:2], 12, 1.0)
    assert found.token_ids[:2] == report.winner_ids[:2]
    assert found.score == pytest.approx(math.fsum(found.log_probs) / len(found.log_probs), abs=1e-4)
    whole = search_from(interpreter, SOURCE, report.winner_ids, 12, 1.0) if report.winner.is_finished else None
    if whole:
        assert whole.score == pytest.approx(report.winner.score, abs=1e-4)
        assert "the winner itself" in try_sentence(report, whole)


def test_what_is_brought_back_costs_what_forced_decoding_says(interpreter) -> None:
    report = inspect_search(interpreter, SOURCE, 3, 1.0)
    for node in report.left["node"]:
        found = search_from(interpreter, SOURCE, report.prefix(int(node)), 3, 1.0)
        assert found.token_ids[: found.given] == report.prefix(int(node))
        assert sum(found.log_probs[: found.given]) == pytest.approx(report.nodes.iloc[node]["total"], abs=1e-4)
        gap = tries_table(report, [found])["gap_to_winner"].item()
        assert gap == pytest.approx(found.score - report.winner.score, abs=1e-3)
        marks = {"bos_id": interpreter.tokenizer.bos_id, "eos_id": interpreter.tokenizer.eos_id}
        written = list(found.token_ids[: len(found.token_ids) - found.is_finished])
        taught = forced(interpreter.model, *encode_sources(interpreter, [SOURCE]), written, **marks).log_probs.tolist()
        assert found.log_probs == pytest.approx(taught[: len(found.log_probs)], abs=1e-4)
    assert len(report.left) > 3


def test_lanes_hold_what_lies_outside_the_tree(interpreter) -> None:
    report = inspect_search(interpreter, SOURCE, 3, 1.0)
    node = int(report.left["node"].iloc[0])
    found = search_from(interpreter, SOURCE, report.prefix(node), 3, 1.0)
    lane = lanes_frame(report, [found])
    assert set(lane["leaves_at"]) <= {node}
    assert lane["step"].tolist() == list(range(found.given + 1, len(found.token_ids) + 1))
    other = search_from(interpreter, SOURCE, type_after(interpreter, (), "petit"), 3, 1.0)
    assert lanes_frame(report, [found, other])["lane"].max() == 2


def test_alternatives_are_the_likeliest_pieces_of_a_forced_decoding(interpreter) -> None:
    report = inspect_search(interpreter, SOURCE, 1, 0.0)
    winner = report.nodes[report.nodes["is_winner"]]
    for position in range(3):
        likely = alternatives_after(interpreter, SOURCE, report.winner_ids[:position])
        assert likely["token_id"].iloc[0] == report.winner_ids[position]  # greedy takes the likeliest
        assert likely["log_prob"].iloc[0] == pytest.approx(winner["log_prob"].iloc[position], abs=1e-4)
        assert likely["probability"].is_monotonic_decreasing
        assert likely["probability"].sum() <= 1 + 1e-6


def test_the_map_holds_the_translation_of_every_setting(interpreter) -> None:
    report = inspect_settings(interpreter, SOURCE, "le chien voit un chat")
    assert len(report.cells) == len(WIDTHS) * len(PENALTIES) == report.winners["settings"].sum()
    for width, penalty in ((1, 0.0), (2, 0.6), (5, 1.0), (12, 2.0), (12, 0.0)):
        own = translate(interpreter, SOURCE, beam_size=width, length_penalty=penalty)[0]
        assert report.winner_at(width, penalty).text == own.text
        assert report.winner_at(width, penalty).log_prob == pytest.approx(sum(own.log_probs), abs=1e-4)
    expected = [
        sacrebleu.CHRF().sentence_score(text, ["le chien voit un chat"]).score for text in report.winners["text"]
    ]
    assert report.winners["chrf"].tolist() == pytest.approx(expected)
    assert report.winners["settings"].is_monotonic_decreasing
    best = report.winners.sort_values("chrf", ascending=False)["winner"].iloc[0]
    for width in (1, 5):
        words = agreement_sentence(report, width, 1.0)
        own = report.winner_at(width, 1.0)
        assert ("agree here" in words or "gives it" in words) == (own.chrf >= report.winners["chrf"].max())
        assert own.winner in words or best in words or len(report.winners) == 1
        assert flips_sentence(report, width, 1.0)


def test_without_a_reference_nothing_is_said_of_quality(interpreter) -> None:
    report = inspect_settings(interpreter, SOURCE)
    assert report.winners["chrf"].isna().all()
    assert "Without a reference" in agreement_sentence(report, 5, 1.0)


def test_chrf_by_hand() -> None:
    assert sentence_chrf("un chat", "un chat") == pytest.approx(100)
    assert sentence_chrf("abc", "xyz") == pytest.approx(0, abs=1e-6)


def test_the_nearest_penalty_of_the_grid() -> None:
    assert nearest_penalty(0.39) == 0.4
    assert nearest_penalty(2.0) == 2.0
    assert len(PENALTIES) == 11


@pytest.mark.parametrize("source", ["", " ", "word " * 200])
def test_a_sentence_that_cannot_be_searched_gets_a_sentence(interpreter, source: str) -> None:
    for ask in (
        lambda: inspect_search(interpreter, source, 5, 1.0),
        lambda: search_from(interpreter, source, (5,), 5, 1.0),
        lambda: alternatives_after(interpreter, source, ()),
        lambda: inspect_settings(interpreter, source),
    ):
        with pytest.raises(InputError):
            ask()


def test_a_beginning_that_cannot_be_followed_gets_a_sentence(interpreter) -> None:
    tokenizer = interpreter.tokenizer
    for ids in ((), (tokenizer.vocab_size,), (tokenizer.bos_id,), (tokenizer.eos_id, 5), (5,) * 500):
        with pytest.raises(InputError):
            search_from(interpreter, SOURCE, ids, 5, 1.0)


def test_a_code_brings_the_list_back_and_only_where_it_belongs() -> None:
    tries = [(5, 6, 7), (12,)]
    code = write_code("00ff00", tries)
    assert read_code("00ff00", code) == tries
    assert read_code("00ff01", code) == []
    assert read_code("00ff00", "") == []
    assert write_code("00ff00", []) == ""
    for damaged in ("x", "00ff00-", "00ff00-5..6", "00ff00-a", write_code("00ff00", [(1,)] * (MAX_TRIES + 1))):
        with pytest.raises(InputError):
            read_code("00ff00", damaged)
