"""Words with marks that can be clicked, neighbours by how near they are, and how far two sentences' states lie
apart."""

from __future__ import annotations

from collections.abc import Sequence

from engine.plotting import theme
from engine.plotting.figure import Figure
from engine.plotting.labels import bold_where, name_rows, plain_label, plain_labels
from engine.plotting.marks import STILL, add_strokes
from engine.plotting.theme import Mode

PER_ROW = 6
ROW_HEIGHT = 52
MAX_LABEL = 12
MAX_PLACES = 60
DIFFERS = "\N{NOT EQUAL TO}"


def word_marks(words: Sequence[str], chosen: int, values: Sequence[str], *, mode: Mode) -> Figure:
    """Return a sentence's words, each under a mark that gives its value when clicked; the chosen one (from 0) is a
    diamond."""
    rows = -(-len(words) // PER_ROW)
    is_chosen = [position == chosen for position in range(len(words))]
    figure = theme.blank_figure(mode, height=ROW_HEIGHT * rows + 16)
    figure.add_scatter(
        x=[position % PER_ROW for position in range(len(words))],
        y=[position // PER_ROW for position in range(len(words))],
        mode="markers+text",
        textposition="bottom center",
        customdata=list(values),
        cliponaxis=False,
        text=bold_where(plain_labels(words, MAX_LABEL), is_chosen),
        textfont={"size": 13, "color": theme.ink(mode)},
        marker=_marker(is_chosen, mode),
        hovertext=plain_labels(words),
        hovertemplate="%{hovertext}<extra></extra>",
        **STILL,
    )
    figure.update_xaxes(visible=False, range=[-0.6, PER_ROW - 0.4])
    figure.update_yaxes(visible=False, range=[rows - 0.25, -0.4])
    figure.update_layout(margin={"l": 4, "r": 4, "t": 4, "b": 4}, clickmode="event+select", showlegend=False)
    return figure


def neighbour_marks(
    words: Sequence[str], cosines: Sequence[float], notes: Sequence[str], chosen: str, *, mode: Mode
) -> Figure:
    """Return the neighbours of a word from top to bottom, each at its cosine and with its note; a click gives the
    word."""
    is_chosen = [word == chosen for word in words]
    figure = theme.blank_figure(mode, x_title="nearness (cosine of the embeddings)", height=28 * len(words) + 70)
    for position, cosine in enumerate(cosines):
        add_strokes(figure, [0, cosine], [position, position], theme.grid(mode), 2, showlegend=None)
    figure.add_scatter(
        x=list(cosines),
        y=list(range(len(words))),
        mode="markers+text",
        textposition="middle right",
        customdata=list(words),
        text=[f"  {plain_label(note)}" for note in notes],
        textfont={"size": 12, "color": theme.muted(mode)},
        cliponaxis=False,
        marker=_marker(is_chosen, mode),
        hovertext=[f"{word}: {cosine:.3f}" for word, cosine in zip(plain_labels(words), cosines, strict=True)],
        hovertemplate="%{hovertext}<extra></extra>",
        **STILL,
    )
    name_rows(figure, bold_where(plain_labels(words, MAX_LABEL), is_chosen), zeroline=False)
    figure.update_xaxes(range=[min(0.0, *cosines), 1.25 * max(0.1, *cosines)])
    figure.update_layout(clickmode="event+select", showlegend=False, margin={"t": 8})
    return figure


def state_cosines(
    first: Sequence[str | None], second: Sequence[str | None], cosines: Sequence[float | None], *, mode: Mode
) -> Figure:
    """Return the cosine of two sentences' states at each place, from top to bottom; ≠ and a diamond mark pieces that
    differ.

    Places after MAX_PLACES are left out; one that only one sentence has shows no mark.
    """
    first, second, cosines = first[:MAX_PLACES], second[:MAX_PLACES], cosines[:MAX_PLACES]
    differs = [one != two for one, two in zip(first, second, strict=True)]
    labels = [_pair_label(one, two) for one, two in zip(first, second, strict=True)]
    known = [cosine for cosine in cosines if cosine is not None]
    figure = theme.blank_figure(mode, x_title="cosine of the states (1: the same)", height=24 * len(labels) + 70)
    figure.add_scatter(
        x=cosines,
        y=list(range(len(labels))),
        mode="lines+markers",
        line={"color": theme.muted(mode), "width": 1},
        marker=_marker(differs, mode),
        text=labels,
        hovertemplate="%{text}: %{x:.4f}<extra></extra>",
        connectgaps=True,
        cliponaxis=False,
    )
    name_rows(figure, labels, zeroline=False)
    figure.update_xaxes(range=[min([0.9, *known]) - 0.03, 1.02])
    figure.update_layout(showlegend=False, margin={"t": 8})
    return figure


def _pair_label(one: str | None, two: str | None) -> str:
    if one == two:
        return plain_label(one or "", MAX_LABEL)
    return f"<b>{plain_label(one or '–', MAX_LABEL)} {DIFFERS} {plain_label(two or '–', MAX_LABEL)}</b>"


def _marker(is_special: Sequence[bool], mode: Mode) -> dict[str, object]:
    return {
        "opacity": 1,
        "size": [14 if special else 9 for special in is_special],
        "symbol": ["diamond" if special else "circle" for special in is_special],
        "color": [theme.accent(mode) if special else theme.muted(mode) for special in is_special],
    }
