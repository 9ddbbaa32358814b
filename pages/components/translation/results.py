"""What a translation is and how sure the network was: drawn the same way for every network and every search."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from engine.decoding.limits import SearchSettings
from engine.errors import InputError
from engine.inspection.translations import TranslationReport, confidence_sentence, confidence_table
from engine.inspection.words import UNKNOWN
from engine.models.folder import ModelInfo
from engine.plotting.attention import confidence_bars
from pages.components import figures, notices
from pages.components.figures import Receipt
from pages.components.networks import find_metric, mark
from pages.components.translation.desk import style, title
from pages.components.views.translation import MAX_LINES


def split_lines(text: str) -> list[str]:
    """Return the sentences of a text, one per line.

    Raises:
        InputError: there is none, or there are too many.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise InputError(
            "There is nothing to translate: type a sentence, or take one of the examples."
        )
    if len(lines) > MAX_LINES:
        raise InputError(
            f"There are {len(lines):,} lines; at most {MAX_LINES} sentences are translated at once."
        )
    return lines


def show_reading(report: TranslationReport) -> None:
    """Say which parts of the source were never seen and which words are read in pieces."""
    if report.unknown:
        notices.note(
            f"Never seen in training: {', '.join(report.unknown)}. The networks read each as one and the "
            f"same unknown piece, shown as {UNKNOWN}."
        )
    if report.split_words:
        spelled = ", ".join(f"{word.text} = {' + '.join(word.pieces)}" for word in report.split_words)
        st.caption(notices.plain(f"Read in pieces, as the vocabulary has no whole word for them: {spelled}"))


def show_result(info: ModelInfo, report: TranslationReport, settings: SearchSettings) -> None:
    """Draw one network's translation and how sure it was of each word."""
    score = find_metric(info.metrics, "bleu")
    facts = [f"BLEU {score:.1f} on the test set"] if score is not None else []
    facts.append(f"{info.parameters / 1e6:.2f} M parameters")
    st.markdown(f"{mark(style(info))} **{title(info)}**")
    st.caption(" · ".join(facts))
    st.subheader(notices.plain(report.text) or "(nothing)", anchor=False)
    if report.target_words:
        figures.show(
            confidence_bars(
                [word.text for word in report.target_words],
                report.word_probabilities,
                mode=figures.mode(),
                architecture=style(info),
                height=250,
            ),
            name=f"confidence-{info.name}",
            alt=f"How sure the network {title(info).lower()} was of each word it wrote: "
            f"{confidence_sentence(report)}",
            table=confidence_table(report),
            receipt=translation_receipt(info, report, settings),
        )
    st.caption(notices.plain(confidence_sentence(report)))


def translation_receipt(info: ModelInfo, report: TranslationReport, settings: SearchSettings) -> Receipt:
    """Return how a translation was made and the lines that make it again."""
    return Receipt(
        model=info.name,
        seed="none: nothing is drawn at random",
        measured=f"{date.today().isoformat()}, on the server's processor",
        seconds=report.elapsed_seconds,
        python=(
            "from engine.inspection.translations import inspect_translation\n"
            "from engine.models.folder import load_model\n\n"
            f"report = inspect_translation(load_model({info.name!r}), {report.source!r}, "
            f"{settings.beam_size}, {settings.length_penalty!r})\n"
            "print(report.text, report.word_probabilities, report.weights)"
        ),
        command=f"python -m engine translate --model {info.name} --beam-size {settings.beam_size} < "
        f"lines.txt",
    )


def lines_table(lines: list[str], reports: dict[str, list[TranslationReport]]) -> pd.DataFrame:
    """Return one row per sentence with each network's translation."""
    return pd.DataFrame(
        {"line": range(1, len(lines) + 1), "sentence": lines}
        | {name: [report.text for report in found] for name, found in reports.items()}
    )
