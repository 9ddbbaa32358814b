"""What crowds of visitors met on this app, as it was measured."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.inspection.stored.tables import RESULTS, read_stored_table
from pages.components.computing import cache
from pages.components.drawing import figures, notices

FILE = RESULTS / "load.parquet"
COMMAND = "make load"
COLUMNS = {
    "pages": "pages",
    "processes": "server processes",
    "visitors": "visitors",
    "think_seconds": "seconds between actions",
    "actions": "actions",
    "failures": "failures",
    "p50_ms": "half within (ms)",
    "p95_ms": "95 of 100 within (ms)",
    "light_p95_ms": "light ones (ms)",
    "open_p95_ms": "a page begins (ms)",
    "health_p99_ms": "health (ms)",
    "server_cpu": "server's cores",
    "client_cpu": "visitors' cores",
    "server_mebibytes": "MiB",
    "commit": "commit",
    "day": "day",
}


def table() -> pd.DataFrame:
    """Return one row per crowd, as it is shown.

    Raises:
        DataError: nothing was measured, or the table is damaged.
    """
    absent = f"No crowd has been measured yet; {COMMAND} lets some in."
    return read_stored_table(FILE, (*COLUMNS, "machine"), absent)


def show() -> None:
    """Draw what crowds met, and on which machine."""
    notices.explain(
        "Visitors without browsers go from page to page, move what can be moved, type, open tools and have texts "
        "written, with the pauses people make; an action is over when the page has followed. Their own processor time "
        "is stated beside the server's, as both shared one machine."
    )
    found = cache.keep(("load", *cache.file_version(FILE)), lambda: table, "shared").value
    worst = found.loc[found["visitors"].idxmax()]
    notices.say(
        f"{worst['visitors']:,} visitors at once: half of all actions were answered within {worst['p50_ms']:,.0f} ms, "
        f"95 of 100 within {worst['p95_ms']:,.0f} ms; {worst['failures']:,} of {worst['actions']:,} failed.",
        is_strong=True,
    )
    shown = found[list(COLUMNS)].rename(columns=COLUMNS)
    figures.show_table(shown, name="load")
    st.caption(notices.plain(f"Measured on: {'; '.join(dict.fromkeys(found['machine']))}. Repeat it: {COMMAND}."))
