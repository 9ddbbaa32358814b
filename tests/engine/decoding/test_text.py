"""From text to text: what is written and translated, and what is unknown."""

from __future__ import annotations

import dataclasses
import threading

import pytest
import torch

from engine.decoding.beam import beam
from engine.decoding.greedy import greedy
from engine.decoding.limits import SamplingSettings
from engine.decoding.sampling import generate
from engine.decoding.text import (
    FLOAT32,
    decoding_options,
    encode_sources,
    prompt_ids,
    search,
    search_lines,
    spell,
    start_id,
    translate,
    translate_lines,
    write_text,
)
from engine.errors import InputError
from engine.models.folder import LoadedModel
from engine.models.language_model import LanguageModel
from engine.text import TOKENIZERS

SETTINGS = SamplingSettings(max_new_tokens=30, seed=5)


def write(reader, prompt, **changes) -> str:
    return "".join(write_text(reader, prompt, dataclasses.replace(SETTINGS, **changes)))


# Writing


def test_text_goes_on_from_the_prompt_one_character_at_a_time(reader):
    pieces = list(write_text(reader, "TOM: I", SETTINGS))
    assert len(pieces) == 30
    assert {len(piece) for piece in pieces} == {1}
    ids = [start_id(reader), *reader.tokenizer.encode("TOM: I")]
    drawn = generate(reader.model, ids, max_new_tokens=30, temperature=0.8, seed=5)
    assert "".join(pieces) == reader.tokenizer.decode([token.token_id for token in drawn])


def test_text_without_marks_starts_after_a_line_break(reader):
    assert prompt_ids(reader, "To") == reader.tokenizer.encode("\nTo")
    assert write(reader, "", temperature=0) == write(reader, "", temperature=0)
    expected = generate(reader.model, reader.tokenizer.encode("\n"), max_new_tokens=30, temperature=0)
    assert write(reader, "", temperature=0) == reader.tokenizer.decode([token.token_id for token in expected])


def test_settings_reach_the_sampler(reader):
    assert write(reader, "T", seed=1) != write(reader, "T", seed=2)
    assert write(reader, "T", seed=1, top_k=1) == write(reader, "T", temperature=0)
    assert write(reader, "T", seed=1, top_p=0.01) == write(reader, "T", temperature=0)
    assert len(write(reader, "T", max_new_tokens=3)) == 3


@pytest.mark.parametrize("kind", ["character", "word", "bpe", "pieces"])
def test_token_by_token_is_spelt_what_is_decoded_at_once(kind):
    tokenizer = TOKENIZERS.get(kind).train(["the cat, the hat; a  mat.\n\nThe cat's hat " * 3], 40)
    marks = [i for i in (tokenizer.bos_id, tokenizer.eos_id) if i is not None]  # no text of their own, between words
    words = tokenizer.encode("a hat")
    ids = [
        *words,
        *marks,
        *words,
        *range(tokenizer.vocab_size),
        *tokenizer.encode(" a  hat,\n the cat. ☃ "),
        *marks,
        *words,
    ]
    for begun in (0, 1, len(words) + len(marks), 44):
        before, after = ids[:begun], ids[begun:]
        assert tokenizer.decode(before) + "".join(spell(tokenizer, after, before)) == tokenizer.decode(ids)
        assert "".join(spell(tokenizer, after)) == tokenizer.decode(after)
    if (blank := tokenizer.vocabulary.get("\N{LOWER ONE EIGHTH BLOCK}")) is not None:  # by itself it is not seen
        for before, after in (([], [blank, *words]), ([blank], words), (marks, [blank, *marks, blank, *words])):
            written = tokenizer.decode(before) + "".join(spell(tokenizer, after, before))
            assert written == tokenizer.decode([*before, *after])


def test_bad_settings_are_refused_at_once_not_at_the_first_character(reader):
    with pytest.raises(InputError, match="temperature"):
        write_text(reader, "T", dataclasses.replace(SETTINGS, temperature=-1))
    with pytest.raises(InputError, match="The prompt has 2,001 characters"):
        write_text(reader, "T" * 2001, SETTINGS)


def test_a_prompt_of_unknown_characters_is_written_on_from_all_the_same(reader):
    assert len(write(reader, "☃☃☃")) == 30


def test_sub_word_pieces_are_written_with_the_blank_that_belongs_to_them():
    tokenizer = TOKENIZERS.get("bpe").train(["the cat sat on the mat"] * 3, 40)
    torch.manual_seed(1)
    model = LanguageModel(tokenizer.vocab_size, 6, 6, 1).eval()
    loaded = LoadedModel(None, model, tokenizer)
    assert start_id(loaded) == tokenizer.bos_id
    pieces = list(write_text(loaded, "the cat", dataclasses.replace(SETTINGS, temperature=2.0)))
    drawn = generate(
        model,
        prompt_ids(loaded, "the cat"),
        max_new_tokens=30,
        temperature=2.0,
        seed=5,
        stop_id=tokenizer.eos_id,
    )
    ids = [token.token_id for token in drawn]
    assert 0 < len(ids) == len(pieces)
    assert "the cat" + "".join(pieces) == tokenizer.decode([*tokenizer.encode("the cat"), *ids])


# Translating


def test_a_translation_tells_how_it_came_about(interpreter):
    tokenizer = interpreter.tokenizer
    found = translate(interpreter, "a dog sees ☃", beam_size=3)
    assert 1 <= len(found) <= 3
    for translation in found:
        assert translation.source == "a dog sees ☃"
        assert translation.source_tokens == tokenizer.tokens(tokenizer.encode("a dog sees ☃"))
        assert translation.unknown == ["☃"]
        assert translation.target_tokens == tokenizer.tokens(list(translation.target_ids))
        assert len(translation.log_probs) == len(translation.target_tokens)
        assert translation.weights.shape == (len(translation.target_tokens), len(translation.source_tokens))
        length = len(translation.log_probs) + translation.is_finished
        assert translation.score == pytest.approx(translation.total_log_prob / length, abs=1e-5)
    ordered = sorted(found, key=lambda t: (not t.is_finished, -t.score))
    assert [t.text for t in found] == [t.text for t in ordered]


