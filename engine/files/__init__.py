"""Files of texts that a visitor brings: what they hold is told from their content, not from their name.

The names below are imported on first use: a command that reads no file starts without what reads them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.files.formats import read_file, read_text
    from engine.files.text_file import TextFile, Texts

__all__ = ["TextFile", "Texts", "read_file", "read_text"]


def __getattr__(name: str) -> Any:  # the functions and classes named above
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = "formats" if name.startswith("read_") else "text_file"
    return getattr(importlib.import_module(f"{__name__}.{module}"), name)
