"""Models: every trained network with its card, its scores, its files, and how to load it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from engine.task_family import in_order
from pages.components.computing import cache
from pages.components.computing.calls import call
from pages.components.controls import forms
from pages.components.drawing import figures, notices
from pages.components.drawing.figures import Receipt
from pages.components.models import TOOLS
from pages.components.models.context import ModelsContext
from pages.components.models.view import PAGE, ModelsView
from pages.components.owning import networks, own_models
from pages.components.shell import header

header.show(
    "Models",
    "Which trained networks are here, how good are they, and how do you use one yourself?",
    {
        "Measure": "the one number a model is judged by, on text it was not trained on. "
        + " ".join(family.headline.meaning for family in in_order()),
        "Parameters": "how many numbers training has set.",
        "Size": "of the weights on disk, in half precision.",
        "SHA-256": "a fingerprint of a file; an identical copy has the same.",
    },
)
shown = call(networks.overview, version=cache.models_version(), kept="shared").value
models = shown.models
if not models:
    notices.error(
        "No model is installed: data/pretrained is empty. python -m engine train --recipe shakespeare-lstm makes one."
    )
    st.stop()
for broken in [info for info in models if info.error]:
    notices.error(broken.error)

figures.show_table(
    shown.table,
    name="models",
    receipt=Receipt(
        python="from engine.models.folder import list_models\n\nfor info in list_models():\n    print(info.to_json())",
        command="python -m engine models --json",
        data="config.json and the header of the weights in each folder of data/pretrained",
    ),
    column_config={
        "parameters": st.column_config.NumberColumn("parameters", format="localized"),
        "size_mib": st.column_config.NumberColumn("size (MiB)", format="%.2f"),
    },
)

usable = {info.name: info for info in [*models, *own_models.listed()] if not info.error}
context = partial(ModelsContext, models=usable)
controls = forms.open_controls(
    PAGE,
    ModelsView,
    {"tool": TOOLS.labels, "model": list(usable) or [""]},
    labels={"model": lambda name: context(controls=None).label(name) if name else ""},
)
tool = TOOLS.choose(controls)
with notices.engine_errors():
    TOOLS.show(tool.name, context(controls=controls))
