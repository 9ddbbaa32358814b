"""Forced or free: the decoder reads the reference after every step, as in training, or its own words, as in use."""

from __future__ import annotations

import math
from datetime import date

import streamlit as st

from engine.inspection.translations import ForcingReport, forcing_sentence, forcing_table, inspect_forcing
from engine.models.folder import ModelInfo
from engine.plotting.timelines import Timeline, log_probability_lines, timeline_strips
from pages.components import cache, figures, notices
from pages.components.figures import Receipt
from pages.components.translation.desk import Desk, style


def show(desk: Desk) -> None:
    """Draw the free decoding and, with teacher forcing on, the forced one aligned above it."""
    reference = desk.ask_reference()
    is_forcing = desk.controls.toggle("teacher_forcing")
    report = cache.compute_with_model(inspect_forcing, desk.network, desk.source, reference)
    show_forcing(desk.info, desk.source, reference, report, is_forcing)


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
