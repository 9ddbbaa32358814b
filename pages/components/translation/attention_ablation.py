"""One step of the attention tool tested: a change to its attention, the verdict, the search for another word."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from engine.decoding.attention_settings import AttentionEdit
from engine.inspection.translation.attention_ablation import (
    NEGLIGIBLE_NATS,
    SHUFFLES,
    EditReport,
    Trial,
    rest_sentence,
    trial_sentence,
    try_edit,
    verdict,
)
from engine.inspection.translation.attention_search import find_attention, first_piece, search_sentence
from engine.plotting.translation.linked_words import Weighting, step_changes, weight_bars
from pages.components.computing.calls import NOT_DRAWN, Call
from pages.components.drawing import figures, notices, stored
from pages.components.translation.context import TranslationContext, style

KINDS = {
    "remove": "Remove a word",
    "raise": "Raise a word",
    "only": "Look at one word only",
    "uniform": "Look everywhere the same",
    "shuffle": "Shuffle",
}
SCOPES = {"step": "In this step", "rest": "In this step and all after it"}


def ask_step(context: TranslationContext, trial: Trial) -> int:
    """Draw the slider over the steps and return the one chosen: at first the one that needs its attention most."""
    pieces = trial.translation.target_pieces
    count = len(pieces)
    step = context.controls.slider("attention_step", maximum=count, default=trial.most_telling_step)
    before = " ".join(pieces[: step - 1]) or "nothing yet"
    st.caption(notices.plain(f"Step {step} of {count} writes “{pieces[step - 1]}”; before it stands: {before}."))
    return step


def show(context: TranslationContext, opened: Call[Trial], step: int) -> None:
    """Draw the change, the verdict on it, the controls at every step, and the search for another word."""
    trial = opened.value
    edit = _ask_edit(context, trial, step)
    tried = context.call(try_edit, opened, step, edit)
    report = tried.value
    _show_texts(context, report)
    notices.say(verdict(trial, report))
    st.caption(notices.plain(rest_sentence(report)))
    stored.say_effect(context, "attention")
    before, after = _weightings(context, report.own_weights, "Changed", report.edited_weights)
    receipt = tried.receipt(
        "found.rewritten_text, verdict(trial, found), found.choices",
        uses=[verdict],
        seed=edit.seed if edit.kind == "shuffle" else NOT_DRAWN,
    )
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**Where this step looks**")
        figures.show(
            weight_bars(trial.translation.source_pieces, before, after, mode=figures.mode()),
            name="attention-edit",
            alt=f"Attention of step {step} over the source, its own and changed. "
            + "; ".join(
                f"{piece} {own:.2f} to {new:.2f}"
                for piece, own, new in zip(
                    trial.translation.source_pieces, report.own_weights, report.edited_weights, strict=True
                )
            )
            + ".",
            receipt=receipt,
        )
    with right:
        st.markdown("**What it would write**")
        shares = pd.DataFrame(
            {
                "token": report.choices["piece"],
                "own": 100 * report.choices["own"],
                "edited": 100 * report.choices["edited"],
            }
        )
        columns = {
            name: st.column_config.NumberColumn(f"{label}, %", format="%.2f")
            for name, label in (("own", "its own attention"), ("edited", "changed"))
        }
        figures.show_table(shares, name="attention-choices", receipt=receipt, column_config=columns)
    _show_all_steps(context, opened, step)
    if context.controls.toggle("attention_search"):
        _show_search(context, opened, step, report)


def _ask_edit(context: TranslationContext, trial: Trial, step: int) -> AttentionEdit:
    """Draw what can be done to the attention of the step and return what was chosen."""
    controls, words = context.controls, trial.translation.source_words
    kind = controls.segmented("attention_kind", KINDS.get)
    position = int(trial.steps["looked_at_word"].iloc[step - 1])
    share, seed = context.view.attention_share, context.view.attention_seed
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if kind in ("remove", "raise", "only"):
            names = {"": f"The one it looked at most (“{words[position].text}”)"}
            names |= {str(number): f"{number} {word.text}" for number, word in enumerate(words, start=1)}
            named = controls.select("attention_word", choices=names, width=300)
            position = int(named) - 1 if named else position
        if kind == "raise":
            share = controls.slider("attention_share", width=260)
        if kind == "shuffle":
            seed = controls.number("attention_seed", width=180)
    scope = controls.segmented("attention_scope", SCOPES.get)
    return AttentionEdit(kind, words[position].start, words[position].stop, share, seed, scope)


def _show_texts(context: TranslationContext, report: EditReport) -> None:
    """Write both translations below each other, and where they part."""
    kept, own, new = len(report.kept), report.untouched, report.rewritten
    same = next(
        (i for i, pair in enumerate(zip(own, new, strict=False)) if pair[0] != pair[1]), min(len(own), len(new))
    )
    st.markdown(f"Untouched: {notices.plain(report.untouched_text) or '(nothing)'}")
    text = notices.plain(report.rewritten_text) or "(nothing)"
    st.markdown(f"Changed: **{text}**" if report.is_rewritten else f"Changed: {text}")
    if report.is_rewritten:
        wrote = f"“{new[same]}”" if same < len(new) else "nothing more"
        instead = f"“{own[same]}”" if same < len(own) else "nothing more"
        st.caption(notices.plain(f"They first differ at token {kept + same + 1}: {wrote} instead of {instead}."))
    if report.untouched_text != context.translation.text:
        st.caption(
            f"Both are written greedily from step {report.step} on, so that they can be compared; the translation at "
            "the top was searched and goes on otherwise."
        )


def _show_all_steps(context: TranslationContext, opened: Call[Trial], step: int) -> None:
    trial = opened.value
    sentence = trial_sentence(trial)
    st.markdown("**Every step tested**")
    notices.say(sentence)
    changes = [
        (name, look, trial.steps[column].tolist())
        for name, look, column in (
            ("Spread evenly", "lstm", "uniform"),
            ("Without the word it looked at most", "rnn", "removed"),
            (f"Shuffled (mean of {SHUFFLES})", "gru", "shuffled"),
        )
    ]
    figures.show(
        step_changes(trial.translation.target_pieces, changes, NEGLIGIBLE_NATS, step - 1, mode=figures.mode()),
        name="attention-steps",
        alt=f"How much likelier or less likely each token becomes when its step's attention is changed. {sentence}",
        table=lambda: trial.steps.drop(columns="looked_at_word").round(4),
        receipt=opened.receipt("found.steps.to_string()", seed=f"7 to {6 + SHUFFLES} for the shuffles"),
        on_click=lambda position: context.controls.set("attention_step", int(position)),
    )
    st.caption(
        f"The grey band: changes below {NEGLIGIBLE_NATS:g} nats, called none. The upright line: the step tested."
    )


def _show_search(context: TranslationContext, opened: Call[Trial], step: int, report: EditReport) -> None:
    """Ask for a word and draw the attention under which the network would most likely have written it."""
    others = report.choices[report.choices["token_id"] != opened.value.translation.target_ids[step - 1]]
    names = {str(token_id): piece for token_id, piece in zip(others["token_id"], others["piece"], strict=True)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        wanted = int(context.controls.select("attention_wanted", choices=names, width=260))
        typed = context.controls.text_input("attention_typed", width=260).strip()
    if typed:
        wanted = context.call(first_piece, typed).value
    with st.spinner("Climbing", show_time=True):
        climbed = context.call(find_attention, opened, step, wanted).computed()
    found = climbed.value
    sentence = search_sentence(found, typed)
    notices.say(sentence)
    before, after = _weightings(context, found.own_weights, "Found", found.found_weights)
    figures.show(
        weight_bars(found.source_pieces, before, after, mode=figures.mode()),
        name="attention-found",
        alt=f"Attention of step {step}, its own and the one found for “{found.wanted}”. {sentence}",
        receipt=climbed.receipt(
            f"search_sentence(found, {typed!r}), found.found_weights",
            uses=[search_sentence],
            seed="none: the starts are the same every time",
            note="A search by gradient from four starts: it finds a peak, which need not be the highest.",
        ),
    )


def _weightings(context: TranslationContext, own: np.ndarray, name: str, other: np.ndarray) -> tuple[Weighting, ...]:
    return Weighting("Its own", own.tolist(), "baseline"), Weighting(name, other.tolist(), style(context.info))
