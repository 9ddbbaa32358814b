"""Word swaps, two sentences and nearest sentences on the page, with small untrained networks."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.inspection.translation import nearest_sentences, sentence_index
from engine.inspection.translation.nearest_sentences import nearest_sentence
from engine.inspection.translation.search import inspect_search
from engine.inspection.translation.sentence_index import index_pairs, save_sentence_index
from engine.inspection.translation.sentence_similarity import compare_sentences, similarity_sentence
from engine.inspection.translation.translations import inspect_translation
from engine.inspection.translation.word_swaps import find_neighbours, find_words, nearest_twin, swap_sentence, swap_word
from engine.models.folder import LoadedModel, load_model
from tests.pages.charts import figure
from tests.pages.open import open_page, sentences, written

NAME = "small-en-fr-dot"
SENTENCE = "A black dog runs on the beach ."
LINK = {"text": SENTENCE, "search": "greedy"}
PAIRS = [(SENTENCE, "Un chien noir court ."), ("A dog .", "Un chien ."), ("On the beach .", "Sur la plage .")]


@pytest.fixture
def loaded(models: Path) -> LoadedModel:
    """Return the small translator with attention."""
    return load_model(models / NAME)


@pytest.fixture
def index(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of indexes with three sentences of the project's own corpus and of one that cannot be read."""
    import numpy as np

    monkeypatch.setattr(sentence_index, "INDEXES", tmp_path / "indexes")
    for corpus, is_open in (("phrasebook_en_fr", True), ("multi30k_en_fr", False)):
        facts = {"corpus": corpus, "corpus_title": f"Title of {corpus}"}
        save_sentence_index(index_pairs(load_model(models / NAME), PAIRS, np.array([4, 6, 8]), facts, is_open))
    return tmp_path / "indexes"


def test_a_swap_shows_the_engines_neighbours_and_translation(loaded: LoadedModel) -> None:
    at = open_page("translation", tool="Word swaps", swaps_word="3 dog", **LINK)
    assert not at.exception
    word = find_words(loaded, SENTENCE)[2]
    neighbours = find_neighbours(loaded, word)
    assert neighbours
    assert at.selectbox(key="swaps_neighbour").options == [found.word for found in neighbours]
    old = inspect_translation(loaded, SENTENCE, 1, 0.0)
    for new in (neighbours[0].word, neighbours[-1].word):
        at.selectbox(key="swaps_neighbour").select(new).run()
        found = swap_word(loaded, inspect_search(loaded, SENTENCE, 1, 0.0), word, new)
        assert swap_sentence("dog", new, old, found) in written(at)
        assert any(f"{found.source}\n{found.after.text}" == text.value for text in at.text)
    drawn = figure(at, "swaps-nearness")["data"][-1]
    assert list(drawn["customdata"]) == [found.word for found in neighbours]
    assert list(drawn["x"]) == pytest.approx([found.cosine for found in neighbours], abs=1e-6)
    table = next(frame.value for frame in at.dataframe if "old_translation_change" in frame.value)
    assert list(table["neighbour"]) == [found.word for found in neighbours]


def test_a_typed_word_wins_over_the_neighbour_and_a_long_one_is_refused(loaded: LoadedModel) -> None:
    at = open_page("translation", tool="Word swaps", swaps_word="3 dog", swaps_typed="<b>cat</b>", **LINK)
    assert any(text.value.startswith("A black <b>cat</b> runs") for text in at.text)
    at.text_input(key="swaps_typed").input("x" * 41).run()
    assert not at.exception
    assert any("at most 40 are read" in sentence for sentence in sentences(at))


@pytest.mark.parametrize(("text", "told"), [(". . !", "has no word in it, only signs"), ("漢字", "漢字")])
def test_sentences_without_a_word_or_a_neighbour_get_a_sentence(text: str, told: str) -> None:
    at = open_page("translation", tool="Word swaps", text=text, search="greedy")
    assert not at.exception
    assert any(told in sentence for sentence in [*sentences(at), *[note.value for note in at.info]])


def test_two_sentences_are_compared_state_by_state(loaded: LoadedModel) -> None:
    at = open_page("translation", tool="Two sentences", **LINK)
    own = compare_sentences(
        loaded, inspect_search(loaded, SENTENCE, 1, 0.0), inspect_search(loaded, nearest_twin(loaded, SENTENCE), 1, 0.0)
    )
    assert similarity_sentence(own) in written(at).replace("\\", "")
    at.text_area(key="twins_text").input("A black beach runs on the dog .").run()
    found = compare_sentences(
        loaded,
        inspect_search(loaded, SENTENCE, 1, 0.0),
        inspect_search(loaded, "A black beach runs on the dog .", 1, 0.0),
    )
    for name, course in (("encoder", found.encoder), ("decoder", found.decoder)):
        drawn = [None if x is None or x != x else x for x in figure(at, f"twins-{name}")["data"][0]["x"]]
        assert drawn == pytest.approx(course.cosines, abs=1e-6)
    at.text_area(key="twins_text").input("word " * 600).run()
    assert not at.exception
    assert any("at most" in sentence for sentence in sentences(at))


def test_nearest_sentences_of_both_states(loaded: LoadedModel, index: Path) -> None:
    at = open_page("translation", tool="Nearest sentences", **LINK)
    assert not at.exception
    found = nearest_sentences.find_nearest(loaded, inspect_search(loaded, SENTENCE, 1, 0.0))
    assert nearest_sentence(found) in written(at).replace("\\", "")
    table = next(frame.value for frame in at.dataframe if "cosine" in frame.value)
    assert table["source"][0] == SENTENCE
    assert table["row"][0] == 5
    at = open_page("translation", tool="Nearest sentences", nearest_state="Decoder", nearest_step="2", **LINK)
    table = next(frame.value for frame in at.dataframe if "next_piece" in frame.value)
    assert list(table["row"]) == list(
        nearest_sentences.find_nearest(loaded, inspect_search(loaded, SENTENCE, 1, 0.0), step=2).frame["row"]
    )


def test_of_a_corpus_that_cannot_be_read_only_row_numbers_are_shown(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(name: str) -> None:
        raise nearest_sentences.DataError(f"{name} is not here.")

    monkeypatch.setattr(nearest_sentences, "load_corpus", refuse)
    at = open_page("translation", tool="Nearest sentences", nearest_corpus="Multi30k English-French", **LINK)
    assert not at.exception
    table = next(frame.value for frame in at.dataframe if "cosine" in frame.value)
    assert list(table) == ["rank", "row", "cosine"]
    assert table["row"][0] == 5
    assert any("only their row numbers" in note.value for note in at.info)
