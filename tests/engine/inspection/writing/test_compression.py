"""The duel: sizes are those of real codes and files, everything comes back, and a network beats xz on Shakespeare it
never saw."""

from __future__ import annotations

import gzip
import lzma
import math
import os
from collections.abc import Generator
from pathlib import Path

import pytest

from engine.corpora import load_corpus
from engine.corpora.running_text import RUNNING_TEXT
from engine.decoding.arithmetic_coding import compress, run
from engine.decoding.limits import MAX_DUEL_CHARACTERS
from engine.errors import InputError
from engine.inspection.writing import compression
from engine.inspection.writing.compression import Round, archive, duel, duel_of_all
from engine.inspection.writing.surprise import surprise
from engine.models.folder import load_model

TEXT = "MARA:\nL'été, the ferry 🚤 left at noon.\n" * 3


def test_archivers_need_what_their_files_need_and_give_the_text_back() -> None:
    frame = archive(TEXT).set_index("coder")
    data = TEXT.encode()
    assert frame.loc["as it is (UTF-8)", "bytes"] == len(data)
    assert frame.loc["gzip", "bytes"] == len(gzip.compress(data, 9))
    assert frame.loc["gzip, without its header", "bytes"] == len(gzip.compress(data, 9)) - 18
    assert frame.loc["xz", "bytes"] == len(lzma.compress(data, preset=9 | lzma.PRESET_EXTREME))
    assert frame.loc["xz, without its header", "bytes"] < frame.loc["xz", "bytes"]
    assert frame["is_identical"].all()


def test_a_round_is_the_real_code_decoded_again(reader) -> None:
    steps = duel(reader, TEXT)
    shares = []
    while True:
        try:
            shares.append(next(steps))
        except StopIteration as end:
            found = end.value
            break
    assert found.code == compress(reader, TEXT)
    assert found.is_identical
    assert shares == sorted(shares)
    assert (shares[0] > 0, shares[-1]) == (True, 1.0)
    assert len(shares) == 2 * len(TEXT)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "There is no text to compress"),
        ("x" * (MAX_DUEL_CHARACTERS + 1), "The text has 10,001 characters; at most 10,000"),
        ("a\udcff", "not UTF-8"),
    ],
)
def test_a_text_that_cannot_be_compressed_gets_a_sentence(reader, text: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        run(duel(reader, text))


@pytest.mark.skipif("UNROLLED_DATA" not in os.environ, reason="UNROLLED_DATA is not set")
def test_the_lstm_beats_xz_on_unseen_shakespeare() -> None:
    loaded = load_model("shakespeare-lstm")
    text = load_corpus("tiny_shakespeare").read(RUNNING_TEXT, "test")
    part = text[:600]
    found = run(duel(loaded, part))
    assert found.is_identical
    assert len(found.code) < archive(part).set_index("coder")["bytes"].drop("as it is (UTF-8)").min()
    # A code is as long as the surprise (tested beside the coder), which is quicker to take of a longer text.
    stretches = [text[start : start + 2000] for start in range(0, 20_000, 2000)]
    code_bytes = sum(surprise(loaded, stretch).total_nats for stretch in stretches) / math.log(2) / 8
    assert code_bytes < 0.8 * len(lzma.compress(text[:20_000].encode(), preset=9 | lzma.PRESET_EXTREME))


def test_all_models_duel_as_a_job_that_repeats_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = []

    def fight(model: str, text: str) -> Generator[float, None, Round]:
        """Take half a step and a whole one."""
        rounds.append(model)
        yield 0.5
        if model == "dumb":
            raise InputError("It has no letters.")
        return Round(b"abc", True, 0.1, 0.2)

    monkeypatch.setattr(compression, "_load", lambda folder, version: folder)
    monkeypatch.setattr(compression, "duel", fight)
    monkeypatch.setattr(compression, "_results", {})
    models = {"one": ("bright", "1"), "other": ("dumb", "1")}
    for _ in range(2):
        steps, events = duel_of_all("text", models), []
        while True:
            try:
                events.append(next(steps))
            except StopIteration as end:
                found = end.value["results"]
                break
        assert found["one"] == {"code": 3, "is_identical": True, "encode_seconds": 0.1, "decode_seconds": 0.2}
        assert found["other"] == {"refusal": "It has no letters."}
        assert [event["progress"] for event in events if event["results"]] == [0.5, 1.0]
    assert rounds == ["bright", "dumb"]
