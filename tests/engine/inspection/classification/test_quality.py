"""Measures of stored predictions against scikit-learn, counts by hand, and tables that are not there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics
from sklearn.calibration import calibration_curve

from engine.errors import DataError
from engine.inspection.classification import quality
from engine.models.folder import describe, find_folder


def made_up(model: str = "reader", seed: int = 0, count: int = 300, skill: float = 1.5) -> pd.DataFrame:
    """Return predictions of a classifier that exists nowhere; the texts are the same for every seed."""
    texts = np.random.default_rng(99)
    label, words = texts.integers(0, 2, count), texts.integers(3, 50, count)
    draws = np.random.default_rng(seed)
    logit = skill * (2 * label - 1) + draws.normal(0, 2, count)
    return pd.DataFrame(
        {
            "model": model,
            "corpus": "sst2",
            "split": "validation",
            "row": np.arange(count),
            "label": label,
            "probability": 1 / (1 + np.exp(-logit)),
            "words": words,
            "unknown_words": texts.integers(0, 4, count),
            "has_negation": texts.random(count) < 0.2,
        }
    )


def test_scores_are_scikit_learns() -> None:
    frame = made_up()
    row = quality.scores(frame).iloc[0]
    assert row["accuracy"] == pytest.approx(metrics.accuracy_score(frame["label"], frame["probability"] >= 0.5))
    assert row["nats"] == pytest.approx(metrics.log_loss(frame["label"], frame["probability"]))
    assert row["accuracy_low"] < row["accuracy"] < row["accuracy_high"]


@pytest.mark.parametrize("threshold", [0.2, 0.5, 0.83])
def test_confusion_precision_and_recall_are_scikit_learns(threshold: float) -> None:
    frame = made_up()
    given = frame["probability"] >= threshold
    table = quality.confusion(frame, threshold)
    assert table.tolist() == metrics.confusion_matrix(frame["label"], given).tolist()
    now = quality.measures(table)
    assert now["precision"] == pytest.approx(metrics.precision_score(frame["label"], given))
    assert now["recall"] == pytest.approx(metrics.recall_score(frame["label"], given))
    assert now["f1"] == pytest.approx(metrics.f1_score(frame["label"], given))


def test_threshold_curve_passes_through_the_single_measures() -> None:
    curve = quality.threshold_curve(made_up()).set_index("threshold")
    assert len(curve) == 99
    assert curve.loc[0.5].to_dict() == quality.measures(quality.confusion(made_up(), 0.5))
    assert curve["recall"].is_monotonic_decreasing


def test_calibration_is_scikit_learns_and_finds_overconfidence() -> None:
    frame = made_up()
    table = quality.calibration(frame)
    shares, means = calibration_curve(frame["label"], frame["probability"], n_bins=10)
    assert table["positive_share"].tolist() == pytest.approx(shares.tolist())
    assert table["mean_probability"].tolist() == pytest.approx(means.tolist())
    assert table["texts"].sum() == len(frame)


def test_the_calibration_error_is_the_gap_between_sureness_and_share_right() -> None:
    sure, right = np.repeat([0.95, 0.65], 10), np.array([1] * 8 + [0] * 2 + [1] * 6 + [0] * 4)
    assert quality.calibration_error(sure, right) == pytest.approx((0.15 + 0.05) / 2)
    even = np.array([True] * 7 + [False] * 3)
    assert quality.calibration_error(np.full(10, 0.7), even) == pytest.approx(0.0)
    assert quality.calibration_error(np.full(10, 0.95), even) == pytest.approx(0.25)
    frame = made_up()
    positive, label = frame["probability"].to_numpy(), frame["label"].to_numpy()
    sure, right = np.maximum(positive, 1 - positive), (positive >= 0.5) == (label == 1)
    gaps = [
        abs(sure[part].mean() - right[part].mean()) * part.mean()
        for part in ((sure >= low / 10) & (sure < (low + 1) / 10) for low in range(5, 10))
    ]
    assert quality.scores(frame).iloc[0]["calibration_error"] == pytest.approx(sum(gaps))


def test_slices_hold_every_text_once_and_negation_its_own() -> None:
    frame = made_up()
    for by in quality.slice_names():
        assert quality.slices(frame, by)["texts"].sum() == len(frame), by
    negated = quality.slices(frame, "negation").set_index("slice").loc["a negation in the text"]
    own = frame[frame["has_negation"]]
    assert negated["texts"] == len(own)
    assert negated["accuracy"] == pytest.approx(((own["probability"] >= 0.5) == (own["label"] == 1)).mean())
    assert quality.slices(frame.assign(words=7), "length")["slice"].tolist() == ["7 words"]


def test_a_gap_is_called_one_only_where_chance_would_not_bring_it() -> None:
    assert quality.sign_test(1, 9) == pytest.approx(22 / 1024)  # 2 * (1 + 10) / 2**10
    assert quality.sign_test(5, 5) == 1.0
    good, poor = made_up("reader", 1, skill=3.0), made_up("average", 2, skill=0.3)
    compared = quality.compare(good, poor)
    assert compared["only_first"] - compared["only_second"] == round((compared["first"] - compared["second"]) * 300)
    assert "reading the words in order pays" in quality.order_sentence("A", "B", compared, "texts")
    assert "the worse one" in quality.order_sentence("A", "B", quality.compare(poor, good), "texts")
    twins = quality.compare(made_up("reader", 1), made_up("average", 2))
    assert twins["p_value"] > 0.05
    assert "cannot be shown to help" in quality.order_sentence("A", "B", twins, "texts")


def test_errors_are_the_wrong_ones_in_the_asked_order() -> None:
    frame = made_up()
    errors = quality.order_errors(frame)
    assert len(errors) == (~quality.is_right(frame)).sum()
    assert errors["margin"].is_monotonic_decreasing
    praise = quality.order_errors(frame, "false_negative", "closest", 0.8)
    assert (praise["label"] == 1).all()
    assert (praise["probability"] < 0.8).all()
    assert praise["margin"].is_monotonic_increasing
    with pytest.raises(DataError, match="sorted by"):
        quality.order_errors(frame, "all", "loudest")


def test_a_text_is_joined_only_where_it_is_the_one_that_was_judged() -> None:
    texts = (["It isn't good.", "fine"], [0, 1], "")
    assert quality.text_of(0, 0, 5, texts) == "It isn't good."  # it is n't good .
    assert quality.text_of(0, 1, 5, texts) == "", "another label"
    assert quality.text_of(1, 1, 2, texts) == "", "another number of words"
    assert quality.text_of(9, 1, 1, texts) == quality.text_of(0, 0, 5, None) == ""


@pytest.mark.parametrize(("corpus", "title"), [("sst2", "SST-2"), ("imdb_small", "IMDB reviews")])
def test_texts_that_are_not_here_are_called_by_their_own_corpus_and_not_by_its_sample(corpus, title, monkeypatch):
    monkeypatch.delenv("UNROLLED_DATA", raising=False)
    with pytest.raises(DataError, match=f"^The texts of {title} cannot be reached: "):
        quality.read_texts(corpus, "validation")


def test_tables_that_are_missing_or_lack_something_are_said_to(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="evaluate --model NAME --predictions"):
        quality.read_predictions(str(tmp_path / "none.parquet"))
    made_up().drop(columns="words").to_parquet(tmp_path / "part.parquet")
    with pytest.raises(DataError, match="lacks the columns words"):
        quality.measure_scores(str(tmp_path / "part.parquet"))
    with pytest.raises(DataError, match="has not been measured on imdb"):
        quality.of_model(made_up(), "reader", "imdb")


@pytest.mark.parametrize(
    "name", ["sst2-bilstm", "sst2-lstm", "sst2-gru", "sst2-average", "imdb-bilstm", "imdb-average"]
)
def test_the_card_and_the_stored_predictions_say_the_same(name: str) -> None:
    """The card's accuracy stands beside the verdict, that of the stored predictions in Quality."""
    table = quality.measure_scores("").set_index("model").loc[name]
    card = describe(find_folder(name)).metrics
    assert 100 * table["accuracy"] == pytest.approx(card["accuracy"], abs=0.006)
    assert table["calibration_error"] == pytest.approx(card["calibration_error"], abs=1e-4)
    assert table["nats"] == pytest.approx(card["negative_log_likelihood"], abs=1e-3)
