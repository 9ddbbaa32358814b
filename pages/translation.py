"""Translation: recurrent networks carry a sentence into another language, and the tools that take it apart."""

from __future__ import annotations

import streamlit as st

from engine.inspection.translation.example_effects import attention_effect
from pages.components.computing import cache
from pages.components.controls import forms
from pages.components.controls.buttons import button
from pages.components.drawing import figures, notices
from pages.components.owning import networks
from pages.components.shell import header
from pages.components.translation import TOOLS, receipts, results, searching
from pages.components.translation.context import (
    PAGE,
    UNITS,
    TranslationContext,
    direction_label,
    effects_of,
    grouped,
    is_attending,
    language_pair,
    title,
)
from pages.components.translation.examples import known_examples
from pages.components.translation.view import TranslationView

GROUPS = {"pair": "With and without attention", "best": "The best", "forcing": "Trained with less teacher forcing"}

header.show(
    "Translation",
    "How does a network carry a sentence into another language, and what does it gain by looking back at it?",
    {
        "Bars": "the probability the network gave each word it wrote, the product over the word's tokens.",
        "Subword tokens": "what the networks read and write: frequent words whole, rare ones in parts. A middle dot "
        "begins a part that continues a word.",
        "Map of attention": "each row is a word being written, each column a word being read; the brighter the cell, "
        "the more of the row's attention lies there. A row adds up to 1, and a ring marks its largest weight. The full "
        "stop often collects weight where a written word needs no particular word of the source.",
        "Forced": "teacher forcing: the network is given the reference's token after every step, as in training. The "
        "row shows what it would have written itself; ≠ marks where that is not the reference's token.",
        "Free": "the network reads its own tokens, as in use. ▼ and the frame mark the first step where it "
        "leaves the reference.",
        "Search tree": "a column per step, the likeliest candidate on top. A filled circle is on the winner's way, a "
        "ring was kept, a square belongs to another finished sentence, a cross was pruned. A score is the sum of the "
        "tokens' nats divided by their number to the power of the length penalty; the higher, nearer to 0, the better.",
        "Nats": "natural logarithms of probabilities: 0 is certain, −0.69 one in two, −2.30 one in ten.",
        "BLEU": "overlap with human translations in runs of one to four words, 0 to 100; higher is better.",
    },
)
usable = networks.installed(cache.list_models("translation"), "translation model")
titles = {name: GROUPS.get(name) or title(group[0]) for name, group in grouped(list(usable.values())).items()}
shipped = {language_pair(info) for info in usable.values() if not info.whose}
directions = sorted({*map(language_pair, usable.values())}, key=lambda pair: (pair not in shipped, pair))
controls = forms.open_controls(
    PAGE,
    TranslationView,
    {
        "direction": {pair: direction_label(pair) for pair in directions},
        "translators": titles,
        "network": {name: title(info) for name, info in usable.items()},
        "tool": TOOLS.labels,
    },
    labels={"search": str.capitalize, "unit": UNITS.get},
    formerly={
        "tool": TOOLS.formerly,
        "translators": {"Four ways to be taught": "forcing"},
        "unit": {"Pieces": "pieces"},
        "forcing_rows": {"By piece": "pieces"},
    },
)


def take_example(source: str, reference: str) -> None:
    """Put an example into the boxes; runs before the page does."""
    controls.set("text", source)
    controls.set("reference", reference)


direction = directions[0]
if len(directions) > 1:
    direction = controls.segmented("direction", label_visibility="collapsed")
models = {name: info for name, info in usable.items() if language_pair(info) == direction}
groups = grouped(list(models.values()))
examples = known_examples(direction, usable.values())
if turned := examples.in_place_of(controls.current("text")):
    take_example(turned.source, turned.reference)
text = controls.text_area("text", height=90)
with st.container(horizontal=True):
    for example in examples.here:
        button(example.name, f"example-{example.name}", take_example, example.source, example.reference)
with st.container(horizontal=True, vertical_alignment="center"):
    writers = next(iter(groups))
    if len(groups) > 1:
        writers = controls.segmented("translators", titles.get, list(groups), label_visibility="collapsed")
    search = searching.ask(controls)
if lesson := next((example.lesson for example in examples.here if example.source == text.strip()), None):
    st.caption(notices.plain(lesson))

with notices.engine_errors():
    lines = results.split_lines(controls, text, examples)
    shown = groups[writers]
    with st.spinner("Translating", show_time=True):
        found = {info.name: [search.translations(info.name, line)[0] for line in lines] for info in shown}
    chosen = 0
    if len(lines) > 1:
        table = results.lines_table(lines, {title(info): found[info.name] for info in shown})
        figures.show_table(table, name="all-lines")
        chosen = controls.slider("line", maximum=len(lines)) - 1
    results.show_reading(shown[0].name, found[shown[0].name][chosen])
    for start in range(0, len(shown), 2):
        row = shown[start : start + 2]
        for info, column in zip(row, st.columns(len(row), gap="large"), strict=True):
            with column:
                receipt = receipts.for_translation(search.call(info.name, lines[chosen]), search)
                results.show_result(controls, info, found[info.name][chosen], receipt, search.settings)
    if typical := attention_effect(effects_of(shown[0]), lines[chosen]):
        st.caption(notices.plain(typical))
    searching.show_seeds(shown, lines[chosen], search)

    header.section("Take the translation apart")
    tool = TOOLS.choose(controls)
    candidates = [info.name for info in shown]
    if tool.looks_at_one and len(candidates) > 1:
        names = {name: title(models[name]) for name in candidates}
        network = controls.segmented("network", choices=names, label_visibility="collapsed")
    else:
        network = candidates[0]
    own = {name: translations[chosen] for name, translations in found.items()}
    context = TranslationContext(
        controls=controls,
        models=models,
        network=network,
        direction=direction,
        source=lines[chosen],
        lines=lines,
        settings=search.settings,
        shown=candidates,
        translations=own,
        examples=examples,
    )
    if tool.needs_attention and not is_attending(context.info):
        notices.note(
            f"The network “{context.label(network)}” has no attention to look at: it reads the sentence once, into one "
            "vector. Choose one that looks back."
        )
    else:
        TOOLS.show(tool.name, context)
