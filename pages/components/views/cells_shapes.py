"""What the tool "Shapes and counts" keeps in the Cells page's URL: the engine's own settings, with their bounds."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from engine.inspection.cells.layer_shapes import LayerSettings

_SETTINGS = {field.name: field for field in dataclasses.fields(LayerSettings)}


def _same(name: str) -> Any:
    return dataclasses.field(default=_SETTINGS[name].default, metadata=_SETTINGS[name].metadata)


@dataclass(frozen=True)
class ShapesView:
    """What a torch.nn layer is built with and given to read."""

    shapes_kind: str = _same("kind")
    shapes_input_size: int = _same("input_size")
    shapes_hidden_size: int = _same("hidden_size")
    shapes_num_layers: int = _same("num_layers")
    shapes_bidirectional: bool = _same("bidirectional")
    shapes_batch_first: bool = _same("batch_first")
    shapes_batch_size: int = _same("batch_size")
    shapes_length: int = _same("length")
