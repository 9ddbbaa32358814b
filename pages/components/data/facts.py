"""What is told of a corpus before it is used, and its examples."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from engine.inspection.corpora.examples import MOST, Examples
from engine.inspection.corpora.facts import CorpusFacts, say_lengths, say_sizes, say_vocabulary
from engine.plotting.corpora import facts as figures_of
from engine.preparation import SHAPES
from engine.wording import counted, percent
from pages.components.controls.forms import Controls
from pages.components.data.view import DataView
from pages.components.drawing import figures, notices
from pages.components.drawing.figures import Receipt
from pages.components.shell import header

SPLITS = {
    "rows": "rows",
    "characters": "characters",
    "tokens": "tokens",
    "repeated": "repeated rows",
    "seen_in_training": "rows also in training",
}


def show(facts: CorpusFacts, receipt: Receipt | None = None) -> None:
    """Draw all facts of a corpus."""
    shape = SHAPES.get(facts.shape)
    notices.say(f"{shape.title}. {say_sizes(facts)}", is_strong=True)
    st.caption(notices.plain(f"{facts.source} Licence: {facts.licence.rstrip('.')}. From: {facts.origin.rstrip('.')}."))
    for remark in facts.remarks:
        notices.note(remark)
    sizes = facts.splits.assign(
        seen_in_training=[f"{count:,.0f}" if count == count else "" for count in facts.splits["seen_in_training"]]
    )
    table = sizes.rename(columns=SPLITS | {"tokens": f"tokens ({facts.noun}s)"})
    localized = {name: st.column_config.NumberColumn(format="localized") for name in table.columns[1:5]}
    figures.show_table(table, name="data-splits", receipt=receipt, column_config=localized)
    left, right = st.columns(2, gap="medium")
    with left:
        notices.say(say_lengths(facts))
        figures.show(
            figures_of.length_bars(facts.lengths, unit=facts.unit, mode=figures.mode()),
            name="data-lengths",
            alt=figures_of.describe_lengths(facts.lengths, unit=facts.unit),
            table=facts.lengths.drop(columns="longest"),
        )
    with right:
        notices.say(say_vocabulary(facts))
        figures.show(
            figures_of.coverage_lines(facts.coverage, noun=facts.noun, mode=figures.mode()),
            name="data-coverage",
            alt=figures_of.describe_coverage(facts.coverage, noun=facts.noun),
            table=facts.coverage,
        )
    if len(facts.balance):
        notices.say(f"{counted(len(facts.balance), facts.counts)}:")
        figures.show(
            figures_of.balance_bars(facts.balance, mode=figures.mode()),
            name="data-balance",
            alt=figures_of.describe_balance(facts.balance, counts=facts.counts),
            table=facts.balance,
        )
    notices.say(_say_languages(facts.languages))
    if len(facts.unknown):
        with st.expander(f"Unknown {facts.noun}s of the validation split", type="compact"):
            figures.show_table(facts.unknown, name="data-unknown")


def show_examples(controls: Controls[DataView], find: Callable[[str, str], Examples], splits: list[str]) -> None:
    """Draw the first examples, or those that contain what is searched for; `find` is given the split and the query."""
    header.section("Examples")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        split = controls.segmented("examples", choices=splits)
        query = controls.text_input("search", width=320)
    found = find(split, query)
    if query.strip():
        st.caption(f"{counted(found.found, 'row')} of {found.total:,} contain it; the first {min(found.found, MOST)}:")
    else:
        st.caption(f"The first {min(found.total, MOST)} of {counted(found.total, 'row')}:")
    figures.show_table(found.table, name="data-examples")


def _say_languages(languages: pd.DataFrame) -> str:
    """Return which languages were seen, in a sentence."""
    if not len(languages):
        return "Languages: too little text to tell."
    several = languages["text"].nunique() > 1
    parts = []
    for row in languages.itertuples():
        side = f"{row.text}, " if several else ""
        parts.append(f"{row.language} ({side}{percent(row.share, 0)})")
    return f"Languages, told by the letters in pieces of 800 characters of the training split: {', '.join(parts)}."
