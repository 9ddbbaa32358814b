"""The tree of a search against forced decoding, brute force, and the search itself; every score is added up by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.decoding.beam import ENDED, KEPT, PRUNED, UNCOUNTED, Candidates, beam
from engine.decoding.beam_tree import CUT, GIVEN, OPEN, OUTDONE, ROOT, BeamTree, build_tree
from engine.decoding.forced import forced
from tests.engine.decoding.test_beam import BOS, EOS, LATE_BLOOMER, LENGTHS, SOURCES, Toy, Written, everything

MARKS = {"bos_id": BOS, "eos_id": EOS}
WIDEST, STEPS = 40, 4


def grow_tree(model: Any, source_ids: torch.Tensor, lengths: torch.Tensor, **options) -> BeamTree:
    """Return the tree of one beam search for one source (1, S)."""
    steps: list[Candidates] = []
    found = beam(model, source_ids, lengths, observe=steps.append, **options)[0]
    ended = [[*entry.token_ids, *[options["eos_id"]] * entry.is_finished] for entry in found]
    prefix = options.get("prefix_ids", ())
    given = list(zip(prefix, found[0].log_probs, strict=False)) if prefix else []
    return build_tree(steps, ended, options["beam_size"], options.get("length_penalty", 1.0), given)


def grow(model: Toy, width: int, row: int = 0, **options) -> BeamTree:
    length = int(LENGTHS[row])
    given = {"max_new_tokens": STEPS} | MARKS | options
    return grow_tree(model, SOURCES[row : row + 1, :length], LENGTHS[row : row + 1], beam_size=width, **given)


def sentence(tree: BeamTree, node: int) -> list[int]:
    return [token for token in tree.token_ids(node) if token != EOS]


@pytest.mark.parametrize("length_penalty", [0.0, 0.7, 1.3])
@pytest.mark.parametrize("seed", range(3))
def test_a_tree_wide_enough_holds_the_whole_language_best_first(seed: int, length_penalty: float) -> None:
    model = Toy(4, seed)
    tree = grow(model, WIDEST, is_exact=True, length_penalty=length_penalty)
    expected = everything(model, SOURCES[0], LENGTHS[0], STEPS, length_penalty)
    assert [sentence(tree, node) for node in tree.found] == [tokens for tokens, _, _ in expected]
    for node, (_, log_probs, score) in zip(tree.found, expected, strict=True):
        assert [tree.nodes[position].log_prob for position in tree.path(node)] == pytest.approx(log_probs, abs=1e-4)
        assert tree.score(node) == pytest.approx(score, abs=1e-4)
    ends = [node for node in tree.nodes if node.token_id == EOS]
    assert len(ends) == len(expected) == 1 + 3 + 9 + 27


@settings(max_examples=8)
@given(st.integers(0, 10_000), st.integers(1, 4), st.floats(0, 2), st.integers(1, 5), st.integers(0, 2))
def test_every_node_is_what_forced_decoding_says(
    seed: int, width: int, length_penalty: float, limit: int, row: int
) -> None:
    model = Toy(4, seed, spread=2.0)
    tree = grow(model, width, row, length_penalty=length_penalty, max_new_tokens=limit)
    source, length = SOURCES[row : row + 1, : int(LENGTHS[row])], LENGTHS[row : row + 1]
    for position, node in enumerate(tree.nodes):
        path = tree.path(position)
        log_probs = [tree.nodes[step].log_prob for step in path]
        taught = forced(model, source, length, sentence(tree, position), **MARKS)
        assert log_probs == pytest.approx(taught.log_probs[: len(path)].tolist(), abs=1e-4)
        assert node.total == pytest.approx(math.fsum(log_probs), abs=1e-4)
        assert tree.score(position) == pytest.approx(math.fsum(log_probs) / len(path) ** length_penalty, abs=1e-4)
        assert node.step == len(path)


@settings(max_examples=12)
@given(st.integers(0, 10_000), st.integers(1, 5), st.floats(0, 2))
def test_each_step_keeps_the_likeliest_and_says_why_the_others_went(
    seed: int, width: int, length_penalty: float
) -> None:
    tree = grow(Toy(5, seed, spread=2.0), width, length_penalty=length_penalty, max_new_tokens=6)
    last = max(node.step for node in tree.nodes)
    for step in range(1, last + 1):
        entries = [node for node in tree.nodes if node.step == step]
        assert [node.rank for node in entries] == list(range(1, len(entries) + 1))
        assert [node.total for node in entries] == sorted((node.total for node in entries), reverse=True)
        beginnings = 1 if step == 1 else sum(node.step == step - 1 and node.fate == KEPT for node in tree.nodes)
        assert len(entries) == min(2 * width, 5 * beginnings)
        going = [node for node in entries if node.fate in (KEPT, OPEN, CUT)]
        assert len(going) <= width
        for node in entries:
            if node.fate == PRUNED:
                assert len(going) == width
                assert node.total <= min(other.total for other in going)
            if node.token_id == EOS:
                assert node.fate == UNCOUNTED if node.rank > width else node.fate in (ENDED, OUTDONE)
            assert node.parent == ROOT or tree.nodes[node.parent].fate == KEPT


@settings(max_examples=10)
@given(st.integers(0, 10_000), st.integers(1, 5), st.floats(0, 2))
def test_the_tree_finds_what_the_search_returns(seed: int, width: int, length_penalty: float) -> None:
    model, length = Toy(5, seed, spread=2.0), int(LENGTHS[1])
    tree = grow(model, width, 1, length_penalty=length_penalty, max_new_tokens=6)
    options = {"beam_size": width, "max_new_tokens": 6, "length_penalty": length_penalty} | MARKS
    found = beam(model, SOURCES[1:2, :length], LENGTHS[1:2], **options)[0]
    assert [sentence(tree, node) for node in tree.found] == [hypothesis.token_ids for hypothesis in found]
    assert [tree.score(node) for node in tree.found] == pytest.approx(
        [hypothesis.score for hypothesis in found], abs=1e-4
    )


def test_reasons_by_hand() -> None:
    """Two beams on a language written by hand: what ends early, what is outdone, what is open when the search stops."""
    source = {"source_ids": torch.tensor([[0]]), "lengths": torch.tensor([1])} | MARKS
    tree = grow_tree(LATE_BLOOMER, beam_size=2, max_new_tokens=5, **source)
    fates = {tuple(tree.token_ids(position)): node.fate for position, node in enumerate(tree.nodes)}
    # Candidates of step 1: 1 (0.50), the end (0.45), 2 (0.05). Of step 2 after 1: the end (0.225), 1 (0.175), 2 (0.10).
    assert fates[(1,)] == KEPT
    assert fates[(EOS,)] == ENDED
    assert fates[(2,)] == KEPT
    assert fates[(1, EOS)] == ENDED
    assert fates[(1, 1)] == OPEN
    assert fates[(1, 2)] == OPEN
    assert {fates[path] for path in fates if path[0] == 2 and len(path) == 2} == {PRUNED}
    assert [tree.token_ids(node) for node in tree.found] == [[1, EOS], [EOS]]
    endless = grow_tree(Written({}), beam_size=2, max_new_tokens=3, **source)
    assert {endless.nodes[node].fate for node in endless.found} == {CUT}


@settings(max_examples=10)
@given(st.integers(0, 10_000), st.lists(st.integers(1, 4), min_size=1, max_size=2), st.integers(1, 4))
def test_a_search_made_to_begin_with_a_prefix_is_the_best_of_those_that_do(
    seed: int, prefix: list[int], width: int
) -> None:
    model = Toy(5, seed)
    tree = grow(model, WIDEST * 4, prefix_ids=prefix, is_exact=True, length_penalty=0.6)
    begun = [
        entry for entry in everything(model, SOURCES[0], LENGTHS[0], STEPS, 0.6) if entry[0][: len(prefix)] == prefix
    ]
    ends = [node for node in tree.found if tree.nodes[node].fate != CUT]
    assert [sentence(tree, node) for node in ends] == [tokens for tokens, _, _ in begun]
    assert [tree.score(node) for node in ends] == pytest.approx([score for _, _, score in begun], abs=1e-4)
    narrow = grow(model, width, prefix_ids=prefix)
    assert [node.fate for node in narrow.nodes[: len(prefix)]] == [GIVEN] * len(prefix)
    assert all(sentence(narrow, node)[: len(prefix)] == prefix for node in narrow.found)


def test_going_on_from_a_kept_beginning_of_a_wide_search_finds_its_continuation() -> None:
    """A beam that prunes nothing finds, from any of its own beginnings, that beginning's best sentence."""
    model = Toy(4, 11)
    whole = grow(model, WIDEST, is_exact=True)
    for position, node in enumerate(whole.nodes):
        if node.token_id == EOS or node.step > 2:
            continue
        again = grow(model, WIDEST, is_exact=True, prefix_ids=whole.token_ids(position))
        best = next(end for end in whole.found if position in whole.path(end))
        assert sentence(again, again.found[0]) == sentence(whole, best)
        assert again.score(again.found[0]) == pytest.approx(whole.score(best), abs=1e-4)


def test_the_real_translators_tree(build_translator) -> None:
    model = build_translator(attention="dot", scale=4.0, seed=8)
    source, length = torch.tensor([[4, 5, 6, 7]]), torch.tensor([4])
    marks = {"bos_id": 1, "eos_id": 2, "max_new_tokens": 8}
    tree = grow_tree(model, source, length, beam_size=4, **marks)
    found = beam(model, source, length, beam_size=4, **marks)[0]
    assert [tree.score(node) for node in tree.found] == pytest.approx([h.score for h in found], abs=1e-4)
    after = beam(model, source, length, beam_size=4, prefix_ids=found[0].token_ids[:2], **marks)[0]
    torch.testing.assert_close(after[0].attention_weights[:2], found[0].attention_weights[:2])
    assert after[0].log_probs[:2] == pytest.approx(found[0].log_probs[:2], abs=1e-4)
