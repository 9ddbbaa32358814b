"""The stored test sentences: sorted as asked, compared only where they are the same, texts only where they are
theirs."""

from __future__ import annotations

import pandas as pd
import pytest

from engine.errors import DataError
from engine.inspection.stored.sentence_scores import (
    ORDERS,
    corpus_scores,
    list_sentence,
    order_sentences,
    read_table,
    read_texts,
    source_hash,
    with_texts,
)
from engine.plotting.stored.sentence_scores import score_map
from tests.plotly_figures import as_plotly

TEXTS = ["a dog", "two small dogs run", "the cat"]


def scores(chrf: list[float], texts: list[str] = TEXTS) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "title": "Somewhere test",
            "index": range(len(texts)),
            "source_hash": [source_hash(text) for text in texts],
            "source_words": [len(text.split()) for text in texts],
            "chrf": chrf,
            "forced_nats": [4.0, 6.0, 9.0],
            "reference_pieces": [4, 3, 3],
            "corpus_bleu": 30.0,
            "corpus_chrf": 50.0,
            "corpus_ter": 40.0,
            "bleu_signature": "b",
            "chrf_signature": "c",
            "ter_signature": "t",
        }
    )


OWN, OTHER = scores([50.0, 20.0, 80.0]), scores([40.0, 60.0, 80.0])


@pytest.mark.parametrize(
    ("order", "indexes"),
    [
        ("worst", [1, 0, 2]),
        ("best", [2, 0, 1]),
        ("longest", [1, 0, 2]),
        ("shortest", [0, 2, 1]),
        ("unlikely", [2, 1, 0]),
        ("apart", [1, 0, 2]),
    ],
)
def test_sentences_are_sorted(order, indexes):
    assert list(order_sentences(OWN, OTHER, order)["index"]) == indexes
    assert set(ORDERS) == {"worst", "best", "longest", "shortest", "unlikely", "apart"}


def test_the_difference_is_own_less_other():
    frame = order_sentences(OWN, OTHER, "apart")
    assert list(frame["difference"]) == [-40.0, 10.0, 0.0]
    sentence = list_sentence(frame, ["A", "B"])
    assert "“A” is ahead on 1, “B” on 1; on 1 they score the same" in sentence
    assert "half score above chrF 50" in sentence


def test_no_score_is_said_to_lie_above_the_end_of_the_scale():
    perfect = scores([100.0, 100.0, 20.0])
    assert "2 reach 100, a person's very words" in list_sentence(perfect, ["A"])
    assert "above 100" not in list_sentence(perfect, ["A"])
    assert "one in ten above 74" in list_sentence(OWN, ["A"])


def test_different_sentences_are_not_compared():
    with pytest.raises(DataError, match="different sentences"):
        order_sentences(OWN, scores([1, 2, 3], ["a dog", "another", "the cat"]), "worst")
    with pytest.raises(DataError, match="different sentences"):
        order_sentences(OWN, OTHER.head(2), "worst")
    with pytest.raises(DataError, match="second network"):
        order_sentences(OWN, None, "apart")


def test_the_table_of_networks_has_the_loss_over_all_pieces():
    table = corpus_scores({"one": OWN, "two": OTHER})
    assert list(table["model"]) == ["one", "two"]
    assert list(table["nats_per_piece"]) == [1.9, 1.9]  # 19 nats over 10 pieces
    assert list(table["sentences"]) == [3, 3]


def test_a_text_is_shown_only_where_it_is_the_one_that_was_measured():
    texts = pd.DataFrame({"index": [0, 1, 2], "source": ["a dog", "changed", "the cat"], "reference": ["x", "y", "z"]})
    texts["source_hash"] = [source_hash(text) for text in texts["source"]]
    found = with_texts(OWN, texts)
    assert list(found["source"]) == ["a dog", "", "the cat"]
    assert list(found["reference"]) == ["x", "", "z"]
    assert list(with_texts(OWN, texts.head(1))["source"]) == ["a dog", "", ""]


def test_texts_are_read_in_the_models_direction_and_never_from_the_stand_in(mirror, monkeypatch):
    forward, backward = read_texts("multi30k_en_fr", "en"), read_texts("multi30k_en_fr", "fr")
    assert list(forward["source"]) == list(backward["reference"])
    assert forward["source_hash"][0] == source_hash(forward["source"][0])
    monkeypatch.delenv("UNROLLED_DATA")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(DataError, match="not here and cannot be fetched"):
        read_texts("multi30k_en_fr", "en")


def test_a_table_that_is_not_there_says_how_to_make_it(tmp_path):
    with pytest.raises(DataError, match="evaluate --model NAME --sentences"):
        read_table(tmp_path / "none.parquet")


def test_the_map_has_a_mark_per_sentence_that_knows_its_index():
    frame = order_sentences(OWN, OTHER, "worst")
    for other_label in ("", "B"):
        figure = score_map(frame, mode="dark", architecture="lstm", label="A", other_label=other_label, listed=2)
        (marks,) = [trace for trace in as_plotly(figure).data if trace.name == "sentences"]
        assert list(marks.customdata) == [1, 0, 2]
        assert list(marks.y) == [20.0, 50.0, 80.0]
        assert list(marks.x) == ([60.0, 40.0, 80.0] if other_label else [4, 2, 2])
        (ringed,) = [trace for trace in as_plotly(figure).data if trace.name == "listed"]
        assert list(ringed.y) == [20.0, 50.0]
