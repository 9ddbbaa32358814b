"""The test set on the page: scores and sentences are those of the table, texts appear only where they can be read, one
click opens one."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from engine.corpora import load_corpus
from engine.corpora.sentence_pairs import read_sides
from engine.inspection.stored import sentence_scores
from engine.inspection.stored.model_files import weights_in
from engine.inspection.stored.sentence_scores import source_hash
from engine.inspection.translation.translations import translate_listed
from engine.models.folder import load_model
from pages.components.drawing import corpus_texts
from tests.pages.charts import figure
from tests.pages.open import notes, open_page, sentences, written

WITH, WITHOUT = "small-en-fr-dot", "small-en-fr-none"
ENGLISH = [f"a dog runs {'on the beach ' * (position % 4)}number {position}" for position in range(23)]
FRENCH = [f"un chien court {position}" for position in range(23)]


def rows(models: Path, name: str, chrf: list[float], weights: str = "") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "model": name,
            "weights": weights or weights_in(str(models / name)),
            "corpus": "multi30k_en_fr",
            "title": "Multi30k English-French test",
            "index": range(len(chrf)),
            "source_hash": [source_hash(text) for text in ENGLISH],
            "source_words": [len(text.split()) for text in ENGLISH],
            "references": 1,
            "output_words": 5,
            "chrf": chrf,
            "bleu": 12.0,
            "ter": 60.0,
            "forced_nats": 8.0,
            "reference_pieces": 4,
            "corpus_bleu": 33.25 if name == WITH else 21.5,
            "corpus_chrf": 50.0,
            "corpus_ter": 44.0,
            "bleu_signature": "nrefs:1|case:mixed",
            "chrf_signature": "c",
            "ter_signature": "t",
            "beam_size": 5,
            "read_from": "mirror",
            "hardware": "none",
            "commit": "0000000",
            "date": "2026-01-01",
        }
    )


CHRF = [40.0 + position for position in range(23)]
BESIDE = [70.0 - 2 * position for position in range(23)]


@pytest.fixture
def table(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a table in which both small translators were measured on 23 sentences."""
    file = tmp_path / "scores.parquet"
    pd.concat([rows(models, WITH, CHRF), rows(models, WITHOUT, BESIDE)]).to_parquet(file)
    monkeypatch.setattr(sentence_scores, "TABLE", file)
    monkeypatch.delenv("UNROLLED_DATA", raising=False)
    return file


