"""Many lines: a file of sentences in, a file of translations out, batch by batch, with a Stop."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from functools import partial

import streamlit as st

from engine.decoding.limits import MAX_LINES, MAX_SOURCE_WORDS
from engine.decoding.line_files import MAX_FILE_BYTES, join_lines, parts, read_lines, split_lines
from engine.errors import InputError
from engine.inspection.many_lines import LineTranslation, lines_frame, translate_many
from pages.components import cache, figures, notices, state
from pages.components.figures import Receipt
from pages.components.header import TEXT_WIDTH
from pages.components.translation import searching
from pages.components.translation.desk import Desk
from pages.components.translation.results import LINES_TEXT, PAGE

SHEET = "many lines sheet"


@dataclass
class Sheet:
    """What has been translated of one part of one text, with one network and search; it lives in the session."""

    key: str
    lines: list[str]
    found: dict[int, LineTranslation] = field(default_factory=dict)
    elapsed_seconds: float = 0.0
    is_stopped: bool = False

    @property
    def is_finished(self) -> bool:
        """Whether every line has been dealt with."""
        return len(self.found) == len(self.lines)

    def summary(self) -> str:
        """Return how much was translated and how fast."""
        done = sum(bool(row.text) for row in self.found.values())
        problems = sum(bool(row.problem) for row in self.found.values())
        speed = f", {done / self.elapsed_seconds:,.1f} sentences per second" if self.elapsed_seconds > 0 and done else ""
        said = f"{done:,} of {len(self.lines):,} lines translated in {self.elapsed_seconds:.1f} s{speed}."
        return said + (f" {problems:,} {'line has' if problems == 1 else 'lines have'} a problem, named in the table." if problems else "")


def show(desk: Desk) -> None:
    """Draw the box and the file, and what has been translated of them."""
    st.markdown(
        f"Paste lines or bring a file: plain text in UTF-8, at most {MAX_FILE_BYTES // 2**20} MiB, {MAX_LINES:,} lines at a time, "
        f"{MAX_SOURCE_WORDS} words a line. Lines and translations keep their order; an empty line stays empty. They are searched as "
        "is set at the top. **Try:** a page of a manual, and look where the confidence drops.",
        width=TEXT_WIDTH,
    )
    lines = _ask_lines(desk)
    if not lines:
        return
    search = searching.of_view(desk.view)
    key = state.fingerprint(desk.network, cache.model_version(desk.network), search, lines)
    sheet = state.recall(PAGE, SHEET)
    is_begun = sheet is not None and sheet.key == key
    with st.container(horizontal=True, vertical_alignment="center"):
        if not is_begun or (sheet.is_stopped and not sheet.is_finished):
            words = f"Translate {len(lines):,} line{'s' * (len(lines) > 1)}"
            words = f"Go on with the other {len(lines) - len(sheet.found):,}" if is_begun else words
            st.button(words, icon=":material/play_arrow:", key="many-lines-start", on_click=_start, args=(key, lines))
        elif not sheet.is_finished:
            st.button("Stop", icon=":material/stop:", key="many-lines-stop", on_click=_stop)
    if not is_begun:
        return
    place = st.empty()
    if not sheet.is_stopped and not sheet.is_finished:
        _work(desk, search, sheet, place)
        if sheet.is_finished:
            st.rerun()  # the Stop button goes
    _show_sheet(desk, search, sheet)


def _ask_lines(desk: Desk) -> list[str]:
    """Draw box, file and part; return the lines to translate, none where there is nothing or something is wrong with it."""
    text = st.text_area(
        "Lines to translate", value=state.recall(PAGE, LINES_TEXT, "\n".join(desk.lines)), height=160, key="many-lines-text"
    )
    state.remember(PAGE, LINES_TEXT, text)
    file = st.file_uploader(
        "Or a file of lines (it comes before the box)",
        type=["txt", "text", "csv", "tsv", "md"],
        key="many-lines-file",
        max_upload_size=MAX_FILE_BYTES // 2**20,
    )
    try:
        lines = split_lines(text) if file is None else read_lines(file.getvalue(), f"The file {file.name}")
    except InputError as problem:
        notices.error(f"{problem} What is in the box is still there.")
        return []
    offered = parts(len(lines))
    if len(offered) == 1:
        return lines
    notices.note(
        f"There are {len(lines):,} lines; at most {MAX_LINES:,} are translated at once. Choose which part; the others are not lost, "
        "take them one after the other."
    )
    desk.controls.offer("many_lines_part", list(range(1, len(offered) + 1)), partial(_part_label, offered))
    first, last = offered[desk.controls.select("many_lines_part", partial(_part_label, offered), width=320) - 1]
    return lines[first - 1 : last]


def _part_label(offered: list[tuple[int, int]], part: int) -> str:
    first, last = offered[part - 1]
    return f"lines {first:,} to {last:,}"


def _start(key: str, lines: list[str]) -> None:
    sheet = state.recall(PAGE, SHEET)
    is_same = sheet is not None and sheet.key == key
    state.remember(PAGE, SHEET, replace(sheet, is_stopped=False) if is_same else Sheet(key, lines))


def _stop() -> None:
    """Keep what is translated. A copy is kept: the run that is being ended goes on filling its own sheet until it notices."""
    sheet = state.recall(PAGE, SHEET)
    if sheet is not None:
        state.remember(PAGE, SHEET, replace(sheet, found=dict(sheet.found), is_stopped=True))


def _work(desk: Desk, search: searching.Search, sheet: Sheet, place: st.delta_generator.DeltaGenerator) -> None:
    """Translate what is left; a click anywhere ends the script at one of the drawings, and the next run goes on from there."""
    loaded = cache.load_model(desk.network)
    begun, before, done_before = time.perf_counter(), sheet.elapsed_seconds, len(sheet.found)
    place.progress(done_before / len(sheet.lines), text=f"{done_before:,} of {len(sheet.lines):,} lines")
    for batch in translate_many(loaded, sheet.lines, search.settings, search.sampling, tuple(sheet.found)):
        sheet.found |= {row.index: row for row in batch}
        sheet.elapsed_seconds = before + time.perf_counter() - begun
        done, total = len(sheet.found), len(sheet.lines)
        left = (time.perf_counter() - begun) / max(1, done - done_before) * (total - done)
        place.progress(done / total, text=f"{done:,} of {total:,} lines, about {left:,.0f} s to go")
    place.empty()


def _show_sheet(desk: Desk, search: searching.Search, sheet: Sheet) -> None:
    frame = lines_frame(sheet.lines, sheet.found)
    st.markdown(notices.plain(("Stopped: " if sheet.is_stopped and not sheet.is_finished else "") + sheet.summary()))
    sure = st.column_config.NumberColumn(help="How sure the network was of a word: the geometric mean.", format="percent")
    figures.show_table(frame, name="many-lines", column_config={"confidence": sure}, receipt=_receipt(desk, search, sheet))
    st.download_button(
        "Download the translations as text, line for line",
        data=partial(join_lines, list(frame["translation"])),
        file_name="translations.txt", mime="text/plain", key="many-lines-txt", on_click="ignore", type="tertiary",
        icon=":material/download:",
    )  # fmt: skip


def _receipt(desk: Desk, search: searching.Search, sheet: Sheet) -> Receipt:
    settings, drawn = search.settings, search.sampling
    options = f"beam_size={settings.beam_size}, length_penalty={settings.length_penalty!r}"
    options += f", sampling={searching.sampling_literal(drawn)}" if drawn else ""
    return Receipt(
        model=desk.network,
        seed="none: nothing is drawn at random" if drawn is None else f"{drawn.seed} for every line",
        seconds=sheet.elapsed_seconds,
        python=(
            "from pathlib import Path\n\n"
            "from engine.decoding.limits import SamplingSettings\n"
            "from engine.decoding.text import translate_lines\n"
            "from engine.models.folder import load_model\n\n"
            "lines = Path('lines.txt').read_text(encoding='utf-8').splitlines()\n"
            f"found = dict(translate_lines(load_model({desk.network!r}), lines, {options}))\n"
            "print('\\n'.join(found[place] for place in range(len(lines))))"
        ),
        command=searching.receipt(desk.network, desk.source, search).command,
        note="Lines of a batch are searched together, which changes no number beyond the last digits.",
    )
