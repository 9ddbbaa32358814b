"""Quality on the sentiment page: every number is the stored table's, errors bring their text only where it is the right
one."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest
from sklearn import metrics

from engine.evaluation.classification import judge_sample
from engine.inspection.classification import quality
from engine.inspection.stored.model_files import weights_in
from engine.models.folder import load_model
from tests.engine.inspection.classification.test_quality import made_up
from tests.pages.charts import figure
from tests.pages.open import alternative_texts, notes, open_page, sentences, written
from tests.pages.small_classifiers import BLIND, BOTH, FORWARD, LONG, add_classifiers


@pytest.fixture(scope="module")
def small_classifiers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return add_classifiers(tmp_path_factory.mktemp("classifiers"))


@pytest.fixture
def predictions(small_classifiers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    """Put made-up predictions of three small classifiers where the page looks for them, and no corpus anywhere."""
    from engine.models import folder

    monkeypatch.setattr(folder, "PRETRAINED", small_classifiers)
    monkeypatch.setattr(quality, "TABLE", tmp_path / "predictions.parquet")
    monkeypatch.delenv("UNROLLED_DATA", raising=False)
    parts = [
        made_up(BOTH, 1, skill=2.5),
        made_up(BLIND, 2, skill=0.5),
        made_up(LONG, 3).assign(corpus="imdb_small", split="test"),
    ]
    frame = pd.concat(
        [part.assign(weights=weights_in(str(small_classifiers / part["model"].iloc[0]))) for part in parts],
        ignore_index=True,
    )
    frame.to_parquet(quality.TABLE)
    return frame


def test_every_measure_is_the_stored_predictions(predictions: pd.DataFrame) -> None:
    at = open_page("sentiment", tool="quality", quality_threshold="0.7", quality_slices="negation")
    assert not at.exception
    own = predictions[predictions["model"] == BOTH]
    given = own["probability"] >= 0.7
    assert (
        figure(at, "sentiment-confusion")["data"][0]["customdata"]
        == metrics.confusion_matrix(own["label"], given).tolist()
    )
    accuracy = metrics.accuracy_score(own["label"], own["probability"] >= 0.5)
    assert figure(at, "sentiment-accuracy-sst2")["data"][0]["x"] == pytest.approx([100 * accuracy])
    assert f"accuracy {100 * metrics.accuracy_score(own['label'], given):.1f} %" in written(at)
    assert f"precision {100 * metrics.precision_score(own['label'], given):.1f} %" in written(at)
    bins = figure(at, "sentiment-calibration")["data"][1]
    assert sum(bins["customdata"]) == len(own)
    negated = own[own["has_negation"]]
    slices = figure(at, "sentiment-slices")["data"]
    assert [line["name"] for line in slices] == ["Both directions", "Blind to order"]
    assert slices[0]["y"][0] == pytest.approx(
        100 * metrics.accuracy_score(negated["label"], negated["probability"] >= 0.5)
    )
    assert "reading the words in order pays" in written(at)
    assert any("Left to right" in note and "evaluate --model" in note for note in notes(at)), (
        "what is not measured is said to be"
    )
    wrong = own[(own["probability"] >= 0.7) != (own["label"] == 1)]
    assert f"{len(wrong):,} of {len(own):,} texts." in written(at)
    assert any("not shipped" in note for note in notes(at)), "no corpus is at hand"
    numbers = next(frame.value for frame in at.dataframe if "has_negation" in frame.value)
    assert numbers["text"].tolist() == (quality.order_errors(own, threshold=0.7)["row"] + 1).tolist()
    assert any("average (the expected calibration error)" in text for text in alternative_texts(at))


def test_without_the_corpus_the_errors_of_the_sample_stand_there_with_their_texts(predictions: pd.DataFrame) -> None:
    at = open_page("sentiment", tool="quality", quality_threshold="0.6", quality_kind="false_negative")
    assert not at.exception
    title, frame = judge_sample(load_model(BOTH), "sst2")
    errors = quality.order_errors(frame, "false_negative", "surest", 0.6)
    assert 10 < len(errors) < len(frame)
    assert f"On the built-in sample “{title}”: {len(errors):,} of {len(frame):,} sentences." in written(at)
    listed = [text.value for text in at.text if text.value in set(frame["text"])]
    assert listed == errors["text"].tolist()[:10]
    assert all(f"Text {row + 1:,} · really positive" in written(at) for row in errors["row"][:10])
    at.slider(key="quality_page").set_value(2).run()
    assert [text.value for text in at.text if text.value in set(frame["text"])] == errors["text"].tolist()[10:20]


def test_another_networks_own_corpus_is_looked_at_and_what_was_not_measured_has_no_chart(
    predictions: pd.DataFrame,
) -> None:
    at = open_page("sentiment", tool="quality", network=LONG)
    own = predictions[predictions["model"] == LONG]
    assert figure(at, "sentiment-confusion")["data"][0]["customdata"] == quality.confusion(own).tolist()
    at.selectbox(key="network").set_value(FORWARD).run()
    assert not at.exception
    assert not [chart for chart in alternative_texts(at) if "At the threshold" in chart]


def test_a_table_put_in_place_of_another_with_its_time_is_read(predictions: pd.DataFrame) -> None:
    at = open_page("sentiment", tool="quality", network=BOTH)
    own = predictions[predictions["model"] == BOTH]
    assert f" of {len(own):,} texts." in written(at)
    before = quality.TABLE.stat()
    rest = predictions.drop(own.index[: len(own) // 2])
    rest.to_parquet(quality.TABLE)
    os.utime(quality.TABLE, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert quality.TABLE.stat().st_size != before.st_size
    at.run()
    assert f" of {len(rest[rest['model'] == BOTH]):,} texts." in written(at)


def test_without_a_table_there_is_one_sentence(predictions: pd.DataFrame) -> None:
    quality.TABLE.unlink()
    at = open_page("sentiment", tool="quality")
    assert not at.exception
    (sentence,) = sentences(at)
    assert "have not been measured text by text" in sentence


def test_the_texts_come_from_the_corpus_where_it_can_be_read(
    predictions: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = predictions[predictions["model"] == BOTH].sort_values("row")
    first = quality.order_errors(own)["row"].iloc[0]
    texts = [" ".join(["word"] * words) for words in own["words"]]
    texts[first] = texts[first].replace(
        "word", "<i>first</i>", 1
    )  # nine more words: another text than the one that was judged
    second = quality.order_errors(own)["row"].iloc[1]
    texts[second] = texts[second].replace("word", "Second", 1)
    mirror = tmp_path / "mirror" / "sst2"
    mirror.mkdir(parents=True)
    for split in ("train", "validation"):
        pd.DataFrame({"sentence": texts, "label": own["label"]}).to_parquet(mirror / f"{split}.parquet")
    (mirror / "README.md").write_text(
        "---\nconfigs:\n- config_name: default\n  default: true\n  data_files:\n  - split: train\n    path: "
        "train.parquet\n"
        "  - split: validation\n    path: validation.parquet\n---\n"
    )
    monkeypatch.setenv("UNROLLED_DATA", str(mirror.parent))
    at = open_page("sentiment", tool="quality")
    assert not at.exception
    shown = [text.value for text in at.text]
    assert any(text.startswith("Second") for text in shown)
    assert not any("<i>" in text for text in shown), "another text stands in that row"
    assert "another text stands at this number" in written(at), "which is said: no box is empty"
    surest = quality.order_errors(own).iloc[1]
    assert (
        f"Text {surest['row'] + 1:,} · really {'positive' if surest['label'] else 'negative'} · "
        f"{100 * surest['probability']:.1f} % positive" in written(at)
    )
    numbers = next(frame.value for frame in at.dataframe if "has_negation" in frame.value)
    assert numbers["text"].iloc[1] == surest["row"] + 1, "a text has one number"
    at.button(key=f"quality-open-{second}").click().run()
    assert at.text_area(key="text").value.startswith("Second")
