"""Many lines: texts from a box or a file, their entities as a table and as files, batch by batch, with a Stop."""

from __future__ import annotations

from functools import partial

import streamlit as st

from engine.decoding.limits import MAX_LINES
from engine.decoding.table_files import TEXT_COLUMNS
from engine.inspection.tagging.many_lines import (
    TABLES,
    TOKENS,
    SourceLine,
    entities_frame,
    lines_frame,
    read_box,
    read_file,
    tag_lines,
    tagged_file,
)
from engine.inspection.tagging.predictions import MAX_WORDS
from engine.text.reading import MAX_FILE_BYTES
from pages.components import batches, cache, figures, notices, state
from pages.components.batches import Sheet
from pages.components.buttons import download
from pages.components.entities.context import PAGE, EntitiesContext
from pages.components.figures import Receipt

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
    columns = ", ".join(f"“{name}”" for name in TEXT_COLUMNS)
    notices.explain(
        f"Paste lines or bring a file: one text on each line; a CSV ({', '.join(TABLES)}) with a column named "
        f"{columns}; or one word on each line with an empty line after each sentence ({', '.join(TOKENS)}). UTF-8, at "
        f"most {MAX_FILE_BYTES // 2**20} MiB, {MAX_LINES:,} lines at a time, {MAX_WORDS:,} words a line. Lines keep "
        "their order. **Try:** a chapter of a book, and count its persons."
    )
    lines = batches.ask_lines(
        PAGE,
        NAME,
        context.controls,
        "many_lines_part",
        verb="Tag",
        done="tagged",
        kept="many lines",
        own="\n".join(OWN_LINES),
        file_label="Or a file (it comes before the box)",
        kinds=["txt", "text", "md", *(ending[1:] for ending in TABLES + TOKENS)],
        read_box=read_box,
        read_file=read_file,
    )
    if not lines:
        return
    key = state.fingerprint(context.network, cache.model_version(context.network), lines)

    def work(given: list[SourceLine], done: tuple[int, ...]):
        return tag_lines(cache.load_model(context.network), given, done)

    sheet = batches.run(PAGE, NAME, key, lines, work, verb="Tag", at_once=AT_ONCE)
    if sheet is not None:
        _show_sheet(context, sheet)


def _show_sheet(context: EntitiesContext, sheet: Sheet) -> None:
    found = entities_frame(sheet.found)
    done = sum(bool(row.words) for row in sheet.found.values())
    entities = f"{len(found):,} entit{'y' if len(found) == 1 else 'ies'}"
    notices.say(
        sheet.say(f"{done:,} of {len(sheet.lines):,} lines tagged in {sheet.elapsed_seconds:.1f} s: {entities}.")
    )
    receipt = _receipt(context, sheet)
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


def _receipt(context: EntitiesContext, sheet: Sheet) -> Receipt:
    return sheet.receipt(
        context.network,
        "from pathlib import Path\n\n"
        "from engine.inspection.tagging.many_lines import entities_frame, read_file, tag_lines\n"
        "from engine.models.folder import load_model\n\n"
        "lines = read_file('lines.txt', Path('lines.txt').read_bytes())\n"
        f"loaded = load_model({context.network!r})\n"
        "found = {row.index: row for batch in tag_lines(loaded, lines) for row in batch}\n"
        "print(entities_frame(found).to_string())",
    )
