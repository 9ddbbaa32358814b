"""Entities counted by seqeval, and by hand; the tables of predictions and of what CRF and backward direction are
worth."""

from __future__ import annotations

import dataclasses
import itertools
import json
import shutil

import pandas as pd
import pytest
from seqeval.metrics.sequence_labeling import get_entities

from engine.errors import DataError, ModelError
from engine.evaluation.base import evaluate_model
from engine.evaluation.tagging import add_ablation, add_predictions, most_frequent_tags, span_scores
from engine.inspection.tagging.predictions import best_tags
from engine.models.folder import load_model
from engine.text.bio import find_spans, illegal_positions


def test_spans_are_those_that_seqeval_counts():
    for tags in itertools.product(["O", "B-a", "I-a", "B-b", "I-b"], repeat=4):
        assert [(kind, first, behind - 1) for first, behind, kind in find_spans(tags)] == get_entities(list(tags)), tags
    assert illegal_positions(["I-a", "O", "B-a", "I-a", "I-b", "I-b"]) == [0, 4]


def test_figures_of_spans_counted_by_hand():
    gold = [["B-per", "I-per", "O", "B-geo"], ["O", "B-geo"], ["B-org", "I-org"]]
    found = [["B-per", "I-per", "O", "B-geo"], ["B-geo", "B-geo"], ["B-org", "O"]]
    # Right: a person and two places. Found: those, a place too many and half an organisation. There are four.
    scores = span_scores(gold, found)
    assert (scores["precision"], scores["recall"], scores["f1"]) == (60.0, 75.0, 66.67)
    assert scores["by_type"]["geo"] == {"precision": 66.67, "recall": 100.0, "f1": 80.0, "entities": 2}
    assert scores["by_type"]["org"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "entities": 1}


def test_the_most_frequent_tag_of_a_word():
    rows, tags = [["Oslo", "it"], ["Oslo"], ["Oslo", "it"]], [["B-geo", "O"], ["B-org"], ["B-geo", "B-per"]]
    assert most_frequent_tags(rows, tags) == {"Oslo": "B-geo", "it": "B-per"}  # of equals the first in the alphabet


@pytest.fixture
def copied(tagger_folder, tmp_path):
    shutil.copytree(tagger_folder, tmp_path / "models" / "tiny-tagger")
    return load_model(tmp_path / "models" / "tiny-tagger")


def test_a_tagger_is_measured_and_its_card_says_so(copied, tagged_mirror):
    metrics = evaluate_model(copied)
    assert metrics["test_set"] == "GMB entities test (4 sentences)"
    assert metrics["entities"] == 7
    assert 0 < metrics["baseline_f1"] <= 100
    assert {kind for kind, row in metrics["by_type"].items() if row["entities"]} <= set(metrics["baseline_by_type"])
    assert max(metrics["baseline_by_type"].values()) > 0
    assert metrics["by_type"]["tim"]["entities"] == 1
    assert (
        f"| Span F1 (seqeval), percent | {metrics['f1']} | higher is better |"
        in (copied.info.path / "README.md").read_text()
    )


def test_predictions_hold_tags_and_no_words(copied, tagged_mirror, tmp_path):
    table = tmp_path / "made" / "predictions.parquet"
    add_predictions(copied, table)
    other = dataclasses.replace(copied, info=dataclasses.replace(copied.info, name="other"))
    add_predictions(other, table)
    add_predictions(copied, table)
    frame = pd.read_parquet(table)
    assert frame.groupby("model")["row"].apply(list).to_dict() == {"other": [0, 1, 2, 3], "tiny-tagger": [0, 1, 2, 3]}
    row = frame[frame["model"] == "tiny-tagger"].iloc[1]
    labels = row["labels"].split()
    assert [labels[tag] for tag in row["gold"]] == ["B-per", "O", "B-geo", "O", "B-tim", "O"]
    assert [labels[tag] for tag in row["predicted"]] == best_tags(
        copied, [["Tom", "left", "Oslo", "on", "Monday", "."]]
    )[0]
    assert row["words"] == 6
    stored = table.read_bytes() + frame.to_json().encode()
    assert not any(word in stored for word in (b"Monday", b"Mara", b"rained"))
    table.write_bytes(b"no table")
    with pytest.raises(DataError, match=r"The table predictions\.parquet is damaged"):
        add_predictions(copied, table)


def test_the_ablation_keeps_one_row_per_recipe_and_seed(copied, tagged_mirror, tmp_path):
    table = tmp_path / "ablation.parquet"
    with pytest.raises(ModelError, match="does not say with which recipe and seed it was trained"):
        add_ablation(copied, table)
    for seed in (1, 2, 1):
        training = {
            "recipe": "r",
            "settings": {"seed": seed},
            "steps": 9,
            "minutes": 0.1,
            "hardware": "h",
            "commit": "c",
            "date": "d",
        }
        config = json.loads((copied.info.path / "config.json").read_text()) | {"training": training}
        add_ablation(dataclasses.replace(copied, info=dataclasses.replace(copied.info, config=config)), table)
    frame = pd.read_parquet(table)
    assert frame["seed"].tolist() == [1, 2]
    assert frame["f1"].nunique() == 1
    assert bool(frame["crf"].all())
