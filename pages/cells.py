"""Cells: what happens inside a recurrent cell while it reads, with the real numbers of trained networks."""

from __future__ import annotations

import streamlit as st

from engine.inspection.cells.steps import can_be_opened, read_tokens
from pages.components.cells import TOOLS
from pages.components.cells.context import CellsContext, label
from pages.components.cells.view import CellsView
from pages.components.computing import cache
from pages.components.computing.calls import call
from pages.components.controls import forms
from pages.components.drawing import notices
from pages.components.owning import networks
from pages.components.shell import header
from pages.components.texts import reading

header.show(
    "Cells",
    "What happens inside a recurrent cell when it reads your sentence, and which of its gates lets the past go?",
    {
        "Step": "one token is read: the cell takes what it reads and what it carries, and makes what it carries on.",
        "Hidden state h": "what the cell says after a step, one number per unit.",
        "Memory cell c": "what an LSTM keeps; it is only scaled and added to.",
        "Gates": "numbers between 0 (shut) and 1 (open), one per unit: how much is written, kept or shown.",
        "␣ and ↵": "a space and a new line.",
    },
)
models = networks.installed(networks.in_order(list(filter(can_be_opened, cache.list_models()))), "recurrent network")
controls = forms.open_controls(
    "cells",
    CellsView,
    {"network": {name: label(info) for name, info in models.items()}, "tool": TOOLS.labels},
    {"network": networks.favourite([info for info in models.values() if not info.group] or models.values()).name},
    formerly={"tool": TOOLS.formerly, "edit_part": {"What they say": "hidden", "What they keep": "cell"}},
)

left, right = st.columns([3, 2], gap="large")
with left:
    text = controls.text_area("text", height=90)
with right:
    network = controls.select("network")
    st.caption(notices.plain(networks.headline(models[network])))
tool = TOOLS.choose(controls)

with notices.engine_errors():
    cache.load_model(network)
    tokens = call(read_tokens, text, model=network).value
    reading.say(network, text)
    context = CellsContext(controls=controls, models=models, network=network, text=text, tokens=tokens)
    if tool.needs_language_model and models[network].task != "language_model":
        notices.note("This tool looks at language models; choose one above.")
    else:
        TOOLS.show(tool.name, context)
