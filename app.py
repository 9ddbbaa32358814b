"""The router: page settings and navigation; the page that was asked for does the rest."""

from __future__ import annotations

import streamlit as st

from pages.components import header, notices

PAGES = [
    st.Page("pages/home.py", title="Home", icon=":material/cottage:", url_path="home", default=True),
    st.Page("pages/generation.py", title="Generation", icon=":material/edit_note:", url_path="generation"),
    st.Page("pages/translation.py", title="Translation", icon=":material/translate:", url_path="translation"),
    st.Page("pages/comparison.py", title="Comparison", icon=":material/show_chart:", url_path="comparison"),
    st.Page("pages/models.py", title="Models", icon=":material/inventory_2:", url_path="models"),
]

page = st.navigation(PAGES, position="top")
st.set_page_config(
    page_title="Unrolled" if page.title == "Home" else f"{page.title} · Unrolled",
    page_icon=":material/all_inclusive:",
    layout="wide",
    menu_items={"About": "Unrolled shows recurrent networks reading, writing and translating, with trained weights."},
)
with header.frame(), notices.engine_errors():
    page.run()
