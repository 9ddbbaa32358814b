"""A batch as it enters a network, drawn: cells, mask, packing, and what goes wrong without the mask."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from engine.inspection.padding import (
    BatchReport,
    arrange,
    inspect_batch,
    mask_sentence,
    split_lines,
    time_batches,
    wasted_share,
)
from engine.plotting.padding import batch_grid
from engine.text.reading import cut_lines
from engine.wording import percent
from pages.components.computing.calls import NOT_DRAWN, Call, call, receipt
from pages.components.controls import state
from pages.components.controls.buttons import button
from pages.components.controls.forms import Controls
from pages.components.drawing import figures, notices


def show(controls: Controls, network: str, label: str) -> None:
    """Draw the lines as batches of the network called `network`, and what padding, mask and packing do to them."""
    notices.explain(
        "A network reads several texts at once, as one rectangle of numbers. Shorter texts are **padded**: "
        "filled up with numbers that are not theirs. A **mask** keeps those out of the result. **Try:** put a very "
        "long line among short ones, and sort by length. What you gain is time; what you must never pay for it is "
        "another answer."
    )
    text = controls.text_area("padding_lines", height=180)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        size = int(controls.number("padding_batch", width=160))
        is_sorted = controls.toggle("padding_sort")
    with notices.engine_errors():
        rows = call(split_lines, tuple(cut_lines(text)), model=network).value
        lengths = [len(row) for row in rows]
        batches = arrange(lengths, size, is_sorted)
        inspected = [call(inspect_batch, tuple(rows[text] for text in batch), model=network) for batch in batches]
        reports = [batch.value for batch in inspected]
        _show_grid(rows, batches, inspected, is_sorted)
        _show_waste(lengths, size, is_sorted)
        _show_cells(controls, batches, reports)
        _show_mask(label, batches, inspected)
        _show_packing(network, label, rows, batches, reports)


def _show_grid(rows: tuple, batches: list[list[int]], inspected: list[Call[BatchReport]], is_sorted: bool) -> None:
    reports = [batch.value for batch in inspected]
    cells = sum(report.mask.size for report in reports)
    real = sum(int(report.mask.sum()) for report in reports)
    figures.show(
        batch_grid(batches, rows, [report.ids for report in reports], mode=figures.mode()),
        name="padding-grid",
        alt=f"{len(rows)} texts in {len(batches)} batches, "
        f"{'sorted by length' if is_sorted else 'in the order of the lines'}: {real} cells hold a word, "
        f"{cells - real} are padding.",
        table=lambda: _cells_frame(batches, reports),
        receipt=receipt(inspected, "found.words, found.ids, found.mask, sep='\\n'", seed=NOT_DRAWN),
    )


def _show_waste(lengths: list[int], size: int, is_sorted: bool) -> None:
    as_they_come, by_length = (wasted_share(lengths, arrange(lengths, size, way)) for way in (False, True))
    now = by_length if is_sorted else as_they_come
    notices.explain(
        f"**{percent(now, 0)} of the cells are padding**: computed for nothing. In the order of the lines it would be "
        f"{percent(as_they_come, 0)}, sorted by length {percent(by_length, 0)}."
    )


def _show_cells(controls: Controls, batches: list[list[int]], reports: list[BatchReport]) -> None:
    shown = controls.segmented("padding_show", str.capitalize)
    for number, (batch, report) in enumerate(zip(batches, reports, strict=True), start=1):
        steps = range(report.ids.shape[1])
        frame = pd.DataFrame(
            [[_cell(report, row, step, shown) for step in steps] for row in range(len(batch))],
            columns=[f"{step + 1}" for step in steps],
        )
        frame.insert(0, "text", [text + 1 for text in batch])
        frame["length"] = report.mask.sum(axis=1)
        st.caption(f"Batch {number}: {len(batch)} × {report.ids.shape[1]} cells, {percent(report.wasted, 0)} padding")
        st.dataframe(
            frame,
            hide_index=True,
            key=f"padding-cells-{number}",
            column_config={"text": st.column_config.NumberColumn(pinned=True)},
        )


def _cell(report: BatchReport, row: int, step: int, shown: str) -> str:
    if shown == "words":
        return report.words[row][step] if report.mask[row, step] else "(padding)"
    return str(report.ids[row, step]) if shown == "numbers" else str(int(report.mask[row, step]))


def _show_mask(label: str, batches: list[list[int]], inspected: list[Call[BatchReport]]) -> None:
    reports = [batch.value for batch in inspected]
    st.markdown("**Without the mask**")
    sentence = (
        f"Told that every text is as long as the longest of its batch, “{label}” takes padding for words. "
        f"{mask_sentence(reports)}"
    )
    notices.say(sentence)
    table = pd.concat(
        [
            report.frame.assign(batch=number, text=[text + 1 for text in batch])
            for number, (batch, report) in enumerate(zip(batches, reports, strict=True), start=1)
        ],
        ignore_index=True,
    )
    figures.show_table(
        table[["batch", "text", "words", "padding", "answer", "without_mask", "decisions_changed", "largest_change"]]
        .sort_values("text")
        .round(4),
        name="padding-mask",
        receipt=receipt(inspected, "found.frame.to_string()", seed=NOT_DRAWN),
        column_config={
            "without_mask": "without the mask",
            "decisions_changed": "predictions flipped",
            "largest_change": st.column_config.NumberColumn("largest change of a probability"),
        },
    )


def _show_packing(network: str, label: str, rows: tuple, batches: list[list[int]], reports: list[BatchReport]) -> None:
    st.markdown("**Packed against padded**")
    differences = [report.packed_difference for report in reports]
    if any(math.isnan(difference) for difference in differences):
        notices.note(f"“{label}” has no recurrent layers: it averages its words, and there is nothing to pack.")
        return
    given = tuple(tuple(rows[text] for text in batch) for batch in batches)
    attempt = state.recall("padding", "attempt", 1)
    timed = call(time_batches, given, attempt=attempt, model=network)
    times = timed.value
    notices.explain(
        "Packing leaves the padding out: at each step only the texts that go on are read. The recurrent layers' "
        f"outputs are the same, to **{max(differences):.1e}** (the largest difference of any number). Measured on this "
        f"server: padded **{times.padded:.1f} ms**, packed **{times.packed:.1f} ms**, one text after the other "
        f"**{times.one_by_one:.1f} ms**."
    )
    fastest = min(
        ("padded", times.padded),
        ("packed", times.packed),
        ("one text after the other", times.one_by_one),
        key=lambda way: way[1],
    )[0]
    st.caption(
        f"Fastest here: {fastest}. Packing saves arithmetic but takes many small steps in place of few large ones; "
        "which wins depends on the machine and on how much padding there is. Each time is the median of several runs."
    )
    button("Measure again", "padding-again", state.remember, "padding", "attempt", attempt + 1, icon="timer")
    figures.show_receipt(timed.receipt(), "padding-times")


def _cells_frame(batches: list[list[int]], reports: list[BatchReport]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "batch": number,
                "text": batch[row] + 1,
                "step": step + 1,
                "word": report.words[row][step] if report.mask[row, step] else "",
                "number": int(report.ids[row, step]),
                "mask": bool(report.mask[row, step]),
            }
            for number, (batch, report) in enumerate(zip(batches, reports, strict=True), start=1)
            for row in range(len(batch))
            for step in range(report.ids.shape[1])
        ]
    )
