"""Tokenisers: nothing is lost on the way there and back, what was never seen is named, files come back as they were."""

from __future__ import annotations

import json
import re
import unicodedata

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.errors import ModelError
from engine.text import TOKENIZERS, load_tokenizer
from engine.text.base import BOS, EOS, PAD, UNK
from engine.text.bpe import WORD_MARK

TEXT = "It's the cat's hat, n'est-ce pas ? Élan, œuvre (no. 12): naïve!\n\tThe cat sat. A hat; a mat. "
CHARACTERS = sorted(set(TEXT))
KINDS = ("character", "word", "bpe", "pieces")


@pytest.fixture(scope="module")
def trained():
    return {kind: TOKENIZERS.get(kind).train([TEXT] * 3) for kind in KINDS}


CHARACTER = TOKENIZERS.get("character").train([TEXT])
BPE = TOKENIZERS.get("bpe").train([TEXT] * 3, 90)
PIECES = TOKENIZERS.get("pieces").train([TEXT] * 3, 70)


def normal(text: str) -> str:
    """What byte-pair encoding documents: composed, straight apostrophes, one blank between words and none at the
    ends."""
    composed = unicodedata.normalize("NFC", text).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return re.sub(" +", " ", composed).strip()


@given(st.text(st.sampled_from(CHARACTERS)))
def test_characters_come_back_exactly(text):
    ids = CHARACTER.encode(text)
    assert len(ids) == len(text)
    assert CHARACTER.decode(ids) == text
    assert "".join(CHARACTER.tokens(ids)) == text
    assert CHARACTER.unknown_pieces(text) == []


@settings(max_examples=200)
@given(st.text(st.sampled_from(CHARACTERS)))
def test_pieces_come_back_exactly_blanks_and_line_breaks_included(text):
    ids = PIECES.encode(text)
    assert PIECES.decode(ids) == text
    assert "".join(PIECES.tokens(ids)) == text
    assert "".join(PIECES.decode([i]) for i in ids) == text
    assert PIECES.unknown_pieces(text) == []


def test_a_blank_belongs_to_the_piece_before_it_and_nothing_joins_over_it():
    pieces = TOKENIZERS.get("pieces").train(["to be, or not to be:\n\nto be."] * 9)
    assert pieces.tokens(pieces.encode("to be, not to be:\n\nbe")) == [
        "to ",
        "be",
        ", ",
        "not ",
        "to ",
        "be",
        ":",
        "\n\n",
        "be",
    ]
    assert pieces.tokens(pieces.encode("to  be")) == ["to ", " ", "be"]
    assert pieces.decode(pieces.encode("to ☃ ж be")) == "to \N{REPLACEMENT CHARACTER} \N{REPLACEMENT CHARACTER} be"
    assert pieces.unknown_pieces("to ☃ ж ☃be") == ["☃", "ж"]


@settings(max_examples=200)
@given(st.text(st.sampled_from([*CHARACTERS, "\N{RIGHT SINGLE QUOTATION MARK}"])))
def test_byte_pairs_come_back_up_to_the_documented_normalisation(text):
    assume(not text.islower() and not text.isupper() and "oe" not in text.lower())  # the vocabulary respells those
    decomposed = unicodedata.normalize("NFD", text)
    ids = BPE.encode(text)
    assert ids == BPE.encode(decomposed)
    assert BPE.decode(ids) == normal(text)
    assert BPE.unknown_pieces(text) == []


@given(st.text())
def test_whatever_is_typed_is_encoded_and_unknown_pieces_say_whether_something_was_unknown(text):
    for tokenizer in (CHARACTER, BPE, PIECES):
        ids = tokenizer.encode(text)
        assert all(0 <= i < tokenizer.vocab_size for i in ids)
        assert bool(tokenizer.unknown_pieces(text)) == (tokenizer.unk_id in ids)


def test_unknown_characters_are_named_once_in_order_and_shown_as_replaced():
    assert CHARACTER.unknown_pieces("zжz☃ cat ж☃") == ["z", "ж", "☃"]
    ids = CHARACTER.encode("z cat")
    assert ids[0] == CHARACTER.unk_id == 0
    assert CHARACTER.decode(ids) == "\N{REPLACEMENT CHARACTER} cat"


@pytest.mark.parametrize("text", ["  the ☃ cat z", "the ж\N{COMBINING ACUTE ACCENT} ☃ cat ☃z", "\tthe ☃z"])
def test_byte_pairs_name_unknown_characters_wherever_normalisation_moved_them(text):
    expected = [c for c in dict.fromkeys(text) if c in "☃zж"]
    assert BPE.unknown_pieces(text) == expected


def test_words_name_unknown_words_once_in_order(trained):
    assert trained["word"].unknown_pieces("The dog sat; the dog ran.") == ["dog", "ran"]


