"""A model's card and files, and what the models here learnt from."""

from __future__ import annotations

import streamlit as st

from engine.inspection.stored.model_files import list_files
from engine.models.card import usage_command, usage_lines
from pages.components import cache, figures, header, networks
from pages.components.calls import call
from pages.components.models.context import ModelsContext


def show(context: ModelsContext) -> None:
    """Draw the card of one model with the lines that use it, its files, and the corpora of all."""
    info = context.choose("One model", "Its card says what it was trained on, what was measured and where it fails.")
    if info is None:
        return
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.markdown("**Load and use it**")
        figures.show_code(usage_lines(info.name, info.task))
        st.markdown("**On the command line**")
        figures.show_code(usage_command(info.name, info.task))
    with right, st.container(border=True):
        st.markdown(networks.card_body(info.card_text))

    header.section("Its files", "Compare the fingerprints to be sure that a copy is the same.")
    figures.show_table(
        call(list_files, str(info.path), version=cache.model_version(info.name), kept="shared").value,
        name="files",
        column_config={"size_kib": st.column_config.NumberColumn("size (KiB)", format="%.1f")},
    )
    corpora = networks.corpora_table(context.models.values())
    if corpora.num_rows:
        header.section(
            "What they learnt from", "Who made each corpus, and under which terms its texts and the weights are."
        )
        figures.show_table(
            corpora,
            name="corpora",
            column_config={"weights": st.column_config.TextColumn("weights learnt from it")},
        )
