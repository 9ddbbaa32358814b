"""Models: every trained network with its card, its scores, its files, and how to load it."""

from __future__ import annotations

import streamlit as st

from engine.inspection.stored.model_files import list_files
from engine.models.card import usage_command, usage_lines
from engine.task_family import in_order
from pages.components import cache, figures, forms, header, networks, notices
from pages.components.calls import call
from pages.components.figures import Receipt
from pages.components.models.view import ModelsView

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

usable = {info.name: info for info in models if not info.error}
if not usable:
    st.stop()
header.section("One model", "Its card says what it was trained on, what was measured and where it fails.")
controls = forms.open_controls("models", ModelsView, {"model": list(usable)})
info = usable[controls.select("model")]

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

corpora = networks.corpora_table(usable.values())
if corpora.num_rows:
    header.section(
        "What they learnt from", "Who made each corpus, and under which terms its texts and the weights are."
    )
    figures.show_table(
        corpora,
        name="corpora",
        column_config={"weights": st.column_config.TextColumn("weights learnt from it")},
    )
