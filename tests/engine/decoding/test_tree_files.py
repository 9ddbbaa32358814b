"""Trees as files and as codes: what goes out comes back, nothing in them is believed, and every damage is one
sentence."""

from __future__ import annotations

import dataclasses
import json
import math
import random

import hypothesis.strategies as some
import pytest
from hypothesis import given, settings

from engine.decoding import tree_files
from engine.decoding.cowriting import START, WritingNode, WritingTree, let_write, reread, type_text
from engine.decoding.limits import SamplingSettings
from engine.decoding.tree_files import MAX_CODE_CHARACTERS, from_code, read_json, to_code, to_json
from engine.errors import InputError
from engine.models.language_model import LanguageModel
from engine.text import TOKENIZERS

PROMPT = "TOM: "


@pytest.fixture(scope="module")
def tree(reader) -> WritingTree:
    tree = type_text(reader, PROMPT, WritingTree(), "A boat")
    tree = let_write(reader, PROMPT, tree.go_to(2), SamplingSettings(max_new_tokens=9))
    return reread(reader, PROMPT, type_text(reader, PROMPT, tree.go_to(START), "\n"))


def shape(tree: WritingTree) -> list[tuple]:
    return [(node.parent, node.token_id, node.author) for node in tree.nodes] + [tree.pen]


def is_one_sentence(text: str) -> bool:
    return text.endswith(".") and "\n" not in text and len(text) < 250


# Files


def test_a_file_comes_back_as_it_went(reader, tree):
    stored = read_json(to_json(reader, PROMPT, tree))
    assert (stored.model, stored.prompt) == ("tiny-lstm", PROMPT)
    assert stored.tree(reader) == tree


def test_probabilities_in_a_file_are_computed_again(reader, tree):
    data = json.loads(to_json(reader, PROMPT, tree))
    for node in data["nodes"]:
        node["bits"] = 0.0
    assert read_json(json.dumps(data).encode()).tree(reader) == tree
    for node in data["nodes"]:
        del node["bits"]
    assert read_json(json.dumps(data).encode()).tree(reader) == tree


def edit(position: int, **changes):
    def change(data):
        data["nodes"][position] |= changes
        return data

    return change


