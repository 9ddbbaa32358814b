"""The ways to be taught on the page: measured tables as they are, the sentence at hand by every network, and what is
missing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from engine.inspection.translation import regimes
from engine.inspection.translation.forcing import inspect_forcing
from engine.models.folder import load_model
from tests.pages.charts import figure, names
from tests.pages.open import notes, open_page, sentences, written

SOURCE, REFERENCE = "A dog runs .", "Un chien court ."
ASKED = {"tool": "regimes", "text": SOURCE, "reference": REFERENCE, "search": "greedy"}
LABELS = {"small-forced": "Always forced", "small-scheduled": "Scheduled"}


@pytest.fixture
def taught(models: Path) -> Path:
    """Put two translators that say how they were taught beside the others."""
    for name, label in LABELS.items():
        folder = shutil.copytree(models / "small-en-fr-dot", models / name)
        config = json.loads((folder / "config.json").read_text()) | {"label": label, "group": "forcing"}
        (folder / "config.json").write_text(json.dumps(config))
    return models


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    """Return a made-up table that the page finds."""
    rows = []
    for label, bleu, free in (("Scheduled", 37.0, 4.0), ("Always forced", 40.0, 5.0)):
        for seed in (1, 2):
            facts = dict.fromkeys(regimes.COLUMNS, "x") | {
                "label": label,
                "seed": seed,
                "sentences": 1000.0,
                "model": f"{label}-{seed}",
            }
            scores = dict.fromkeys(("bleu_beam", "bleu_greedy", "chrf_beam", "chrf_greedy"), bleu + seed / 10)
            rows.append(facts | scores | {"kind": "final", "step": 100, "forced_loss": 1.0, "free_loss": free})
            for step in (50, 100):
                rows.append(
                    facts
                    | dict.fromkeys(scores)
                    | {"kind": "curve", "step": step, "forced_loss": 100 / step, "free_loss": free, "sentences": None}
                )
    frame = pd.DataFrame(rows)
    monkeypatch.setattr(regimes, "TABLE", tmp_path / "teacher_forcing.parquet")
    frame.to_parquet(regimes.TABLE)
    return regimes.read_regimes(regimes.TABLE)


def test_the_sentence_is_translated_by_all_of_them(taught: Path, table: pd.DataFrame) -> None:
    at = open_page("translation", **ASKED)
    assert not at.exception
    (shown,) = [frame.value for frame in at.dataframe if "Taught" in frame.value]
    assert list(shown["Taught"]) == list(LABELS.values())
    report = inspect_forcing(load_model(taught / "small-forced"), SOURCE, REFERENCE, "none")
    assert shown["Translation (greedy)"][0] == report.free.text
    assert shown["Forced loss"][0] == pytest.approx(report.forced.mean_loss, abs=1e-3)
    assert shown["Exposure bias (loss gap)"][0] == pytest.approx(report.exposure_gap, abs=1e-3)


def test_the_measured_table_is_shown_with_what_follows_from_it(taught: Path, table: pd.DataFrame) -> None:
    at = open_page("translation", **ASKED)
    for sentence in (regimes.winner_sentence(table), regimes.scheduled_sentence(table), regimes.gap_sentence(table)):
        assert sentence in written(at)
    assert "hurts here" in written(at)
    (shown,) = [frame.value for frame in at.dataframe if "taught" in frame.value]
    pd.testing.assert_frame_equal(shown.reset_index(drop=True), regimes.summary_table(table), check_dtype=False)
    lines = [trace for trace in figure(at, "regimes-curves")["data"] if trace["mode"] == "lines+markers"]
    assert [(trace["name"], list(trace["y"])) for trace in lines[:2]] == [
        ("Always forced", [2.0, 1.0]),
        ("Always forced", [5.0, 5.0]),
    ]
    marks = figure(at, "regimes-losses")["data"][1:]
    assert [(trace["name"], list(trace["y"])) for trace in marks] == [
        ("Always forced", [5.0, 5.0]),
        ("Scheduled", [4.0, 4.0]),
    ]


def test_without_models_and_table_the_page_says_what_to_run(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(regimes, "TABLE", tmp_path / "none.parquet")
    at = open_page("translation", **ASKED)
    assert not at.exception
    said = sentences(at)
    assert any("python -m engine train --recipe en-fr-forced" in sentence for sentence in said)
    assert any("python -m engine evaluate --model NAME_OR_FOLDER --regimes" in sentence for sentence in said)
    assert not [name for name in names(at) if "regimes" in name]


def test_a_missing_reference_is_stood_in_for(taught: Path, table: pd.DataFrame) -> None:
    at = open_page("translation", **(ASKED | {"reference": ""}))
    assert any("stands in with its own" in note for note in notes(at))
    assert regimes.winner_sentence(table) in written(at)
