"""A model's card and files, and what the models here learnt from."""

from __future__ import annotations

import streamlit as st

from engine.inspection.stored.model_files import list_files
from engine.models.card import usage_command, usage_lines
from engine.models.folder import ModelInfo
from pages.components.computing import cache
from pages.components.computing.calls import call
from pages.components.drawing import figures, notices
from pages.components.models.context import ModelsContext
from pages.components.owning import networks


def show(context: ModelsContext) -> None:
    """Draw the card of one model with the lines that use it, its files, and the corpora of all."""
    info = context.choose("One model", "Its card says what it was trained on, what was measured and where it fails.")
    if info is None:
        return
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.markdown("**Load and use it**")
        figures.show_code(usage_lines(info.name, info.config))
        st.markdown("**On the command line**")
        figures.show_code(usage_command(info.name, info.config))
    with right, st.container(border=True):
        st.markdown(networks.card_body(info.card_text))

    _show_files(info)
    _show_corpora(context)


def _show_files(info: ModelInfo) -> None:
    """Draw the files of a model, once somebody wants to see them."""
    files = st.expander("Its files and their fingerprints", key="files", type="compact", on_change="rerun")
    if figures.is_open(files):
        with files:
            notices.explain("Compare the fingerprints to be sure that a copy is the same.")
            figures.show_table(
                call(list_files, str(info.path), version=cache.model_version(info.name), kept="shared").value,
                name="files",
                column_config={"size_kib": st.column_config.NumberColumn("size (KiB)", format="%.1f")},
            )


def _show_corpora(context: ModelsContext) -> None:
    """Draw what all models learnt from, once somebody wants to see it."""
    corpora = st.expander("What all of them learnt from", key="corpora", type="compact", on_change="rerun")
    if figures.is_open(corpora):
        with corpora:
            notices.explain("Who made each corpus, and under which terms its texts and the weights are.")
            figures.show_table(
                networks.corpora_table(context.models.values()),
                name="corpora",
                column_config={"weights": st.column_config.TextColumn("weights learnt from it")},
            )
