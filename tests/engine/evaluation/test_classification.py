"""Classifiers are measured as scikit-learn measures them, their predictions are stored without any text, `classify`
keeps to its lines."""

from __future__ import annotations

import io
import shutil
import sys

import numpy as np
import pandas as pd
import pytest

from engine.command_line import main
from engine.errors import DataError
from engine.evaluation import classification as measured
from engine.evaluation import evaluate_model
from engine.inspection.classification.predictions import classify_texts, probabilities_of_words
from engine.models import folder as model_folders
from engine.models.card import write_card
from engine.models.classifier import ClassifierConfig
from engine.models.folder import load_model
from engine.recipes import RECIPES
from engine.recipes.classification_recipe import ClassificationRecipe
from engine.recipes.run import train_recipe
from engine.text.treebank import split_words
from engine.training import TrainingSettings

TEXTS = [
    ("The food was not good.", 0),
    ("A good film<br /><br />and a funny one!", 1),
    ("", 0),
    ("bad, n't it", 0),
    ("she said so", 1),
]
READ = [text.replace("<br /><br />", " ") for text, _ in TEXTS]
TRAINING = TrainingSettings(max_steps=3, evaluate_every=2, log_every=1, seed=3)


@pytest.fixture
def reviews(tmp_path, monkeypatch, write_corpus):
    rows = [{"text": text, "label": label} for text, label in TEXTS]
    write_corpus(tmp_path / "mirror" / "imdb_small", {"train": rows * 3, "validation": rows[:2], "test": rows})
    sentences = [{"sentence": f"the film number {i} is good and funny .", "label": i % 2} for i in range(30)]
    phrases = [{"sentence": f"film number {i} is", "label": 1} for i in range(30)] + [{"sentence": "funny", "label": 1}]
    write_corpus(tmp_path / "mirror" / "sst2", {"train": sentences + phrases, "validation": sentences[:4]})
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path / "mirror"))


@pytest.fixture
def copied(tiny_classifiers, tmp_path, monkeypatch):
    root = tmp_path / "pretrained"
    shutil.copytree(tiny_classifiers / "tiny-bilstm", root / "tiny-bilstm")
    config = load_model("tiny-bilstm", root).info.config | {"corpora": ["imdb_small"]}
    model_folders.write_facts(root / "tiny-bilstm", config, "# Tiny\n")
    monkeypatch.setattr(model_folders, "PRETRAINED", root)
    return load_model("tiny-bilstm", root)


def test_figures_are_those_of_scikit_learn_and_stand_on_the_card(copied, reviews):
    from sklearn.metrics import accuracy_score, f1_score, log_loss

    found = evaluate_model(copied)
    positions = [0, 1, 3, 4]  # the empty text cannot be read
    labels = [TEXTS[position][1] for position in positions]
    shares = probabilities_of_words(copied, [split_words(READ[position]) for position in positions]).astype(float)
    shares /= shares.sum(1, keepdims=True)  # single precision's rounding
    assert found["accuracy"] == round(100 * accuracy_score(labels, shares.argmax(1)), 2)
    assert found["macro_f1"] == round(100 * f1_score(labels, shares.argmax(1), average="macro"), 2)
    assert found["negative_log_likelihood"] == pytest.approx(log_loss(labels, shares), abs=1e-4)
    assert found["test_set"] == "IMDB reviews test (4 texts)"
    assert {"forward_accuracy", "backward_accuracy"} <= set(found)
    after = load_model(copied.info.path)
    assert after.info.metrics == found
    assert after.info.card_text == write_card("tiny-bilstm", after.info.config)
    assert f"| Share of texts whose label is right, in percent | {found['accuracy']} |" in after.info.card_text


