"""What each direction of a tagger adds at one word, and how two taggers' errors differ by type and by place in an
entity."""

from __future__ import annotations

import pandas as pd

from engine.plotting import theme
from engine.plotting.classification.prefix_predictions import HALVES
from engine.plotting.figure import Figure
from engine.plotting.labels import name_rows, plain_label, plain_labels
from engine.plotting.marks import add_marks, add_strokes, joined
from engine.plotting.tagging.entity_scores import BUILDS, Build
from engine.plotting.theme import Mode

ROW_PIXELS = 30
TAGS_SHOWN = 8
_NAMES = {
    "forward half (read from the left)": "forward",
    "backward half (read from the right)": "backward",
    "joined, with the bias": "both",
}


def halves_figure(frame: pd.DataFrame, *, mode: Mode) -> Figure:
    """Return per tag a mark for what each half adds and one for the sum; the first TAGS_SHOWN rows, best first.

    Args:
        frame: columns tag, forward, backward, bias, both, in nats above the mean over the tags.
    """
    shown = frame.head(TAGS_SHOWN)
    rows = list(range(len(shown)))
    figure = theme.blank_figure(mode, x_title="nats above the mean of all tags", height=ROW_PIXELS * len(shown) + 130)
    between = joined(shown["forward"], shown["backward"])
    add_strokes(figure, between, joined(rows, rows), theme.muted(mode), 1)
    looks = {column: (half.marker, 12, half.colour(mode)) for column, half in HALVES.items()}
    looks["both"] = "diamond", 12, theme.ink(mode)
    tags = plain_labels(shown["tag"])
    for name, column in _NAMES.items():
        said = {"text": tags, "hovertemplate": f"%{{text}}: %{{x:+.2f}}<extra>{name}</extra>"}
        add_marks(figure, shown[column], rows, looks[column], name=name, **said)
    figure.add_vline(x=0, line={"color": theme.muted(mode), "width": 1})
    name_rows(figure, tags, showgrid=None)
    figure.update_layout(hovermode="closest", margin={"t": 70})
    return figure


def describe_halves(word: str, frame: pd.DataFrame) -> str:
    """Return the alternative text of `halves_figure`: the best tag of each half and of their sum, with the numbers."""
    best = {column: frame.loc[frame[column].idxmax()] for column in ("forward", "backward", "both")}
    return (
        f"What each half adds for each tag of “{word}”, in nats above the mean. The forward half speaks most for "
        f"{best['forward']['tag']} "
        f"({best['forward']['forward']:+.2f}), the backward half for {best['backward']['tag']} "
        f"({best['backward']['backward']:+.2f}), the sum for "
        f"{best['both']['tag']} ({best['both']['both']:+.2f})."
    )


def shares_figure(
    frame: pd.DataFrame, row: str, names: tuple[str, str], builds: tuple[Build, Build], *, mode: Mode, x_title: str
) -> Figure:
    """Return per row two shares joined by a line: a bidirectional tagger's and a forward-only one's.

    Args:
        frame: columns `row` (what a row is called), share and share_other, 0 to 1.
        builds: how the two are built, for their marks.
    """
    rows, labels = list(range(len(frame))), plain_labels(frame[row])
    figure = theme.blank_figure(mode, x_title=x_title, height=ROW_PIXELS * len(frame) + 110)
    between = joined(100 * frame["share"], 100 * frame["share_other"])
    add_strokes(figure, between, joined(rows, rows), theme.muted(mode), 2)
    for name, column, build in zip(names, ("share", "share_other"), builds, strict=True):
        style = BUILDS[build]
        label = plain_label(name)
        said = {"text": labels, "hovertemplate": f"%{{text}}: %{{x:.1f}} %<extra>{label}</extra>"}
        add_marks(figure, 100 * frame[column], rows, (style.marker, 12, style.colour(mode)), name=label, **said)
    name_rows(figure, labels, showgrid=None)
    figure.update_xaxes(rangemode="normal")
    figure.update_layout(hovermode="closest")
    return figure
