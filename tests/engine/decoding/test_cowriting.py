"""Writing together: the tree keeps every branch, the network draws as it always does, and each probability is the
model's."""

from __future__ import annotations

import dataclasses
import math

import hypothesis.strategies as some
import pytest
import torch
from hypothesis import given, settings

from engine.decoding.cowriting import (
    MAX_NODES,
    START,
    WritingNode,
    WritingTree,
    alternatives,
    let_write,
    reread,
    text_at,
    tree_frame,
    type_text,
)
from engine.decoding.limits import SamplingSettings
from engine.decoding.text import start_id, write_text
from engine.errors import InputError

PROMPT = "TOM: "
SETTINGS = SamplingSettings(max_new_tokens=30, temperature=0.9, top_k=20, top_p=0.97, seed=5)


def spell(tree: WritingTree, letters: str, author: str = "visitor") -> WritingTree:
    for letter in letters:
        tree = tree.add(ord(letter), -1.0, author)
    return tree


def spelt(tree: WritingTree, node: int | None = None) -> str:
    return "".join(map(chr, tree.token_ids(node)))


# The tree alone


def test_going_back_and_on_keeps_both_branches():
    tree = spell(WritingTree(), "abc").undo().undo()
    assert spelt(tree) == "a"
    tree = spell(tree, "xy")
    assert [spelt(tree, end) for end in tree.ends()] == ["abc", "axy"]
    assert spelt(tree) == "axy"
    assert spelt(tree.go_to(1)) == "ab"
    assert spelt(WritingTree()) == spelt(WritingTree().undo()) == ""


def test_a_token_that_stands_there_already_is_walked_to_not_doubled():
    tree = spell(WritingTree(), "ab")
    again = spell(tree.go_to(START), "ab", "network")
    assert again == tree
    assert spell(tree.go_to(START), "ac", "network").nodes[0].author == "visitor"


def test_a_tree_never_changes():
    tree = spell(WritingTree(), "ab")
    before = (tree.nodes, tree.pen)
    spell(tree, "c"), tree.undo(), tree.go_to(0), tree.remove(0)
    assert (tree.nodes, tree.pen) == before


def test_nats_add_up_over_the_text_and_by_author():
    tree = WritingTree().add(1, math.log(0.25), "visitor").add(2, math.log(0.5), "network")
    tree = tree.add(3, math.log(0.125), "visitor")
    assert tree.nats() == pytest.approx((2 + 1 + 3) * math.log(2))
    assert tree.nats(author="visitor") == pytest.approx(5 * math.log(2))
    assert tree.nats(1) == pytest.approx(3 * math.log(2))
    assert (tree.count("visitor"), tree.count("network")) == (2, 1)
    assert WritingTree().nats() == 0


def test_a_removed_branch_takes_all_that_follows_it_and_no_more():
    tree = spell(spell(spell(WritingTree(), "abcd").go_to(1), "xyz").go_to(4), "q")
    assert sorted(spelt(tree, end) for end in tree.ends()) == ["abcd", "abxq", "abxyz"]
    assert tree.branch_start() == 7
    assert tree.branch_start(3) == 2
    left = tree.remove(4)
    assert [spelt(left, end) for end in left.ends()] == ["abcd"]
    assert spelt(left) == "ab"
    assert spelt(tree.go_to(3).remove(7)) == "abcd"
    assert tree.remove(0) == WritingTree()


@given(some.lists(some.tuples(some.integers(-1, 30), some.integers(0, 3)), max_size=40), some.integers(0, 40))
@settings(max_examples=60)
def test_whatever_is_done_it_stays_a_tree(moves, victim):
    """Against a plain set of texts: every prefix of every text is exactly one node."""
    tree, texts = WritingTree(), {""}
    for position, letter in moves:
        tree = tree.go_to(min(position, len(tree.nodes) - 1))
        tree = tree.add(letter + 97, -0.5, "network")
        texts.add(spelt(tree))
    assert sorted([""] + [spelt(tree, node) for node in range(len(tree.nodes))]) == sorted(texts)
    if tree.nodes:
        gone = spelt(tree, victim % len(tree.nodes))
        left = tree.remove(victim % len(tree.nodes))
        expected = {text for text in texts if not text.startswith(gone)}
        assert {""} | {spelt(left, node) for node in range(len(left.nodes))} == expected


@pytest.mark.parametrize(
    ("parents", "sentence"),
    [([0], "Step 0 .* follows step 0"), ([-1, 2, 1], "Step 1 .* follows step 2"), ([-2], "follows step -2")],
)
def test_cycles_and_missing_parents_are_refused(parents, sentence):
    with pytest.raises(InputError, match=sentence):
        WritingTree(tuple(WritingNode(parent, position, "visitor") for position, parent in enumerate(parents)))


def test_doubled_steps_places_outside_and_too_many_steps_are_refused():
    with pytest.raises(InputError, match="Step 1 of the tree is there twice"):
        WritingTree((WritingNode(-1, 5, "visitor"), WritingNode(-1, 5, "network")))
    for position in (-2, 1, 99):
        with pytest.raises(InputError, match=f"no step {position}"):
            spell(WritingTree(), "a").go_to(position)
    full = WritingTree(tuple(WritingNode(i - 1, 0, "network") for i in range(MAX_NODES)), MAX_NODES - 1)
    with pytest.raises(InputError, match="at most 2,000 steps.*remove a branch or start a new tree"):
        full.add(1, -1.0, "visitor")


# With a network


def own_log_probs(reader, text: str) -> list[float]:
    """Return the log-probability of each character of `text` after PROMPT, in one pass of the model over all of it."""
    ids = reader.tokenizer.encode(text)
    read = torch.tensor([[start_id(reader), *reader.tokenizer.encode(PROMPT), *ids]])
    with torch.no_grad():
        log_probs = reader.model(read)[0][0].double().log_softmax(-1)
    first = read.shape[1] - len(ids) - 1
    return [float(log_probs[first + position, token_id]) for position, token_id in enumerate(ids)]


