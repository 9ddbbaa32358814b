"""What a visitor may use of the machine, as a table."""

from __future__ import annotations

import dataclasses

import pandas as pd
import streamlit as st

from engine.limits import PROFILES, VARIABLE, limits, profile
from pages.components.drawing import figures, notices


def show_folded() -> None:
    """Draw the limits where they are looked up beside something else."""
    with st.expander("Limits", icon=":material/straighten:", type="compact"):
        show()


def show() -> None:
    """Draw the limits that hold here, and how they are lifted."""
    rows = [
        {
            "limit": field.metadata["label"],
            "at most": getattr(limits(), field.name),
            "run locally": getattr(PROFILES["local"], field.name),
            "what it counts": field.metadata["help"],
        }
        for field in dataclasses.fields(limits())
    ]
    notices.explain(
        f"The server holds every value to these, also one that stands in the address; the profile here is "
        f"“{profile()}”. Whoever runs the app for themselves lifts them by setting {VARIABLE}=local."
    )
    figures.show_table(pd.DataFrame(rows), name="limits")
