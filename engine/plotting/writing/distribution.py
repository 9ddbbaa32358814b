"""Figures of one distribution over the next token: what the network gave, and what the sampling settings made of it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from engine.plotting import theme
from engine.plotting.figure import Figure
from engine.plotting.labels import plain_labels
from engine.plotting.marks import UNSEEN, add_marks, panels
from engine.plotting.theme import Mode
from engine.wording import percent

SPACE, LINE_BREAK, TAB = "\N{OPEN BOX}", "\N{DOWNWARDS ARROW WITH CORNER LEFTWARDS}", "\N{RIGHTWARDS ARROW TO BAR}"
_VISIBLE = {" ": SPACE, "\n": LINE_BREAK, "\t": TAB}


def visible_token(token: str) -> str:
    """Return a token as it can be read on an axis: white space gets a sign, inside a piece too."""
    return "".join(_VISIBLE.get(character, character) for character in token)


def next_token_bars(
    frame: pd.DataFrame,
    *,
    mode: Mode,
    architecture: str = "baseline",
    top: int = 14,
    height: int = 320,
    noun: str = "character",
) -> Figure:
    """Return bars of the probability each token is drawn with, and marks for what the network itself gave.

    Args:
        frame: one row per token with columns `token`, `probability_before` (softmax of the logits as they are) and
            `probability_after` (after temperature, top-k and top-p).
        top: how many of the likeliest tokens are drawn.
        noun: what one token is called.
    """
    style = theme.architecture_style(architecture, mode)
    likeliest, labels = _likeliest(frame, ["probability_before", "probability_after"], top)
    figure = theme.blank_figure(mode, x_title=f"Next {noun}", y_title="Probability (%)", height=height)
    figure.add_bar(
        x=labels,
        y=100 * likeliest["probability_after"],
        name="After your settings",
        marker={"color": style.colour},
        hovertemplate="%{x}: %{y:.2f} % after your settings<extra></extra>",
    )
    look = ("line-ew-open", 16, theme.ink(mode))
    said = {"name": "Before your settings", "hovertemplate": "%{x}: %{y:.2f} % before your settings<extra></extra>"}
    add_marks(figure, labels, 100 * likeliest["probability_before"], look, 2.5, **said)
    # Digits among the labels must stay names: plotly would turn "1", "2" into a number axis.
    figure.update_xaxes(type="category", tickangle=0, fixedrange=None)
    figure.update_yaxes(rangemode="tozero", fixedrange=None)
    return figure


def openness_along(
    frame: pd.DataFrame, position: int, *, mode: Mode, architecture: str = "baseline", height: int = 260
) -> Figure:
    """Return how open the choice was along a text, before and after the settings, with a mark at `position`.

    Args:
        frame: columns `position` (characters read), `entropy_before`, `entropy_after` (nats), `mass_cut` (0 to 1).
    """
    style, hover = theme.architecture_style(architecture, mode), "after character %{x}: %{y:.2f} nats"
    figure = theme.blank_figure(mode, x_title="Characters read", y_title="Entropy (nats)", height=height)
    before = {"color": theme.muted(mode), "width": 1.5, "dash": "dot"}
    lines = [
        ("entropy_before", "Before your settings", before),
        ("entropy_after", "After your settings", {"color": style.colour, "width": 1.5}),
    ]
    for column, name, line in lines:
        figure.add_scatter(
            x=frame["position"],
            y=frame[column],
            name=name,
            mode="lines+markers",
            line=line,
            customdata=frame["position"],
            marker={"size": 12, "opacity": 0},
            **UNSEEN,  # only markers hear clicks
            hovertemplate=f"{hover}<extra>{name}</extra>",
        )
    figure.add_vline(x=position, line={"color": theme.ink(mode), "width": 1.5, "dash": "dash"})
    figure.update_layout(clickmode="event+select")
    figure.update_xaxes(range=[0, max(1, frame["position"].max())])
    figure.update_yaxes(rangemode="tozero")
    return figure


def describe_openness(frame: pd.DataFrame, position: int) -> str:
    """Return the alternative text of `openness_along`."""
    here = frame.iloc[(frame["position"] - position).abs().argmin()]
    return (
        f"Entropy along the text: {frame['entropy_before'].mean():.2f} nats on average before your settings, "
        f"{frame['entropy_after'].mean():.2f} after your settings, which cut away "
        f"{percent(frame['mass_cut'].mean())} of the chances; "
        f"after character {here['position']:.0f}: {here['entropy_before']:.2f} and {here['entropy_after']:.2f} nats."
    )


STAGES = {
    "network": ("probability_before", "Before your settings"),
    "temperature": ("probability_temperature", "After temperature"),
    "top_k": ("probability_top_k", "After top-k"),
    "top_p": ("probability_after", "After top-p"),
}


def stage_bars(
    frame: pd.DataFrame, stages: pd.DataFrame, *, mode: Mode, architecture: str = "baseline", top: int = 14
) -> Figure:
    """Return a panel of bars per stage on the way from the network to the draw; what a stage has cut away is marked by
    a cross.

    Args:
        frame: one row per token: `token` and the columns that `STAGES` names.
        stages: one row per stage: `stage`, `tokens` that can still be drawn, `entropy` in nats, `mass_cut` (0 to 1).
        top: how many of the tokens likeliest at any stage are drawn.
    """
    columns = [column for column, _ in STAGES.values()]
    likeliest, labels = _likeliest(frame, columns, top)
    titles = [_stage_title(row) for row in stages.itertuples()]
    figure = panels(titles, mode=mode, height=560, spacing=0.08)
    colour, grey = theme.architecture_style(architecture, mode).colour, theme.muted(mode)
    height = 4 * likeliest[columns].max().max()  # of the crosses, in per cent: clear of the labels below
    for row, (name, (column, title)) in enumerate(STAGES.items(), start=1):
        figure.add_bar(
            x=labels,
            y=100 * likeliest[column],
            marker={"color": grey if name == "network" else colour},
            hovertemplate=f"%{{x}}: %{{y:.2f}} %<extra>{title}</extra>",
            showlegend=False,
            row=row,
        )
        is_cut = (likeliest[column] == 0).to_numpy()
        if name in ("top_k", "top_p") and is_cut.any():
            x = [label for label, cut in zip(labels, is_cut, strict=True) if cut]
            look = ("x-thin-open", 9, theme.ink(mode))
            said = {"cliponaxis": False, "showlegend": False, "hovertemplate": "%{x}: cut away<extra></extra>"}
            add_marks(figure, x, [height] * len(x), look, 2, row, **said)
    figure.update_xaxes(type="category", tickangle=0)
    figure.update_yaxes(rangemode="tozero", nticks=4, ticksuffix=" %", matches="y")
    return figure


def _likeliest(frame: pd.DataFrame, columns: list[str], top: int) -> tuple[pd.DataFrame, list[str]]:
    """Return the rows of the `top` tokens likeliest in any of the columns, and how their tokens are written."""
    order = frame.assign(most=frame[columns].max(axis=1)).sort_values(["most", "token"], ascending=[False, True])
    likeliest = order.head(top)
    return likeliest, plain_labels(map(visible_token, likeliest["token"]))


def _stage_title(row: Any) -> str:  # pandas makes the row's class
    cut = f", {percent(row.mass_cut)} cut away" if row.stage in ("top_k", "top_p") else ""
    return f"{STAGES[row.stage][1]} · {row.tokens} possible, {row.entropy:.2f} nats{cut}"


def describe_stages(stages: pd.DataFrame) -> str:
    """Return the alternative text of `stage_bars`: tokens left, entropy and what was cut, stage by stage."""
    parts = []
    for row in stages.itertuples():
        cut = f", {percent(row.mass_cut)} of the chances cut away" if row.stage in ("top_k", "top_p") else ""
        parts.append(f"{STAGES[row.stage][1].lower()} {row.tokens} possible, entropy {row.entropy:.2f} nats{cut}")
    return f"Bars of the chances at each stage: {'; '.join(parts)}."


def describe_next_tokens(frame: pd.DataFrame, top: int = 3, noun: str = "character") -> str:
    """Return the alternative text of `next_token_bars`: the likeliest tokens with their probabilities, in words."""
    drawable = frame[frame["probability_after"] > 0]
    after = drawable.sort_values("probability_after", ascending=False).head(top)
    before = frame.sort_values("probability_before", ascending=False).head(top)
    return (
        f"Bars of the chance of each next {noun}. After your settings the likeliest: {_listed(after, 'after')}; "
        f"before your settings: {_listed(before, 'before')}. {len(drawable)} of {len(frame)} "
        f"{noun}s can still be drawn."
    )


def _listed(frame: pd.DataFrame, when: str) -> str:
    pairs = zip(frame["token"], frame[f"probability_{when}"], strict=True)
    return ", ".join(f"{visible_token(token)} {percent(share)}" for token, share in pairs)