def test_predictions_hold_numbers_and_no_text_and_replace_older_rows(copied, reviews, tmp_path):
    table = tmp_path / "results" / "predictions.parquet"
    measured.add_predictions(copied, table)
    first = pd.read_parquet(table).assign(model="another")
    first.to_parquet(table)
    for _ in range(2):
        measured.add_predictions(copied, table)
    frame = pd.read_parquet(table)
    assert frame["model"].value_counts().to_dict() == {"another": 4, "tiny-bilstm": 4}
    rows = frame[frame["model"] == "tiny-bilstm"]
    assert rows["row"].tolist() == [0, 1, 3, 4]
    assert rows["label"].tolist() == [0, 1, 0, 1]
    assert rows["has_negation"].tolist() == [True, False, True, False]
    assert rows["words"].tolist() == [len(split_words(READ[position])) for position in (0, 1, 3, 4)]
    answers = [
        verdict.probabilities[1]
        for verdict in classify_texts(copied, tuple(READ[position] for position in (0, 1, 3, 4)))
    ]
    assert np.allclose(rows["probability"], answers, atol=1e-5)
    written = rows.astype(str).to_csv()
    assert not any(word in written for word in ("food", "funny", "she said"))
    table.write_bytes(b"no table")
    with pytest.raises(DataError):
        measured.add_predictions(copied, table)


def type_in(monkeypatch, capsys, text: str, *arguments: str):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    code = main(["classify", *arguments])
    return code, *capsys.readouterr()


def test_classify_prints_a_label_a_tab_and_its_probability_per_line(copied, monkeypatch, capsys):
    lines = ["The food was not good.", "", "\N{GRINNING FACE}", "a <b>funny</b>\tfilm"]
    code, out, err = type_in(monkeypatch, capsys, "\n".join(lines) + "\n", "--model", "tiny-bilstm")
    verdicts = classify_texts(copied, (lines[0], lines[3]))
    expected = [f"{verdict.label}\t{verdict.probability:.4f}" for verdict in verdicts]
    assert code == 0
    assert out.split("\n") == [expected[0], "", "", expected[1], ""]
    assert err == "note: no word in line 2, 3\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "There is no word in the input"),
        ("\n \n", "There is no word in the input"),
        ("fine\n" + "good " * 5000, "Line 2 has 5,000 words; at most 1,000"),
    ],
)
def test_classify_refuses_what_it_cannot_read_in_one_line(copied, monkeypatch, capsys, text, message):
    code, out, err = type_in(monkeypatch, capsys, text, "--model", "tiny-bilstm")
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def test_a_tiny_run_ends_in_a_classifier_that_says_what_it_was_chosen_on(reviews, tmp_path, monkeypatch):
    recipe = ClassificationRecipe(
        "tiny", "Tiny", "imdb_small", ClassifierConfig(4, 4), training=TRAINING, vocab_size=90, max_words=6
    )
    monkeypatch.setitem(RECIPES._entries, "tiny", recipe)
    list(train_recipe("tiny", tmp_path / "tiny"))
    loaded = load_model(tmp_path / "tiny")
    assert classify_texts(loaded, ("a good film",))[0].label in ("negative", "positive")
    assert loaded.info.config["chosen_on"] == "2 texts of the validation split of IMDB reviews"
    assert loaded.info.config["chosen_on"] in loaded.info.card_text
    assert "cut after 6 words" in loaded.info.card_text


def test_no_phrase_of_a_sentence_kept_back_is_learnt_from(reviews):
    recipe = ClassificationRecipe("tiny", "Tiny", "sst2", ClassifierConfig(4, 4), training=TRAINING, vocab_size=90)
    prepared = recipe.prepare(TRAINING)
    decode = prepared.tokenizer.decode
    kept_back = [decode(row) for row in prepared.objective.validation.rows]
    learnt = [decode(row) for row in prepared.objective.train.rows]
    assert len(kept_back) == 3
    assert prepared.facts["chosen_on"].startswith("3 whole sentences of the training split of SST-2")
    assert len(learnt) == 30 - 3 + 30 - 3 + 1
    numbers = [next(word for word in text.split() if word.startswith("<unk") or word.isdigit()) for text in kept_back]
    assert numbers == ["<unk:number>"] * 3  # what was kept back did not lend its words to the vocabulary
    assert "funny" in learnt  # said in other sentences too
