"""Data: what a network could learn from, looked at before it does: the catalogue's, the Hub's, and one's own."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from engine.corpora import CORPORA, data_folder
from engine.inspection.corpora.examples import Examples, corpus_examples, find_examples
from engine.inspection.corpora.facts import corpus_facts, measure
from engine.preparation.draft import prepare
from pages.components.computing.calls import call
from pages.components.controls import forms, state
from pages.components.controls.buttons import button, is_pressed
from pages.components.data import bringing, catalogue, facts, mapping, own
from pages.components.data.view import PAGE, SOURCES, DataView
from pages.components.drawing import figures, notices
from pages.components.owning import own_data
from pages.components.shell import header

header.show(
    "Data",
    "What would a network learn from, in a corpus of the catalogue or in data of your own?",
    {
        "Split": "networks learn from the training split; the validation split decides when training is over, and the "
        "test split is what the finished network is judged on.",
        "Token": "what a network reads at one step: a character, a word or a piece of one.",
        "Coverage": "which share of all tokens a vocabulary lists; what it does not list is unknown to the network.",
        "Repeated": "rows that stand in a split more than once. Rows that stand in training too make a measure look "
        "better than the network is.",
        "▸": "marks the columns that are used.",
    },
)
own.look_at_kept()
asked = state.read_url().get("data", "")
controls = forms.open_controls(
    PAGE,
    DataView,
    {"corpus": catalogue.titles()},
    defaults={"source": "own" if asked else "catalogue"},
    labels={"source": SOURCES.get},
)
source = controls.segmented("source", SOURCES.get, label_visibility="collapsed")
own.DATA_SETS.show_refusal()
own.DATA_SETS.show_undo()


def show_kept(name: str) -> None:
    """Draw a data set that is kept here."""
    folder = own_data.find(name)
    record = data_folder.read(folder)
    own.show_controls(folder, record)
    measured = call(corpus_facts, str(folder), version=(record.title, record.fingerprint), kept="shared")
    python = "from engine.inspection.corpora.facts import corpus_facts\n\nprint(corpus_facts('FOLDER/OF/THE/DATA'))"
    facts.show(
        measured.value, measured.receipt(python=python, data=f"{record.title}, fingerprint {record.fingerprint[:12]}")
    )
    find = partial(_find_kept, str(folder), record.fingerprint)
    facts.show_examples(controls, find, list(record.rows))


def _find_kept(folder: str, fingerprint: str, split: str, query: str) -> Examples:
    return call(corpus_examples, folder, split, query, version=fingerprint, kept="shared").value


def show_brought(brought: bringing.Brought) -> None:
    """Draw what was understood of something new, ask what is missing, and offer to keep it."""
    table = brought.table
    notices.say(table.understood)
    for sentence in table.notes:
        notices.note(sentence)
    for sentence in table.remarks:
        notices.error(sentence)
    header.section("Columns", "Which column is what? The likeliest are chosen already.")
    mapped = mapping.ask(table, brought.key)
    header.section("Split", "Which rows are learnt from, and which are kept back?")
    division = mapping.ask_division(controls, table, mapped.shape)
    key = state.fingerprint(brought.key, mapped, division)
    draft = state.once(PAGE, "draft", key, lambda: prepare(table, mapped, division))
    for sentence in draft.remarks:
        notices.note(sentence)
    header.section("Facts")
    corpus = state.once(PAGE, "corpus", key, draft.corpus)
    licence, origin = bringing.ask_terms(draft, brought.key)
    measured = state.once(PAGE, "facts", key, lambda: measure(corpus))
    facts.show(replace(measured, licence=licence, origin=origin))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        title = st.text_input("Title", brought.name[:80], max_chars=80, key=f"data-name-{brought.key}", width=320)
        if is_pressed("Keep this data", "data-keep", icon="save"):
            own.keep(replace(draft, licence=licence, origin=origin), title)
            st.rerun()
    st.caption("Only you see it, in this browser, until you share it.")
    facts.show_examples(controls, partial(find_examples, corpus), list(draft.splits))


with notices.engine_errors():
    if source == "catalogue":
        corpus_name = controls.select("corpus", width=320)
        found = catalogue.ask_facts(corpus_name)
        if found is not None:
            own.link_to_training(corpus_name)
            facts.show(found, catalogue.facts_of(corpus_name).receipt())
            splits = list(found.splits["split"])
            facts.show_examples(controls, partial(catalogue.examples_of, corpus_name), splits)
        header.section("The catalogue", f"{len(CORPORA.names())} corpora, and where each can be read.")
        figures.show_table(catalogue.table(), name="data-catalogue")
    elif source == "own":
        if asked:
            own_data.find(asked)  # says why not
        titles = {name: own.describe(found.record) for name, found in own_data.listed().items()}
        if titles:
            show_kept(own.choose(titles, asked))
        else:
            notices.note("You keep no data yet: upload or paste some, or take a data set of the Hub.")
    elif source == "file":
        brought = bringing.ask_file()
        if brought:
            show_brought(brought)
    else:
        try:
            brought = bringing.ask_hub(controls)
        finally:
            if state.recall(PAGE, "asked for"):
                button("Ask the Hub again", "data-again", bringing.ask_again, icon="refresh", type="tertiary")
        if brought:
            show_brought(brought)
