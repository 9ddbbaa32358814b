"""Arithmetic coding: what comes back is what went in, and a code is as long as the model's surprise says."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.decoding.arithmetic_coding import _Decoder, _Encoder, compress, compressing, decompress
from engine.errors import DataError, InputError
from engine.inspection.writing.surprise import surprise
from engine.models.folder import load_model
from engine.models.ngram import NgramModel
from engine.text import TOKENIZERS
from tests.engine.conftest import TINY_TEXT, write_model_folder

SHARES = st.lists(st.integers(1, 1000), min_size=2, max_size=20)


@pytest.fixture(scope="module")
def counter(tmp_path_factory):
    """Return a counted model, which steps fast enough for long texts."""
    tokenizer = TOKENIZERS.get("character").train([TINY_TEXT])
    model = NgramModel.count(tokenizer.encode(TINY_TEXT), tokenizer.vocab_size, 4)
    facts = {"model": "ngram", "cell": "ngram", "title": "Counts"}
    return load_model(write_model_folder(tmp_path_factory.mktemp("coded") / "tiny-counts", model, tokenizer, facts))


@settings(max_examples=80)
@given(st.lists(st.tuples(SHARES, st.integers(0, 10**6)), min_size=1, max_size=40))
def test_any_message_under_any_shares_comes_back_in_as_few_bits_as_it_carries(message) -> None:
    tables = [[0, *np.cumsum(shares).tolist()] for shares, _ in message]
    symbols = [pick % len(shares) for shares, pick in message]
    encoder = _Encoder()
    for symbol, table in zip(symbols, tables, strict=True):
        encoder.put(table[symbol], table[symbol + 1], table[-1])
    code = encoder.finish()
    chances = [(table[symbol + 1] - table[symbol]) / table[-1] for symbol, table in zip(symbols, tables, strict=True)]
    assert 8 * len(code) <= -sum(map(math.log2, chances)) + 9.01  # at most two bits to end with, and a byte begun
    decoder = _Decoder(code)
    assert [decoder.get(np.array(table)) for table in tables] == symbols


def test_the_rarest_symbols_and_the_largest_totals_come_back() -> None:
    table, symbols = np.array([0, 1, 2**29, 2**29 + 1, 2**29 + 2]), [0, 3, 1, 0, 0, 2, 3] * 30
    encoder = _Encoder()
    for symbol in symbols:
        encoder.put(int(table[symbol]), int(table[symbol + 1]), int(table[-1]))
    decoder = _Decoder(encoder.finish())
    assert [decoder.get(table) for _ in symbols] == symbols


def random_characters(size_in_bytes: int) -> str:
    """Return characters from all over Unicode that take so many bytes in UTF-8, or up to three more."""
    draw, text, size = random.Random(20), [], 0
    while size < size_in_bytes:
        character = chr(
            draw.choice([*range(32, 127), *range(0xA1, 0x1000), *range(0x4E00, 0x5000), *range(0x1F300, 0x1F650)])
        )
        text.append(character)
        size += len(character.encode())
    return "".join(text)


TEXTS = {
    "English": "MARA: The ferry left at noon, and nobody waved at the boat.\n",
    "French": "L'été où les goélands se taisent, naïve, ça commence par un œuf à la coque…\n",
    "emoji": "A boat 🚤, a family 👨‍👩‍👧, a flag 🇫🇷 and e\u0301.",
    "nothing known": "Здравствуй, 世界",
    "line ends and a zero": "\r\n\t\x00\n",
    "its own marks": "<unk><unk>�\ufffd",
    "nothing": "",
}


@pytest.mark.parametrize("name", TEXTS)
def test_texts_come_back_from_a_network(reader, name: str) -> None:
    assert decompress(reader, compress(reader, TEXTS[name])) == TEXTS[name]


@pytest.mark.parametrize("name", TEXTS)
def test_texts_come_back_from_counts(counter, name: str) -> None:
    assert decompress(counter, compress(counter, TEXTS[name])) == TEXTS[name]


def test_ten_thousand_random_bytes_of_characters_come_back(counter) -> None:
    text = random_characters(10_000)
    code = compress(counter, text)
    assert decompress(counter, code) == text
    # Nobody can predict them: a little more than as they are, but not much more.
    assert 0.95 * 10_000 < len(code) < 1.02 * 10_000


def test_a_code_is_as_long_as_the_surprise(counter, reader) -> None:
    text = TINY_TEXT[:150]
    for loaded in (counter, reader):
        bits = surprise(loaded, text).total_nats / math.log(2)
        assert bits / 8 < len(compress(loaded, text)) < bits / 8 * 1.01 + 5


def test_a_text_a_model_knows_is_shorter_than_one_it_does_not(counter) -> None:
    known = TINY_TEXT[:150]
    assert len(compress(counter, known)) < 0.5 * len(compress(counter, "".join(sorted(known))))


def test_progress_counts_every_token(reader) -> None:
    assert list(compressing(reader, "The boat")) == list(range(1, 9))


@pytest.mark.parametrize("code", [b"", b"\xff", b"\xff\xff\xff\xff\xff", b"\x80\x80"])
def test_a_code_without_a_length_is_refused(reader, code: bytes) -> None:
    with pytest.raises(DataError, match="does not begin with the length"):
        decompress(reader, code)


def test_a_code_of_another_model_gives_another_text_or_a_sentence(reader, counter) -> None:
    text = TEXTS["French"]
    code = compress(counter, text)
    try:
        other = decompress(reader, code)
    except DataError as error:
        other = str(error)
        assert "another model" in other  # noqa: PT017 - either outcome is right
    assert other != text


def test_bytes_that_are_no_text_are_refused(reader) -> None:
    with pytest.raises(InputError, match="not UTF-8"):
        compress(reader, "a\udcff")


def test_pieces_that_lose_something_are_refused(interpreter, reader, monkeypatch) -> None:
    import dataclasses

    lossy = dataclasses.replace(reader, tokenizer=interpreter.tokenizer)
    with pytest.raises(InputError, match="letter for letter"):
        compress(lossy, "two  blanks\nand a line")
