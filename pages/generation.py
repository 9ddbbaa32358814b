"""Generation: recurrent networks continue the same text, and the tools that take their writing apart."""

from __future__ import annotations

from functools import partial

import streamlit as st

from engine.decoding.limits import SamplingSettings, check_prompt, check_sampling
from engine.decoding.writing import write_text, writes_together
from pages.components.computing import cache, writing
from pages.components.controls import forms, state
from pages.components.controls.buttons import button
from pages.components.drawing import figures, notices
from pages.components.generation import TOOLS, receipts
from pages.components.generation.context import PAGE, GenerationContext
from pages.components.generation.view import GenerationView
from pages.components.owning import networks
from pages.components.shell import header
from pages.components.texts import reading

TEXT_HEIGHT = 420

header.show(
    "Generation",
    "What do recurrent networks write, one character at a time, when they all get the same beginning?",
    {
        "Text": "starts with your beginning; everything after it is drawn character by character, and each network "
        "reads what it has just written before it draws the next.",
        "Subword tokens": "what the network called Word pieces reads and writes instead of characters: frequent words "
        "whole, with the blank after them, and rare ones in parts; Length counts them.",
        "Nats per character": "how surprised a network is, on average, by text it was not trained on; lower is better. "
        "A nat is 1.44 bits.",
        "Bars": "the probability each character is drawn with, after temperature, top-k and top-p. ␣ is a space, ↵ a "
        "new line.",
        "Dashes": "the probability before your settings.",
        "Entropy": "how open the choice is, in nats: 0 is certain, 0.69 like two equal options, 2.30 like ten.",
        "Cut away": "the share of the probability that top-k and top-p set to zero.",
    },
)
models = networks.installed(networks.in_order(cache.list_models("language_model")), "language model")
groups = networks.grouped(list(models.values()))
largest = max(groups.values(), key=len)
favourite = networks.favourite(largest).name
controls = forms.open_controls(
    PAGE,
    GenerationView,
    {
        "models": {name: networks.group_label(group) for name, group in groups.items()},
        "model": {info.name: networks.label(info) for info in largest},
        "tool": TOOLS.labels,
    },
    {"model": favourite},
    formerly={"tool": TOOLS.formerly},
)

left, right = st.columns([3, 2], gap="large")
with left:
    prompt = controls.text_area("prompt", height=110)
with right:
    controls.slider("temperature")
    with st.popover("Length, seed, top-k and top-p", icon=":material/tune:"):
        for name in ("max_new_tokens", "seed", "top_k", "top_p"):
            controls.number(name)
    writers = groups[controls.pills("models", wrap=True)] if len(groups) > 1 else largest
view = controls.value()
settings = SamplingSettings(**{name: getattr(view, name) for name in SamplingSettings.__dataclass_fields__})

with notices.engine_errors():
    check_prompt(prompt)  # before anything is said to be written
    check_sampling(settings)
    loaded = {info.name: cache.load_model(info.name) for info in writers}
    sources = {name: partial(write_text, model, prompt, settings) for name, model in loaded.items()}
    unknown = next(iter(loaded.values())).tokenizer.unknown_pieces(prompt)
    reading.say(next(iter(loaded)), prompt)
    if unknown:
        notices.note(f"The networks have never seen: {', '.join(unknown)}. They read each as one unknown character.")

    bar = st.empty()
    slots = {}
    for info, column in zip(writers, st.columns(len(writers), gap="small"), strict=True):
        with column:
            networks.show(info)
            slots[info.name] = st.container(border=True, height=TEXT_HEIGHT, key=f"written-by-{info.name}").empty()

    def draw(name: str, text: str) -> None:
        """Show what one network has written so far."""
        slots[name].text(prompt + text)

    key = state.fingerprint(prompt, settings, [(name, cache.model_version(name)) for name in loaded])
    sheet = writing.current(PAGE, key)
    if not sheet.is_complete:
        sheet = writing.begin(PAGE, key, sources)
        with bar.container(horizontal=True, vertical_alignment="center"):
            button("Stop", "stop", writing.stop, PAGE, icon="stop")
            st.caption("The networks are writing.", width="content")
        together = [name for name, model in loaded.items() if writes_together(model)]
        writing.stream(sheet, sources, draw, together)
    else:
        for name, text in sheet.texts.items():
            draw(name, text)
    with bar.container(horizontal=True, vertical_alignment="center"):
        button("Another seed", "again", writing.reseed, controls, icon="casino")
        first = favourite if favourite in loaded else next(iter(loaded))
        on = {name: model.steps.runtime for name, model in loaded.items()}
        figures.show_receipt(receipts.for_writing(first, prompt, settings, sheet, on), "written")
        st.caption(sheet.summary(), width="content")

    header.section("Take the writing apart")
    tool = TOOLS.choose(controls)
    network = controls.segmented("model") if len(writers) > 1 and tool.looks_at_one else first
    context = GenerationContext(
        controls=controls,
        models=models,
        network=network,
        prompt=prompt,
        settings=settings,
        texts=sheet.texts,
    )
    if tool.needs_units and not context.info.has_units:
        notices.note(
            f"{context.label(network)} has no hidden units that carry a memory; choose a recurrent network above."
        )
    else:
        TOOLS.show(tool.name, context)
