"""Figures as a visitor meets them: the chart, what it says in words, its numbers, a download and a receipt."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.elements.lib.mutable_expander_container import ExpanderContainer
from streamlit.elements.lib.mutable_popover_container import PopoverContainer

from engine.inspection.stored.model_files import weights_in
from engine.plotting.figure import Drawn, Figure
from engine.plotting.theme import Mode
from pages.components.computing import cache
from pages.components.controls import state
from pages.components.controls.buttons import download
from pages.components.drawing import charts
from pages.components.owning import own_models

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

# Streamlit adds full screen to the bar that comes with the pointer, `window` a button for PNG.
_CHART = {"responsive": True}
_PICTURE = {"format": "svg", "scale": 2}
_STILL = {"staticPlot": True, "responsive": True}
_LONG, _LONG_HEIGHT = 10, 400  # a table of more rows is given the height, in pixels, that Streamlit would give it late


@dataclass(frozen=True)
class Receipt:
    """Where a number comes from, and the lines that give it again."""

    python: str
    model: str | None = None
    data: str | None = None
    seed: int | str | None = None
    measured: str | None = None
    seconds: float | None = None
    command: str | None = None
    note: str | None = None


def all_of(rows: pd.DataFrame, column: str) -> str:
    """Return the different values of a column in order, as a receipt lists them."""
    return ", ".join(sorted(set(map(str, rows[column].unique())))) if column in rows else "not recorded"


def measured_receipt(rows: pd.DataFrame, **special: Any) -> Receipt:
    """Return the receipt of rows of a stored table, which say themselves of which model they are, and when and on what
    they were measured; `special` are its other fields, or others in place of these."""
    measured = f"{all_of(rows, 'date')}, commit {all_of(rows, 'commit')}, on {all_of(rows, 'hardware')}"
    return Receipt(**({"model": all_of(rows, "model"), "measured": measured} | special))


def mode() -> Mode:
    """Return the visitor's theme, for the plotting functions."""
    return "dark" if st.context.theme.type == "dark" else "light"


def show(
    figure: Figure | Drawn,
    *,
    name: str,
    alt: str,
    table: pd.DataFrame | Callable[[], pd.DataFrame] | None = None,
    receipt: Receipt | None = None,
    on_click: Callable[[Any], None] | None = None,
) -> None:
    """Draw a figure with its alternative text and, quietly below it, its numbers and its receipt.

    A `table` that must first be worked out is given as a function of nothing, which is called when it is opened.
    `on_click` is called with the `customdata` of a mark that is clicked; offer another way to those who use no pointer.
    """
    key = f"{name}-chart"
    config = _CHART | {"toImageButtonOptions": _PICTURE | {"filename": name}}
    charts.draw(figure, key=key, alt=alt, config=config, on_select=on_click and partial(_clicked, key, on_click))
    if table is not None or receipt is not None:
        _show_below(name, alt, table, receipt)


@st.fragment
def _show_below(
    name: str, alt: str, table: pd.DataFrame | Callable[[], pd.DataFrame] | None, receipt: Receipt | None
) -> None:
    """Draw what opens below a figure, each filled when it is open: closed it would cost as much as the figure."""
    with st.container(horizontal=True, vertical_alignment="top"):
        if table is not None:
            numbers = st.expander("The numbers", key=f"{name}-numbers", type="compact", on_change="rerun")
            if is_open(numbers):
                with numbers:
                    found = table() if callable(table) else table
                    st.caption(alt)
                    st.dataframe(found, hide_index=True, key=f"{name}-table")
                    _download(found, name)
        if receipt is not None:
            popover = _receipt_button(name, on_change="rerun")
            if is_open(popover):
                _fill_receipt(popover, receipt)


def is_open(container: ExpanderContainer | PopoverContainer) -> bool:
    """Return whether the visitor has opened what is filled only then."""
    return bool(container.open)


def _clicked(key: str, on_click: Callable[[Any], None]) -> None:
    points = state.widget_value(key, {}).get("selection", {}).get("points", [])
    if points and points[0].get("customdata") is not None:
        on_click(points[0]["customdata"])


