"""Many texts: lines or a file in, a table and a file out, batch by batch, with a Stop."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from functools import partial

import streamlit as st

from engine.decoding.limits import MAX_LINES
from engine.decoding.line_files import MAX_FILE_BYTES, parts, read_lines, split_lines
from engine.decoding.table_files import TEXT_COLUMNS, read_text_column
from engine.errors import InputError
from engine.inspection.classification import MAX_WORDS
from engine.inspection.many_texts import LineVerdict, classify_many, verdicts_frame, verdicts_sentence
from pages.components import cache, figures, header, notices, state
from pages.components.figures import Receipt
from pages.components.sentiment.desk import PAGE, Desk

SHEET = "many texts sheet"
TEXT = "many texts"
AT_ONCE = 64  # lines; more take a second or longer and are begun by a button
OWN_LINES = (
    "The ending made me cry, and I am glad it did.",
    "Two hours of my life that nobody will give back.",
    "Not the worst comedy of the year.",
    "A clever idea, badly told.",
    "My grandmother liked the music.",
)


@dataclass
class Sheet:
    """What has been judged of one part of one text, by one network; it lives in the session."""

    key: str
    lines: list[str]
    found: dict[int, LineVerdict] = field(default_factory=dict)
    elapsed_seconds: float = 0.0
    is_stopped: bool = False

    @property
    def is_finished(self) -> bool:
        """Whether every line has been dealt with."""
        return len(self.found) == len(self.lines)

    def summary(self) -> str:
        """Return how much was judged, how fast, and with what outcome."""
        done = sum(bool(row.label) for row in self.found.values())
        problems = sum(bool(row.problem) for row in self.found.values())
        said = f"{done:,} of {len(self.lines):,} lines judged in {self.elapsed_seconds:.1f} s: {verdicts_sentence(self.found)}"
        return said + (f" {problems:,} {'line has' if problems == 1 else 'lines have'} a problem, named in the table." if problems else "")


def show(desk: Desk) -> None:
    """Draw the box and the file, and what has been judged of them."""
    listed = ", ".join(f"“{name}”" for name in TEXT_COLUMNS)
    st.markdown(
        f"Paste lines or bring a file: one text on each line, or a CSV with a column named {listed}; UTF-8, at most "
        f"{MAX_FILE_BYTES // 2**20} MiB, {MAX_LINES:,} lines at a time, {MAX_WORDS:,} words a line. Lines keep their order; an empty line "
        "stays empty. **Try:** messages of your own, and look at those the network is least sure of. It was taught film "
        "reviews, so it may mistake other kinds of text.",
        width=header.TEXT_WIDTH,
    )
    lines = _ask_lines(desk)
    if not lines:
        return
    key = state.fingerprint(desk.network, cache.model_version(desk.network), lines)
    sheet = state.recall(PAGE, SHEET)
    if (sheet is None or sheet.key != key) and len(lines) <= AT_ONCE:
        _start(key, lines)
        sheet = state.recall(PAGE, SHEET)
    is_begun = sheet is not None and sheet.key == key
    with st.container(horizontal=True, vertical_alignment="center"):
        if not is_begun or (sheet.is_stopped and not sheet.is_finished):
            words = f"Go on with the other {len(lines) - len(sheet.found):,}" if is_begun else f"Judge {len(lines):,} lines"
            st.button(words, icon=":material/play_arrow:", key="texts-start", on_click=_start, args=(key, lines))
        elif not sheet.is_finished and len(lines) > AT_ONCE:
            st.button("Stop", icon=":material/stop:", key="texts-stop", on_click=_stop)
    if not is_begun:
        return
    place = st.empty()
    if not sheet.is_stopped and not sheet.is_finished:
        _work(desk, sheet, place)
        if sheet.is_finished and len(lines) > AT_ONCE:
            st.rerun()  # the Stop button goes
    _show_sheet(desk, sheet)


def _ask_lines(desk: Desk) -> list[str]:
    """Draw box, file and part; return the lines to judge, none where there is nothing or something is wrong with it."""
    text = st.text_area("Lines to judge", value=state.recall(PAGE, TEXT, "\n".join(OWN_LINES)), height=160, key="texts-text")
    state.remember(PAGE, TEXT, text)
    file = st.file_uploader(
        "Or a file of lines, or a CSV (it comes before the box)",
        type=["txt", "text", "csv", "tsv", "md"],
        key="texts-file",
        max_upload_size=MAX_FILE_BYTES // 2**20,
    )
    try:
        lines = split_lines(text) if file is None else _read_file(file.name, file.getvalue())
    except InputError as problem:
        notices.error(f"{problem} What is in the box is still there.")
        return []
    offered = parts(len(lines))
    if len(offered) == 1:
        return lines
    notices.note(
        f"There are {len(lines):,} lines; at most {MAX_LINES:,} are judged at once. Choose which part; the others are not lost, "
        "take them one after the other."
    )
    desk.controls.offer("texts_part", list(range(1, len(offered) + 1)), partial(_part_label, offered))
    first, last = offered[desk.controls.select("texts_part", partial(_part_label, offered), width=320) - 1]
    return lines[first - 1 : last]


def _read_file(name: str, data: bytes) -> list[str]:
    lines = read_lines(data, f"The file {name}")
    is_table = name.lower().endswith((".csv", ".tsv"))
    return read_text_column(lines, f"The file {name}") if is_table else lines


def _part_label(offered: list[tuple[int, int]], part: int) -> str:
    first, last = offered[part - 1]
    return f"lines {first:,} to {last:,}"


def _start(key: str, lines: list[str]) -> None:
    sheet = state.recall(PAGE, SHEET)
    is_same = sheet is not None and sheet.key == key
    state.remember(PAGE, SHEET, replace(sheet, is_stopped=False) if is_same else Sheet(key, lines))


def _stop() -> None:
    """Keep what is judged. A copy is kept: the run that is being ended goes on filling its own sheet until it notices."""
    sheet = state.recall(PAGE, SHEET)
    if sheet is not None:
        state.remember(PAGE, SHEET, replace(sheet, found=dict(sheet.found), is_stopped=True))


def _work(desk: Desk, sheet: Sheet, place: st.delta_generator.DeltaGenerator) -> None:
    """Judge what is left; a click anywhere ends the script at one of the drawings, and the next run goes on from there."""
    loaded = cache.load_model(desk.network)
    begun, before, done_before = time.perf_counter(), sheet.elapsed_seconds, len(sheet.found)
    for batch in classify_many(loaded, sheet.lines, tuple(sheet.found)):
        sheet.found |= {row.index: row for row in batch}
        sheet.elapsed_seconds = before + time.perf_counter() - begun
        done, total = len(sheet.found), len(sheet.lines)
        left = (time.perf_counter() - begun) / max(1, done - done_before) * (total - done)
        place.progress(done / total, text=f"{done:,} of {total:,} lines, about {left:,.0f} s to go")
    place.empty()


def _show_sheet(desk: Desk, sheet: Sheet) -> None:
    frame = verdicts_frame(sheet.lines, sheet.found)
    st.markdown(notices.plain(("Stopped: " if sheet.is_stopped and not sheet.is_finished else "") + sheet.summary()), width=header.TEXT_WIDTH)
    sure = st.column_config.NumberColumn(help="The probability of the class that is given; 50 % is an even chance.", format="percent")
    unknown = st.column_config.TextColumn("unknown words", help="Words the network has never met.")
    figures.show_table(frame, name="sentiment-texts", column_config={"probability": sure, "unknown": unknown}, receipt=_receipt(desk, sheet))


def _receipt(desk: Desk, sheet: Sheet) -> Receipt:
    return Receipt(
        model=desk.network,
        seed="none: nothing is drawn at random",
        seconds=sheet.elapsed_seconds,
        python=(
            "from pathlib import Path\n\n"
            "from engine.inspection.many_texts import classify_many, verdicts_frame\n"
            "from engine.models.folder import load_model\n\n"
            "lines = Path('lines.txt').read_text(encoding='utf-8').splitlines()\n"
            f"loaded = load_model({desk.network!r})\n"
            "found = {row.index: row for batch in classify_many(loaded, lines) for row in batch}\n"
            "print(verdicts_frame(lines, found).to_string())"
        ),
        command=f"python -m engine classify --model {desk.network} < lines.txt",
        note="Lines of a batch are read together, which changes no number beyond the last digits.",
    )