@pytest.fixture
def corpus(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the corpus be readable, with one sentence that is not the one that was measured."""
    changed = [*ENGLISH[:-1], "another sentence"]
    spec = SimpleNamespace(name="multi30k_en_fr")
    found = SimpleNamespace(
        spec=spec,
        splits={"test": SimpleNamespace(column_names=["en", "fr"])},
        read=lambda *_: (changed, FRENCH),
        source=SimpleNamespace(sentence="", kind="mirror"),
    )
    monkeypatch.setattr(sentence_scores, "load_corpus", lambda _: found)
    monkeypatch.setattr(corpus_texts, "mirror_folder", lambda _: Path("."))


def open_tool(**parameters):
    return open_page("translation", text="a dog", search="greedy", tool="test_set", **parameters)


def listed(at) -> list[str]:
    return [part.value.replace("\\", "") for part in at.caption if part.value.startswith("Sentence ")]


def test_every_network_stands_in_the_table_of_scores(table: Path) -> None:
    at = open_tool()
    assert not at.exception
    scores = next(frame.value for frame in at.dataframe if "TER" in frame.value)
    assert list(scores["network"]) == ["With attention", "Without attention"]
    assert list(scores["BLEU"]) == [33.25, 21.5]
    assert list(scores["nats per token"]) == [2.0, 2.0]
    assert list(scores["sentences"]) == [23, 23]


def test_sentences_are_listed_in_the_order_that_is_chosen(table: Path, corpus: None) -> None:
    at = open_tool()
    assert [line.split(" ")[1] for line in listed(at)] == [str(position) for position in range(1, 11)]
    assert "chrF 40.0" in listed(at)[0]
    assert "beside it chrF 70.0" in listed(at)[0]
    at.slider(key="test_set_page").set_value(3).run()
    assert [line.split(" ")[1] for line in listed(at)] == ["21", "22", "23"]
    at = open_tool(test_set_order="best")
    assert listed(at)[0].startswith("Sentence 23 ")
    at = open_tool(test_set_order="apart")
    apart = sorted(range(23), key=lambda position: -abs(CHRF[position] - BESIDE[position]))
    assert [int(line.split(" ")[1]) - 1 for line in listed(at)] == apart[:10]
    assert figure(at, "test-set-map")["data"][1]["customdata"][:10] == apart[:10]


def test_without_the_corpus_the_page_says_so_and_shows_no_text(table: Path) -> None:
    at = open_tool()
    assert any("not shipped" in note.value for note in at.info)
    assert at.button(key="test-set-fetch")
    assert not [button for button in at.button if button.key.startswith("test-set-open")]
    assert listed(at) == [], "a box without a text says nothing"
    numbers = next(frame.value for frame in at.dataframe if "sentence" in frame.value)
    assert list(numbers["sentence"])[:2] == [1, 2], "sentences are counted from 1, as in the chart"


def test_without_the_corpus_the_built_in_samples_errors_open_with_their_texts(
    models: Path, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources, references = read_sides(load_corpus("phrasebook_en_fr"), "en", "test")
    monkeypatch.setattr("tests.pages.translation.test_test_set.ENGLISH", sources[:23])
    built_in = [
        rows(models, name, chrf).assign(corpus="phrasebook_en_fr", title="Phrasebook English-French test")
        for name, chrf in ((WITH, CHRF), (WITHOUT, BESIDE))
    ]
    pd.concat([pd.read_parquet(table), *built_in]).to_parquet(table)
    at = open_tool()
    assert not at.exception
    assert at.selectbox(key="test_set_corpus").value == "phrasebook_en_fr"
    assert len(listed(at)) == 10
    own = translate_listed(load_model(models / WITH), tuple(sources[:10]), 5)[0]
    assert f"Source: {sources[0]}\nPerson: {references[0]}\nNetwork: {own}" in [part.value for part in at.text]
    at.selectbox(key="test_set_corpus").set_value("multi30k_en_fr").run()
    assert any("Those of “Phrasebook English-French test” are here" in note for note in notes(at))


def test_one_click_opens_a_sentence_with_its_reference(table: Path, corpus: None) -> None:
    at = open_tool()
    assert not at.exception
    assert any(f"Source: {ENGLISH[1]}\nPerson: {FRENCH[1]}\nNetwork: " in part.value for part in at.text)
    at.button(key="test-set-open-1").click().run()
    assert not at.exception
    assert at.text_area(key="text").value == ENGLISH[1]
    at = open_tool(test_set_order="best")
    assert "test-set-open-22" not in [button.key for button in at.button]  # the corpus has another sentence there
    assert "another sentence" not in "\n".join(part.value for part in at.text)


def test_rows_of_other_weights_are_not_shown(models: Path, table: Path) -> None:
    pd.concat([rows(models, WITH, CHRF), rows(models, WITHOUT, BESIDE, "another")]).to_parquet(table)
    at = open_tool()
    assert not at.exception
    assert any(
        "Not measured with their present weights: Without attention" in note.value.replace("\\", "") for note in at.info
    )
    assert list(next(frame.value for frame in at.dataframe if "TER" in frame.value)["network"]) == ["With attention"]
    assert at.selectbox(key="test_set_other").options == ["no other network"]
    assert "ahead on" not in written(at)


def test_no_table_and_a_damaged_one_get_one_sentence(table: Path) -> None:
    table.write_bytes(b"damaged")
    assert any("scores.parquet is damaged" in sentence for sentence in sentences(open_tool()))
    table.unlink()
    assert any("have not been measured" in sentence for sentence in sentences(open_tool()))


def test_a_bad_address_is_named(table: Path) -> None:
    at = open_tool(test_set_order="magic", test_set_corpus="nowhere")
    assert not at.exception
    assert any("test_set_order = magic" in sentence for sentence in sentences(at))
    assert any("test_set_corpus = nowhere" in sentence for sentence in sentences(at))