def test_a_translation_of_a_beam_of_one_is_the_greedy_one(interpreter):
    (found,) = translate(interpreter, "a dog runs")
    source, lengths = encode_sources(interpreter, ["a dog runs"])
    marks = {"bos_id": interpreter.tokenizer.bos_id, "eos_id": interpreter.tokenizer.eos_id}
    (expected,) = greedy(interpreter.model, source, lengths, max_new_tokens=2 * int(lengths) + 10, **marks)
    assert found.text == interpreter.tokenizer.decode(expected.token_ids)
    assert found.log_probs + [found.end_log_prob] * found.is_finished == pytest.approx(expected.log_probs, abs=1e-5)
    assert found.total_log_prob == pytest.approx(expected.score)


def test_without_attention_there_is_no_map(interpreter, build_translator):
    model = build_translator(interpreter.tokenizer.vocab_size, attention="none")
    blind = dataclasses.replace(interpreter, model=model)
    assert translate(blind, "a dog")[0].weights is None
    assert translate(interpreter, "a dog")[0].weights is not None


@pytest.mark.parametrize("source", ["\N{ZERO WIDTH SPACE}a", "☃ a", "<eos>", "a" * 40])
def test_odd_sentences_are_translated_all_the_same(interpreter, source):
    (found,) = translate(interpreter, source)
    assert len(found.target_tokens) + found.is_finished <= 2 * max(1, len(found.source_tokens)) + 10


@pytest.mark.parametrize("source", ["", "  ", "word " * 101, "x" * 2001, "☃", "x" * 200])
def test_no_sentence_and_too_much_of_one_are_refused(interpreter, source):
    with pytest.raises(InputError):
        translate(interpreter, source)


@pytest.mark.parametrize("beam_size", [1, 3])
def test_lines_are_translated_as_each_alone_and_keep_their_numbers(interpreter, beam_size):
    lines = ["the cat sees the dog", "", "a boat", "   ", "two dogs run", "a"]
    found = dict(translate_lines(interpreter, lines, beam_size=beam_size))
    assert sorted(found) == [0, 1, 2, 3, 4, 5]
    assert found[1] == found[3] == ""
    for index in (0, 2, 4, 5):
        source, lengths = encode_sources(interpreter, [lines[index]])
        longest = max(int(encode_sources(interpreter, [line])[1]) for line in lines if line.strip())
        marks = {"bos_id": interpreter.tokenizer.bos_id, "eos_id": interpreter.tokenizer.eos_id}
        if beam_size == 1:
            (alone,) = greedy(interpreter.model, source, lengths, max_new_tokens=2 * longest + 10, **marks)
            assert found[index] == interpreter.tokenizer.decode(alone.token_ids)
        else:
            assert isinstance(found[index], str)


def test_lines_are_searched_in_batches_of_similar_length(interpreter, monkeypatch):
    from engine.decoding import text

    sizes = []
    monkeypatch.setattr(text, "BATCH_SENTENCES", 2)

    def spy(loaded, source_ids, lengths, beam_size, length_penalty, **options):
        sizes.append((len(lengths), int(lengths.max())))
        assert (beam_size, length_penalty) == (4, 0.5)
        return search(loaded, source_ids, lengths, 1, 0.0)

    monkeypatch.setattr(text, "search", spy)
    lines = ["a dog a dog a dog a dog", "a", "a dog", "a dog a dog", "a"]
    assert len(dict(translate_lines(interpreter, lines, beam_size=4, length_penalty=0.5))) == 5
    assert [count for count, _ in sizes] == [2, 2, 1]
    assert [longest for _, longest in sizes] == sorted(longest for _, longest in sizes)


def test_two_batches_at_once_find_what_one_after_the_other_does(interpreter, monkeypatch):
    from engine.decoding import text

    monkeypatch.setattr(text, "BATCH_SENTENCES", 2)
    lines = ["a dog a dog a dog a dog", "a", "a dog", "", "a dog a dog", "a boat", "the cat sees the dog"]
    one, two = (list(translate_lines(interpreter, lines, beam_size=3, at_once=count)) for count in (1, 2))
    assert one == two
    threads = threading.active_count()
    for _ in search_lines(interpreter, lines, beam_size=3, at_once=2):
        break
    assert threading.active_count() == threads, "whoever stops reading leaves no thread behind"


def test_lines_without_rounding_are_translated_with_the_models_own_steps(interpreter):
    lines = ["the cat sees the dog", "a boat", "two dogs run"] * 3
    source_ids, lengths = encode_sources(interpreter, lines)
    expected = beam(interpreter.model, source_ids, lengths, beam_size=3, **decoding_options(interpreter, lengths))
    found = dict(translate_lines(interpreter, lines, beam_size=3, precision=FLOAT32))
    assert [found[index] for index in range(len(lines))] == [
        interpreter.tokenizer.decode(hypotheses[0].token_ids) for hypotheses in expected
    ]


def test_a_line_that_is_too_long_is_named(interpreter):
    with pytest.raises(InputError, match=r"^Line 3: The sentence has 101 words; at most 100"):
        list(translate_lines(interpreter, ["a dog", "", "word " * 101]))


def test_no_lines_are_no_work(interpreter):
    assert list(translate_lines(interpreter, [])) == []