@pytest.mark.parametrize("pieces", [(30,), (1,) * 30, (1, 10, 4, 15)])
def test_the_network_writes_what_it_always_writes_however_the_clicks_are_cut(reader, pieces):
    tree = WritingTree()
    for count in pieces:
        tree = let_write(reader, PROMPT, tree, dataclasses.replace(SETTINGS, max_new_tokens=count))
    assert text_at(reader, PROMPT, tree) == PROMPT + "".join(write_text(reader, PROMPT, SETTINGS))
    assert [node.author for node in tree.nodes] == ["network"] * 30
    assert [node.log_prob for node in tree.nodes] == pytest.approx(
        own_log_probs(reader, text_at(reader, "", tree)), abs=1e-4
    )


def test_asked_again_at_the_same_place_it_draws_again(reader):
    one = let_write(reader, PROMPT, WritingTree(), SETTINGS)
    two = let_write(reader, PROMPT, one.go_to(START), SETTINGS)
    assert len(two.ends()) == 2
    assert two.nodes[: len(one.nodes)] == one.nodes
    assert let_write(reader, PROMPT, one.go_to(START), SETTINGS) == two, "the same tree and seed give the same draw"
    greedy = dataclasses.replace(SETTINGS, temperature=0.0)
    one = let_write(reader, PROMPT, WritingTree(), greedy)
    assert let_write(reader, PROMPT, one.go_to(START), greedy) == one


def test_to_the_end_of_the_line_ends_with_the_line(reader):
    tree = let_write(reader, PROMPT, WritingTree(), dataclasses.replace(SETTINGS, temperature=1.5), to_line_end=True)
    written = text_at(reader, "", tree)
    assert written.endswith("\n") or len(tree.nodes) == 200
    assert "\n" not in written[:-1]


def test_a_typed_text_is_the_visitors_and_priced_by_the_network(reader):
    tree = type_text(reader, PROMPT, WritingTree(), "A dog!")
    assert text_at(reader, PROMPT, tree) == PROMPT + "A dog!"
    assert [node.author for node in tree.nodes] == ["visitor"] * 6
    assert [node.log_prob for node in tree.nodes] == pytest.approx(own_log_probs(reader, "A dog!"), abs=1e-4)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "nothing to add"),
        ("aж😀ж", "never seen ж, 😀, so"),
        ("a" * 201, "201 characters; at most 200"),
        ("\ud800", "not UTF-8"),
    ],
)
def test_text_that_cannot_be_typed_is_one_sentence(reader, text, sentence):
    with pytest.raises(InputError, match=sentence):
        type_text(reader, PROMPT, WritingTree(), text)


def test_a_prompt_of_100_000_characters_is_one_sentence(reader):
    for use in (
        lambda: alternatives(reader, "x" * 100_000, (), 1.0, 0, 1.0),
        lambda: let_write(reader, "x" * 100_000, WritingTree(), SETTINGS),
        lambda: reread(reader, "x" * 100_000, WritingTree()),
    ):
        with pytest.raises(InputError, match="100,000 characters; at most 2,000"):
            use()


def test_alternatives_are_the_whole_alphabet_without_marks(reader):
    frame = alternatives(reader, PROMPT, reader.tokenizer.encode("A d"), 0.5, 3, 1.0)
    assert "<unk>" not in set(frame["token"])
    assert len(frame) == reader.tokenizer.vocab_size - 1
    assert frame["log_prob"].is_monotonic_decreasing
    for letter in "og\n":
        mine = frame.loc[frame["token"] == letter, "log_prob"].item()
        assert mine == pytest.approx(own_log_probs(reader, "A d" + letter)[-1], abs=1e-4)
    assert (frame["probability_after"] > 0).sum() == 3
    assert frame["probability_after"].sum() == pytest.approx(1)


def test_rereading_prices_every_branch_by_its_own_past(reader):
    tree = type_text(reader, PROMPT, WritingTree(), "A boat sat")
    tree = type_text(reader, PROMPT, tree.go_to(5), "log")
    tree = type_text(reader, PROMPT, tree.go_to(START), "\nMARA")
    blank = WritingTree(tuple(dataclasses.replace(node, log_prob=-99.0) for node in tree.nodes), 4)
    again = reread(reader, PROMPT, blank)
    assert again.pen == 4
    for end in again.ends():
        mine = [again.nodes[node].log_prob for node in again.path(end)]
        assert mine == pytest.approx(own_log_probs(reader, text_at(reader, "", again, end)), abs=1e-4)


@pytest.mark.parametrize("token_id", [-1, 9999, 0])
def test_tokens_the_network_does_not_have_are_refused(reader, token_id):
    with pytest.raises(InputError, match="Step 0 of the tree has a token that this network does not know"):
        reread(reader, PROMPT, WritingTree((WritingNode(-1, token_id, "visitor"),)))


def test_the_frame_says_what_stands_where(reader):
    tree = type_text(reader, PROMPT, WritingTree(), "A d")
    tree = let_write(reader, PROMPT, tree.undo(), dataclasses.replace(SETTINGS, max_new_tokens=1))
    frame = tree_frame(reader, tree)
    assert list(frame["token"][:3]) == ["A", " ", "d"]
    assert list(frame["author"]) == ["visitor"] * 3 + ["network"]
    assert list(frame["is_on_path"]) == [True, True, False, True]
    assert list(frame["is_pen"]) == [False, False, False, True]
    assert frame["probability"].tolist() == pytest.approx([math.exp(-nats) for nats in frame["nats"]])
