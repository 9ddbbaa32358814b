"""All claims at a glance: a row each with its verdict and the figure that decides."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from engine.claims.claim import RULE, SIGNS, VERDICTS
from engine.claims.ruling import Ruling, rule_all
from engine.wording import first_to_last
from pages.components.computing.calls import Call, call
from pages.components.drawing import figures


def all_rulings(version: tuple[str, object]) -> Call[dict[str, Ruling]]:
    """Return the verdicts, worked out once for all visitors from the tables as they are now."""
    return call(rule_all, version=version, kept="shared")


def show(shown: Sequence[Ruling], made: Call[dict[str, Ruling]]) -> None:
    """Draw the table."""
    table = pd.DataFrame(
        {
            "sign": [SIGNS[found.verdict] for found in shown],
            "claim": [found.claim.title for found in shown],
            "verdict": [VERDICTS[found.verdict] for found in shown],
            "deciding figure": [found.figure or "–" for found in shown],
            "subject": [found.claim.subject for found in shown],
        }
    )
    days = first_to_last(found.day[-10:] for found in shown if found.day[:1].isdigit())
    figures.show_table(
        table,
        name="claims",
        column_config={
            "sign": st.column_config.TextColumn("", width=36),
            "claim": st.column_config.TextColumn("claim", width=300),
            "verdict": st.column_config.TextColumn("verdict", width=170),
            "deciding figure": st.column_config.TextColumn("deciding figure", width=480),
        },
        receipt=made.receipt(
            "[(name, ruling.verdict, ruling.figure) for name, ruling in found.items()]",
            day=days or "not measured",
            measured="worked out from the stored rows",
            data="the tables in data/results; each claim's receipt names its own",
            note=RULE,
        ),
    )
