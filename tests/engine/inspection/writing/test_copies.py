"""Copies found by hashes, against looking them up in the text itself, letter by letter."""

from __future__ import annotations

import dataclasses
import json
import os
import random
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.command_line import EXIT_BAD_INPUT, main
from engine.corpora import CORPORA, load_corpus
from engine.corpora.running_text import RUNNING_TEXT
from engine.errors import DataError, InputError
from engine.inspection.writing import copy_checks, copy_index
from engine.inspection.writing.copies import (
    LENGTHS,
    MAX_COPY_CHARACTERS,
    Copies,
    check_copies,
    coverage_frame,
    find_copies,
    known_words,
)
from engine.inspection.writing.copy_index import SHORTEST_COPY, build_index, load_index, save_index
from engine.models.folder import LoadedModel
from tests.engine.conftest import TINY_TEXT

TRAIN = TINY_TEXT + "\nSecond part\n" + TINY_TEXT[::-1] + "\nThe boat, the boat, the boat, the boat.\n"
INDEX = build_index(TRAIN, {"corpus": "tiny", "title": "Tiny", "parts": [[1, "First"], [6, "Second"]]})
needs_corpus = pytest.mark.skipif("UNROLLED_DATA" not in os.environ, reason="UNROLLED_DATA is not set")


def exact_lengths(train: str, text: str, shortest: int = SHORTEST_COPY) -> list[int]:
    """Return for each character of `text` the length of the longest stretch around it that stands in `train`."""
    longest, stop = [0] * len(text), 0
    for start in range(len(text)):
        stop = max(start, stop)  # what is left of a stretch when its first letter goes stands there as well
        while stop < len(text) and text[start : stop + 1] in train:
            stop += 1
        if stop - start >= shortest:
            for position in range(start, stop):
                longest[position] = max(longest[position], stop - start)
    return longest


def check_spans(copies: Copies, train: str, text: str) -> None:
    """Assert that every span says where it stands, that it cannot be longer, and how often it is there."""
    for span in copies.spans.itertuples():
        assert text[span.start : span.stop] == span.text == train[span.offset : span.offset + span.length]
        assert train[: span.offset].count("\n") + 1 == span.line
        assert train.find(span.text) == span.offset
        positions = sum(train.startswith(span.text, position) for position in range(len(train)))
        assert positions == span.positions
        assert text[max(0, span.start - 1) : span.stop] not in train or span.start == 0
        assert text[span.start : span.stop + 1] not in train or span.stop == len(text)


pieces = st.one_of(
    st.tuples(st.integers(0, len(TRAIN) - 1), st.integers(1, 60)).map(lambda cut: TRAIN[cut[0] : cut[0] + cut[1]]),
    st.text(alphabet="abot ,.\nT", max_size=10),
)


@settings(max_examples=80)
@given(st.lists(pieces, max_size=6).map("".join))
def test_spans_are_those_of_exact_matching(text: str) -> None:
    copies = find_copies(INDEX, text)
    assert copies.longest.tolist() == exact_lengths(TRAIN, text)
    check_spans(copies, TRAIN, text)


def test_part_line_and_places_of_a_span() -> None:
    copies = find_copies(INDEX, "xxx the boat, the boqqq The ferry left at noon!")
    rows = {row.text: row for row in copies.spans.itertuples()}
    repeated = rows[" the boat, the bo"]
    assert repeated.positions == 2, "the second begins in the first"
    assert repeated.part == "Second"
    first = rows["The ferry left at noon"]
    assert (first.line, first.offset, first.part, first.length) == (1, 0, "First", 22)


def test_prompt_does_not_count_but_may_begin_a_span() -> None:
    prompt, written = "The ferry left ", "at noon, and nobody was there."
    copies = find_copies(INDEX, prompt + written, counted_from=len(prompt))
    (span,) = copies.at_least(20).itertuples()
    assert span.text == "The ferry left at noon, and nobody wa"
    assert copies.coverage(20) == pytest.approx(22 / len(written))
    assert copies.novelty(20) == pytest.approx(1 - 22 / len(written))
    assert copies.coverage(38) == 0
    assert copies.counted == len(written)


