"""Many lines: a file of sentences in, a file of translations out, batch by batch, with a Stop."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import streamlit as st

from engine.decoding.limits import MAX_SOURCE_WORDS
from engine.decoding.line_files import join_lines
from engine.inspection.translation.many_lines import LineTranslation, lines_frame, translate_many
from engine.inspection.translation.source_reading import source_columns
from pages.components.computing import batches, cache
from pages.components.computing.batches import Sheet
from pages.components.controls import state
from pages.components.controls.buttons import download
from pages.components.drawing import figures, notices
from pages.components.drawing.figures import Receipt
from pages.components.texts import given_texts
from pages.components.texts.given_texts import GivenTexts
from pages.components.translation import receipts, searching
from pages.components.translation.context import PAGE, TranslationContext
from pages.components.translation.results import LINES_TEXT

NAME = "many-lines"


def show(context: TranslationContext) -> None:
    """Draw the box and the file, and what has been translated of them."""
    notices.explain(
        f"Paste texts or bring a file: {given_texts.KINDS}, {MAX_SOURCE_WORDS} words a line. Lines and translations "
        "keep their order; an empty line stays empty. They are searched as is set at the top. **Try:** a page of a "
        "manual, and look where the confidence drops."
    )
    given = given_texts.ask(
        context.controls,
        PAGE,
        NAME,
        LINES_TEXT,
        "many_lines_part",
        label="Lines to translate",
        own="\n".join(context.lines),
        done="translated",
        preferred=source_columns(context.models[context.network].source_language),
    )
    if given is None:
        return
    search = searching.of_view(context.view)
    key = state.fingerprint(context.network, cache.model_version(context.network), search, given.items)

    def work(lines: list[str], done: tuple[int, ...]) -> Iterable[list[LineTranslation]]:
        return translate_many(cache.load_model(context.network), lines, search.settings, search.sampling, done)

    sheet = batches.run(PAGE, NAME, key, given.items, work, verb="Translate")
    if sheet is not None:
        _show_sheet(context, search, sheet, given)


def _show_sheet(context: TranslationContext, search: searching.Search, sheet: Sheet, given: GivenTexts) -> None:
    frame = lines_frame(sheet.lines, sheet.found)
    st.markdown(notices.plain(_summary(sheet)))
    sure = st.column_config.NumberColumn(
        help="How sure the network was of a word: the geometric mean.", format="percent"
    )
    figures.show_table(
        frame, name="many-lines", column_config={"confidence": sure}, receipt=_receipt(context, search, sheet, given)
    )
    label, make = "Download the translations as text, line for line", partial(join_lines, list(frame["translation"]))
    download(label, "many-lines-txt", make, "translations.txt", "text/plain")


def _summary(sheet: Sheet) -> str:
    done = sum(bool(row.text) for row in sheet.found.values())
    speed = f", {done / sheet.elapsed_seconds:,.1f} sentences per second" if sheet.elapsed_seconds > 0 and done else ""
    return sheet.say(f"{done:,} of {len(sheet.lines):,} lines translated in {sheet.elapsed_seconds:.1f} s{speed}.")


def _receipt(context: TranslationContext, search: searching.Search, sheet: Sheet, given: GivenTexts) -> Receipt:
    settings, drawn = search.settings, search.sampling
    options = f"beam_size={settings.beam_size}, length_penalty={settings.length_penalty!r}"
    options += f", sampling={drawn!r}" if drawn else ""
    return Receipt(
        model=context.network,
        seed="none: nothing is drawn at random" if drawn is None else f"{drawn.seed} for every line",
        seconds=sheet.elapsed_seconds,
        python=(
            "from pathlib import Path\n\n"
            "from engine.decoding.limits import SamplingSettings\n"
            "from engine.decoding.text import translate_lines\n"
            "from engine.files import read_file\n"
            "from engine.models.folder import load_model\n\n"
            f"lines = {given.python}.lines{given.part}\n"
            f"found = dict(translate_lines(load_model({context.network!r}), lines, {options}))\n"
            "print('\\n'.join(found[place] for place in range(len(lines))))"
        ),
        command=receipts.how_it_was_made(context.network, search, given.command)["command"],
        note="Lines of a batch are searched together, with products rounded to bfloat16 where that is faster here: "
        "about one line in twenty is translated otherwise than by itself, no worse (0.02 BLEU on 1,000 sentences).",
    )
