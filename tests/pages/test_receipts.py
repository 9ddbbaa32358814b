"""Every chart and table of the pages on which networks write has a receipt, with the weights' hash and its own link."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.inspection.stored.model_files import weights_in
from pages.components import figures, generation, translation
from tests.pages.open import open_page

# What a visitor sees at once, or in the receipts of the single networks: no number of its own.
WITHOUT = {"all-lines"}
TOOLS = [("translation", name) for name in translation.TOOLS.labels] + [
    ("generation", name) for name in generation.TOOLS.labels
]


@pytest.mark.parametrize(("page", "tool"), TOOLS)
def test_every_chart_and_table_of_a_tool_has_a_receipt(
    models: Path, page: str, tool: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: dict[str, object] = {}
    for name in ("show", "show_table"):
        draw = getattr(figures, name)

        def record(*args, _draw=draw, **given) -> None:
            shown[given["name"]] = given.get("receipt")
            _draw(*args, **given)

        monkeypatch.setattr(figures, name, record)
    at = open_page(page, tool=tool, max_new_tokens="20")
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