def test_one_changed_letter_parts_a_copy_in_two() -> None:
    line = "The ferry left at noon, and nobody waved."
    copies = find_copies(INDEX, line.replace("noon", "nook"))
    assert copies.spans["text"].tolist() == ["The ferry left at noo", ", and nobody waved."]


@pytest.mark.parametrize("text", ["", "short", "x" * 5000, "🌊 Ελληνικά " * 40, "\n" * 300])
def test_nothing_copied(text: str) -> None:
    copies = find_copies(INDEX, text)
    assert copies.spans.empty
    assert not copies.longest.any()


def test_too_long_and_broken_texts_get_a_sentence() -> None:
    with pytest.raises(InputError, match="20,001 characters; at most 20,000"):
        find_copies(INDEX, "x" * (MAX_COPY_CHARACTERS + 1))
    with pytest.raises(InputError, match="not UTF-8"):
        find_copies(INDEX, "a\udc80b")
    with pytest.raises(InputError, match="too short"):
        build_index("tiny", {})


def test_share_of_words_that_exist() -> None:
    assert known_words(INDEX, "THE ferry saw a grumbleflux. ") == pytest.approx(4 / 5)
    assert known_words(INDEX, "The ferry grumbl") == 1, "a word cut off by the end does not count"
    assert np.isnan(known_words(INDEX, "123 ..."))


def test_file_holds_the_index_and_no_text(tmp_path: Path) -> None:
    path = save_index(INDEX, tmp_path / "tiny.safetensors")
    found = load_index("tiny", tmp_path)
    for name in ("hashes", "order", "firsts", "line_starts", "words"):
        assert np.array_equal(getattr(found, name), getattr(INDEX, name)), name
    assert found.facts == INDEX.facts
    assert b"ferry" not in path.read_bytes()
    assert load_index("tiny", tmp_path) is found, "read once"


def test_missing_or_damaged_index_gets_a_sentence(tmp_path: Path) -> None:
    save_index(INDEX, tmp_path / "tiny.safetensors")
    with pytest.raises(
        DataError, match=r"no index of the training text 'nothing' \(there: tiny\).*engine index --corpus nothing"
    ):
        load_index("nothing", tmp_path)
    with pytest.raises(DataError, match="no index"):
        load_index("../tiny/x", tmp_path)
    (tmp_path / "cut.safetensors").write_bytes((tmp_path / "tiny.safetensors").read_bytes()[:500])
    tensors = {"hashes": INDEX.hashes[:-1], "line_lengths": np.ones(3, np.uint32), "words": INDEX.words}
    wrong = safetensors.numpy.save(tensors, metadata={"facts": json.dumps(INDEX.facts)})
    (tmp_path / "wrong.safetensors").write_bytes(wrong)
    (tmp_path / "bare.safetensors").write_bytes(safetensors.numpy.save(tensors))
    for name in ("cut", "wrong", "bare"):
        with pytest.raises(DataError, match="damaged"):
            load_index(name, tmp_path)


def test_model_finds_the_index_of_its_corpus(
    reader: LoadedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copy_index, "INDEXES", tmp_path)
    save_index(INDEX, tmp_path / "tiny_shakespeare.safetensors")
    assert check_copies(reader, "The ferry left at noon").coverage() == 1
    config = {name: value for name, value in reader.info.config.items() if name != "corpora"}
    stranger = dataclasses.replace(reader, info=dataclasses.replace(reader.info, config=config))
    with pytest.raises(DataError, match="does not say what text it was trained on"):
        check_copies(stranger, "The ferry left at noon")


