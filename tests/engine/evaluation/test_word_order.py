"""Stored measures of word order and of explanations: as counted by hand, replaced and not doubled, without any text."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from engine.command_line import main
from engine.corpora import load_corpus
from engine.corpora.labelled_texts import LABELLED_TEXTS
from engine.evaluation.attributions import measure_agreement
from engine.evaluation.classification import evaluated_split
from engine.evaluation.word_order import SEEDS, add_word_order
from engine.inspection.classification.attributions import explain
from engine.inspection.classification.predictions import classify_rows
from engine.inspection.classification.word_order import COLUMNS, stored_word_order
from engine.inspection.stored.tables import replace_rows
from engine.models.folder import LoadedModel, load_model
from engine.text.treebank import split_words

pytestmark = pytest.mark.usefixtures("corpus_cache")


@pytest.fixture(autouse=True)
def own_corpus(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use the corpus that ships with the project."""
    monkeypatch.delenv("UNROLLED_DATA", raising=False)


def test_word_order_is_measured_once_per_seed_and_replaces_older_rows(
    tmp_path: Path, tiny_classifier: LoadedModel, tiny_classifiers: Path
) -> None:
    table = tmp_path / "order.parquet"
    add_word_order(tiny_classifier, table)
    for _ in range(2):
        add_word_order(load_model("tiny-average", tiny_classifiers), table)
    frame = pd.read_parquet(table)
    assert len(frame) == 2 * len(SEEDS)
    assert not frame.isna().any().any()
    corpus = load_corpus("opinions")
    texts, labels = corpus.read(LABELLED_TEXTS, evaluated_split(corpus))
    answers = classify_rows(tiny_classifier, [split_words(text) for text in texts])
    right = sum((found.label == "positive") == bool(label) for found, label in zip(answers, labels, strict=True))
    rows = stored_word_order(tiny_classifier.info.name, str(tiny_classifier.info.path), str(table))
    assert rows["accuracy"].tolist() == pytest.approx([right / len(texts)] * len(SEEDS))
    assert rows["seed"].tolist() == list(SEEDS)
    assert rows["decisions_changed"].max() > 0
    blind = frame[frame["model"] == "tiny-average"]
    assert (blind["decisions_changed"] == 0).all()
    assert (blind["accuracy_shuffled"] == blind["accuracy"]).all()
    assert not set(texts) & {str(value) for column in frame for value in frame[column]}


def test_a_damaged_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "order.parquet").write_bytes(b"no table")
    with pytest.raises(Exception, match="damaged"):
        replace_rows(tmp_path / "order.parquet", pd.DataFrame(), COLUMNS)


def test_agreement_is_that_of_single_explanations(tiny_classifier: LoadedModel) -> None:
    share, rows = next(measure_agreement(tiny_classifier))
    assert 0 < share <= 1
    assert {row["method"] for row in rows} == {"integrated", "shapley"}
    corpus = load_corpus("opinions")
    texts, _ = corpus.read(LABELLED_TEXTS, evaluated_split(corpus))
    found = explain(tiny_classifier, tuple(split_words(texts[rows[0]["row"]])))
    assert rows[0]["correlation"] == found.agreement[rows[0]["method"]].correlation


def test_the_command_refuses_what_is_no_classifier(
    reader: LoadedModel, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", "--model", str(reader.info.path), "--word-order", str(tmp_path / "a.parquet")]) == 2
    assert "is for classifiers" in capsys.readouterr().err
