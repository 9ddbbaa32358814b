"""Many lines: texts from a box or a file, their entities as a table and as files, batch by batch, with a Stop."""

from __future__ import annotations

from functools import partial

import streamlit as st

from engine.inspection.tagging.many_lines import (
    SourceLine,
    entities_frame,
    lines_frame,
    source_lines,
    tag_lines,
    tagged_file,
)
from engine.inspection.tagging.predictions import MAX_WORDS
from pages.components.computing import batches, cache
from pages.components.computing.batches import Sheet
from pages.components.controls import state
from pages.components.controls.buttons import download
from pages.components.drawing import figures, notices
from pages.components.drawing.figures import Receipt
from pages.components.entities.context import PAGE, EntitiesContext
from pages.components.texts import given_texts
from pages.components.texts.given_texts import GivenTexts

NAME = "entities-many-lines"
AT_ONCE = 32  # lines; more take a second or longer and are begun by a button
OWN_LINES = (
    "Maria Lopez flew from Madrid to Oslo on Friday.",
    "The Central Bank of Norway raised its rates in June 2019.",
    "German and Polish ministers met at the Louvre.",
    "Nothing here has a name.",
    "Mr. Brown of Brown Brothers moved to Brownsville.",
)


def show(context: EntitiesContext) -> None:
    """Draw the box and the file, and what has been found in them."""
    notices.explain(
        f"Paste texts or bring a file: {given_texts.KINDS}, {MAX_WORDS:,} words a line. Lines keep their order; the "
        "words of a token file are read as they are cut there. **Try:** a chapter of a book, and count its persons."
    )
    given = given_texts.ask(
        context.controls,
        PAGE,
        NAME,
        "many lines",
        "many_lines_part",
        label="Lines to tag",
        own="\n".join(OWN_LINES),
        done="tagged",
        items=source_lines,
    )
    if given is None:
        return
    key = state.fingerprint(context.network, cache.model_version(context.network), given.items)

    def work(lines: list[SourceLine], done: tuple[int, ...]):
        return tag_lines(cache.load_model(context.network), lines, done)

    sheet = batches.run(PAGE, NAME, key, given.items, work, verb="Tag", at_once=AT_ONCE)
    if sheet is not None:
        _show_sheet(context, sheet, given)


def _show_sheet(context: EntitiesContext, sheet: Sheet, given: GivenTexts) -> None:
    found = entities_frame(sheet.found)
    done = sum(bool(row.words) for row in sheet.found.values())
    entities = f"{len(found):,} entit{'y' if len(found) == 1 else 'ies'}"
    notices.say(
        sheet.say(f"{done:,} of {len(sheet.lines):,} lines tagged in {sheet.elapsed_seconds:.1f} s: {entities}.")
    )
    receipt = _receipt(context, sheet, given)
    figures.show_table(lines_frame(sheet.lines, sheet.found), name="entities-by-line", receipt=receipt)
    if found.empty:
        return
    st.markdown("Every entity, with the letters of its line it stands on (counted from 0, the last not included):")
    likely = st.column_config.NumberColumn(
        help="The probability that exactly these words bear exactly this kind.", format="percent"
    )
    figures.show_table(found, name="all-entities", column_config={"probability": likely})
    label, make = "Download the tags, one word on each line", partial(tagged_file, sheet.found)
    download(label, f"{NAME}-conll", make, "entities.conll", "text/plain")


def _receipt(context: EntitiesContext, sheet: Sheet, given: GivenTexts) -> Receipt:
    return sheet.receipt(
        context.network,
        "from pathlib import Path\n\n"
        "from engine.files import read_file\n"
        "from engine.inspection.tagging.many_lines import entities_frame, source_lines, tag_lines\n"
        "from engine.models.folder import load_model\n\n"
        f"lines = source_lines({given.python}){given.part}\n"
        f"loaded = load_model({context.network!r})\n"
        "found = {row.index: row for batch in tag_lines(loaded, lines) for row in batch}\n"
        "print(entities_frame(found).to_string())",
    )
