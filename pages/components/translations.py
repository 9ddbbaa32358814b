"""What the translation page draws: each network's result, its attention, forced against free, BLEU by length."""

from __future__ import annotations

import math
from datetime import date

import pandas as pd
import streamlit as st

from engine.decoding.limits import SearchSettings
from engine.errors import DataError, InputError
from engine.inspection import length_gap
from engine.inspection.attention import attention_sentence, attention_table, merge_attention
from engine.inspection.examples import list_translation_examples
from engine.inspection.translations import (
    ForcingReport,
    TranslationReport,
    confidence_sentence,
    confidence_table,
    forcing_sentence,
    forcing_table,
)
from engine.inspection.words import UNKNOWN
from engine.models.folder import ModelInfo
from engine.plotting.attention import attention_heat_map, confidence_bars
from engine.plotting.curves import bleu_against_length
from engine.plotting.timelines import Timeline, log_probability_lines, timeline_strips
from pages.components import cache, figures, notices
from pages.components.figures import Receipt
from pages.components.networks import find_metric, mark
from pages.components.views.translation import MAX_LINES


def is_attending(info: ModelInfo) -> bool:
    """Return whether a translator looks back at its source."""
    return info.config.get("attention", "none") != "none"


def style(info: ModelInfo) -> str:
    """Return whose colour a translator is drawn in; one without attention is the baseline."""
    return info.architecture if is_attending(info) else "baseline"


def title(info: ModelInfo) -> str:
    """Return what a translator is called on the page."""
    return "With attention" if is_attending(info) else "Without attention"


