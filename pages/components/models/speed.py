"""How fast all of this is, beside the loops that people write and beside what the machine allows."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.inspection.stored import speed
from engine.plotting.stored.speed import growth_lines, ratio_marks
from pages.components.computing import cache
from pages.components.computing.calls import call
from pages.components.drawing import figures, notices
from pages.components.drawing.figures import Receipt, all_of, measured_receipt
from pages.components.models.context import ModelsContext

GROWTH = "growth"


def show(context: ModelsContext) -> None:
    """Draw one group of the stored table: ratios, or how costs grow, and the rows."""
    version = cache.file_version(speed.TABLE)
    frame = call(speed.read_table, str(speed.TABLE), version=version, kept="shared").value
    present = {name: title for name, title in speed.TITLES.items() if (frame["group"] == name).any()}
    group = context.controls.segmented("speed_group", choices=present)
    rows = frame[frame["group"] == group]
    receipt = _receipt(rows, group)
    if group == GROWTH:
        rows = _show_growth(context, rows, receipt)
    else:
        _show_ratios(rows, present[group], receipt)
    shown = speed.shown_table(rows)
    figures.show_table(shown, name="speed", receipt=receipt, column_config=figures.in_words(shown))
    st.caption(notices.plain(f"Noise of this run: {all_of(rows, 'noise')}. {all_of(rows, 'hardware')}."))


def _show_ratios(rows: pd.DataFrame, title: str, receipt: Receipt) -> None:
    """Draw what is compared in a group, if anything is."""
    compared = speed.compared(rows)
    if compared.empty:
        notices.explain("Measured side by side, and compared with nothing.")
        return
    sentence = speed.in_words(rows)
    notices.say(sentence)
    figures.show(
        ratio_marks(compared, mode=figures.mode()),
        name="speed-ratios",
        alt=f"{title}: a mark per peer and item, how many times what Unrolled costs the peer costs. {sentence}",
        receipt=receipt,
    )
    st.caption(
        "Right of the dashed line Unrolled costs less. A limit is what memory, matrix products or a bare start "
        "take by themselves. All took turns in one process; marks are medians over the rounds, bars their range."
    )


def _show_growth(context: ModelsContext, rows: pd.DataFrame, receipt: Receipt) -> pd.DataFrame:
    """Draw how the costs of one item grow, and return its rows."""
    growing = speed.growing(rows)
    item = context.controls.select("speed_growth", choices=list(dict.fromkeys(growing["item"])) or [""])
    own, exponents = growing[growing["item"] == item], speed.exponents(rows, item)
    if own.empty:
        notices.note("None of it could be measured; the table says why.")
        return rows
    powers = ", ".join(f"{who} with the power {power:.2f}" for who, power in exponents.items())
    sentence = f"{item[:1].upper()}{item[1:]}: costs grow as the size does, {powers} of it."
    notices.say(sentence)
    figures.show(
        growth_lines(own, exponents, mode=figures.mode()),
        name="speed-growth",
        alt=f"A line per side: the cost against the size, both logarithmic. {sentence}",
        receipt=receipt,
    )
    return rows[rows["item"] == item]


def _receipt(rows: pd.DataFrame, group: str) -> Receipt:
    return measured_receipt(
        rows,
        model=None,
        data=f"in one run, with {all_of(rows, 'software')}",
        python=(
            "from engine.inspection.stored.speed import compared, read_table\n\n"
            "frame = read_table()\n"
            f"print(compared(frame[frame['group'] == {group!r}]).to_string())"
        ),
        command=f"{speed.COMMAND} --only {group}",
        note="The command measures anew and keeps what it finds in the table; without --only it measures everything.",
    )
