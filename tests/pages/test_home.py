"""The home page: real text, real thumbnails, and one sentence in place of anything that is missing."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from engine.experiments.runs import results
from engine.inspection.cells.steps import read_steps
from engine.inspection.gradients.chain import ChainSettings, chain_sentence, measure_chain
from engine.models.folder import load_model
from pages.components.cells.thumbnail import SENTENCE as CELL_SENTENCE
from tests.engine.experiments.measured_rows import small_comparison
from tests.pages.charts import figure
from tests.pages.open import alternative_texts, open_page, sentences, written


@pytest.fixture
def shipped_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a table of made-up runs where the pages look for results."""
    root = tmp_path / "results"
    root.mkdir()
    small_comparison().to_parquet(root / "shipped.parquet")
    monkeypatch.setattr(results, "RESULTS", root)
    return root


def test_says_what_this_is_and_leads_to_every_page(shipped_results: Path) -> None:
    at = open_page("home")
    assert not at.exception
    assert [title.value for title in at.title] == ["Unrolled"]
    introduction = at.markdown[0].value
    assert introduction.count(". ") + introduction.endswith(".") == 3, "three sentences"
    links = [link.proto.page for link in at.get("page_link")]
    assert {"generation", "translation", "comparison", "cells", "gradients", "models"} <= set(links)
    assert sentences(at) == []


def test_the_comparison_is_explained_by_what_is_drawn(shipped_results: Path) -> None:
    """The words name the function and the number of runs; applied to the rows, they give the line."""
    at = open_page("home")
    frame = results.load_results("shipped", shipped_results)
    own = frame[
        (frame["kind"] == "summary")
        & (frame["equal"] == "parameters")
        & (frame["task"] == "adding")
        & (frame["architecture"] == "lstm")
    ]
    caption = next(text.value for text in at.caption if "as sequences get longer" in text.value)
    middle, count = re.search(r"the (\w+) over (\d+) seeds, and bars from the best to the worst", caption).groups()
    assert int(count) == own["seed"].nunique()
    line = next(trace for trace in figure(at, "comparison", "thumbnail")["data"] if trace.get("name") == "LSTM")
    errors = 100 * own["loss"] / own["baseline"]
    assert line["y"] == pytest.approx(errors.groupby(own["length"]).agg(middle).tolist())
    assert f"the {middle} over trainings that differ only in their random seed; from the best to the worst" in written(
        at
    )


def test_home_and_the_comparison_show_the_same_numbers(shipped_results: Path) -> None:
    at_home = {trace.get("name"): trace for trace in figure(open_page("home"), "comparison", "thumbnail")["data"]}
    on_page = {trace.get("name"): trace for trace in figure(open_page("comparison"), "error-by-length")["data"]}
    for name in ("RNN", "LSTM", "GRU"):
        assert at_home[name]["y"] == on_page[name]["y"]


def test_thumbnails_show_the_models_and_results_that_are_there(models: Path, shipped_results: Path) -> None:
    at = open_page("home")
    generation, translation, comparison, cells, *_ = alternative_texts(at)
    assert "can still be drawn" in generation
    assert "the network looked at" in translation
    assert re.search(r"RNN \d+ %, LSTM \d+ %, GRU \d+ %", comparison)
    forget = read_steps(load_model(models / "small-lstm"), CELL_SENTENCE).strands[-1].parts["forget_gate"]
    assert f"Forget gate of 12 units while “{CELL_SENTENCE}” is read: mean {forget.mean():.2f}" in cells
    assert chain_sentence(measure_chain(ChainSettings())) in alternative_texts(at)
    assert "Small LSTM · 1.510 nats per character" in written(at)
    assert "Small translator, attention: dot · BLEU 12.5" in written(at)


def test_live_line_is_new_each_time_and_leads_to_its_continuation(shipped_results: Path) -> None:
    first, second = open_page("home"), open_page("home")
    lines = [at.subheader[0].value for at in (first, second)]
    assert lines[0] != lines[1]
    assert all(len(line) > 20 for line in lines)
    link = next(link.proto for link in first.get("page_link") if "three networks" in link.proto.label)
    assert "prompt=" in link.query_string
    assert "seed=" in link.query_string


def test_a_missing_translator_costs_one_sentence_only(models: Path, shipped_results: Path) -> None:
    for folder in models.glob("small-en-fr-*"):
        shutil.rmtree(folder)
    at = open_page("home")
    assert not at.exception
    (sentence,) = sentences(at)
    assert "No translation model is installed" in sentence
    assert not any("the network looked at" in text for text in alternative_texts(at))
    assert len(alternative_texts(at)) >= 3


def test_missing_results_cost_one_sentence_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "RESULTS", tmp_path / "nothing")
    at = open_page("home")
    (sentence,) = sentences(at)
    assert "python -m engine compare" in sentence
    assert len(alternative_texts(at)) >= 3


def test_nothing_installed_is_said_in_sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.models import folder

    monkeypatch.setattr(folder, "PRETRAINED", tmp_path / "nothing")
    monkeypatch.setattr(results, "RESULTS", tmp_path / "nothing")
    at = open_page("home")
    assert not at.exception
    assert len(sentences(at)) >= 6  # one in place of each picture, and one for the line
