"""A page of one line: what Streamlit itself costs per run on this machine, which the app's own pages are measured
against."""

from __future__ import annotations

import streamlit as st

st.title("Nothing else")
