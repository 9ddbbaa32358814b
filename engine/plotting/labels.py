"""Labels letter for letter, as plotly reads them as a small HTML and words must not be: of marks, of rows and columns,
and of colour scales."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from engine.plotting import theme
from engine.plotting.figure import Figure, Property, Trace
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


def bold_where(labels: Iterable[str], is_bold: Iterable[bool]) -> list[str]:
    """Return the labels as they are, those that stand out in bold."""
    return [f"<b>{label}</b>" if bold else label for label, bold in zip(labels, is_bold, strict=True)]


def name_rows(figure: Figure, labels: Sequence[str], room: float = 0.6, /, **more: Property) -> None:
    """Write a label before each row, the first on top (at 0); `room` is left beyond the middle of the outer rows."""
    axis = {"tickvals": list(range(len(labels))), "ticktext": labels, "showgrid": False}
    figure.update_yaxes(axis | {"range": [len(labels) - (1 - room), -room]} | more)


def name_columns(figure: Figure, labels: Sequence[str], room: float = 0.5, /, **more: Property) -> None:
    """Write a label at each column from 0 on; `room` is left beyond the middle of the outer columns."""
    axis = {"tickvals": list(range(len(labels))), "ticktext": labels}
    figure.update_xaxes(axis | {"range": [-room, len(labels) - (1 - room)]} | more)


def scale_below(title: str, mode: Mode, ticks: int | None = None) -> Trace:
    """Return a colour bar that lies below its figure, where it takes no width from it.

    Its ticks are those of a share from 0 to 1 or, for other values, about so many.
    """
    marked = {"tickvals": [0, 0.25, 0.5, 0.75, 1]} if ticks is None else {"nticks": ticks}
    return marked | {
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
        "tickfont": {"size": 12, "color": theme.muted(mode)},
    }
