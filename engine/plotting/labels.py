"""Labels letter for letter, as plotly reads them as a small HTML and words must not be; and colour scales."""

from __future__ import annotations

import html
from collections.abc import Iterable

from engine.plotting import theme
from engine.plotting.theme import Mode


def plain_label(text: str, max_characters: int = 0) -> str:
    """Return `text` so that plotly draws it letter for letter; beyond `max_characters` it ends in an ellipsis."""
    if max_characters and len(text) > max_characters:
        text = text[: max_characters - 1] + "\N{HORIZONTAL ELLIPSIS}"
    # A dollar sign at both ends would be taken for a formula: the zero-width space keeps it text.
    escaped = html.escape(text, quote=False)
    return "\N{ZERO WIDTH SPACE}" + escaped if escaped.startswith("$") else escaped


def plain_labels(texts: Iterable[str], max_characters: int = 0) -> list[str]:
    """Return every text of `texts` as `plain_label` does."""
    return [plain_label(text, max_characters) for text in texts]


def scale_below(title: str, mode: Mode) -> dict[str, object]:
    """Return a colour bar that lies below its figure, where it takes no width from it."""
    return {
        "title": {"text": title, "side": "top", "font": {"size": 13, "color": theme.muted(mode)}},
        "orientation": "h",
        "thickness": 10,
        "len": 0.6,
        "x": 0,
        "xanchor": "left",
        "y": 0,
        "yanchor": "top",
        "ypad": 8,
        "xpad": 0,
        "outlinewidth": 0,
        "tickvals": [0, 0.25, 0.5, 0.75, 1],
        "tickfont": {"size": 12, "color": theme.muted(mode)},
    }
