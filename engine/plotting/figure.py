"""A figure as plain values, the way plotly's script in the browser reads them.

Plotly's own Python objects look at every property when it is set, which took a quarter of all the time of the server's
interpreter; here nothing is looked at, and the tests hand every figure that they meet to plotly's schema instead. The
methods have plotly's names and do what theirs do, as far as figures here need them.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Property = Any  # of a trace, an axis, ..., as plotly reads it: each has its own kind of value
Trace = dict[str, Property]
Row = Any  # the number of a panel from 1 on, None where there is one; it comes among the properties of traces

_WHOLE = ("error_x", "error_y", "paper_bgcolor", "plot_bgcolor")  # every other underscore leads one property deeper
_ARRAYS = {f"{kind}{size}": f"{kind[0]}{size // 8}" for kind in ("int", "uint") for size in (8, 16, 32)}
_ARRAYS |= {"float32": "f4", "float64": "f8"}


@dataclass(frozen=True)
class Drawn:
    """A figure as the browser gets it, to be kept and sent again: its JSON, and its height in pixels."""

    spec: str
    height: int


class Figure:
    """Traces over a layout, in one panel or in several below each other."""

    def __init__(self, data: Sequence[Trace] = (), layout: Trace | None = None) -> None:
        self.data: list[Trace] = list(data)
        self.layout: Trace = dict(layout or {})

    def copy(self) -> Figure:
        """Return a figure of its own with the same contents: whatever is updated there stays as it is here."""
        return Figure([dict(trace) for trace in self.data], self.layout)

    @property
    def panels(self) -> int:
        """How many panels lie below each other."""
        return sum(name.startswith("xaxis") for name in self.layout)

    def add_trace(self, trace: Trace, row: Row = None) -> None:
        """Add a trace, to the panel in `row` (from 1) where there are several."""
        where = {} if row is None else {"xaxis": _axis("x", row), "yaxis": _axis("y", row)}
        self.data.append(_nested(trace) | where)

    def add_traces(self, traces: Sequence[Trace]) -> None:
        """Add several traces."""
        for trace in traces:
            self.add_trace(trace)

    def add_scatter(self, row: Row = None, **properties: Property) -> None:
        """Add lines, marks or texts."""
        self.add_trace({"type": "scatter"} | properties, row)

    def add_bar(self, row: Row = None, **properties: Property) -> None:
        """Add bars."""
        self.add_trace({"type": "bar"} | properties, row)

    def add_heatmap(self, row: Row = None, **properties: Property) -> None:
        """Add a heat map."""
        self.add_trace({"type": "heatmap"} | properties, row)

    def add_shape(self, **properties: Property) -> None:
        """Add one shape; many are given to `update_layout` at once."""
        self.layout["shapes"] = [*self.layout.get("shapes", ()), _nested(properties)]

    def add_hline(self, y: float, row: Row = None, **look: Property) -> None:
        """Draw a line across a panel, or across every one."""
        self._add_across("y", {"type": "line", "y0": y, "y1": y}, look, row)

    def add_vline(self, x: float, row: Row = None, **look: Property) -> None:
        """Draw a line from the bottom of a panel to its top, or of every one."""
        self._add_across("x", {"type": "line", "x0": x, "x1": x}, look, row)

    def add_hrect(self, y0: float, y1: float, row: Row = None, **look: Property) -> None:
        """Shade what lies between two values across a panel, or across every one."""
        self._add_across("y", {"type": "rect", "y0": y0, "y1": y1}, look, row)

    def add_vrect(self, x0: float, x1: float, row: Row = None, **look: Property) -> None:
        """Shade what lies between two values from the bottom of a panel to its top, or of every one."""
        self._add_across("x", {"type": "rect", "x0": x0, "x1": x1}, look, row)

    def _add_across(self, axis: str, place: Trace, look: Trace, row: int | None) -> None:
        other = "x" if axis == "y" else "y"
        for panel in range(1, self.panels + 1) if row is None else (row,):
            within = {f"{axis}ref": _axis(axis, panel), f"{other}ref": f"{_axis(other, panel)} domain"}
            self.add_shape(**(place | {f"{other}0": 0, f"{other}1": 1} | within | look))

    def add_annotation(self, **properties: Property) -> None:
        """Write a text."""
        self.layout["annotations"] = [*self.layout.get("annotations", ()), _nested(properties)]

    def update_layout(self, **properties: Property) -> None:
        """Change properties of the layout; those of axes, margins, ... one by one, lists as a whole."""
        self.layout = _merged(self.layout, _nested(properties))

    def update_xaxes(self, given: Trace | None = None, /, row: Row = None, **properties: Property) -> None:
        """Change properties of the x axis of the panel in `row`, or of all."""
        self._update_axes("xaxis", (given or {}) | properties, row)

    def update_yaxes(self, given: Trace | None = None, /, row: Row = None, **properties: Property) -> None:
        """Change properties of the y axis of the panel in `row`, or of all."""
        self._update_axes("yaxis", (given or {}) | properties, row)

    def _update_axes(self, axis: str, properties: Trace, row: int | None) -> None:
        names = [name for name in self.layout if name.startswith(axis)] if row is None else [_axis(axis, row)]
        self.update_layout(**dict.fromkeys(names, _nested(properties)))

    def update_annotations(self, **properties: Property) -> None:
        """Change properties of all texts."""
        texts = self.layout.get("annotations", ())
        self.update_layout(annotations=[_merged(text, _nested(properties)) for text in texts] or None)

    def update_traces(self, kind: str | None = None, **properties: Property) -> None:
        """Change properties of all traces, or of those of one type."""
        change = _nested(properties)
        self.data = [_merged(trace, change) if kind in (None, trace["type"]) else trace for trace in self.data]

    def to_dict(self) -> Trace:
        """Return the figure as JSON knows values; properties that are None, or have none, are left out."""
        return {"data": [_plain(trace) for trace in self.data], "layout": _plain(self.layout)}

    def to_json(self) -> str:
        """Return the figure as the browser gets it."""
        plain = self.to_dict()
        try:
            return _dumped(plain)
        except ValueError:  # among the numbers of a list is one that is none: JSON has null for it
            return _dumped(_finite(plain))

    def drawn(self) -> Drawn:
        """Return the figure as it is sent; what is changed afterwards is another one."""
        return Drawn(self.to_json(), self.layout["height"])


def _axis(name: str, row: int) -> str:
    return name if row == 1 else f"{name}{row}"


def _nested(properties: Mapping[str, Property]) -> Trace:
    """Return the properties with "title_text" as "text" of the title."""
    found: Trace = {}
    for name, value in properties.items():
        first, _, rest = name.partition("_")
        if rest and name not in _WHOLE:
            name, value = first, _nested({rest: value})
        found[name] = _merged(found.get(name), value)
    return found


def _merged(old: Property, new: Property) -> Property:
    """Return what a property is after an update: of what has properties itself each is updated."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return new
    return old | {name: _merged(old.get(name), value) for name, value in new.items()}


