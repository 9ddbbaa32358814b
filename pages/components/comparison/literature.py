"""Published figures: what others have reported on the same tasks, beside our own, with what was done otherwise."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.experiments.findings.aggregates import OVER_SEEDS
from engine.experiments.findings.literature import (
    MARKS,
    MEASURES,
    REMEMBERED,
    beside_published_sentence,
    comparison_sentence,
    literature_table,
)
from engine.plotting.theme import architecture_label
from engine.wording import counted
from pages.components.comparison.context import ComparisonContext, headings
from pages.components.comparison.receipts import receipt
from pages.components.computing import cache
from pages.components.computing.calls import call
from pages.components.drawing import figures, notices

ALSO = ("adding_600",)  # small comparisons of their own that repeat a published setting


def show(context: ComparisonContext) -> None:
    """Draw the table."""
    is_all = context.controls.toggle("literature_unread")
    also = tuple(name for name in ALSO if name in cache.result_names())
    table = context.ask(literature_table, is_all, also)
    others = call(beside_published_sentence, also).value
    notices.say(f"{comparison_sentence(table)} {others}".strip())
    shown = _for_reading(table)
    columns = headings(shown) | {"difference": st.column_config.Column("What differs", width="large")}
    source = receipt(context, literature_table, is_all, also)
    figures.show_table(shown, name="published", receipt=source, column_config=columns)
    st.caption(
        "Published figures were read at their source unless the column “How read” says otherwise. Ours: "
        f"{OVER_SEEDS.middle_over('the seeds')} at equal parameters, at the nearest length that was run. No two rows "
        "follow the same protocol: the last column says what differs."
    )


def _for_reading(table: pd.DataFrame) -> pd.DataFrame:
    where = [
        f"{row.source}, {row.place}" if row.mark != REMEMBERED else f"as remembered in {row.source}"
        for row in table.itertuples()
    ]
    size = [
        ""
        if pd.isna(row.our_length)
        else f"length {row.our_length:,.0f}, {row.our_parameters:,.0f} parameters, {counted(int(row.our_runs), 'seed')}"
        for row in table.itertuples()
    ]
    return pd.DataFrame(
        {
            "task": table["task"],
            "length": table["length"].astype("Int64"),
            "architecture": [
                architecture_label(row.architecture) if row.architecture else row.label for row in table.itertuples()
            ],
            "measure": table["measure"].map(MEASURES),
            "published": table["shown"],
            "ours": ["" if pd.isna(value) else f"{value:.3g}" for value in table["ours"]],
            "our_setting": size,
            "their_setting": table["setting"],
            "source": where,
            "how_read": table["mark"].map(MARKS),
            "difference": table["difference"],
        }
    )