def test_words_are_joined_with_punctuation_where_it_belongs(trained):
    words = trained["word"]
    assert words.decode(words.encode("The   cat sat .")) == "The cat sat."
    assert words.decode([words.bos_id, *words.encode("A hat"), words.eos_id, words.pad_id]) == "A hat"
    assert words.decode(words.encode("The dog sat")) == "The <unk> sat"


def test_the_word_vocabulary_keeps_the_most_frequent():
    words = TOKENIZERS.get("word").train(["a a a b b c"], 6)
    assert words.vocab_size == 6
    assert words.unknown_pieces("a b c") == ["c"]


def test_tokens_are_called_by_their_names(trained):
    assert {kind: tokenizer.noun for kind, tokenizer in trained.items()} == {
        "character": "character",
        "word": "word",
        "bpe": "subword token",
        "pieces": "subword token",
    }


def test_special_tokens_have_their_ids_and_typing_them_does_not_make_them(trained):
    for kind in ("word", "bpe"):
        tokenizer = trained[kind]
        assert (tokenizer.pad_id, tokenizer.bos_id, tokenizer.eos_id, tokenizer.unk_id) == (0, 1, 2, 3)
        special = {tokenizer.pad_id, tokenizer.bos_id, tokenizer.eos_id}
        assert not special & set(tokenizer.encode(f"the {EOS} {PAD} {BOS} cat"))
        assert tokenizer.decode([1, *tokenizer.encode("the cat"), 2, 0, 0]) == "the cat"
    for kind in ("character", "pieces"):
        tokenizer = trained[kind]
        assert (tokenizer.pad_id, tokenizer.bos_id, tokenizer.eos_id, tokenizer.unk_id) == (None, None, None, 0)
        assert tokenizer.encode("<unk>") == [i for c in "<unk>" for i in tokenizer.encode(c)]


def test_a_batch_is_encoded_as_each_alone(trained):
    for tokenizer in trained.values():
        texts = ["The cat sat.", "", "A hat"]
        assert tokenizer.encode_batch(texts) == [tokenizer.encode(text) for text in texts]


def test_pieces_that_begin_a_word_are_marked():
    assert BPE.tokens(BPE.encode("cat's hat"))[0].startswith(WORD_MARK)
    assert "".join(BPE.tokens(BPE.encode("cat's hat"))) == f"{WORD_MARK}cat's{WORD_MARK}hat"
    assert BPE.token(10**6) == UNK


def test_byte_pairs_join_what_often_stands_together_up_to_the_vocabulary_size():
    small, large = (TOKENIZERS.get("bpe").train([TEXT] * 3, size) for size in (50, 70))
    assert (small.vocab_size, large.vocab_size) == (50, 70)
    assert len(large.encode("The cat sat")) < len(small.encode("The cat sat"))


@pytest.mark.parametrize("kind", KINDS)
def test_saved_tokenizers_come_back_as_the_same_kind_with_the_same_ids(trained, kind, tmp_path):
    tokenizer = trained[kind]
    tokenizer.save(tmp_path / "tokenizer.json")
    back = load_tokenizer(tmp_path / "tokenizer.json")
    assert type(back) is type(tokenizer)
    assert back.kind == kind
    assert back.vocab_size == tokenizer.vocab_size
    for text in (TEXT, "snow ☃ <eos>", ""):
        ids = tokenizer.encode(text)
        assert back.encode(text) == ids
        assert back.decode(ids) == tokenizer.decode(ids)
        assert back.unknown_pieces(text) == tokenizer.unknown_pieces(text)
    ids = (tokenizer.pad_id, tokenizer.bos_id, tokenizer.eos_id, tokenizer.unk_id)
    assert (back.pad_id, back.bos_id, back.eos_id, back.unk_id) == ids


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", "null", '{"model": {"type": "WordLevel"}}', '{"model": 3}'])
def test_a_damaged_file_is_one_sentence(tmp_path, content):
    (tmp_path / "tokenizer.json").write_text(content)
    with pytest.raises(ModelError, match=r"^The tokenizer file tokenizer\.json is .+\.$"):
        load_tokenizer(tmp_path / "tokenizer.json")


def test_a_missing_or_binary_file_is_one_sentence(tmp_path):
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    for name in ("binary.json", "nowhere.json"):
        with pytest.raises(ModelError, match=rf"^The tokenizer file {name} is missing or damaged\.$"):
            load_tokenizer(tmp_path / name)


def test_a_file_cut_short_is_one_sentence(trained, tmp_path):
    file = tmp_path / "tokenizer.json"
    trained["bpe"].save(file)
    file.write_text(file.read_text()[:-200])
    with pytest.raises(ModelError, match="missing or damaged"):
        load_tokenizer(file)


def test_a_model_without_its_type_is_read_as_the_library_reads_it(trained, tmp_path):
    file = tmp_path / "tokenizer.json"
    trained["bpe"].save(file)
    stored = json.loads(file.read_text())
    del stored["model"]["type"]
    file.write_text(json.dumps(stored))
    assert load_tokenizer(file).encode("The cat") == trained["bpe"].encode("The cat")
