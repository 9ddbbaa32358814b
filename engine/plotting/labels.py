"""Text on figures exactly as it was typed: plotly reads labels as a small HTML, visitors' words must not be."""

from __future__ import annotations

import html
from collections.abc import Iterable


def plain_label(text: str, max_characters: int = 0) -> str:
    """Return `text` so that plotly draws it letter for letter; longer than `max_characters` ends in an ellipsis."""
    if max_characters and len(text) > max_characters:
        text = text[: max_characters - 1] + "\N{HORIZONTAL ELLIPSIS}"
    # A dollar sign at both ends would be taken for a formula: the zero-width space keeps it text.
    escaped = html.escape(text, quote=False)
    return "\N{ZERO WIDTH SPACE}" + escaped if escaped.startswith("$") else escaped


def plain_labels(texts: Iterable[str], max_characters: int = 0) -> list[str]:
    """Return every text of `texts` as `plain_label` does."""
    return [plain_label(text, max_characters) for text in texts]
