"""Memory half-life on the page: the numbers are the engine's, bad text gets one sentence per network, the address holds
the rest."""

from __future__ import annotations

from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from engine.experiments.runs import results
from engine.inspection.gradients.half_life import half_life
from engine.models import folder as model_folder
from engine.models.folder import load_model
from engine.wording import counted
from tests.pages.charts import figure
from tests.pages.open import alternative_texts, open_page, sentences, written

TEXT = "The tide came in, and all the boats went out to sea again before the moon was up."
FEW = {"half_life_text": TEXT, "half_life_distance": "20"}


@pytest.fixture(autouse=True)
def no_results(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let the page find no shipped results: this section needs none."""
    monkeypatch.setattr(results, "RESULTS", tmp_path / "results")


def test_numbers_curves_and_disagreement_are_the_engine_s(models: Path) -> None:
    at = open_page("comparison", section="half_life", half_life_log_y="false", **FEW)
    assert not at.exception
    assert [sentence for sentence in sentences(at) if "no results" not in sentence] == []
    truth = {name: half_life(load_model(models / f"small-{name}"), TEXT, 20, 0) for name in ("rnn", "lstm", "gru")}
    shown = {metric.label: metric.value for metric in at.metric}
    drawn = {
        line.get("name"): line for line in figure(at, "half-life-kl")["data"] if line.get("name") and len(line["x"]) > 1
    }
    gradient = {line.get("name"): line for line in figure(at, "half-life-gradient")["data"] if line.get("name")}
    for name, value in truth.items():
        label = name.upper()
        farthest = max([*value.frame.loc[value.frame["kl"] >= 1e-3, "distance"], 0])
        assert shown[label] == f"{counted(farthest, 'token')}{' or more' if farthest == 20 else ''}"
        words = "not reached" if value.half_life is None else f"{value.half_life:.1f} tokens"
        assert f"{label} {words}" in written(at)
        assert drawn[label]["y"] == pytest.approx(list(value.frame["kl"]))
        assert gradient[label]["y"] == pytest.approx(list(value.frame["gradient_norm"]))
        count = int(value.frame["disagrees"].sum())
        words = f"disagree at {count} of 20" if count else "agree at all 20"
        assert words in next(line for line in written(at).split("\n") if line.startswith(f"- {label}: "))
        assert f"rank correlation {value.rank_correlation:.2f}" in written(at)
    assert any("has fallen to half" in text or "does not fall" in text for text in alternative_texts(at))
    code = next(code.value for code in at.code if "half_life import" in code.value)
    said = StringIO()
    with redirect_stdout(said):
        exec(compile(code, "receipt", "exec"), {})  # the receipt's own lines
    assert f"small-gru {truth['gru'].farthest_noticeable} {truth['gru'].half_life}" in said.getvalue()


def test_one_network_can_be_chosen_and_bad_input_is_a_sentence(models: Path) -> None:
    at = open_page("comparison", section="half_life", half_life_models="GRU", **FEW)
    assert [metric.label for metric in at.metric] == ["GRU"]
    at = open_page("comparison", section="half_life", half_life_text="Hi", half_life_distance="1000")
    assert not at.exception
    said = sentences(at)
    assert len([sentence for sentence in said if "between 4 and 200" in sentence]) == 1
    assert [sentence.split(":")[0] for sentence in said if "needs 8 to" in sentence] == ["RNN", "LSTM", "GRU"]


def test_without_a_language_model_a_sentence_remains(
    models: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(model_folder, "PRETRAINED", tmp_path / "empty")
    at = open_page("comparison", section="half_life")
    assert not at.exception
    assert any("No language model" in note.value for note in at.info)
