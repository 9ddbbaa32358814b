"""Teacher forcing: after each step the decoder reads the reference, as in training, or its own word, as in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.inspection.translation import example_effects, forcing
from engine.plotting.translation.timelines import (
    RUN_STYLES,
    Switches,
    Timeline,
    coin_curve,
    forcing_curves,
    timeline_strips,
)
from pages.components.controls import state
from pages.components.controls.buttons import button
from pages.components.drawing import figures, notices
from pages.components.translation import receipts, wrong_word
from pages.components.translation.context import TranslationContext, effects_of

if TYPE_CHECKING:
    import pandas as pd

DECIDES = {"hand": "By hand", "coins": "By coins"}
ROWS = {"steps": "By step", "pieces": "By token"}


def show(context: TranslationContext) -> None:
    """Draw the switches, the losses, the rows under each other, and what a forced wrong word does."""
    reference = context.ask_reference()
    labels = context.call(forcing.reference_labels, context.source, reference).value
    steps, ratio, seed = _switches(context, reference, labels)
    made = context.call(forcing.inspect_forcing, context.source, reference, steps)
    report = made.value
    warning = forcing.foreign_sentence(report, context.target_language)
    if warning:
        notices.note(warning)
    notices.say(forcing.forcing_sentence(report))
    _show_losses(report)
    notices.say(forcing.lesson(report), is_strong=True)
    typical = example_effects.forcing_effect(effects_of(context.info), report.exposure_gap)
    if typical:
        st.caption(notices.plain(typical))
    receipt = made.receipt(
        "forcing_sentence(found), found.exposure_gap, forcing_table(found).to_string()",
        uses=[forcing.forcing_sentence, forcing.forcing_table],
        seed="none: nothing is drawn at random once the steps are given",
        note=receipts.GREEDY,
    )
    _show_rows(context, report, receipt)
    _show_curves(report, receipt)
    if ratio is not None:
        _show_coins(context, report, reference, ratio, seed)
    wrong_word.show(context, report, reference)


def _switches(context: TranslationContext, reference: str, labels: list[str]) -> tuple[str, float | None, int]:
    """Draw who decides, and return the steps that are told; the chance is None where no coins decide."""
    controls, count = context.controls, len(labels)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        is_forcing = controls.toggle("teacher_forcing", width="content")
        by = controls.segmented("forcing_by", DECIDES.get, label_visibility="collapsed")
    ratio, seed, steps = None, 0, forcing.NONE
    if by == "coins":
        with st.container(horizontal=True, vertical_alignment="bottom", key="forcing-coins-controls"):
            ratio, seed = controls.slider("forcing_share", width=320), controls.number("forcing_seed", width=140)
            steps = context.call(forcing.tossed_steps, context.source, reference, ratio, seed).value
            st.button(
                "Keep these steps",
                on_click=_tell,
                args=(context, steps),
                help="Go on by hand from what the coins chose.",
            )
    told = forcing.read_steps(steps, count)
    if by == "hand":
        with st.container(horizontal=True, vertical_alignment="bottom", key="forcing-hand-controls"):
            position = st.container(width=280)
            typed = controls.text_input("forcing_steps", width=180, disabled=not is_forcing)
            steps = context.call(forcing.chosen_steps, context.source, reference, typed).value
            told = forcing.read_steps(steps, count)
            for name, to in (("All", "all"), ("None", forcing.NONE), ("Invert", forcing.inverted(told))):
                button(name, f"forcing-{name.lower()}", _tell, context, to)
        steps = forcing.write_steps(told)
        shown = told if is_forcing else (False,) * count  # the steps are kept for when teacher forcing is on again
        with position:
            _scrub(context, count, forcing.leading_steps(shown))
        with st.expander("Choose the steps by their tokens", key="forcing-pieces", type="compact"):
            _choose(context, labels, shown)
    return (steps, ratio, seed) if is_forcing else (forcing.NONE, None, seed)


def _tell(context: TranslationContext, steps: str) -> None:
    """Tell these steps from now on; runs before the page does."""
    for name, value in (("forcing_steps", steps), ("forcing_by", "hand"), ("teacher_forcing", True)):
        context.controls.set(name, value)


def _scrub(context: TranslationContext, count: int, leading: int) -> None:
    key = f"forcing-first-{count}"
    state.set_widget(key, leading)
    st.slider(
        "Give the first steps, then none",
        0,
        count,
        key=key,
        help="After how many steps, from the first on, the reference is given.",
        on_change=lambda: _tell(
            context, forcing.write_steps(tuple(position < state.widget_value(key) for position in range(count)))
        ),
    )


def _choose(context: TranslationContext, labels: list[str], told: tuple[bool, ...]) -> None:
    key = f"forcing-pills-{len(labels)}"
    state.set_widget(key, [position for position, flag in enumerate(told) if flag])
    st.pills(
        "Reference given after",
        range(len(labels)),
        selection_mode="multi",
        key=key,
        format_func=lambda position: f"{position + 1} {notices.plain(labels[position])}",
        on_change=lambda: _tell(
            context, forcing.write_steps(tuple(position in state.widget_value(key) for position in range(len(labels))))
        ),
    )


def _show_losses(report: forcing.ForcingReport) -> None:
    found = {
        "Forced": (report.forced.mean_loss, "Given the reference after every step"),
        "Yours": (report.mixed.mean_loss, "Given the reference where you say so"),
        "Free": (report.free.mean_loss, "On its own: reads its own words only"),
        "Exposure bias": (report.exposure_gap, "The loss gap, free minus forced"),
    }
    with st.container(horizontal=True, key="forcing-losses"):
        for name, (nats, meaning) in found.items():
            st.metric(name, f"{nats:.2f} nats", help=f"{meaning}: mean loss of the reference's tokens.", width=150)
    st.caption(
        "Mean loss per token of the reference, −log probability in nats: 0 is certain, 0.69 one in two, 2.30 one in "
        "ten."
    )


def _show_rows(context: TranslationContext, report: forcing.ForcingReport, receipt: figures.Receipt) -> None:
    sentence = forcing.mixed_sentence(report)
    notices.say(sentence)
    st.text(f"Your row reads: {report.mixed.text}\nFree, it writes: {report.free.text}")
    by_piece = context.controls.segmented("forcing_rows", ROWS.get) == "pieces"
    found = forcing.arrange_forcing(report, by_piece)
    lines = [
        Timeline(name, pieces, found.shares.get(name), None if name == "Reference" else found.expected)
        for name, pieces in found.pieces.items()
    ]
    told = [None if step is None or step > len(report.told) else report.told[step - 1] for step in found.steps]
    figures.show(
        timeline_strips(
            lines, found.divergence, mode=figures.mode(), switches=Switches(told, found.steps), numbers=found.steps
        ),
        name="timelines",
        alt=f"{forcing.forcing_sentence(report)} {sentence}",
        table=lambda: forcing.forcing_table(report),
        receipt=receipt,
        on_click=lambda step: _tell(context, forcing.switched(report.told, int(step))),
    )
    st.caption(
        "■ after this step your row is given the reference's token, ○ it reads its own: click one to turn it. ≠ is "
        "another token than the reference's. ▼ and the frame: the first step where the free row leaves the reference."
    )


def _show_curves(report: forcing.ForcingReport, receipt: figures.Receipt) -> None:
    losses = {"Forced": report.forced.losses, "Yours": report.mixed.losses, "Free": report.free.losses}

    def table() -> pd.DataFrame:
        whole = forcing.forcing_table(report)
        return whole[["step", "reference", *(name for name in whole if name.startswith(("reference_loss", "kl_")))]]

    figures.show(
        forcing_curves(
            losses,
            {"Yours": report.mixed_kl, "Free": report.free_kl},
            report.reference,
            report.free.first_difference(report.reference),
            mode=figures.mode(),
            styles=RUN_STYLES,
        ),
        name="step-losses",
        alt="Loss of each token of the reference, in total "
        + ", ".join(f"{values.sum():.2f} nats {name.lower()}" for name, values in losses.items())
        + "; below, how far the predictions of your row and of the free row differ from the forced row's, at most "
        f"{report.mixed_kl.max():.2f} and {report.free_kl.max():.2f} nats.",
        table=table,
        receipt=receipt,
    )


def _show_coins(
    context: TranslationContext, report: forcing.ForcingReport, reference: str, ratio: float, seed: int
) -> None:
    with st.spinner("Tossing the coins of 20 seeds"):
        made = context.call(forcing.coin_outcomes, context.source, reference).computed()
    outcomes = made.value
    sentence = forcing.coins_sentence(outcomes)
    notices.say(sentence)
    figures.show(
        coin_curve(outcomes, (ratio, report.mixed.mean_loss), mode=figures.mode()),
        name="forcing-coins",
        alt=sentence,
        table=lambda: forcing.summarise_coins(outcomes),
        receipt=made.receipt(
            f"tossed_steps(model, source, reference, {ratio!r}, {seed!r}), summarise_coins(found).to_string()",
            uses=[forcing.summarise_coins, forcing.tossed_steps],
            seed=f"0 to 19 for the dots, {seed} for your row",
            note="The coins are those of scheduled sampling in training: one random number per step, the reference "
            "given where it lies below the ratio.",
        ),
    )
