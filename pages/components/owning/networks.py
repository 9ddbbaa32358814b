"""How a network is named on a page: its marker in its colour, its architecture, and what its card says it measured."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.corpora import CORPORA, terms_of
from engine.models.card import corpora_behind
from engine.models.folder import ModelInfo
from engine.plotting import theme
from engine.task_family import TASK_FAMILIES
from pages.components.computing import cache
from pages.components.drawing import notices
from pages.components.drawing.notices import plain
from pages.components.shell import header

if TYPE_CHECKING:
    import pyarrow as pa

_HEAD = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_USE = re.compile(r"^## Use\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
_FENCE = re.compile(r"^```\w+$", re.MULTILINE)
_HEADING = re.compile(r"^(#{1,6}) ", re.MULTILINE)


def has_gradients(info: ModelInfo) -> bool:
    """Return whether the Gradients page can show how far back a network looks in a text it goes on with."""
    return not info.error and TASK_FAMILIES.get(info.task).streams and info.has_gradient


def in_order(models: list[ModelInfo]) -> list[ModelInfo]:
    """Return models by task, then in the order architectures are always listed in."""
    return sorted(models, key=lambda info: (info.task, theme.architecture_rank(info.architecture), info.name))


def favourite(models: Iterable[ModelInfo]) -> ModelInfo:
    """Return the one of some models that is looked at first, as the definition of its architecture says."""
    among, looks = list(models), theme.looks()
    return next((info for info in among if looks.get(info.architecture, theme.BASELINE).opens), among[0])


def label(info: ModelInfo) -> str:
    """Return what a page calls a language model: its own short label, or its architecture's."""
    return info.called(info.label or theme.architecture_label(info.architecture))


def grouped(models: list[ModelInfo]) -> dict[str, list[ModelInfo]]:
    """Return the models that write together, by group, the matched ones first; without stages of a training run."""
    groups: dict[str, list[ModelInfo]] = {}
    for info in sorted(models, key=lambda info: bool(info.group)):
        if info.group != "history":
            groups.setdefault(info.group or ("matched" if info.has_units else "attention"), []).append(info)
    return groups


def comparable(models: Iterable[ModelInfo]) -> list[str]:
    """Return the names of the models that can stand beside each other: all but stages of a training run."""
    return [info.name for info in models if info.group != "history"]


def group_label(models: list[ModelInfo]) -> str:
    """Return what a page calls a group: the labels of its models."""
    return ", ".join(label(info) for info in models)


def mark(architecture: str) -> str:
    """Return an architecture's marker in its colour, as Markdown."""
    return theme.architecture_mark(architecture)


def find_metric(metrics: Mapping[str, Any], name: str) -> float | None:
    """Return the first number called `name` in a card's metrics, however they are grouped."""
    if isinstance(metrics.get(name), int | float):
        return float(metrics[name])
    groups = (value for value in metrics.values() if isinstance(value, Mapping))
    return next((found for found in (find_metric(group, name) for group in groups) if found is not None), None)


def headline(info: ModelInfo) -> str:
    """Return the one measure a model is judged by, in words; "not yet measured" where its card has none."""
    judged = TASK_FAMILIES.get(info.task).headline
    value = find_metric(info.metrics, judged.name)
    return "not yet measured" if value is None else judged.words.format(value)


def line(info: ModelInfo) -> str:
    """Return a model as one line of Markdown: marker, title, headline measure."""
    if info.error:
        return f"{mark('')} {plain(info.name)} · cannot be used"
    return f"{mark(info.architecture)} {plain(info.called(info.title))} · {plain(headline(info))}"


def installed(found: Iterable[ModelInfo], noun: str) -> dict[str, ModelInfo]:
    """Return those of a page's models that can be used, by name. Damaged folders are named; where no model is left, the
    page says that it has no `noun` and ends there."""
    show_broken()
    models = {info.name: info for info in found if not info.error}
    if not models:
        notices.error(missing(noun))
        st.stop()
    return models


def missing(noun: str) -> str:
    """Return the sentence that no `noun` is installed."""
    return f"No {noun} is installed; the Models page lists what is there and what is missing."


def show_broken() -> None:
    """Say of every folder of models that no task can be read from what is wrong with it."""
    for info in cache.list_models():
        if info.error and not info.task:
            notices.error(info.error)


def show(info: ModelInfo) -> None:
    """Draw the heading of a language model: what it is, what it scored, how large it is."""
    st.markdown(f"{mark(info.architecture)} **{plain(label(info))}**")
    st.caption(f"{headline(info)} · {info.parameters / 1e6:.2f} M parameters")


@dataclass(frozen=True)
class Overview:
    """Every shipped model in order, and a table with a row for each."""

    models: list[ModelInfo]
    table: pa.Table


def overview() -> Overview:
    """Return every shipped model and what is known about it; to be shared, as nothing of it changes while their
    folder does not."""
    import pyarrow as pa

    models = in_order(cache.shipped_models())
    table = pa.table(  # not a data frame, which would be turned into this at every run
        {
            "model": [info.name for info in models],
            "task": [info.task.replace("_", " ") for info in models],
            "architecture": [theme.architecture_label(info.architecture) for info in models],
            "measure": ["" if info.error else headline(info) for info in models],
            "parameters": [info.parameters or None for info in models],
            "size_mib": [info.size_mib or None for info in models],
            "files": ["cannot be used" if info.error else "complete" for info in models],
        }
    )
    return Overview(models, table)


def corpora_table(models: Iterable[ModelInfo]) -> pa.Table:
    """Return a row for each corpus some models learnt from: who made it, and the terms of texts and weights."""
    import pyarrow as pa

    users: dict[str, list[str]] = {}
    for info in models:
        for name in corpora_behind(info.config):
            users.setdefault(name, []).append(info.name)
    known = {name: CORPORA.get(name) for name in CORPORA.names() if name in users}
    return pa.table(
        {
            "corpus": [spec.title for spec in known.values()],
            "origin": [spec.origin for spec in known.values()],
            "licence": [spec.licence for spec in known.values()],
            "weights": [spec.weights_licence for spec in known.values()],
            "networks": [", ".join(users[name]) for name in known],
        }
    )


def show_terms(*corpora: str) -> None:
    """Say who made some corpora and under which terms, below what was measured on them."""
    for line in terms_of(corpora):
        st.caption(plain(line), width=header.TEXT_WIDTH)


@lru_cache(maxsize=64)
def card_body(card_text: str) -> str:
    """Return a card to stand inside a page: no YAML head, no "Use" section, smaller headings, code uncoloured."""
    body = _FENCE.sub("```", _USE.sub("", _HEAD.sub("", card_text, count=1)))
    return _HEADING.sub(lambda found: "#" * min(6, len(found[1]) + 2) + " ", body)
