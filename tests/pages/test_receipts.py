"""Every chart of a tool has its receipt; charts that one computation gives may share the lines, not lack them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pages.components import figures
from tests.pages.open import open_page

CHARTS = {
    "gradients?clipping": {"tool": "clipping", "clipping_updates": "20"},
    "gradients?truncation": {"tool": "truncation", "truncation_text": "The fog sat on the boat and on the mat."},
    "gradients?trainability": {"tool": "trainability", "foretold_hidden_size": "4"},
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


@pytest.mark.parametrize("view", CHARTS)
def test_every_chart_has_a_receipt(view: str, models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without, drawn, show = [], [], figures.show

    def noted(figure: Any, *, name: str, **given: Any) -> None:
        drawn.append(name)
        if given.get("receipt") is None:
            without.append(name)
        show(figure, name=name, **given)

    monkeypatch.setattr(figures, "show", noted)
    at = open_page(view.partition("?")[0], **CHARTS[view])
    assert not at.exception
    assert len(drawn) > 0
    assert without == []
