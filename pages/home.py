"""Home: what this is, a line written by a network now, and a live picture of each page."""

from __future__ import annotations

import secrets
from functools import partial

import streamlit as st

from engine.experiments.aggregates import OVER_SEEDS
from engine.task_family import pages
from pages.components import cache, header, notices, routes, thumbnails, writing

ENTRIES = (
    *((routes.path_of(page), page.title, page.sentence, partial(thumbnails.draw, page.name)) for page in pages()),
    (
        routes.COMPARISON,
        "Comparison",
        "Which network remembers longest, on tasks with known answers.",
        partial(thumbnails.draw, "comparison"),
    ),
    (
        routes.CELLS,
        "Cells",
        "What one cell computes at each step of your sentence, and which gates open and shut.",
        partial(thumbnails.draw, "cells"),
    ),
    (
        routes.GRADIENTS,
        "Gradients",
        "How far back a network can be taught, and why the gradient of an RNN dies.",
        partial(thumbnails.draw, "gradients"),
    ),
    (routes.MODELS, "Models", "Every trained network: its card, its scores, how to load it.", thumbnails.models),
)

header.show(
    "Unrolled",
    "Recurrent networks read and write one step at a time, and carry what they have seen in a state of a few hundred "
    "numbers. Here you can watch trained ones write, translate and remember, and see what goes on inside. Every text "
    "and every number on these pages is computed by the networks themselves or was measured on them.",
    {
        **{mark: meaning for page in pages() for mark, meaning in page.legend.items()},
        "Lines and bars": f"{OVER_SEEDS.middle_over('trainings that differ only in their random seed')}; "
        f"{OVER_SEEDS.reach('best', 'worst')} of them.",
        "The strip of cells": "one row per unit, one column per character: bright where a gate is open, dark where it "
        "is shut.",
        "Falling lines": "what is left of a small change after more and more steps, each grid line a power of ten.",
        "▲ ● ■": "mark RNN, LSTM and GRU everywhere.",
    },
)
live = st.container(border=True)  # filled last, so that a slow network does not keep the rest of the page waiting

for left in range(0, len(ENTRIES), 2):
    for (path, title, sentence, draw), column in zip(
        ENTRIES[left : left + 2], st.columns(2, gap="medium"), strict=False
    ):
        with column.container(border=True, height="stretch"), notices.engine_errors():
            st.page_link(path, label=f"**{title}**", icon=":material/arrow_forward:", icon_position="right")
            st.markdown(sentence)
            draw()

with live, notices.engine_errors():
    from engine.decoding.limits import SamplingSettings
    from engine.decoding.text import write_text

    info = thumbnails.favourite("language_model")
    settings = SamplingSettings(seed=secrets.randbelow(writing.LARGEST_SEED), temperature=0.6, max_new_tokens=160)
    st.caption(f"The network {info.name} is writing this now, at reading pace; nobody has chosen the words.")
    slot = st.empty()

    def draw(text: str) -> None:
        """Show the line so far, larger than running text."""
        slot.subheader(notices.plain(text.replace("\n", " / ")), anchor=False)

    line = writing.stream_slowly(write_text(cache.load_model(info.name), "", settings), draw)
    parameters = {"prompt": line, "seed": str(settings.seed), "temperature": f"{settings.temperature:g}"}
    st.page_link(
        routes.GENERATION,
        label="Let three networks go on from here",
        icon=":material/arrow_forward:",
        query_params=parameters,
    )
