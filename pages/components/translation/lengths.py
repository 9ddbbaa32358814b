"""BLEU by the length of the sentence, as it was measured on the test set, with and without attention."""

from __future__ import annotations

import streamlit as st

from engine.errors import DataError
from engine.inspection.translation import length_gap
from engine.models.folder import ModelInfo
from engine.plotting.curves import bleu_against_length
from pages.components.computing import cache
from pages.components.computing.calls import call
from pages.components.drawing import figures, notices
from pages.components.drawing.figures import all_of, measured_receipt
from pages.components.translation.context import is_attending, style, title


def show_lengths(models: list[ModelInfo]) -> None:
    """Draw the measured BLEU of every model against the length of the source.

    Raises:
        DataError: it has not been measured, or the table is damaged.
    """
    if not models:
        raise DataError("The two networks that differ in attention alone are not installed for this direction.")
    version = cache.file_version(length_gap.TABLE)
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
        receipt=measured_receipt(
            frame,
            model=", ".join(names),
            data=f"{all_of(frame, 'test_set')}, beam {all_of(frame, 'beam_size')}",
            python="import pandas\n\nprint(pandas.read_parquet('data/results/translation_by_length.parquet'))",
            command="\n".join(length_gap.COMMAND.format(model=name) for name in names),
            note=f"sacreBLEU {all_of(frame, 'signature')}",
        ),
    )