def show_table(
    table: pd.DataFrame | pa.Table, *, name: str, receipt: Receipt | None = None, column_config: dict | None = None
) -> None:
    """Draw a table with its download and receipt."""
    height = _LONG_HEIGHT if len(table) > _LONG else "auto"
    st.dataframe(table, hide_index=True, column_config=column_config, key=f"{name}-table", height=height)
    if receipt is None:
        _download(table, name)
        return
    _show_beside(table, name, receipt)


@st.fragment
def _show_beside(table: pd.DataFrame | pa.Table, name: str, receipt: Receipt) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        _download(table, name)
        popover = _receipt_button(name, on_change="rerun")
        if is_open(popover):
            _fill_receipt(popover, receipt)


def in_words(table: pd.DataFrame) -> dict[str, str]:
    """Return how a table's columns are headed: their names with blanks. The download keeps the names."""
    return {str(name): str(name).replace("_", " ") for name in table}


def thumbnail(figure: Drawn, *, name: str, alt: str) -> None:
    """Draw a small figure that does not react to the pointer."""
    charts.draw(figure, key=f"{name}-thumbnail", alt=alt, config=_STILL)


def show_receipt(receipt: Receipt, key: str) -> None:
    """Draw the button that opens a receipt."""
    _fill_receipt(_receipt_button(key), receipt)


def _receipt_button(key: str, **look: Any) -> PopoverContainer:
    return st.popover("Receipt", type="tertiary", icon=":material/receipt_long:", key=f"{key}-receipt", **look)


def _fill_receipt(popover: PopoverContainer, receipt: Receipt) -> None:
    with popover:
        st.markdown("**How this was made, and how to make it again**")
        facts = {
            "Model": receipt.model,
            "Checkpoint": _checkpoints(receipt.model),
            "Data": receipt.data,
            "Seed": receipt.seed,
            "Measured": receipt.measured,
            "Time": None if receipt.seconds is None else f"{receipt.seconds:.2f} s on this machine",
        }
        lines = [f"{label}: {value}" for label, value in facts.items() if value is not None]
        st.text("\n".join(lines))
        st.markdown(f"[A link to this view]({state.own_address()})")
        python, command = own_models.in_code(receipt.python), own_models.in_code(receipt.command or "")
        show_code(python)
        if command:
            show_code(command)
        if python != receipt.python or command != (receipt.command or ""):
            st.caption(f"./{own_models.PREFIX}… is the folder that the download of the network unpacks to.")
        if receipt.note:
            st.caption(receipt.note)


def _checkpoints(models: str | None) -> str | None:
    """Return the beginning of the SHA-256 of the weights of each named model that is installed, None without one."""
    names = [name for name in (models or "").split(", ") if name]
    hashes = {name: weights_in(folder) for name in names if (folder := cache.find_model_folder(name))}
    said = [f"{digits} ({name})" if len(names) > 1 else digits for name, digits in hashes.items() if digits]
    return f"SHA-256 {', '.join(said)}" if said else None


def show_code(code: str) -> None:
    """Draw lines to copy. Without colours: Streamlit's own have a contrast of 2.4 to 3.4 on a light page."""
    st.code(code, language=None, wrap_lines=True)


def _download(table: pd.DataFrame | pa.Table, name: str) -> None:
    download("Download CSV", f"{name}-download", partial(to_csv, table), f"{name}.csv", "text/csv")


def to_csv(table: pd.DataFrame | pa.Table) -> bytes:
    """Return a table as CSV with the mark by which Excel knows UTF-8; text that a spreadsheet would run as a formula is
    quoted with a leading apostrophe."""
    safe = table.to_pandas() if hasattr(table, "to_pandas") else table.copy()
    for column in safe.select_dtypes(include=["object", "string"]):
        safe[column] = safe[column].map(lambda cell: f"'{cell}" if str(cell)[:1] in tuple("=+-@\t\r") else cell)
    return safe.to_csv(index=False, quoting=csv.QUOTE_MINIMAL).encode("utf-8-sig")
