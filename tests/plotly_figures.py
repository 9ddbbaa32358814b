"""Figures as plotly's own objects, which look at every property: our own do not, so that pages need not wait for it."""

from __future__ import annotations

import base64
import json
from functools import lru_cache
from typing import Any

import numpy as np
import plotly.graph_objects as go

from engine.plotting.figure import Figure


def as_plotly(figure: Figure) -> go.Figure:
    """Return a figure as it is sent, the way plotly reads it.

    Raises:
        ValueError: plotly knows no such property, or does not allow its value.
    """
    return read(figure.to_json())


@lru_cache(maxsize=256)
def read(spec: str) -> go.Figure:
    """Return a figure that is already JSON, as `as_plotly`."""
    return go.Figure(decoded(json.loads(spec)))


def decoded(value: Any) -> Any:
    """Return a figure's plain values with its arrays, which are sent as their bytes, as arrays of numpy."""
    if isinstance(value, dict) and "bdata" in value:
        array = np.frombuffer(base64.b64decode(value["bdata"]), dtype=value["dtype"])
        shape = value.get("shape")
        return array.reshape([int(size) for size in shape.split(",")] if shape else -1)
    if isinstance(value, dict):
        return {key: decoded(part) for key, part in value.items()}
    return [decoded(part) for part in value] if isinstance(value, list) else value
