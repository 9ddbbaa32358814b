"""The compression duel as bars: bytes per coder, smallest first, models in their colours, archivers hatched."""

from __future__ import annotations

import pandas as pd

from engine.plotting import theme
from engine.plotting.figure import Figure
from engine.plotting.labels import plain_labels
from engine.plotting.theme import Mode

ROW_HEIGHT = 34


def compression_bars(frame: pd.DataFrame, *, mode: Mode) -> Figure:
    """Return one bar of bytes per coder, the smallest on top.

    Args:
        frame: columns `coder`, `bytes`, and `architecture`, which is "" for what is no model.
    """
    ordered = frame.sort_values("bytes", ascending=False, kind="stable")
    figure = theme.blank_figure(
        mode, x_title="Bytes, every one the decoder needs", height=90 + ROW_HEIGHT * len(ordered)
    )
    kinds = {"Model": ordered["architecture"] != "", "Made for any file": ordered["architecture"] == ""}
    for name, rows in kinds.items():
        part = ordered[rows]
        if part.empty:
            continue
        styles = [theme.architecture_style(architecture or "baseline", mode) for architecture in part["architecture"]]
        figure.add_bar(
            y=plain_labels(part["coder"]),
            x=part["bytes"],
            orientation="h",
            name=name,
            marker={
                "color": [style.colour for style in styles],
                "pattern": {"shape": "" if name == "Model" else "/", "fgcolor": theme.background(mode), "size": 6},
            },
            text=[f"{count:,}" for count in part["bytes"]],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{x:,} bytes<extra></extra>",
        )
    labels = plain_labels(ordered["coder"])
    figure.update_yaxes(type="category", categoryorder="array", categoryarray=labels, showgrid=False)
    figure.update_xaxes(range=[0, 1.16 * max(ordered["bytes"].max(), 1)], showgrid=True)
    figure.update_layout(showlegend=False)
    return figure


def describe_compression(frame: pd.DataFrame) -> str:
    """Return the alternative text of `compression_bars`: every coder's bytes, smallest first."""
    ordered = frame.sort_values("bytes", kind="stable")
    listed = ", ".join(f"{row.coder} {row.bytes:,}" for row in ordered.itertuples())
    return f"Bars of the bytes each coder needs for the same text, smallest first: {listed}."
