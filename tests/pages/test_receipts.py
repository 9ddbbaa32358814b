"""Every chart and table of a tool has a receipt, with the weights' hash and its own link."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.inspection.stored.model_files import weights_in
from pages.components import generation, translation
from tests.pages.charts import receipts_drawn
from tests.pages.open import open_page

# What a visitor sees at once, or in the receipts of the single networks: no number of its own.
WITHOUT = {"all-lines"}
TOOLS = [("translation", name) for name in translation.TOOLS.labels] + [
    ("generation", name) for name in generation.TOOLS.labels
]


CHARTS = {
    "gradients?clipping": {"tool": "clipping", "clipping_updates": "20"},
    "gradients?truncation": {"tool": "truncation", "truncation_text": "The fog sat on the boat and on the mat."},
    "gradients?trainability": {"tool": "trainability", "trainability_hidden_size": "4"},
    "cells?patterns": {
        "tool": "patterns",
        "network": "small-lstm",
        "patterns_threshold": "0.05",
        "patterns_where": "text",
        "patterns_least": "0.5",
    },
    "comparison?half_life": {
        "section": "half_life",
        "half_life_distance": "12",
        "half_life_text": "The fog sat on the boat and on the mat, and on the dog.",
    },
}


@pytest.mark.parametrize("view", [*(f"{page}?{tool}" for page, tool in TOOLS), *CHARTS])
def test_every_chart_and_table_of_a_tool_has_a_receipt(
    models: Path, view: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, _, tool = view.partition("?")
    shown = receipts_drawn(monkeypatch)
    at = open_page(page, **CHARTS.get(view, {"tool": tool, "max_new_tokens": "20"}))
    assert not at.exception
    assert not [name for name, receipt in shown.items() if receipt is None and name not in WITHOUT]


def test_a_receipt_names_the_weights_and_links_to_its_view(models: Path) -> None:
    at = open_page("translation", tool="attention", text="A dog runs .", search="greedy")
    name = "small-en-fr-dot"
    facts = [text.value for text in at.text if f"Model: {name}" in text.value]
    assert facts
    assert all(f"Checkpoint: SHA-256 {weights_in(models / name)}" in text for text in facts)
    links = [part.value for part in at.markdown if "A link to this view" in part.value]
    assert len(links) >= 3
    assert all("tool=" in link and "text=A+dog+runs+." in link for link in links)
