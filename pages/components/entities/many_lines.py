"""Many lines: texts from a box or a file, their entities as a table and as files, batch by batch, with a Stop."""

from __future__ import annotations

from functools import partial

import streamlit as st

from engine.decoding.limits import MAX_LINES
from engine.decoding.table_files import TEXT_COLUMNS
from engine.errors import InputError
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
from pages.components.entities.context import PAGE, EntitiesContext
from pages.components.figures import Receipt
from pages.components.header import TEXT_WIDTH

NAME = "entities-many-lines"
TEXT = "many lines"
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
    st.markdown(
        f"Paste lines or bring a file: one text on each line; a CSV ({', '.join(TABLES)}) with a column named "
        f"{columns}; or one word on "
        f"each line with an empty line after each sentence ({', '.join(TOKENS)}). UTF-8, at most "
        f"{MAX_FILE_BYTES // 2**20} MiB, "
        f"{MAX_LINES:,} lines at a time, {MAX_WORDS:,} words a line. Lines keep their order. **Try:** a chapter of a "
        "book, and count its persons.",
        width=TEXT_WIDTH,
    )
    lines = _ask_lines(context)
    if not lines:
        return
    key = state.fingerprint(context.network, cache.model_version(context.network), lines)

    def work(given: list[SourceLine], done: tuple[int, ...]):
        return tag_lines(cache.load_model(context.network), given, done)

    sheet = batches.run(PAGE, NAME, key, lines, work, verb="Tag", at_once=AT_ONCE)
    if sheet is not None:
        _show_sheet(context, sheet)


def _ask_lines(context: EntitiesContext) -> list[SourceLine]:
    """Draw box, file and part; return the lines to tag, none where there is nothing or something is wrong with it."""
    text = st.text_area(
        "Lines to tag", value=state.recall(PAGE, TEXT, "\n".join(OWN_LINES)), height=160, key=f"{NAME}-text"
    )
    state.remember(PAGE, TEXT, text)
    file = st.file_uploader(
        "Or a file (it comes before the box)",
        type=["txt", "text", "md", *(ending[1:] for ending in TABLES + TOKENS)],
        key=f"{NAME}-file",
        max_upload_size=MAX_FILE_BYTES // 2**20,
    )
    try:
        lines = read_box(text) if file is None else read_file(file.name, file.getvalue())
    except InputError as problem:
        notices.error(f"{problem} What is in the box is still there.")
        return []
    return batches.choose_part(context.controls, "many_lines_part", lines, "tagged")


def _show_sheet(context: EntitiesContext, sheet: Sheet) -> None:
    found = entities_frame(sheet.found)
    st.markdown(notices.plain(_summary(sheet, len(found))), width=TEXT_WIDTH)
    receipt = _receipt(context, sheet)
    figures.show_table(lines_frame(sheet.lines, sheet.found), name="entities-by-line", receipt=receipt)
    if found.empty:
        return
    st.markdown("Every entity, with the letters of its line it stands on (counted from 0, the last not included):")
    likely = st.column_config.NumberColumn(
        help="The probability that exactly these words bear exactly this kind.", format="percent"
    )
    figures.show_table(found, name="all-entities", column_config={"probability": likely})
    st.download_button(
        "Download the tags, one word on each line",
        data=partial(tagged_file, sheet.found),
        file_name="entities.conll",
        mime="text/plain",
        key=f"{NAME}-conll",
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
    )


def _summary(sheet: Sheet, count: int) -> str:
    done = sum(bool(row.words) for row in sheet.found.values())
    return sheet.say(
        f"{done:,} of {len(sheet.lines):,} lines tagged in {sheet.elapsed_seconds:.1f} s: {count:,} "
        f"entit{'y' if count == 1 else 'ies'}."
    )


def _receipt(context: EntitiesContext, sheet: Sheet) -> Receipt:
    return Receipt(
        model=context.network,
        seed="none: nothing is drawn at random",
        seconds=sheet.elapsed_seconds,
        python=(
            "from pathlib import Path\n\n"
            "from engine.inspection.tagging.many_lines import entities_frame, read_file, tag_lines\n"
            "from engine.models.folder import load_model\n\n"
            "lines = read_file('lines.txt', Path('lines.txt').read_bytes())\n"
            f"loaded = load_model({context.network!r})\n"
            "found = {row.index: row for batch in tag_lines(loaded, lines) for row in batch}\n"
            "print(entities_frame(found).to_string())"
        ),
        note="Lines of a batch are read together, which changes no number beyond the last digits.",
    )
