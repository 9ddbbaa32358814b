"""How a network is named on a page: its marker in its colour, its architecture, and what its card says it measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from engine.models.folder import ModelInfo
from engine.plotting import theme

# Markdown's named colours are set to the architectures' colours in .streamlit/config.toml.
_MARKS = {
    "rnn": ":orange[▲]",
    "lstm": ":blue[●]",
    "gru": ":green[■]",
    "transformer": ":violet[◆]",
    "minimal": ":yellow[⬟]",
}
_ORDER = {name: place for place, name in enumerate(theme.architecture_names())}


def in_order(models: list[ModelInfo]) -> list[ModelInfo]:
    """Return models in the order architectures are always listed in."""
    return sorted(models, key=lambda info: (_ORDER.get(info.architecture, len(_ORDER)), info.name))


def mark(architecture: str) -> str:
    """Return an architecture's marker in its colour, as Markdown."""
    return _MARKS.get(architecture, ":gray[✕]")


def title(architecture: str) -> str:
    """Return an architecture's marker and label, as Markdown."""
    return f"{mark(architecture)} **{theme.architecture_label(architecture)}**"


def find_metric(metrics: Mapping[str, Any], name: str) -> float | None:
    """Return the first number called `name` in a card's metrics, however they are grouped."""
    if isinstance(metrics.get(name), int | float):
        return float(metrics[name])
    groups = (value for value in metrics.values() if isinstance(value, Mapping))
    return next((found for found in (find_metric(group, name) for group in groups) if found is not None), None)


def show(info: ModelInfo) -> None:
    """Draw the heading of a language model: what it is, what it scored, how large it is."""
    score = find_metric(info.metrics, "nats_per_character")
    facts = [f"{score:.3f} nats per character"] if score is not None else ["not yet measured"]
    facts.append(f"{info.parameters / 1e6:.2f} M parameters")
    st.markdown(title(info.architecture))
    st.caption(" · ".join(facts))
