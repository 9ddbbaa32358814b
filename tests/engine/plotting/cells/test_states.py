"""Maps of a layer's units: the mark of the chosen unit has room of its own beside the map."""

from __future__ import annotations

import numpy as np

from engine.plotting.cells.states import unit_heat_map
from tests.plotly_figures import as_plotly

CHARACTER = 6  # pixels at most of one in the font of notes


def test_the_name_of_the_marked_unit_does_not_stand_on_the_axis_title() -> None:
    marked = unit_heat_map(
        np.zeros((3, 400)),
        range(400),
        list("abc"),
        first=0,
        position=1,
        unit=335,
        title="",
        is_switch=True,
        mode="dark",
    )
    (name,) = [note for note in as_plotly(marked).layout.annotations if "unit 335" in note.text]
    assert name.xanchor == "right"
    assert (
        CHARACTER * len(name.text) < as_plotly(marked).layout.yaxis.title.standoff < as_plotly(marked).layout.margin.l
    )
