"""Which column is what, with the first rows as they are read below; and how they are divided."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from engine.config import settings_from
from engine.preparation import SHAPES, ColumnMapping, ColumnRole, SourceTable, propose
from engine.preparation.division import Division
from engine.preparation.shapes import mapping_of
from engine.text.languages import CODES
from pages.components.controls.forms import Controls
from pages.components.data.view import PREFIX, DataView
from pages.components.drawing import notices

ROWS, COLUMNS, LETTERS = 5, 12, 120  # of the preview
FROM_TEXTS = "from the texts"
ORDERS = {"shuffled": "Shuffled", "in order": "In order"}
BY = {"ratio": "By these shares", "own": "As it came"}


def ask(table: SourceTable, key: str) -> ColumnMapping:
    """Draw the choice of what the data are and of the columns, all chosen already, and the first rows; return both."""
    proposed = propose(table)
    names = SHAPES.names()[::-1]  # the plainest first
    shape = st.segmented_control(
        "What it is",
        names,
        default=proposed.shape,
        required=True,
        format_func=lambda name: SHAPES.get(name).title,
        key=f"data-shape-{key}",
    )
    st.caption(f"From {SHAPES.get(shape).title.lower()} {SHAPES.get(shape).meaning}.")
    likely = (proposed if shape == proposed.shape else mapping_of(table, shape)).columns
    roles = SHAPES.get(shape).roles
    columns, languages = {}, []
    with st.container(horizontal=True):
        for role in roles:
            columns[role.name] = st.selectbox(
                role.label,
                table.columns,
                index=table.columns.index(likely[role.name]),
                help=role.help,
                key=f"data-{role.name}-{shape}-{key}",
                width=240,
            )
    if shape == "sentence_pairs":
        languages = _ask_languages(roles, key)
    _preview(table, columns)
    return ColumnMapping(shape, columns, languages if len(languages) == 2 else ())


def ask_division(controls: Controls[DataView], table: SourceTable, shape: str) -> Division:
    """Draw how the rows are divided and return it."""
    by = "ratio"
    if table.is_divided:
        by = controls.segmented(f"{PREFIX}by", choices=BY, default="own")
    is_text = shape == "running_text" and not table.is_divided
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for name in ("validation", "test"):
            controls.number(f"{PREFIX}{name}", width=190)
        controls.number(f"{PREFIX}seed", width=190)
        controls.segmented(f"{PREFIX}order", choices=ORDERS, default="in order" if is_text else "shuffled")
    found = settings_from(Division, controls.value(), PREFIX)
    return found if found.by == by else Division(**(vars(found) | {"by": by}))


def _ask_languages(roles: Sequence[ColumnRole], key: str) -> tuple[str, ...]:
    codes = [FROM_TEXTS, *sorted(set(CODES.values()))]
    with st.container(horizontal=True):
        chosen = [
            st.selectbox(
                f"Language of the {role.label.lower()}", codes, key=f"data-language-{role.name}-{key}", width=240
            )
            for role in roles
        ]
    return tuple(code for code in chosen if code != FROM_TEXTS)


def _preview(table: SourceTable, columns: dict[str, str]) -> None:
    """Draw the first rows, the columns that are used first and with their role."""
    used = {column: role for role, column in columns.items()}
    shown = [*used, *(column for column in table.columns if column not in used)][:COLUMNS]
    places = [table.position(column) for column in shown]
    rows = [[row[place][:LETTERS] for place in places] for row in table.first_rows(ROWS)]
    heads = [f"▸ {used[column]}: {column}" if column in used else column for column in shown]
    st.dataframe(pd.DataFrame(rows, columns=heads), hide_index=True, key="data-preview")
    st.caption(notices.plain(f"The first {len(rows)} rows; ▸ marks the columns that are used."))
