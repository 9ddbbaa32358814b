"""Every chart and table of Sentiment and Entities has a receipt, and the numbers that both pages show twice agree."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from pages.components import entities, sentiment
from tests.pages import charts
from tests.pages.open import alternative_texts, open_page, written
from tests.pages.small_classifiers import BOTH, add_classifiers

TOOLS = [("sentiment", name) for name in sentiment.TOOLS] + [("entities", name) for name in entities.TOOLS]
WITHOUT = {"all-entities", "entities"}  # in the receipt that stands beside them


@pytest.fixture(scope="module")
def small_classifiers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return add_classifiers(tmp_path_factory.mktemp("classifiers"))


@pytest.fixture
def readers(taggers: Path, small_classifiers: Path) -> Path:
    """Return the folder the pages find their models in, with taggers and classifiers."""
    shutil.copytree(small_classifiers, taggers, dirs_exist_ok=True)
    return taggers


@pytest.mark.parametrize(("page", "tool"), TOOLS)
def test_every_chart_and_table_of_a_tool_has_a_receipt(
    readers: Path, page: str, tool: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = charts.receipts_drawn(monkeypatch)
    at = open_page(page, tool=tool)
    assert not at.exception
    assert shown
    assert [name for name, receipt in shown.items() if receipt is None and name not in WITHOUT] == []


def test_the_page_opens_on_a_tool_that_shows_its_text(readers: Path) -> None:
    at = open_page("sentiment")
    assert next(iter(sentiment.TOOLS)) == "why"
    assert any(name.endswith("why-strips-chart") for name in charts.names(at)), "not on the upload of a file"


def test_a_probability_is_the_same_wherever_it_is_shown(readers: Path) -> None:
    at = open_page("sentiment", network=BOTH, tool="why", text="a warm and funny story")
    assert not at.exception
    (bars,) = (text for text in alternative_texts(at) if text.startswith("Probability of “positive”"))
    positive = re.search(r"Both directions ([\d.]+ %)", bars)[1]
    verdict = next(part.value for part in at.subheader if part.value.startswith(("Positive, ", "Negative, ")))
    sure = float(positive[:-2]) if verdict.startswith("Positive") else 100 - float(positive[:-2])
    assert float(verdict.split(", ")[1][:-2]) == pytest.approx(sure, abs=0.051)
    assert f"whole network **{positive}**" in written(at)
    assert f"it stands at {positive}" in written(at)
    assert f"“positive” goes from **{positive}**" in written(at)
