"""What a shipped table holds of a model: kept until the table's file or the model's weights change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from engine.errors import DataError
from engine.inspection.stored import tool_effects
from engine.models.folder import ModelInfo
from pages.components import cache, figures, notices
from pages.components.calls import NOT_DRAWN, Call, call
from pages.components.context import PageContext

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")


def version(table: Path, *models: str) -> tuple[Any, ...]:
    """Return what changes when a table does, or the weights of the models that are compared with those it names."""
    return cache.file_version(table), *map(cache.model_version, models)


def of_model(function: Callable[[str, str, str], T], context: PageContext[Any], name: str, table: Path) -> Call[T]:
    """Return the Call of a function that is given a model's name and folder, and the table; its value is shared, so it
    must not be changed."""
    folder = str(context.models[name].path)
    return call(function, name, folder, str(table), version=version(table, name), kept="shared")


ONLY_SHIPPED = "Only shipped networks are measured beforehand."


def how_to_measure(info: ModelInfo, command: str) -> str:
    """Return how a model that no table knows is measured; one of the visitor's own is not."""
    return ONLY_SHIPPED if info.whose else f"To measure: {command.format(model=info.name)}."


def note_missing(context: PageContext[Any], names: Sequence[str], command: str) -> None:
    """Say which models a table does not know with the weights they have, and how each is measured."""
    if names:
        labels = ", ".join(map(context.label, names))
        how = " ".join(dict.fromkeys(how_to_measure(context.models[name], command) for name in names))
        notices.note(f"Not measured with their present weights: {labels}. {how}")


def say_typical(
    context: PageContext[Any],
    effects: Callable[[str, str, str], pd.DataFrame],
    sentences: Callable[[pd.DataFrame], dict[str, str]],
    tool: str,
    table: Path,
    name: str = "",
    command: str = "",
) -> None:
    """Say how typical it is what a tool shows, from the stored effects on the built-in sentences; nothing where they
    were not measured with these weights.

    Args:
        effects: gives the rows of a model, as for `of_model`.
        sentences: gives of these rows a sentence for each tool, by its name.
        name: the network that was measured, where it is not the one that is looked at. command: what measured it, where
            `evaluate` did not.
    """
    network = name or context.network
    if network not in context.models:
        return
    try:
        rows = of_model(effects, context, network, table).value
    except DataError:
        return
    said = sentences(rows).get(tool)
    if not said:
        return
    names = ", ".join(sorted([effects.__name__, sentences.__name__]))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(notices.plain(said), width=notices.TEXT_WIDTH)
        receipt = figures.measured_receipt(
            rows,
            data=f"{figures.all_of(rows, 'title')}, from the built-in sample",
            seed=NOT_DRAWN,
            python=(
                f"from {effects.__module__} import {names}\n"
                "from engine.models.folder import find_folder\n\n"
                f"found = {effects.__name__}({network!r}, str(find_folder({network!r})))\n"
                f"print({sentences.__name__}(found)[{tool!r}])"
            ),
            command=command
            or f"python -m engine evaluate --model {network} --dry-run --examples data/results/{table.name}",
        )
        figures.show_receipt(receipt, f"typical-{tool}")


def say_effect(context: PageContext[Any], tool: str, name: str = "") -> None:
    """Say how typical the example is that a tool opens with, of the network that is looked at or of `name`."""
    say_typical(
        context,
        tool_effects.stored_effects,
        tool_effects.typical_sentences,
        tool,
        tool_effects.TABLE,
        name,
        tool_effects.COMMAND,
    )
