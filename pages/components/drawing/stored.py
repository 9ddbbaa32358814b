"""What a shipped table holds of a model: kept until the table's file or the model's weights change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import pandas as pd
import streamlit as st

from engine.errors import DataError
from engine.inspection.stored import tool_effects
from engine.models.folder import ModelInfo
from pages.components.computing import cache
from pages.components.computing.calls import NOT_DRAWN, Call, call
from pages.components.controls.context import PageContext
from pages.components.drawing import figures, notices

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


def measured(context: PageContext[Any], examples: ModuleType, name: str) -> pd.DataFrame | None:
    """Return the rows that a table, which `examples` names, holds of a network with these weights; None where it cannot
    be read."""
    from engine.inspection.stored.tables import stored_effects

    try:
        given = name, str(context.models[name].path), str(examples.TABLE), examples.COLUMNS, examples.COMMAND
        return call(stored_effects, *given, version=version(examples.TABLE, name), kept="shared").value
    except DataError:
        return None


def say_typical(context: PageContext[Any], examples: ModuleType, tool: str, network: str = "") -> None:
    """Say how typical it is what a tool shows, from the stored effects on the built-in sentences; nothing where they
    were not measured with these weights.

    Args:
        examples: names the `TABLE` of the effects, its `COLUMNS` and the `COMMAND` that measures them; its
            `typical_sentences` gives of a model's rows a sentence for each tool, by its name.
        network: that was measured, where it is not the one that is looked at.
    """
    name = network or context.network
    if name not in context.models:
        return
    rows = measured(context, examples, name)
    if rows is None:
        return
    said = examples.typical_sentences(rows).get(tool)
    if not said:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(notices.plain(said), width=notices.TEXT_WIDTH)
        receipt = figures.measured_receipt(
            rows,
            data=f"{figures.all_of(rows, 'title')}, from the built-in sample",
            seed=NOT_DRAWN,
            python=(
                f"from {examples.__name__} import COLUMNS, COMMAND, TABLE, typical_sentences\n"
                "from engine.inspection.stored.tables import stored_effects\n"
                "from engine.models.folder import find_folder\n\n"
                f"folder = str(find_folder({name!r}))\n"
                f"found = stored_effects({name!r}, folder, str(TABLE), COLUMNS, COMMAND)\n"
                f"print(typical_sentences(found)[{tool!r}])"
            ),
            command=examples.COMMAND.format(model=name),
        )
        figures.show_receipt(receipt, f"typical-{tool}")


def say_effect(context: PageContext[Any], tool: str, network: str = "") -> None:
    """Say how typical the example is that a tool opens with, of the network that is looked at or of `network`."""
    say_typical(context, tool_effects, tool, network)
