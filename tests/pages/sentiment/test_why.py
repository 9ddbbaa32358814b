"""Why, order and padding on the sentiment page, and padding on the Entities page: what is shown is the engine's, bad
input a sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.inspection.classification import attributions, word_order
from engine.inspection.classification.attributions import agreement_sentence, explain
from engine.inspection.classification.counterfactuals import find_flips, flip_sentence
from engine.inspection.classification.word_order import probabilities_in_order, shuffle_many, shuffle_words, swap_words
from engine.inspection.padding import arrange, inspect_batch, mask_sentence, split_lines, wasted_share
from engine.inspection.stored.model_files import weights_in
from engine.models.folder import load_model
from engine.plotting.classification.word_order import OrderAccuracy, accuracy_dots
from tests.pages.charts import figure
from tests.pages.open import alternative_texts, notes, open_page, sentences, written
from tests.plotly_figures import as_plotly

TEXT = "He said the food was not good."
WORDS = tuple("he said the food was not good .".split())
LABELS = ["negative", "positive"]
NETWORK = {"network": "tiny-bilstm"}


@pytest.fixture
def classifiers(tiny_classifiers: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return the folder that pages find: the tiny classifiers alone, of which nothing has been measured."""
    from engine.models import folder

    monkeypatch.setattr(folder, "PRETRAINED", tiny_classifiers)
    monkeypatch.setattr(attributions, "TABLE", tmp_path / "agreement.parquet")
    monkeypatch.setattr(word_order, "TABLE", tmp_path / "order.parquet")
    return tiny_classifiers


def test_why_shows_what_each_word_is_worth_and_what_turns_the_decision(classifiers: Path) -> None:
    at = open_page("sentiment", tool="why", text=TEXT, why_word="6", **NETWORK)
    assert not at.exception
    assert not sentences(at)
    loaded = load_model("tiny-bilstm", classifiers)
    found = explain(loaded, WORDS)
    drawn = figure(at, "why-strips")["data"]
    heat = np.array([[np.nan if cell is None else cell for cell in row] for row in drawn[0]["z"]], dtype=float)
    shown = np.array([[*heat[lane], *heat[4 + lane][:3]] for lane in (1, 2, 3)])
    assert shown == pytest.approx(
        np.array([found.values["integrated"], found.values["shapley"], found.deleted]), abs=1e-3
    )
    numbers = [text for trace in drawn if trace.get("mode") == "text" for text in trace["text"]]
    assert f"{found.deleted[5]:+.2f}" in numbers, "the value is written, not only coloured"
    assert (
        f"Without not: “positive” goes from {100 * found.probability:.1f} % to "
        f"{100 * found.probability_without[5]:.1f} %" in written(at).replace("*", "")
    )
    for method in attributions.METHODS:
        assert agreement_sentence(found, method) in written(at)
    flips = find_flips(loaded, WORDS)
    assert flip_sentence(flips, LABELS) in written(at)
    table = next(frame.value for frame in at.dataframe if "text_after" in frame.value)
    assert table["text_after"].tolist() == [
        "none found" if flip is None else " ".join(flip.words) for flip in (flips.deletion, flips.replacement)
    ]
    assert any("--attributions" in note for note in notes(at)), "what is not measured is said to be so"
    at.slider(key="why_word").set_value(1).run()
    assert "Without he" in written(at).replace("*", "")


def test_why_reports_the_stored_agreement_and_refuses_long_texts(classifiers: Path) -> None:
    facts = {
        "model": "tiny-bilstm",
        "weights": weights_in(str(classifiers / "tiny-bilstm")),
        "title": "A made-up test",
        "words": 9,
    }
    facts |= {"date": "2026-01-01", "hardware": "none", "commit": "0000000"}
    rows = [
        facts | {"row": row, "method": "shapley", "correlation": value, "share_beaten": beaten}
        for row, (value, beaten) in enumerate([(0.25, 0.5), (0.75, 0.97), (0.5, 0.99)])
    ]
    pd.DataFrame(rows).to_parquet(attributions.TABLE)
    at = open_page("sentiment", tool="why", text="good film " * 41, **NETWORK)
    assert not at.exception
    assert any("At most 80 words are taken apart" in sentence for sentence in sentences(at))
    assert any("The search takes at most 80 words; yours has 82" in sentence for sentence in sentences(at))
    assert "median rank correlation of 0.50, and on 67 % of 3 sentences" in written(at)


