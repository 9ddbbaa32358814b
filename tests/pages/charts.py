"""Reading the charts of a page in a test: the figure a browser would get, as plain lists."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.components.drawing import figures
from tests.plotly_figures import decoded


def figure(at: AppTest, name: str, kind: str = "chart") -> dict[str, Any]:
    """Return the "chart" or "thumbnail" that was shown under `name` as plain values, its binary arrays decoded."""
    (chart,) = [chart for chart in at.get("plotly_chart") if chart.proto.id.endswith(f"{name}-{kind}")]
    return _plain(decoded(json.loads(chart.proto.spec)))


def names(at: AppTest) -> list[str]:
    """Return the identifiers of all charts on the page."""
    return [chart.proto.id for chart in at.get("plotly_chart")]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list) else getattr(value, "tolist", lambda: value)()


def receipts_drawn(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """Return the receipt of every chart and table by its name, as the page draws them; None where one has none."""
    shown: dict[str, object] = {}
    for name in ("show", "show_table"):
        draw = getattr(figures, name)

        def record(*args: Any, _draw: Callable[..., None] = draw, **given: Any) -> None:
            shown[given["name"]] = given.get("receipt")
            _draw(*args, **given)

        monkeypatch.setattr(figures, name, record)
    return shown
