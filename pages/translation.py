"""Translation: English to French with and without attention; where the networks look, how sure they are."""

from __future__ import annotations

import streamlit as st

from engine.decoding.limits import SearchSettings
from engine.inspection.examples import list_translation_examples
from engine.inspection.translations import inspect_forcing, inspect_translation
from pages.components import cache, figures, forms, header, notices, translations
from pages.components.views.translation import TranslationView

PAGE = "translation"

header.show(
    "Translation",
    "How does a network carry an English sentence into French, and what does it gain by looking back at it?",
    {
        "Bars": "the probability the network gave each word it wrote, the product over the word's pieces.",
        "Pieces": "what the networks read and write: frequent words whole, rare ones in parts. A middle dot "
        "begins a part that continues a word.",
        "Map of attention": "each row is a French word being written, each column an English word being read; "
        "the brighter the cell, the more of the row's attention lies there. A row adds up to 1, and a ring "
        "marks its largest weight. The full stop often collects weight where a French word needs no "
        "particular English one.",
        "Forced": "the network is told the reference's piece after every step, as in training. The row shows "
        "what it would have written itself; ≠ marks where that is not the reference's piece.",
        "Free": "the network reads its own pieces, as in use. ▼ and the frame mark the first step where it "
        "leaves the reference.",
        "Nats": "natural logarithms of probabilities: 0 is certain, −0.69 one in two, −2.30 one in ten.",
        "BLEU": "overlap with human translations in runs of one to four words, 0 to 100; higher is better.",
    },
)
models = [info for info in cache.list_models("translation") if not info.error]
broken = [info for info in cache.list_models() if info.error and not info.task]
for info in broken:
    notices.error(info.error)
if not models:
    notices.error(
        "No translation model is installed; the Models page lists what is there and what is missing."
    )
    st.stop()
models.sort(key=lambda info: (not translations.is_attending(info), info.name))
by_name = {info.name: info for info in models}
labels = {
    "search": str.capitalize,
    "unit": str.capitalize,
    "network": lambda name: translations.title(by_name[name]),
}
controls = forms.open_controls(PAGE, TranslationView, {"network": list(by_name)}, labels=labels)


def take_example(source: str, reference: str) -> None:
    """Put an example into the boxes; runs before the page does."""
    controls.set("text", source)
    controls.set("reference", reference)


text = controls.text_area("text", height=90)
examples = list_translation_examples()
with st.container(horizontal=True):
    for example in examples:
        pair = (example.source, example.reference)
        st.button(example.name, key=f"example-{example.name}", on_click=take_example, args=pair)
with st.container(horizontal=True, vertical_alignment="center"):
    search = controls.segmented("search", label_visibility="collapsed")
    if search == "beam":
        with st.popover("Beam size and length penalty", icon=":material/tune:"):
            controls.slider("beam_size")
            controls.slider("length_penalty")
view = controls.value()
settings = SearchSettings(view.beam_size, view.length_penalty) if search == "beam" else SearchSettings(1, 0.0)
lesson = next((example.lesson for example in examples if example.source == text.strip()), None)
if lesson:
    st.caption(notices.plain(lesson))

with notices.engine_errors():
    lines = translations.split_lines(text)
    with st.spinner("Translating", show_time=True):
        reports = {
            name: [
                cache.compute_with_model(
                    inspect_translation, name, line, settings.beam_size, settings.length_penalty
                )
                for line in lines
            ]
            for name in by_name
        }
    chosen = 0
    if len(lines) > 1:
        table = translations.lines_table(
            lines, {translations.title(by_name[name]): reports[name] for name in by_name}
        )
        figures.show_table(table, name="all-lines")
        chosen = controls.slider("line", maximum=len(lines)) - 1
    source = lines[chosen]
    translations.show_reading(reports[models[0].name][chosen])
    for info, column in zip(models, st.columns(len(models), gap="large"), strict=True):
        with column:
            translations.show_result(info, reports[info.name][chosen], settings)

    attending = [
        info for info in models if translations.is_attending(info) and reports[info.name][chosen].target_words
    ]
    if attending:
        header.section(
            "Where it looked",
            "The network without attention has no such map: it reads the sentence once, into one vector.",
        )
        unit = controls.segmented("unit")
        translations.show_attention(attending[0], reports[attending[0].name][chosen], unit, settings)

    header.section(
        "Forced or free",
        "In training the decoder is told the right word after each step; in use it has only its own. Here "
        "are both. "
        "Try another word in the reference, and watch where the rows part.",
    )
    typed = controls.text_input("reference")
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        is_forcing = controls.toggle("teacher_forcing")
        network = controls.segmented("network", label_visibility="collapsed")
    reference = translations.reference_for(source, typed)
    if reference != typed:
        st.caption(notices.plain(f"This sentence is an example; its own reference is used: {reference}"))
    forcing = cache.compute_with_model(inspect_forcing, network, source, reference)
    translations.show_forcing(by_name[network], source, reference, forcing, is_forcing)

header.section(
    "Longer sentences", "What attention is worth, by the length of the sentence, on a whole test set."
)
with notices.engine_errors():
    translations.show_lengths(models)
