"""Entities: persons, places and organisations of a text, marked by a network, and the tools that take it apart."""

from __future__ import annotations

import streamlit as st

from engine.inspection.tagging.texts import EMPTY, read_text
from pages.components.computing import cache
from pages.components.controls import forms
from pages.components.controls.context import PageContext
from pages.components.drawing import behaviour, notices
from pages.components.entities import TOOLS, texts
from pages.components.entities.context import PAGE, EntitiesContext, in_order, label
from pages.components.entities.view import MAX_LINES, EntitiesView
from pages.components.owning import networks
from pages.components.shell import header

header.show(
    "Entities",
    "Which words of a text name a person, a place or an organisation, and how does a network that reads in both "
    "directions know?",
    {
        "Marks": "an entity the network found: its words tinted, and the name of its kind after them, as in the "
        "training texts.",
        "Tags": "what the network gives each word: B- and a kind where an entity begins, I- where it goes on, O "
        "outside.",
        "CRF": "a layer that scores which tag may follow which, so that the whole tag sequence is chosen at once and "
        "not word by word.",
        "Probability": "of a word's tag: the share of all tag sequences, weighted by the network, in which the word "
        "has this tag.",
        "≠": "the networks do not agree here.",
    },
)
models = networks.installed(in_order(cache.list_models("tagging")).values(), "tagger")
names = {name: label(info) for name, info in models.items()}
controls = forms.open_controls(PAGE, EntitiesView, {"network": names, "tool": TOOLS.labels})
text = controls.text_area("text", height=90)
with st.container(horizontal=True):
    controls.examples("text", texts.EXAMPLES, "example")
network = controls.segmented("network", label_visibility="collapsed")

lines, chosen = [], 0
with notices.engine_errors():
    lines = read_text(text, MAX_LINES)
    chosen = controls.slider("line", maximum=len(lines)) - 1 if len(lines) > 1 else 0
    texts.show(network, lines, chosen)
    behaviour.say_known(PageContext(controls=controls, models=models), network)

header.section("Take the reading apart")
tool = TOOLS.choose(controls)
line = lines[chosen] if lines else EMPTY
context = EntitiesContext(
    controls=controls,
    models=models,
    network=network,
    text=line.text,
    lines=[line.text for line in lines],
    positions=line.positions,
)
with notices.engine_errors():
    if lines or not tool.needs_text:
        TOOLS.show(tool.name, context)
    else:
        st.caption("This tool needs a text it can read, in the box at the top.")
