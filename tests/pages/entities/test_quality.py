"""Quality: what is shown of the taggers is what the stored table says, with their sentences only where the corpus can
be read."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from engine.evaluation.tagging import tag_sample
from engine.inspection.stored.model_files import weights_in
from engine.inspection.stored.sentence_scores import source_hash
from engine.inspection.tagging import quality as tagging_quality
from engine.models.folder import load_model
from pages.components.drawing import corpus_texts
from tests.pages.open import alternative_texts, notes, open_page, sentences, written

LABELS = "O B-geo I-geo B-org I-org B-per I-per"
WORDS = [["Anna", "saw", "<b>Rome</b>", "."], ["Big", "Bank", "of", "Oslo", "fell"]]
GOLD = [[5, 0, 1, 0], [3, 4, 4, 4, 0]]
FOUND = [[5, 0, 3, 0], [0, 3, 4, 4, 1]]


@pytest.fixture
def measured(taggers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the taggers, of which three were measured and one with other weights than it has."""
    facts = {
        "title": "made-up test",
        "labels": LABELS,
        "hardware": "no machine",
        "commit": "0000000",
        "date": "2026-01-01",
        "split": "test",
    }
    parts = []
    for name in ("gmb-bilstm-crf", "gmb-bilstm", "gmb-lstm-crf", "ewt-bilstm-crf"):
        weights = "of another one" if name == "gmb-lstm-crf" else weights_in(str(taggers / name))
        corpus = "ner_ewt" if name.startswith("ewt") else "ner_gmb"
        rows = {
            "row": [0, 1],
            "words": [4, 5],
            "source_hash": [source_hash(" ".join(words)) for words in WORDS],
            "gold": GOLD,
        }
        parts.append(
            pd.DataFrame(rows | {"predicted": GOLD if name == "gmb-bilstm" else FOUND}).assign(
                model=name, weights=weights, corpus=corpus, **facts
            )
        )
    pd.concat(parts).to_parquet(tmp_path / "predictions.parquet")
    ablation = [
        ("ner_gmb", crf, both, seed, 80.0 + crf + 3 * both + seed / 10)
        for crf in (0, 1)
        for both in (0, 1)
        for seed in (1, 2)
    ]
    frame = pd.DataFrame(ablation, columns=["corpus", "crf", "bidirectional", "seed", "f1"]).assign(
        recipe="made-up", precision=1.0, recall=1.0
    )
    frame.astype({"crf": bool, "bidirectional": bool}).to_parquet(tmp_path / "ablation.parquet")
    monkeypatch.setattr(tagging_quality, "TABLE", tmp_path / "predictions.parquet")
    monkeypatch.setattr(tagging_quality, "ABLATION", tmp_path / "ablation.parquet")
    monkeypatch.delenv("UNROLLED_DATA", raising=False)
    return taggers


def scores_of(at, network: str) -> dict[str, float]:
    """Return F1 by type as the table of scores has it."""
    table = next(frame.value for frame in at.dataframe if "found" in frame.value)
    return dict(table.loc[table["network"] == network, ["type", "f1"]].itertuples(index=False, name=None))


def test_scores_gains_and_errors_are_those_of_the_tables(measured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = pd.DataFrame(
        {"row": [0, 1], "words": WORDS, "source_hash": [source_hash(" ".join(words)) for words in WORDS]}
    )
    monkeypatch.setattr(corpus_texts, "ask", lambda *_, **__: texts)
    at = open_page("entities", tool="quality")
    assert not at.exception
    text = written(at)
    # By hand: 3 entities (per, geo, org); marked per, org, org, geo; found per alone.
    assert (
        "Of 3 entities in 2 sentences it finds 33.3 % with exact words and type; of its own 4 marks 25.0 % are right: "
        "F1 28.6." in text
    )
    assert "the tag it had most often in training reaches F1 20.0" in text
    assert scores_of(at, "most frequent tag") == {"all": 20.0, "per": 10.0}
    assert scores_of(at, "Without the CRF")["all"] == 100.0
    assert "The CRF adds 1.00 points of F1 on GMB (+1.00 to +1.00 over 2 seeds)" in text
    assert "Reading backwards too adds 3.00 points" in text
    assert any("Not measured with their present weights: Forward only." in note for note in notes(at))
    scores = next(frame.value for frame in at.dataframe if "found" in frame.value)
    assert set(scores["network"]) == {"Both directions, CRF", "Without the CRF", "most frequent tag"}, (
        "others were measured on other sentences"
    )
    assert "3 errors: 33 % wrong type, right words, 33 % right type, wrong words, 33 % invented: nothing there." in text
    listed = [part.value.replace("\\", "") for part in at.markdown if part.value.startswith("**")]
    assert "**People**: Anna saw :green-background[<b>Rome</b> :small[**geo**]] ." in listed
    assert "**Network**: Anna saw :orange-background[<b>Rome</b> :small[**org**]] ." in listed
    at.selectbox(key="quality_outcome").set_value("invented").run()
    errors = next(frame.value for frame in at.dataframe if "network_first_word" in frame.value)
    columns = ["sentence", "people", "network", "network_first_word", "network_last_word"]
    assert errors[columns].values.tolist() == [[2, "nothing", "geo", 5, 5]], "all count from 1"
    assert errors["people_first_word"].isna().all()
    assert "Sentence 2 (5 words)" in written(at), "a sentence has one number"
    at.button(key="quality-open-0").click().run()
    assert at.text_area(key="text").value == "Big Bank of Oslo fell"


def test_without_the_corpus_the_errors_of_the_sample_stand_there_with_their_sentences(measured: Path) -> None:
    at = open_page("entities", tool="quality", quality_outcome="missed", quality_type="per")
    assert any("no such error" in note for note in notes(at)), "of what was measured none is of this kind"
    at = open_page("entities", tool="quality", quality_outcome="boundary")
    assert not at.exception
    assert any("not shipped" in note for note in notes(at))
    title, frame, rows = tag_sample(load_model("gmb-bilstm-crf"), "ner_gmb")
    errors = tagging_quality.choose_errors(tagging_quality.list_outcomes(frame), "boundary", "")
    assert len(errors)
    assert f"On the built-in sample “{title}”: {len(errors):,} such errors in {len(frame):,} sentences." in written(at)
    first = errors.iloc[0]
    assert f"Sentence {first['row'] + 1:,} ({len(rows[first['row']])} words)" in written(at)
    at.button(key="quality-open-0").click().run()
    assert at.text_area(key="text").value == " ".join(rows[first["row"]])


def test_another_sentence_at_an_errors_number_is_said(measured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = pd.DataFrame({"row": [0, 1], "words": WORDS, "source_hash": ["another", "too"]})
    monkeypatch.setattr(corpus_texts, "ask", lambda *_, **__: other)
    at = open_page("entities", tool="quality", quality_outcome="boundary")
    assert not at.exception
    assert [text.value for text in at.text if text.value.startswith("Words")] == [
        "Words 1 to 4. In the copy of the corpus that was read, another sentence stands at this number."
    ]
    assert any("taken for “org”, once" in text for text in alternative_texts(at))


def test_nothing_measured_is_said_with_the_command(
    taggers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tagging_quality, "TABLE", tmp_path / "nothing.parquet")
    at = open_page("entities", text="", tool="quality")
    assert not at.exception
    assert any("--predictions data/results/entity_predictions.parquet" in sentence for sentence in sentences(at))
    assert any("nothing to read" in sentence for sentence in sentences(at)), "an empty text leaves the tool"
