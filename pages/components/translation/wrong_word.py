"""A wrong word forced on the network after one step of the free row, and whether it finds its way back."""

from __future__ import annotations

import streamlit as st

from engine.inspection.translation import example_effects, wrong_word
from engine.inspection.translation.forcing import ForcingReport
from engine.plotting.translation.timelines import Timeline, divergence_bars, timeline_strips
from engine.wording import percent
from pages.components.computing.calls import NOT_DRAWN
from pages.components.controls.buttons import button
from pages.components.drawing import figures, notices
from pages.components.translation import receipts
from pages.components.translation.context import TranslationContext, effects_of


def show(context: TranslationContext, report: ForcingReport, reference: str) -> None:
    """Draw the choice of step and word, the verdict, both rows under each other, and how long the word is felt."""
    st.markdown("#### Force a wrong word")
    notices.explain(
        "The free row again, but after one step the network is forced to read a word that it did not choose; after "
        "that it is on its own. **Recovered** means that the rest ends in the tokens it writes without the word: at "
        "least three of them, the end mark counted. (Given the reference instead, it would read the right words again "
        "at once, and there would be nothing to recover from.)"
    )
    last = len(report.free.pieces) - 1
    if last < 1:
        notices.note("The free row ends at once, so there is no step after which a word could be forced.")
        return
    controls = context.controls
    with st.container(horizontal=True, vertical_alignment="bottom", key="forcing-wrong"):
        step = controls.slider("forcing_wrong_step", maximum=last, width=320)
        typed = controls.text_input("forcing_wrong_word", width=240)
    others = report.alternatives[step - 1]
    with st.container(horizontal=True, key="forcing-alternatives"):
        for name, share in others:
            button(
                f"{notices.plain(name)} {percent(share, 0)}",
                f"forcing-put-{name}",
                controls.set,
                "forcing_wrong_word",
                name,
            )
    word = typed.strip() or others[0][0]
    made = context.call(wrong_word.put_wrong_word, context.source, reference, step, word)
    receipt = made.receipt(
        "wrong_word_sentence(found), wrong_word_table(found).to_string()",
        uses=[wrong_word.wrong_word_sentence, wrong_word.wrong_word_table],
        seed=NOT_DRAWN,
        note=receipts.GREEDY,
    )
    _show_found(made.value, receipt)
    typical = example_effects.wrong_word_effect(effects_of(context.info))
    if typical:
        st.caption(notices.plain(typical))


def _show_found(found: wrong_word.WrongWord, receipt: figures.Receipt) -> None:
    sentence = wrong_word.wrong_word_sentence(found)
    notices.say(sentence, is_strong=True)
    st.text(f"It writes without the word: {found.plain.text}\nIt writes with the word: {found.changed.text}")
    rows = wrong_word.arrange_wrong_word(found)
    figures.show(
        timeline_strips(
            [
                Timeline("Without", rows.pieces["Without"], rows.shares["Without"]),
                Timeline("With", rows.pieces["With"], rows.shares["With"], rows.expected),
                Timeline("Reads next", rows.pieces["Reads next"]),
            ],
            rows.steps.index(found.step),
            mode=figures.mode(),
            numbers=rows.steps,
        ),
        name="wrong-word-rows",
        alt=sentence,
        table=lambda: wrong_word.wrong_word_table(found),
        receipt=receipt,
    )
    st.caption(
        "What each row would write, and below what the row with the word read after each step. ▼ and the frame: where "
        "the word was forced. ≠ is another token than without it."
    )
    if found.kl:
        steps = [found.step + position for position in range(1, len(found.kl) + 1)]
        figures.show(
            divergence_bars(steps, found.kl, wrong_word.FELT_NATS, mode=figures.mode()),
            name="wrong-word-felt",
            alt=f"How far off the network's predictions are after the word, by step: felt for {found.felt_steps} of "
            f"{len(found.kl)} steps.",
            table=lambda: wrong_word.wrong_word_table(found)[["step", "with", "kl_without_with"]].iloc[found.step :],
            receipt=receipt,
        )