def split_lines(text: str) -> list[str]:
    """Return the sentences of a text, one per line.

    Raises:
        InputError: there is none, or there are too many.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise InputError(
            "There is nothing to translate: type an English sentence, or take one of the examples."
        )
    if len(lines) > MAX_LINES:
        raise InputError(
            f"There are {len(lines):,} lines; at most {MAX_LINES} sentences are translated at once."
        )
    return lines


def reference_for(source: str, typed: str) -> str:
    """Return the reference to force: the one typed, unless it still belongs to an example's other sentence.

    Raises:
        InputError: it is, and the sentence is not an example itself.
    """
    examples = list_translation_examples()
    owner = next((example for example in examples if example.reference == typed.strip()), None)
    if owner is None or owner.source == source:
        return typed
    own = next((example.reference for example in examples if example.source == source), None)
    if own is None:
        raise InputError(
            f"The reference in the box translates another sentence (“{owner.source}”); type a French "
            f"translation of yours."
        )
    return own


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


def show_attention(info: ModelInfo, report: TranslationReport, unit: str, settings: SearchSettings) -> None:
    """Draw where the decoder looked while it wrote, over pieces or whole words."""
    source, target, weights = report.source_pieces, report.target_pieces, report.weights
    if unit == "words":
        weights = merge_attention(weights, report.target_words, report.source_words)
        source, target = (
            [word.text for word in words] for words in (report.source_words, report.target_words)
        )
    sentence = attention_sentence(source, target, weights)
    st.markdown(notices.plain(sentence))
    figures.show(
        attention_heat_map(source, target, weights, mode=figures.mode()),
        name="attention",
        alt=f"Map of attention weights, {len(target)} written {unit} by {len(source)} read. {sentence}",
        table=attention_table(source, target, weights),
        receipt=translation_receipt(info, report, settings),
    )


def show_forcing(
    info: ModelInfo, source: str, reference: str, report: ForcingReport, is_forcing: bool
) -> None:
    """Draw the free decoding of a sentence and, with teacher forcing on, the forced one aligned above it."""
    mode = figures.mode()
    given = Timeline("Reference", report.reference)
    forced = Timeline("Forced", report.guesses, _shares(report.guess_log_probs), expected=report.reference)
    free = Timeline("Free", report.free, _shares(report.free_log_probs))
    if not is_forcing:
        sentence = (
            f"Running freely the network writes {len(report.free)} pieces, each chosen after reading its "
            f"own earlier ones; "
            "switch teacher forcing on to see what it would have chosen had it been told the reference."
        )
        rows, divergence, receipt = [free], None, forcing_receipt(info, source, reference, report)
        st.markdown(notices.plain(sentence))
        lines, log_probs, styles = [free], [report.free_log_probs], [style(info)]
    else:
        sentence = forcing_sentence(report)
        rows, divergence, receipt = (
            [given, forced, free],
            report.divergence,
            forcing_receipt(info, source, reference, report),
        )
        st.markdown(notices.plain(sentence))
        lines = [
            Timeline("Forced: the reference's piece", report.reference),
            Timeline("Free: its own piece", report.free),
        ]
        log_probs, styles = [report.reference_log_probs, report.free_log_probs], ["lstm", "baseline"]
    table = forcing_table(report)
    figures.show(
        timeline_strips(rows, divergence, mode=mode),
        name="timelines",
        alt=sentence,
        table=table,
        receipt=receipt,
    )
    figures.show(
        log_probability_lines(lines, log_probs, divergence, mode=mode, architectures=styles),
        name="step-log-probabilities",
        alt=f"Log-probability of each piece. In total {_totals(report, is_forcing)}.",
        table=table[["step", *[name for name in table if "log_probability" in name]]],
    )
    st.caption(notices.plain(f"In total {_totals(report, is_forcing)}. Higher, nearer to 0, is likelier."))


def show_lengths(models: list[ModelInfo]) -> None:
    """Draw the measured BLEU of every model against the length of the source.

    Raises:
        DataError: it has not been measured, or the table is damaged.
    """
    version = length_gap.TABLE.stat().st_mtime if length_gap.TABLE.is_file() else 0.0
    frame = cache.compute(length_gap.load_bleu_by_length, str(length_gap.TABLE), version=version)
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
        alt=f"BLEU against the length of the English sentence. {sentence}",
        table=table,
        receipt=_length_receipt(frame, names),
    )


def _length_receipt(frame: pd.DataFrame, names: list[str]) -> Receipt:
    def all_of(column: str) -> str:
        return (
            ", ".join(sorted({str(value) for value in frame[column]})) if column in frame else "not recorded"
        )

    return Receipt(
        model=", ".join(names),
        data=f"{all_of('test_set')}, beam {all_of('beam_size')}",
        measured=f"{all_of('date')}, commit {all_of('commit')}, on {all_of('hardware')}",
        python="import pandas\n\nprint(pandas.read_parquet('data/results/translation_by_length.parquet'))",
        command="\n".join(length_gap.COMMAND.format(model=name) for name in names),
        note=f"sacreBLEU {all_of('signature')}",
    )


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


def forcing_receipt(info: ModelInfo, source: str, reference: str, report: ForcingReport) -> Receipt:
    """Return how a forced and a free decoding were made and the lines that make them again."""
    return Receipt(
        model=info.name,
        seed="none: nothing is drawn at random",
        measured=f"{date.today().isoformat()}, on the server's processor",
        seconds=report.elapsed_seconds,
        python=(
            "from engine.inspection.translations import forcing_sentence, forcing_table, inspect_forcing\n"
            "from engine.models.folder import load_model\n\n"
            f"report = inspect_forcing(load_model({info.name!r}), {source!r}, {reference!r})\n"
            "print(forcing_sentence(report), forcing_table(report))"
        ),
        note="Both rows are greedy: at each step the likeliest piece. A beam would choose among whole "
        "sentences.",
    )


def _shares(log_probs: list[float]) -> list[float]:
    return [math.exp(value) for value in log_probs]


def _totals(report: ForcingReport, is_forcing: bool) -> str:
    free = f"{sum(report.free_log_probs):.2f} nats for the free translation"
    return f"{sum(report.reference_log_probs):.2f} nats for the reference and {free}" if is_forcing else free


def lines_table(lines: list[str], reports: dict[str, list[TranslationReport]]) -> pd.DataFrame:
    """Return one row per sentence with each network's translation."""
    return pd.DataFrame(
        {"line": range(1, len(lines) + 1), "English": lines}
        | {name: [report.text for report in found] for name, found in reports.items()}
    )
