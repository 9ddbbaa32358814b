"""Models, one file each, all written against the step protocol of `engine.models.base`.

The names below are imported on first use: listing model folders (`engine.models.folder`) must not cost an import of
    torch.
"""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["MODELS", "PretrainedModel", "StepModel", "select"]


def __getattr__(name: str) -> Any:  # whatever the module has under this name
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from engine.registry import discover

    discover(__name__)
    return getattr(importlib.import_module("engine.models.base"), name)