DAMAGES = {
    "not JSON": (lambda data: b"{", "not JSON, or was damaged"),
    "not UTF-8": (lambda data: b"\xff\xfe\x00", "not JSON, or was damaged"),
    "empty": (lambda data: b"", "not JSON, or was damaged"),
    "very deep": (lambda data: b"[" * 100_000, "not JSON, or was damaged"),
    "very large": (lambda data: b" " * 1_000_001, "1,000,001 bytes; .* at most 1,000,000"),
    "a list": (lambda data: [], "not a tree of this page"),
    "other JSON": (lambda data: {"format": "other"}, "not a tree of this page"),
    "another version": (lambda data: data | {"version": 2}, "version 2; this page reads version 1"),
    "no pen": (lambda data: {k: v for k, v in data.items() if k != "pen"}, "The file lacks “pen”"),
    "pen is true": (lambda data: data | {"pen": True}, "a “pen” that is not a whole number"),
    "pen outside": (lambda data: data | {"pen": 99}, "pen stands at step 99"),
    "nodes are an object": (lambda data: data | {"nodes": {}}, "a “nodes” that is not a list"),
    "prompt is a number": (lambda data: data | {"prompt": 3}, "a “prompt” that is not text"),
    "long prompt": (lambda data: data | {"prompt": "x" * 2001}, "2,001 characters; at most 2,000"),
    "prompt is half a sign": (lambda data: data | {"prompt": "\ud800"}, "beginning has bytes in it that are not UTF-8"),
    "a step is a number": (lambda data: data | {"nodes": [7]}, "Step 0 of the file must be an object"),
    "no parent": (lambda data: data | {"nodes": [{"token": "a"}]}, "Step 0 of the file lacks “parent”"),
    "parent is text": (edit(3, parent="2"), "Step 3 of the file has a “parent” that is not a whole number"),
    "parent is itself": (edit(3, parent=3), "Step 3 of the file follows step 3, which does not come before it"),
    "parent comes later": (edit(3, parent=8), "Step 3 of the file follows step 8"),
    "parent is nowhere": (edit(3, parent=-2), "Step 3 of the file follows step -2"),
    "two steps in a circle": (lambda data: edit(4, parent=5)(edit(5, parent=4)(data)), "Step 4 .* follows step 5"),
    "a stranger wrote": (edit(2, author="<b>Homer</b>"), "Step 2 of the file has the author '<b>Homer</b>'"),
    "an unknown token": (edit(2, token="ß"), "Step 2 of the file is “ß”, which tiny-lstm does not know"),
    "a mark as token": (edit(2, token="<unk>"), "Step 2 of the tree has a token that this network does not know"),
    "half a sign as token": (edit(2, token="\udfff"), "Step 2 of the file has bytes in it"),
    "the same step twice": (
        lambda data: data | {"nodes": [*data["nodes"], data["nodes"][0]]},
        "is there twice: the same token after the same step",
    ),
    "too many steps": (
        lambda data: data | {"nodes": [{"parent": i - 1, "token": "a", "author": "visitor"} for i in range(2001)]},
        "2,001 steps; a tree holds at most 2,000",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_file_edited_by_hand_is_one_sentence(reader, tree, damage):
    change, sentence = DAMAGES[damage]
    changed = change(json.loads(to_json(reader, PROMPT, tree)))
    data = changed if isinstance(changed, bytes) else json.dumps(changed).encode()
    with pytest.raises(InputError, match=sentence) as caught:
        read_json(data).tree(reader)
    assert is_one_sentence(str(caught.value))


@given(
    some.recursive(
        some.none() | some.integers() | some.text(), lambda x: some.lists(x) | some.dictionaries(some.text(), x)
    )
)
@settings(max_examples=60)
def test_no_json_whatever_raises_anything_else(value):
    for data in (
        value,
        {"format": "unrolled-writing-tree", "version": 1, "model": "m", "prompt": "", "pen": -1, "nodes": [value]},
    ):
        with pytest.raises(InputError):
            read_json(json.dumps(data).encode())


# Codes


def test_a_code_comes_back_as_it_went(reader, tree):
    code = to_code(reader, tree)
    assert code.isascii()
    assert all(letter.isalnum() or letter in "-_" for letter in code)
    assert from_code(reader, PROMPT, code) == tree
    assert to_code(reader, WritingTree()) == ""
    assert from_code(reader, PROMPT, "") == WritingTree()


@given(
    some.lists(some.tuples(some.integers(-1, 60), some.integers(1, 20), some.booleans()), max_size=60),
    some.integers(-1, 59),
)
@settings(max_examples=40)
def test_every_tree_survives_its_code(reader, moves, pen):
    tree = WritingTree()
    for position, token_id, is_mine in moves:
        tree = tree.go_to(min(position, len(tree.nodes) - 1)).add(token_id, -1.0, "visitor" if is_mine else "network")
    tree = tree.go_to(min(pen, len(tree.nodes) - 1))
    back = from_code(reader, PROMPT, to_code(reader, tree))
    assert shape(back) == (shape(tree) if tree.nodes else [START])
    assert all(math.isfinite(node.log_prob) for node in back.nodes)


def test_a_tree_too_large_for_an_address_says_so_and_offers_the_file(reader):
    draw = random.Random(0)
    nodes = tuple(WritingNode(i - 1, draw.randint(1, 29), "network") for i in range(2000))
    with pytest.raises(InputError, match=r"too large for an address \(\d,\d+ characters.*downloading its file"):
        to_code(reader, WritingTree(nodes, 1999))


def test_a_damaged_code_is_one_sentence(reader, tree):
    code = to_code(reader, tree)
    bomb = to_code(reader, tree)[:1] + "7cExAQAAAMKg9U9tDQ-gAAAA" * 20
    damaged = [code[:-3], code[1:], code[:20] + "*" + code[21:], "t", "x" + code, code + "AAAA", "é" + code, bomb]
    damaged.append("t" + "A" * MAX_CODE_CHARACTERS)
    for bad in damaged:
        with pytest.raises(InputError, match="The tree in the address is damaged") as caught:
            from_code(reader, PROMPT, bad)
        assert is_one_sentence(str(caught.value))


@given(some.text(max_size=60) | some.from_regex(r"t[A-Za-z0-9_-]{0,60}", fullmatch=True))
@settings(max_examples=150)
def test_no_code_whatever_raises_anything_else(reader, code):
    try:
        assert from_code(reader, PROMPT, code).nodes is not None
    except InputError as error:
        assert is_one_sentence(str(error))  # noqa: PT017 - most codes are refused, a few are right


def test_a_code_that_unpacks_without_end_is_refused(reader):
    import base64
    import zlib

    packer = zlib.compressobj(level=9, wbits=-15)
    packed = packer.compress(b"\0" * 800_000) + packer.flush()
    code = "t" + base64.urlsafe_b64encode(packed).decode().rstrip("=")
    assert len(code) <= MAX_CODE_CHARACTERS
    with pytest.raises(InputError, match="damaged"):
        from_code(reader, PROMPT, code)


def test_a_code_of_another_vocabulary_is_refused(reader, tree):
    tokenizer = TOKENIZERS.get("character").train(["abcdefghijklm nopqrst"])
    other = dataclasses.replace(reader, tokenizer=tokenizer, model=LanguageModel(tokenizer.vocab_size, 4, 5).eval())
    assert tree_files.vocabulary_mark(other) != tree_files.vocabulary_mark(reader)
    with pytest.raises(InputError, match="another vocabulary: choose the network it was written with"):
        from_code(other, PROMPT, to_code(reader, tree))
