"""Neighbours, swaps, states compared and the nearest sentences, against numbers worked out another way."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from engine.decoding.forced import forced
from engine.decoding.text import encode_sources, translate
from engine.errors import ConfigError, DataError, InputError
from engine.inspection.translation import nearest_sentences, sentence_index
from engine.inspection.translation.nearest_sentences import find_nearest, nearest_sentence
from engine.inspection.translation.search import inspect_search
from engine.inspection.translation.sentence_index import (
    build_sentence_index,
    index_pairs,
    load_sentence_index,
    quantise,
    save_sentence_index,
)
from engine.inspection.translation.sentence_similarity import compare_sentences, similarity_sentence, trace_states
from engine.inspection.translation.translations import inspect_translation
from engine.inspection.translation.word_languages import languages_of, list_words, load_words, save_words
from engine.inspection.translation.word_swaps import (
    arrange_swap,
    find_neighbours,
    find_words,
    score_translation,
    swap,
    swap_sentence,
    swap_word,
    try_neighbours,
)
from engine.models.folder import LoadedModel, list_models, load_model

NAME = "en-fr-attention"
SENTENCE = "A black dog (unhappy) runs on l'herbe."
pytestmark = pytest.mark.skipif(
    NAME not in {info.name for info in list_models() if not info.error}, reason=f"{NAME} is not here"
)


@pytest.fixture(scope="module")
def loaded() -> LoadedModel:
    """Return the shipped translator with attention."""
    return load_model(NAME)


def word(loaded: LoadedModel, text: str):
    """Return a word of the sentence."""
    return next(found for found in find_words(loaded, SENTENCE) if found.text == text)


def test_words_are_cut_out_of_the_sentence_where_they_stand(loaded):
    words = find_words(loaded, SENTENCE)
    assert [found.text for found in words] == ["A", "black", "dog", "unhappy", "runs", "on", "l'herbe"]
    assert all(SENTENCE[found.first : found.last] == found.text for found in words)
    assert swap(SENTENCE, words[3], "cat") == "A black dog (cat) runs on l'herbe."
    for text in ("", "?! .", "word " * 600):
        with pytest.raises(InputError):
            find_words(loaded, text)
    for new in ("  ", "x" * 41):
        with pytest.raises(InputError):
            swap(SENTENCE, words[0], new)


def test_neighbours_are_the_nearest_rows_of_the_embedding_by_brute_force(loaded):
    neighbours = find_neighbours(loaded, word(loaded, "dog"), count=5)
    table, tokenizer, seen = loaded.model.embedding.weight.detach().double().numpy(), loaded.tokenizer, load_words()
    own = table[tokenizer.encode("dog")[0]]
    cosines = {}
    for i in range(tokenizer.vocab_size):
        name = tokenizer.token(i).removeprefix("\N{LOWER ONE EIGHTH BLOCK}")
        if (
            tokenizer.encode(name) == [i]
            and name.isalpha()
            and name.isascii()
            and name.lower() != "dog"
            and languages_of(name, seen)
        ):
            cosines[name] = table[i] @ own / np.linalg.norm(table[i]) / np.linalg.norm(own)
    best = sorted(cosines, key=cosines.get, reverse=True)[:20]
    assert [found.word for found in neighbours] == [name for name in best if name in cosines][:5]
    assert [found.cosine for found in neighbours] == pytest.approx(
        [cosines[found.word] for found in neighbours], abs=1e-5
    )


def test_a_word_of_several_pieces_stands_at_their_mean(loaded):
    split = word(loaded, "unhappy")
    assert len(split.piece_ids) > 1
    table = loaded.model.embedding.weight.detach()
    mean = table[list(split.piece_ids)].mean(dim=0)
    for found in find_neighbours(loaded, split, count=3):
        row = table[loaded.tokenizer.encode(found.word)[0]]
        assert found.cosine == pytest.approx(float(torch.cosine_similarity(mean, row, dim=0)), abs=1e-5)


def test_only_words_of_the_same_script_are_neighbours(loaded):
    foreign = dataclasses.replace(word(loaded, "dog"), text="\N{CJK UNIFIED IDEOGRAPH-72AC}")
    assert find_neighbours(loaded, foreign) == []


def test_a_swap_is_the_new_sentence_translated_and_the_old_translation_scored(loaded):
    dog, old = word(loaded, "dog"), inspect_translation(loaded, SENTENCE, 1, 0.0)
    found = swap_word(loaded, inspect_search(loaded, SENTENCE, 1, 0.0), dog, "cat")
    assert found.source == SENTENCE.replace("dog", "cat")
    assert found.after.text == translate(loaded, found.source)[0].text
    assert found.old_log_prob_before == pytest.approx(old.total_log_prob, abs=1e-3)
    ids = {"bos_id": loaded.tokenizer.bos_id, "eos_id": loaded.tokenizer.eos_id}
    stepwise = forced(loaded.model, *encode_sources(loaded, [found.source]), list(old.target_ids), **ids)
    assert found.old_log_prob_after == pytest.approx(float(stepwise.log_probs.sum()), abs=1e-3)
    rows = arrange_swap(old, found.after)
    assert [text for text in rows.after if text] == [one.text for one in found.after.target_words]
    assert f"changes {len(rows.changed)} of {len(rows.before)} places" in swap_sentence("dog", "cat", old, found)


def test_all_neighbours_at_once_give_what_each_gives_alone(loaded):
    dog = word(loaded, "dog")
    neighbours = find_neighbours(loaded, dog, count=4)
    table = try_neighbours(loaded, inspect_search(loaded, SENTENCE, 3, 1.0), dog, neighbours)
    for neighbour, row in zip(neighbours, table.itertuples(), strict=True):
        alone = swap_word(loaded, inspect_search(loaded, SENTENCE, 3, 1.0), dog, neighbour.word)
        assert row.translation == alone.after.text
        assert row.log_probability == pytest.approx(alone.after.total_log_prob, abs=2e-3)
        assert row.old_translation_change == pytest.approx(
            alone.old_log_prob_after - alone.old_log_prob_before, abs=2e-3
        )


def test_padding_does_not_change_a_score(loaded):
    old = inspect_translation(loaded, SENTENCE, 1, 0.0)
    alone = score_translation(loaded, [SENTENCE], old.target_ids)
    assert score_translation(loaded, [SENTENCE, SENTENCE + " and again and again"], old.target_ids)[0] == pytest.approx(
        alone[0], abs=1e-3
    )


def test_states_are_those_of_the_models_own_layers(loaded):
    report = inspect_translation(loaded, SENTENCE, 1, 0.0)
    outputs, summary, decoded = trace_states(loaded, report)
    with torch.no_grad():
        encoded = loaded.model.encode(*encode_sources(loaded, [SENTENCE]))
        state = loaded.model.start_from(encoded)
        hidden = loaded.model.embedding(torch.tensor([[loaded.tokenizer.bos_id, *report.target_ids]]))
        for layer, (first, cell) in zip(loaded.model.decoder, state.layers, strict=True):
            output, _ = layer(hidden, (first[None], cell[None]))
            hidden = hidden + output if hidden.shape == output.shape else output
    np.testing.assert_allclose(decoded, output[0].numpy(), atol=1e-4)
    np.testing.assert_allclose(outputs, encoded.outputs[0].numpy(), atol=1e-5)
    np.testing.assert_allclose(summary, encoded.final[-1][0].numpy(), atol=1e-5)


def test_twins_are_the_same_before_and_part_where_they_do(loaded):
    same = compare_sentences(loaded, inspect_search(loaded, SENTENCE, 1, 0.0), inspect_search(loaded, SENTENCE, 1, 0.0))
    assert same.encoder.parting is None
    assert same.summary_cosine == pytest.approx(1, abs=1e-5)
    assert "Both sentences are the same" in similarity_sentence(same)
    other = compare_sentences(
        loaded,
        inspect_search(loaded, SENTENCE, 1, 0.0),
        inspect_search(loaded, SENTENCE.replace("dog", "small cat"), 1, 0.0),
    )
    assert (other.encoder.first[2:4], other.encoder.second[2:4]) in (
        (["dog", None], ["small", "cat"]),
        ([None, "dog"], ["small", "cat"]),
    )
    assert other.encoder.parting == 2
    assert sum(cosine is None for cosine in other.encoder.cosines) == 1
    assert all(cosine is None or -1.001 < cosine < 0.9999 for cosine in other.encoder.cosines)
    assert other.decoder.first[other.decoder.parting] != other.decoder.second[other.decoder.parting]


PAIRS = [
    ("A dog runs .", "Un chien court ."),
    ("The weather is nice today .", "Il fait beau ."),
    ("A man reads a book .", "Un homme lit un livre ."),
]
FACTS = {"corpus": "phrasebook_en_fr", "corpus_title": "Three pairs"}


def test_an_index_comes_back_from_its_file_and_finds_its_own_sentences(loaded, tmp_path, monkeypatch):
    monkeypatch.setattr(sentence_index, "INDEXES", tmp_path)
    made = index_pairs(loaded, PAIRS, np.array([3, 5, 7]), FACTS, is_open=True)
    save_sentence_index(made)
    read = load_sentence_index("phrasebook_en_fr", loaded)
    np.testing.assert_allclose(read.summaries, made.summaries, atol=0.01)
    assert read.facts == made.facts
    assert read.rows.tolist() == [3, 5, 7]
    assert read.step_numbers.tolist() == [
        n for _, target in PAIRS for n in range(1, len(loaded.tokenizer.encode(target)) + 2)
    ]
    for position, (source, _) in enumerate(PAIRS):
        found = find_nearest(loaded, inspect_search(loaded, source, 1, 0.0))
        assert (found.frame["source"][0], found.frame["row"][0]) == (source, [4, 6, 8][position])
        assert found.frame["cosine"][0] == pytest.approx(1, abs=0.003)
        assert list(found.frame["cosine"]) == sorted(found.frame["cosine"], reverse=True)
        assert source in nearest_sentence(found)
    at_first = find_nearest(loaded, inspect_search(loaded, PAIRS[0][0], 1, 0.0), step=1)
    assert set(at_first.frame) >= {"step", "next_piece"}
    assert len(set(at_first.frame["row"])) == len(at_first.frame)
    with pytest.raises(InputError, match="there is no step 99"):
        find_nearest(loaded, inspect_search(loaded, PAIRS[0][0], 1, 0.0), step=99)


def test_vectors_in_eight_bits_keep_their_cosines():
    vectors = np.random.default_rng(0).normal(size=(40, 320))
    short = quantise(vectors).astype(float)
    unit, rounded = (rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (vectors, short))
    assert np.abs(unit @ unit.T - rounded @ rounded.T).max() < 0.003


def test_an_index_of_other_weights_or_a_damaged_one_is_refused(loaded, tmp_path, monkeypatch):
    monkeypatch.setattr(sentence_index, "INDEXES", tmp_path)
    with pytest.raises(DataError, match="build it with: python -m engine index"):
        load_sentence_index("multi30k_en_fr", loaded)
    made = index_pairs(loaded, PAIRS, np.arange(3), FACTS | {"corpus": "multi30k_en_fr"}, is_open=False)
    assert not made.facts["sentences"]
    assert not len(made.steps)
    path = save_sentence_index(dataclasses.replace(made, facts=made.facts | {"weights": "0" * 16}))
    with pytest.raises(DataError, match="made with other weights"):
        load_sentence_index("multi30k_en_fr", loaded)
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(DataError, match="is damaged"):
        load_sentence_index("multi30k_en_fr", loaded)
    for rows in (0, 10**6):
        with pytest.raises(ConfigError):
            build_sentence_index(loaded, "phrasebook_en_fr", rows)


def test_texts_that_cannot_be_read_are_left_out(loaded, tmp_path, monkeypatch):
    def refuse(name):
        raise DataError(f"{name} is not here.")

    monkeypatch.setattr(sentence_index, "INDEXES", tmp_path)
    monkeypatch.setattr(nearest_sentences, "load_corpus", refuse)
    save_sentence_index(
        index_pairs(loaded, PAIRS, np.array([3, 5, 7]), FACTS | {"corpus": "multi30k_en_fr"}, is_open=False)
    )
    found = find_nearest(loaded, inspect_search(loaded, PAIRS[1][0], 1, 0.0), "multi30k_en_fr")
    assert not found.has_texts
    assert list(found.frame) == ["rank", "row", "cosine"]
    assert found.frame["row"][0] == 6
    assert "sentence 6 leaves" in nearest_sentence(found)
    assert found.is_trained_on
    with pytest.raises(DataError, match="only the encoder's states are kept"):
        find_nearest(loaded, inspect_search(loaded, PAIRS[1][0], 1, 0.0), "multi30k_en_fr", step=1)


def test_the_shipped_indexes_fit_their_weights_and_hold_no_text_of_others():
    for info in list_models():
        for corpus in sentence_index.list_sentence_indexes(info.name):
            index = load_sentence_index(corpus, load_model(info.name))
            assert bool(index.facts["sentences"]) == (corpus == sentence_index.OWN)
            assert np.allclose(np.linalg.norm(index.summaries, axis=1), 1, atol=1e-5)


def test_words_belong_to_the_language_they_are_seen_in(tmp_path):
    sides = {"en": ["the son of a dog"] * 100, "fr": ["le son du chien"] * 60 + ["The"] * 4 + ["rare mot"] * 4}
    words = list_words(sides)
    assert words == {"en": ["a", "dog", "of", "son", "the"], "fr": ["chien", "du", "le", "son"]}
    read = load_words(save_words(words, tmp_path / "words.json"))
    assert [languages_of(text, read) for text in ("Dog", "son", "mot")] == [("en",), ("en", "fr"), ()]
    (tmp_path / "words.json").write_text("[")
    for path in (tmp_path / "words.json", tmp_path / "none.json"):
        with pytest.raises(DataError, match="python -m engine index --words"):
            load_words(path)
