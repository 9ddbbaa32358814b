"""Home: what this is, a line written by a network now, and a live picture of each page."""

from __future__ import annotations

import secrets

import streamlit as st

from engine.lessons.lesson import LESSONS
from engine.task_family import TASK_FAMILIES
from pages.components.computing import cache, writing
from pages.components.controls import forms
from pages.components.drawing import notices, thumbnails
from pages.components.home.view import HomeView
from pages.components.lessons import panel
from pages.components.shell import finding, header, routes

header.show(
    "Unrolled",
    "Recurrent networks read and write one step at a time, and carry what they have seen in a state of a few hundred "
    "numbers. Here you can watch trained ones write, translate and remember, and see what goes on inside. Every text "
    "and every number on these pages is computed by the networks themselves or was measured on them.",
    {mark: meaning for page in routes.listed() for mark, meaning in page.legend.items()},
)
controls = forms.open_controls("home", HomeView)
lesson = LESSONS.get(LESSONS.names()[0])
with st.container(horizontal=True, gap="medium", key="home-start"):  # where to start, for three kinds of visitor
    for page, label, parameters in (
        (panel.page_of(lesson.steps[0]), "**Learn**: start lesson 1", panel.address(lesson, lesson.steps[0])),
        (routes.named("generation"), "**Look**: what surprises a network?", {"tool": "surprise"}),
        (routes.named("train"), "**Make**: train your own network", {}),
    ):
        icon = ":material/arrow_forward:"
        st.page_link(routes.path_of(page), label=label, icon=icon, query_params=parameters, width="content")
query = controls.text_input(
    "find", placeholder="forget gate, teacher forcing, beam …", max_chars=finding.LONGEST, width=header.TEXT_WIDTH
)
finding.show(query)
live = st.container(border=True)  # filled last, so that a slow network does not keep the rest of the page waiting

_, *entries = routes.listed()
for left in range(0, len(entries), 2):
    for page, column in zip(entries[left : left + 2], st.columns(2, gap="medium"), strict=False):
        with column.container(border=True, height="stretch"), notices.engine_errors():
            label = f"**{page.title}**"
            st.page_link(routes.path_of(page), label=label, icon=":material/arrow_forward:", icon_position="right")
            st.markdown(page.sentence)
            thumbnails.draw(page.name)

with live, notices.engine_errors():
    info = thumbnails.favourite("language_model")
    st.caption(f"The network {info.name} is writing this now, at reading pace; nobody has chosen the words.")
    slot = st.empty()
    slot.caption("Its weights are being loaded.")

    from engine.decoding.limits import SamplingSettings
    from engine.decoding.writing import write_text

    settings = SamplingSettings(seed=secrets.randbelow(writing.LARGEST_SEED), temperature=0.6, max_new_tokens=160)

    def draw(text: str) -> None:
        """Show the line so far, larger than running text."""
        slot.subheader(notices.plain(text.replace("\n", " / ")), anchor=False)

    line = writing.stream_slowly(write_text(cache.load_writer(info.task, info.name), "", settings), draw)
    parameters = {"prompt": line, "seed": str(settings.seed), "temperature": f"{settings.temperature:g}"}
    st.page_link(
        routes.path_of(TASK_FAMILIES.get("language_model").page),
        label="Let three networks go on from here",
        icon=":material/arrow_forward:",
        query_params=parameters,
    )
