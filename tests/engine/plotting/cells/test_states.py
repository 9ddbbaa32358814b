"""Maps of a layer's units: the mark of the chosen unit has room of its own beside the map."""

from __future__ import annotations

import numpy as np

from engine.plotting.cells.states import unit_heat_map


def test_the_name_of_the_marked_unit_does_not_stand_on_the_axis_title() -> None:
    marked = unit_heat_map(
        np.zeros((3, 4)), [2, 0, 1, 3], list("abc"), first=0, position=1, unit=0, title="", is_switch=True, mode="light"
    )
    (name,) = [note for note in marked.layout.annotations if "unit 0" in note.text]
    assert name.xanchor == "right"
    assert 7 * len(name.text) < marked.layout.yaxis.title.standoff < marked.layout.margin.l
