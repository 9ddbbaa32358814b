"""Figures on their way to the browser, as the JSON they are once serialised.

`st.plotly_chart` makes a figure of plotly's objects out of whatever it is given, and loads plotly first. What is sent
here is the same element. `tests/pages/test_charts.py` compares the two, as what stands below Streamlit's public calls
may be another with another version.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from streamlit.delta_generator_singletons import get_dg_singleton_instance
from streamlit.elements.lib.form_utils import current_form_id
from streamlit.elements.lib.layout_utils import LayoutConfig
from streamlit.elements.lib.utils import compute_and_register_element_id
from streamlit.elements.plotly_chart import PlotlyChartSelectionSerde
from streamlit.proto.PlotlyChart_pb2 import PlotlyChart
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx
from streamlit.runtime.state import register_widget

from engine.plotting.figure import Drawn, Figure


def draw(
    figure: Figure | Drawn,
    *,
    key: str,
    alt: str = "",
    config: dict[str, Any] | None = None,
    on_select: Callable[[], None] | None = None,
) -> None:
    """Draw a figure; `on_select` is called when a mark is clicked, which `state.widget_value(key)` then tells."""
    drawn, place = figure.drawn() if isinstance(figure, Figure) else figure, get_dg_singleton_instance().main_dg
    sent = PlotlyChart(spec=drawn.spec, config=json.dumps(config or {}), form_id=current_form_id(place), alt=alt)
    sent.id = compute_and_register_element_id(
        "plotly_chart",
        user_key=key,
        key_as_main_identity=False,
        dg=place,
        plotly_spec=sent.spec,
        plotly_config=sent.config,
        selection_mode="points",
        is_selection_activated=on_select is not None,
        theme=None,
        width="stretch",
        height="content",
        alt=alt,
    )
    if on_select is not None:
        sent.selection_mode.append(PlotlyChart.SelectionMode.POINTS)
        serde = PlotlyChartSelectionSerde()
        register_widget(
            sent.id,
            on_change_handler=on_select,
            deserializer=serde.deserialize,
            serializer=serde.serialize,
            ctx=get_script_run_ctx(),
            value_type="string_value",
        )
    place._enqueue("plotly_chart", sent, LayoutConfig(width="stretch", height=drawn.height))
