"""Figures of one distribution over the next token: what the network gave, and what the sampling settings made of it."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from engine.plotting import theme
from engine.plotting.labels import plain_label
from engine.plotting.theme import Mode

SPACE, LINE_BREAK, TAB = "\N{OPEN BOX}", "\N{DOWNWARDS ARROW WITH CORNER LEFTWARDS}", "\N{RIGHTWARDS ARROW TO BAR}"
_VISIBLE = {" ": SPACE, "\n": LINE_BREAK, "\t": TAB}


def visible_token(token: str) -> str:
    """Return a token as it can be read on an axis: white space gets a sign."""
    return _VISIBLE.get(token, token)


def next_token_bars(
    frame: pd.DataFrame, *, mode: Mode, architecture: str = "baseline", top: int = 14, height: int = 320
) -> go.Figure:
    """Return bars of the probability each token is drawn with, and marks for what the network itself gave.

    Args:
        frame: one row per token with columns `token`, `probability_before` (softmax of the logits as they are) and
            `probability_after` (after temperature, top-k and top-p).
        top: how many of the likeliest tokens are drawn.
    """
    style = theme.architecture_style(architecture, mode)
    likeliest = frame.assign(most=frame[["probability_before", "probability_after"]].max(axis=1))
    likeliest = likeliest.sort_values(["most", "token"], ascending=[False, True]).head(top)
    labels = [plain_label(visible_token(token)) for token in likeliest["token"]]
    figure = theme.blank_figure(mode, x_title="Next character", y_title="Probability (%)", height=height)
    figure.add_bar(
        x=labels,
        y=100 * likeliest["probability_after"],
        name="After your settings",
        marker={"color": style.colour},
        hovertemplate="%{x}: %{y:.2f} % after your settings<extra></extra>",
    )
    figure.add_scatter(
        x=labels,
        y=100 * likeliest["probability_before"],
        name="As the network gave it",
        mode="markers",
        marker={"symbol": "line-ew-open", "size": 16, "color": theme.ink(mode), "line": {"width": 2.5}},
        hovertemplate="%{x}: %{y:.2f} % from the network<extra></extra>",
    )
    # Digits among the labels must stay names: plotly would turn "1", "2" into a number axis.
    figure.update_xaxes(type="category", tickangle=0)
    figure.update_yaxes(rangemode="tozero")
    return figure


def describe_next_tokens(frame: pd.DataFrame, top: int = 3) -> str:
    """Return the alternative text of `next_token_bars`: the likeliest tokens with their probabilities, in words."""
    drawable = frame[frame["probability_after"] > 0]
    after = drawable.sort_values("probability_after", ascending=False).head(top)
    before = frame.sort_values("probability_before", ascending=False).head(top)
    return (
        f"Bars of the chance of each next character. After your settings the likeliest: {_listed(after, 'after')}; "
        f"as the network gave it: {_listed(before, 'before')}. {len(drawable)} of {len(frame)} "
        f"characters can still be drawn."
    )


def _listed(frame: pd.DataFrame, when: str) -> str:
    pairs = zip(frame["token"], frame[f"probability_{when}"], strict=True)
    return ", ".join(f"{visible_token(token)} {100 * share:.1f} %" for token, share in pairs)