def test_index_command_measures_what_it_ships(mirror, tmp_path: Path, capsys, monkeypatch) -> None:
    monkeypatch.setattr(copy_checks, "RANDOM_CHARACTERS", 5000)
    assert main(["index", "--corpus", "tiny_shakespeare", "--output", str(tmp_path)]) == 0
    assert "0 of 3 spans in unseen text were wrong" in capsys.readouterr().out
    facts = load_index("tiny_shakespeare", tmp_path).facts
    assert facts["unseen"]["coverage"][0] == 1, "here the held-out text is the training text"
    assert facts["unseen"]["measures"]["known_words"] == 1
    frame = coverage_frame(find_copies(load_index("tiny_shakespeare", tmp_path), "nothing like it at all"), facts)
    assert frame["length"].tolist() == list(LENGTHS)
    assert frame["share"].sum() == 0
    assert main(["index", "--corpus", "nothing", "--output", str(tmp_path)]) == EXIT_BAD_INPUT
    assert main(["index", "--corpus", "phrasebook_en_fr", "--output", str(tmp_path)]) == EXIT_BAD_INPUT


# The shipped indexes, against the corpora themselves.


@pytest.mark.parametrize("name", ["saltmarsh", pytest.param("tiny_shakespeare", marks=needs_corpus)])
def test_shipped_index_finds_exactly_what_is_in_the_corpus(name: str) -> None:
    corpus, index = load_corpus(name), load_index(name)
    train, unseen = corpus.read(RUNNING_TEXT), corpus.read(RUNNING_TEXT, "validation")
    assert index.facts["characters"] == len(train)
    draw = random.Random(5)
    mixed = []
    for _ in range(4):
        position, other = draw.randrange(len(train) - 90), draw.randrange(len(unseen) - 90)
        mixed += [train[position : position + draw.randrange(5, 90)], unseen[other : other + draw.randrange(5, 90)]]
    text = "".join(mixed)
    copies = find_copies(index, text)
    assert copies.longest.tolist() == exact_lengths(train, text)
    for span in copies.spans.itertuples():
        assert train.find(span.text) == span.offset
        assert train[: span.offset].count("\n") + 1 == span.line
    assert index.facts["unseen"]["wrong"] == 0
    assert index.facts["chance"]["spans"] == 0
    assert copy_index.INDEXES.joinpath(f"{name}.safetensors").stat().st_size < 4 * 2**20


@needs_corpus
def test_unseen_text_is_hardly_copied_and_its_words_exist() -> None:
    corpus, index = load_corpus("tiny_shakespeare"), load_index("tiny_shakespeare")
    train, unseen = corpus.read(RUNNING_TEXT), corpus.read(RUNNING_TEXT, "validation")[:3000]
    truth = np.array(exact_lengths(train, unseen[:400]))
    assert find_copies(index, unseen[:400]).coverage(20) == pytest.approx((truth >= 20).mean())
    assert index.facts["unseen"]["coverage"][20 - SHORTEST_COPY] < 0.05
    assert known_words(index, unseen) == pytest.approx(index.facts["unseen"]["measures"]["known_words"], abs=0.05)


@needs_corpus
def test_speakers_are_in_the_plays_they_belong_to() -> None:
    lines = load_corpus("tiny_shakespeare").read(RUNNING_TEXT).split("\n")
    index = load_index("tiny_shakespeare")
    plays = {
        "CORIOLANUS:": "Coriolanus",
        "RICHMOND:": "Richard III",
        "JOHN OF GAUNT:": "Richard II",
        "ROMEO:": "Romeo and Juliet",
        "KING LEWIS XI:": "Henry VI, Part 3",
        "PERDITA:": "The Winter's Tale",
        "DUKE VINCENTIO:": "Measure for Measure",
        "PETRUCHIO:": "The Taming of the Shrew",
    }
    for speaker, play in plays.items():
        numbers = [number for number, line in enumerate(lines, start=1) if line == speaker]
        assert numbers, speaker
        assert {index.part(int(index.line_starts[number - 1])) for number in numbers} == {play}
    for first, _ in CORPORA.get("tiny_shakespeare").parts:
        assert lines[first - 1].endswith(":"), "a play begins with its first speaker"
        assert first == 1 or not lines[first - 2]
