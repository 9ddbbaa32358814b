"""Generation: recurrent networks continue the same text, and what each expects at any character of it."""

from __future__ import annotations

from functools import partial
from math import exp

import streamlit as st

from engine.decoding.limits import SamplingSettings
from engine.decoding.text import write_text
from engine.inspection.next_tokens import next_tokens
from engine.plotting import theme
from engine.plotting.distribution import describe_next_tokens, next_token_bars, visible_token
from pages.components import cache, figures, forms, header, networks, notices, receipts, state, writing
from pages.components.views.generation import GenerationView

PAGE = "generation"
TEXT_HEIGHT = 420

header.show(
    "Generation",
    "What do recurrent networks write, one character at a time, when they all get the same beginning?",
    {
        "Text": "starts with your beginning; everything after it is drawn character by character, and each network reads "
        "what it has just written before it draws the next.",
        "Nats per character": "how surprised a network is, on average, by text it was not trained on; lower is better. "
        "Blind guessing among 65 characters costs 4.17.",
        "Bars": "the chance each character is drawn with, after temperature, top-k and top-p. ␣ is a space, ↵ a new line.",
        "Dashes": "the chance the network itself gave it, before your settings.",
        "Entropy": "how open the choice is: 0 nats is certain, 0.69 a fair coin, 2.30 one of ten.",
        "Cut away": "the share of the chances that top-k and top-p set to zero.",
    },
)
models = networks.in_order([info for info in cache.list_models("language_model") if not info.error])
if not models:
    notices.error("No language model is installed; the Models page lists what is there and what is missing.")
    st.stop()
architectures = {info.name: info.architecture for info in models}
favourite = next((name for name, architecture in architectures.items() if architecture == "lstm"), models[0].name)
labels = {name: theme.architecture_label(architecture) for name, architecture in architectures.items()}
controls = forms.open_controls(
    PAGE, GenerationView, {"closeup": list(labels)}, {"closeup": favourite}, {"closeup": labels.get}
)

left, right = st.columns([3, 2], gap="large")
with left:
    prompt = controls.text_area("prompt", height=110)
with right:
    controls.slider("temperature")
    with st.popover("Length, seed, top-k and top-p", icon=":material/tune:"):
        for name in ("max_new_tokens", "seed", "top_k", "top_p"):
            controls.number(name)
view = controls.value()
settings = SamplingSettings(**{name: getattr(view, name) for name in SamplingSettings.__dataclass_fields__})

with notices.engine_errors():
    loaded = {name: cache.load_model(name) for name in architectures}
    sources = {name: partial(write_text, model, prompt, settings) for name, model in loaded.items()}
    unknown = loaded[favourite].tokenizer.unknown_pieces(prompt)
    if unknown:
        notices.note(f"The networks have never seen: {', '.join(unknown)}. They read each as one unknown character.")

    bar = st.empty()
    slots = {}
    for info, column in zip(models, st.columns(len(models), gap="small"), strict=True):
        with column:
            networks.show(info)
            slots[info.name] = st.container(border=True, height=TEXT_HEIGHT, key=f"written-by-{info.name}").empty()

    def draw(name: str, text: str) -> None:
        """Show what one network has written so far."""
        slots[name].text(prompt + text)

    key = state.fingerprint(prompt, settings, [(name, cache.model_version(name)) for name in loaded])
    sheet = writing.current(PAGE, key)
    if not sheet.is_complete:
        with bar.container(horizontal=True, vertical_alignment="center"):
            st.button("Stop", icon=":material/stop:", on_click=writing.stop, args=(PAGE,), key="stop")
            st.caption("The networks are writing.", width="content")
        sheet = writing.stream(PAGE, key, sources, draw)
    else:
        for name, text in sheet.texts.items():
            draw(name, text)
    with bar.container(horizontal=True, vertical_alignment="center"):
        st.button("Another seed", icon=":material/casino:", key="again", on_click=writing.reseed, args=(controls,))
        figures.show_receipt(receipts.for_generation(favourite, prompt, settings, sheet), "written")
        st.caption(sheet.summary(), width="content")

    header.section(
        "The next character",
        "What one network expects at any place of its text, as it gave it and as your settings changed it.",
    )
    network = controls.segmented("closeup")
    text = prompt + sheet.texts.get(network, "")
    position = controls.slider("position", maximum=max(1, len(text)), default=max(1, len(text)))
    st.text(f"…{text[max(0, position - 60) : position]}▏")
    expected = cache.compute_with_model(
        next_tokens, network, text[:position], view.temperature, view.top_k, view.top_p
    )
    if position < len(text):
        st.caption(notices.plain(expected.outcome(text[position])))
    before, after, cut = st.columns(3)
    before.metric("Entropy, as the network gave it", f"{expected.entropy_before:.2f} nats")
    before.caption(f"as open as {exp(expected.entropy_before):.1f} equal choices")
    after.metric("Entropy, after your settings", f"{expected.entropy_after:.2f} nats")
    after.caption(f"as open as {exp(expected.entropy_after):.1f} equal choices")
    cut.metric("Cut away by top-k and top-p", f"{100 * expected.mass_cut:.1f} %")
    cut.caption("of the chances the temperature left")
    figures.show(
        next_token_bars(expected.frame, mode=figures.mode(), architecture=architectures[network]),
        name="next-character",
        alt=describe_next_tokens(expected.frame),
        table=expected.frame.assign(token=expected.frame["token"].map(visible_token)),
        receipt=receipts.for_next_tokens(network, text[:position], settings),
    )
