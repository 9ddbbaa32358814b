"""A chart on its way to the browser: the element that `st.plotly_chart` would send, without plotly."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.components.drawing import figures
from tests.pages.open import ROOT

IS_OPEN = figures.is_open  # before the fixtures open everything


def _ours(is_clickable: bool) -> None:
    from engine.plotting import theme
    from pages.components.drawing import charts

    figure = theme.blank_figure("light", x_title="<Step>", height=211)
    figure.add_scatter(x=[1, 2], y=[3, None], customdata=["a", "b"])
    charts.draw(
        figure,
        key="c",
        alt="two marks",
        config={"responsive": True},
        on_select=(lambda: None) if is_clickable else None,
    )


def _streamlits(is_clickable: bool) -> None:
    import plotly.graph_objects as go
    import streamlit as st

    from engine.plotting import theme

    figure = theme.blank_figure("light", x_title="<Step>", height=211)
    figure.add_scatter(x=[1, 2], y=[3, None], customdata=["a", "b"])
    clicks: dict[str, Any] = {"on_select": lambda: None, "selection_mode": "points"} if is_clickable else {}
    st.plotly_chart(
        go.Figure(figure.to_dict()), theme=None, key="c", alt="two marks", config={"responsive": True}, **clicks
    )


@pytest.mark.parametrize("is_clickable", [False, True])
def test_it_is_the_element_that_streamlit_sends(is_clickable: bool) -> None:
    sent = []
    for script in (_ours, _streamlits):
        at = AppTest.from_function(script, kwargs={"is_clickable": is_clickable}).run()
        assert not at.exception
        (chart,) = at.get("plotly_chart")
        found = {field.name: value for field, value in chart.proto.ListFields()}
        sent.append(found | {"spec": json.loads(found["spec"]), "id": found["id"].rsplit("-", 1)[1]})
    assert sent[0] == sent[1]


def _with_numbers() -> None:
    import pandas as pd

    from engine.plotting import theme
    from pages.components.drawing import figures

    figure, receipt = theme.blank_figure("light"), figures.Receipt("import this")
    figures.show(figure, name="c", alt="nothing", table=pd.DataFrame({"a": [1]}), receipt=receipt)


@pytest.mark.parametrize(("opened", "tables", "codes"), [("", 0, 0), ("c-numbers", 1, 0), ("c-receipt", 0, 1)])
def test_what_is_closed_is_not_made(opened: str, tables: int, codes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "is_open", IS_OPEN)
    at = AppTest.from_function(_with_numbers)
    if opened:
        at.session_state[opened] = True
    at.run()
    assert not at.exception
    assert (len(at.dataframe), len(at.code)) == (tables, codes)


def test_pages_need_no_plotly() -> None:
    """It is there for the tests alone: `import streamlit` would load it, 0.15 s of processor time and 16 MB."""
    lines = (
        "import sys; sys.modules['plotly'] = None; from streamlit.testing.v1 import AppTest;"
        f"at = AppTest.from_file({str(ROOT / 'app.py')!r}, default_timeout=120);"
        "at.switch_page('pages/comparison.py').run(); print(len(at.get('plotly_chart')), list(at.exception))"
    )
    done = subprocess.run([sys.executable, "-c", lines], cwd=ROOT, capture_output=True, text=True, timeout=240)
    assert done.stdout.split() == ["2", "[]"], done.stderr[-2000:]
