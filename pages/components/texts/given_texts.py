"""Texts that a visitor pastes or brings as a file, for every tool that works on many: what was understood of them is
shown, with the column that is read to choose above the first rows."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from engine.decoding.limits import MAX_LINES
from engine.errors import InputError
from engine.files import TextFile, Texts, read_file, read_text
from engine.text.reading import MAX_FILE_BYTES
from pages.components.computing import batches
from pages.components.controls import state
from pages.components.controls.forms import Controls
from pages.components.drawing import notices

KINDS = (
    "one text on each line; a table (CSV with any delimiter, JSON, Parquet), with the column chosen below; or a token "
    "file (CoNLL, BIO), one word on each line with an empty line after each sentence. What it is, is told from its "
    f"content. At most {MAX_FILE_BYTES // 2**20} MiB, {MAX_LINES:,} lines at a time"
)
"""What may be pasted or brought, as part of a sentence."""
ROWS, COLUMNS, LETTERS = 5, 12, 200  # of the preview
PLAIN = -1  # the choice of no column: each line as it stands
BOX_FILE = "lines.txt"  # what receipts call the text of the box


@dataclass(frozen=True)
class GivenTexts:
    """What is worked on, and how it is read again.

    Attributes:
        items: the texts, or the part of them that was chosen.
        python: an expression that gives the `Texts` of the file; `part` cuts the same part out of them.
        command: what follows a command of the command line: its options and its input.
    """

    items: list[Any]
    python: str
    part: str
    command: str


def ask(
    controls: Controls,
    page: str,
    name: str,
    kept: str,
    part: str,
    *,
    label: str,
    own: str,
    done: str,
    items: Callable[[Texts], Sequence[Any]] = lambda texts: texts.lines,
    preferred: Sequence[str] = (),
) -> GivenTexts | None:
    """Draw the box, the file, what was understood and the part; return what to work on, None where there is nothing or
    something is wrong with it.

    Args:
        name: what keys begin with. kept: under which name the page keeps the text of the box.
        part: the field of the view that says which part of a long file is taken.
        label: of the box. own: what stands in it at first. done: what is done to the texts: "tagged".
        items: makes what is worked on of the texts.
        preferred: what the column is likely to be called.
    """
    text = st.text_area(label, value=state.recall(page, kept, own), height=160, key=f"{name}-text")
    state.remember(page, kept, text)
    file = st.file_uploader(
        "Or a file (overrides the text box)", key=f"{name}-file", max_upload_size=MAX_FILE_BYTES // 2**20
    )
    called = f"The file {file.name}" if file else "The text"
    read: Callable[..., TextFile] = partial(read_file, file.getvalue()) if file else partial(read_text, text)
    key = file.file_id if file else text
    try:
        found = state.once(page, f"{name}-read", key, partial(read, called, preferred))
        column = _choose_column(name, found, state.fingerprint(key))
        if column == PLAIN:
            found, column = read(called, is_lines=True), None
        texts = found.texts(column)
        if not any(line.strip() for line in texts.lines):
            raise InputError(f"{called} has nothing in it: put one text on each line.")
    except InputError as problem:
        notices.error(f"{problem} What is in the box is still there.")
        return None
    if file or found.columns:
        st.caption(notices.plain(found.understood(column)))
    _show_rows(name, found, column)
    for sentence in found.notes:
        notices.note(sentence)
    for sentence in texts.remarks:
        notices.error(sentence)
    worked_on = items(texts)
    chosen = batches.choose_part(controls, part, range(len(worked_on)), done)
    return _given([worked_on[place] for place in chosen], chosen, file.name if file else BOX_FILE, found, column)


def _given(items: list[Any], chosen: list[int], file: str, found: TextFile, column: int | None) -> GivenTexts:
    is_plain = column is None
    python = f"read_file(Path({file!r}).read_bytes(), {f'The file {file}'!r}{', is_lines=True' * is_plain})"
    option = " --plain" if is_plain else f" --column {column + 1}" if found.columns else ""
    is_part = len(chosen) < len(found.texts(column).lines)
    return GivenTexts(
        items,
        f"{python}.texts({column if found.columns else ''})",
        f"[{chosen[0]}:{chosen[-1] + 1}]" if is_part else "",
        f"{option} < {shlex.quote(file)}",
    )


def _choose_column(name: str, found: TextFile, key: str) -> int:
    """Draw the choice of the column that is read; plain lines have none."""
    if not found.columns:
        return found.column
    labels = {place: column for place, column in enumerate(found.columns)} | {PLAIN: "none: each line as it stands"}
    return st.selectbox(
        "Column to read",
        list(labels),
        index=found.column,
        format_func=labels.get,
        key=f"{name}-column-{key}",
        width=320,
    )


def _show_rows(name: str, found: TextFile, column: int | None) -> None:
    """Draw the first rows of a file with columns, the one that is read marked."""
    if not found.columns:
        return
    shown = sorted({*range(len(found.columns))[:COLUMNS], column})
    rows = [[row[place][:LETTERS] for place in shown] for row in found.first_rows(ROWS, column)]
    names = [f"▸ {found.columns[place]}" if place == column else found.columns[place] for place in shown]
    st.dataframe(pd.DataFrame(rows, columns=names), hide_index=True, key=f"{name}-preview")