def _plain(value: Property, name: str = "") -> Property:
    if isinstance(value, dict):
        found = ((key, _plain(each, key)) for key, each in value.items() if each is not None)
        return {key: each for key, each in found if not (isinstance(each, dict) and not each)}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value] if value and isinstance(value[0], dict) else value
    if isinstance(value, np.generic) or not hasattr(value, "__array__"):
        return value
    return _array(np.asarray(value), name)


def _array(values: np.ndarray, name: str) -> Property:
    """Return an array as the browser reads it fastest: its bytes, of whole numbers in the smallest type that holds
    them."""
    if values.dtype.name in ("int64", "uint64") and values.size:
        low, high = values.min(), values.max()
        kinds = [np.dtype(values.dtype.name.replace("64", str(size))) for size in (8, 16, 32)]
        fitting = [kind for kind in kinds if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max]
        values = values.astype(fitting[0]) if fitting else values
    if name == "range" or values.dtype.name not in _ARRAYS or not values.size:
        return values.tolist()
    packed = base64.b64encode(values.tobytes()).decode("ascii")
    found: Trace = {"dtype": _ARRAYS[values.dtype.name], "bdata": packed}
    return found if values.ndim == 1 else found | {"shape": ", ".join(map(str, values.shape))}


def _dumped(plain: Trace) -> str:
    return json.dumps(plain, default=_scalar, separators=(",", ":"), allow_nan=False)


def _scalar(value: Property) -> Property:
    """Return a number or an array of numpy in a list as Python has it.

    Raises:
        TypeError: it is neither.
    """
    if not hasattr(value, "tolist"):
        raise TypeError(f"A figure cannot hold a {type(value).__name__}.")
    return value.tolist()


def _finite(value: Property) -> Property:
    if isinstance(value, dict):
        return {name: _finite(each) for name, each in value.items()}
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
