"""BLEU by the length of the sentence, as it was measured on the test set, with and without attention."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.errors import DataError
from engine.inspection.translation import length_gap
from engine.models.folder import ModelInfo
from engine.plotting.curves import bleu_against_length
from pages.components import figures, notices
from pages.components.calls import call
from pages.components.figures import Receipt
from pages.components.translation.context import is_attending, style, title


def show_lengths(models: list[ModelInfo]) -> None:
    """Draw the measured BLEU of every model against the length of the source.

    Raises:
        DataError: it has not been measured, or the table is damaged.
    """
    if not models:
        raise DataError("The two networks that differ in attention alone are not installed for this direction.")
    version = length_gap.TABLE.stat().st_mtime if length_gap.TABLE.is_file() else 0.0
    frame = call(length_gap.load_bleu_by_length, str(length_gap.TABLE), version=version, kept="shared").value
    frame = frame[frame["model"].isin([info.name for info in models])]
    if frame.empty:
        command = length_gap.COMMAND.format(model=models[0].name)
        raise DataError(f"BLEU by sentence length has not been measured for these networks; run: {command}")
    by_name = {info.name: info for info in models}
    names = sorted(frame["model"].unique(), key=lambda name: not is_attending(by_name[name]))
    sentence = f"Measured for {', '.join(title(by_name[name]).lower() for name in names)}."
    table = frame
    if len(names) == 2:
        sentence = length_gap.gap_sentence(frame, *names)
        table = length_gap.gap_table(frame, *names)
    st.markdown(notices.plain(sentence))
    figures.show(
        bleu_against_length(
            frame,
            mode=figures.mode(),
            labels={name: title(by_name[name]) for name in names},
            architectures={name: style(by_name[name]) for name in names},
        ),
        name="bleu-by-length",
        alt=f"BLEU against the length of the source sentence. {sentence}",
        table=table,
        receipt=_length_receipt(frame, names),
    )


def _length_receipt(frame: pd.DataFrame, names: list[str]) -> Receipt:
    def all_of(column: str) -> str:
        return ", ".join(sorted({str(value) for value in frame[column]})) if column in frame else "not recorded"

    return Receipt(
        model=", ".join(names),
        data=f"{all_of('test_set')}, beam {all_of('beam_size')}",
        measured=f"{all_of('date')}, commit {all_of('commit')}, on {all_of('hardware')}",
        python="import pandas\n\nprint(pandas.read_parquet('data/results/translation_by_length.parquet'))",
        command="\n".join(length_gap.COMMAND.format(model=name) for name in names),
        note=f"sacreBLEU {all_of('signature')}",
    )
