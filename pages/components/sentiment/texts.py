"""Many texts: lines or a file in, a table and a file out, batch by batch, with a Stop."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from engine.inspection.classification.many_texts import LineVerdict, classify_many, verdicts_frame, verdicts_sentence
from engine.inspection.classification.predictions import MAX_WORDS
from pages.components.computing import batches, cache
from pages.components.computing.batches import Sheet
from pages.components.controls import state
from pages.components.drawing import figures, notices
from pages.components.drawing.figures import Receipt
from pages.components.sentiment.context import PAGE, SentimentContext
from pages.components.texts import given_texts
from pages.components.texts.given_texts import GivenTexts

NAME = "texts"
AT_ONCE = 64  # lines; more take a second or longer and are begun by a button
OWN_LINES = (
    "The ending made me cry, and I am glad it did.",
    "Two hours of my life that nobody will give back.",
    "Not the worst comedy of the year.",
    "A clever idea, badly told.",
    "My grandmother liked the music.",
)


def show(context: SentimentContext) -> None:
    """Draw the box and the file, and what has been judged of them."""
    notices.explain(
        f"Paste texts or bring a file: {given_texts.KINDS}, {MAX_WORDS:,} words a line. Lines keep their order; an "
        "empty line stays empty. **Try:** messages of your own, and look at those the network is least sure of. It was "
        "taught film reviews, so it may mistake other kinds of text."
    )
    given = given_texts.ask(
        context.controls,
        PAGE,
        NAME,
        "many texts",
        "texts_part",
        label="Lines to judge",
        own="\n".join(OWN_LINES),
        done="judged",
    )
    if given is None:
        return
    key = state.fingerprint(context.network, cache.model_version(context.network), given.items)

    def work(lines: list[str], done: tuple[int, ...]) -> Iterable[list[LineVerdict]]:
        return classify_many(cache.load_model(context.network), lines, done)

    sheet = batches.run(PAGE, NAME, key, given.items, work, verb="Judge", at_once=AT_ONCE)
    if sheet is not None:
        _show_sheet(context, sheet, given)


def _show_sheet(context: SentimentContext, sheet: Sheet, given: GivenTexts) -> None:
    frame = verdicts_frame(sheet.lines, sheet.found)
    done = sum(bool(row.label) for row in sheet.found.values())
    said = (
        f"{done:,} of {len(sheet.lines):,} lines judged in {sheet.elapsed_seconds:.1f} s: "
        f"{verdicts_sentence(sheet.found)}"
    )
    notices.say(sheet.say(said))
    sure = st.column_config.NumberColumn(
        help="The probability of the class that is given; 50 % is an even chance.", format="percent"
    )
    unknown = st.column_config.TextColumn("unknown words", help="Words the network has never met.")
    figures.show_table(
        frame,
        name="sentiment-texts",
        column_config={"probability": sure, "unknown": unknown},
        receipt=_receipt(context, sheet, given),
    )


def _receipt(context: SentimentContext, sheet: Sheet, given: GivenTexts) -> Receipt:
    return sheet.receipt(
        context.network,
        "from pathlib import Path\n\n"
        "from engine.files import read_file\n"
        "from engine.inspection.classification.many_texts import classify_many, verdicts_frame\n"
        "from engine.models.folder import load_model\n\n"
        f"lines = {given.python}.lines{given.part}\n"
        f"loaded = load_model({context.network!r})\n"
        "found = {row.index: row for batch in classify_many(loaded, lines) for row in batch}\n"
        "print(verdicts_frame(lines, found).to_string())",
        command=f"python -m engine classify --model {context.network}{given.command}",
    )