def test_order_shows_every_network_and_the_blind_one_does_not_move(classifiers: Path) -> None:
    at = open_page("sentiment", tool="order", text=TEXT, order_seed="3", **NETWORK)
    assert not at.exception
    assert not sentences(at)
    changed = shuffle_words(WORDS, 3)
    assert " ".join(changed) in written(at).replace("*", "")
    table = next(frame.value for frame in at.dataframe if "positive_reordered" in frame.value)
    for name in classifiers.iterdir():
        loaded = load_model(name.name, classifiers)
        many, (other,) = shuffle_many(loaded, WORDS), probabilities_in_order(loaded, (changed,))
        row = table[
            np.isclose(table["positive"], many.intact, atol=1e-4)
            & np.isclose(table["positive_reordered"], other, atol=1e-4)
        ]
        assert row["shuffles_with_another_decision"].tolist() == [pytest.approx(many.decisions_changed)]
    assert "the same for every order, to rounding" in written(at)
    assert any("--word-order" in note for note in notes(at))
    at.segmented_control(key="order_way").set_value("swap").run()
    at.selectbox(key="order_first").select(6).run()
    at.selectbox(key="order_second").select(7).run()
    (other,) = probabilities_in_order(load_model("tiny-bilstm", classifiers), (swap_words(WORDS, 5, 6),))
    assert f"{100 * other:.1f} % in the other order" in written(at)


def test_order_reports_what_was_measured_and_says_what_has_no_other_order(classifiers: Path) -> None:
    facts = {
        "model": "tiny-average",
        "weights": weights_in(str(classifiers / "tiny-average")),
        "title": "A made-up test",
        "split": "test",
        "sentences": 40,
    }
    facts |= {
        "accuracy": 0.8,
        "accuracy_shuffled": 0.8,
        "decisions_changed": 0.0,
        "date": "2026-01-01",
        "hardware": "none",
        "commit": "0000000",
    }
    pd.DataFrame([facts | {"seed": seed} for seed in (1, 2)]).to_parquet(word_order.TABLE)
    at = open_page("sentiment", tool="order", text="good", **NETWORK)
    assert not at.exception
    assert any("two different words" in sentence for sentence in sentences(at))
    assert "80.0 % right, 80.0 % when shuffled; a shuffle changes no prediction, as it reads no order" in written(at)


def test_padding_shows_the_batch_and_what_the_mask_is_for(classifiers: Path) -> None:
    lines = ("Great.", "<b>The film was not good</b>", "a bad story", "it is n't bad at all")
    at = open_page(
        "sentiment", tool="padding", padding_lines="\n".join(lines), padding_batch="2", padding_sort="true", **NETWORK
    )
    assert not at.exception
    assert not sentences(at)
    loaded = load_model("tiny-bilstm", classifiers)
    rows = split_lines(loaded, lines)
    lengths = [len(row) for row in rows]
    batches = arrange(lengths, 2, by_length=True)
    reports = [inspect_batch(loaded, tuple(rows[text] for text in batch)) for batch in batches]
    assert mask_sentence(reports) in written(at)
    assert f"{100 * wasted_share(lengths, batches):.0f} % of the cells are padding" in written(at)
    assert any(
        f"{sum(lengths)} cells hold a word, {sum((~report.mask).sum() for report in reports)} are padding" in alt
        for alt in alternative_texts(at)
    )
    assert f"{max(report.packed_difference for report in reports):.1e}" in written(at)
    at.text_area(key="padding_lines").input("only one line").run()
    assert any("at least two lines" in sentence for sentence in sentences(at))
    assert at.text_area(key="padding_lines").value == "only one line"


def test_padding_of_taggers_counts_words_that_get_another_tag(taggers: Path) -> None:
    at = open_page("entities", tool="padding", padding_batch="5", network="gmb-bilstm-crf")
    assert not at.exception
    loaded = load_model("gmb-bilstm-crf", taggers)
    rows = split_lines(loaded, tuple(at.text_area(key="padding_lines").value.split("\n")))
    report = inspect_batch(loaded, rows)
    assert mask_sentence([report]) in written(at)
    table = next(frame.value for frame in at.dataframe if "without_mask" in frame.value)
    assert table["without_mask"].tolist() == report.frame["without_mask"].tolist()


def test_small_differences_of_accuracy_look_small() -> None:
    rows = [OrderAccuracy("Both", "lstm", 0.875, [0.872, 0.871]), OrderAccuracy("Blind", "average", 0.884, [0.884])]
    low, high = as_plotly(accuracy_dots(rows, mode="light")).layout.xaxis.range
    assert high - low >= 5
    assert low < 87.1 < 88.4 < high
