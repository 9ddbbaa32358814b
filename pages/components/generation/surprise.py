"""Surprise: any text coloured by the nats each character cost a model, all models' totals, and where two differ."""

from __future__ import annotations

from math import exp

import pandas as pd
import streamlit as st

from engine.inspection.stored.tool_effects import LSTM
from engine.inspection.writing.surprise import Surprise, differences, hover_lines, surprise
from engine.plotting.writing.distribution import visible_token
from engine.plotting.writing.text_grid import NARROW, describe_text_grid, spoken_token, text_grid
from pages.components.computing import cache
from pages.components.computing.calls import Call, call, receipt, values
from pages.components.drawing import figures, notices, stored
from pages.components.generation.context import GenerationContext
from pages.components.owning import networks
from pages.components.texts import reading

HIGHEST_NATS = 6.0  # one of 400: what is rarer gets the same colour, so that colours mean the same in every text
LARGEST_DIFFERENCE = 3.0
TITLE, TITLE_OF_DIFFERENCE = "surprise (nats; 6 and more alike)", "difference (nats; 3 and more alike)"
SHOWN_PLACES = 6
CONTEXT = 12
PRINTS = "found.total_nats, found.nats_per_character, found.frame"
READ_ONCE = "read once from the first character to the last, as after a line break"


def show(context: GenerationContext) -> None:
    """Draw the text box, the coloured text, every model's total, and the difference of two models."""
    text = context.controls.text_area("surprise_text", height=190)
    names = networks.comparable(context.models.values())
    name = context.controls.segmented("surprise_model", context.label, names, context.network)
    with st.spinner("The models read."):
        calls = {each: call(surprise, text, model=each) for each in names}
        values(calls)
    notices.explain(
        "**Dark is what the model expected, bright is what surprised it.** A character of 0.69 nats had a probability "
        "of one half, one of 2.30 nats of 1 in 10, one of 6 of 1 in 400. Point at a character to see what was expected "
        "instead. Surprise is mostly highest where words begin, and falls as they go on: nothing else is meant by "
        "knowing a language, as these models know it."
    )
    stored.say_effect(context, "surprise", LSTM)
    left, right = st.columns([4, 3], gap="large")
    with left:
        _show_text(context, name, text, calls[name])
    with right:
        _show_totals(context, calls)
    others = [other for other in names if other != name]
    if others:
        _show_difference(context, text, calls, name, others)


def _show_text(context: GenerationContext, name: str, text: str, read: Call[Surprise]) -> None:
    """Draw the text in the colours of one model's surprise, and what the model has never seen."""
    found = read.value
    reading.say(name, text)
    unknown = cache.load_model(name).tokenizer.unknown_pieces(text) if found.unknown_count else []
    if unknown:
        notices.note(
            f"{context.label(name)} has never seen: {', '.join(unknown)}. It reads each as one unknown character; its "
            "nats say how unexpected an unknown one was there, not which one it was."
        )
    frame = found.frame
    figures.show(
        text_grid(
            frame["token"],
            frame["nats"],
            mode=figures.mode(),
            title_of_values=TITLE,
            hover=hover_lines(found),
            limits=(0.0, HIGHEST_NATS),
            width=NARROW,
            marks=frame["is_unknown"],
        ),
        name="surprise",
        alt=describe_text_grid(frame["token"], frame["nats"], title_of_values="surprise in nats"),
        table=lambda: frame.assign(token=frame["token"].map(visible_token)).round({"nats": 3, "probability": 5}),
        receipt=read.receipt(PRINTS, measured=READ_ONCE, note="Put another model's name in to get its nats."),
    )


def _show_totals(context: GenerationContext, calls: dict[str, Call[Surprise]]) -> None:
    """Draw every model's nats for the text, and say which needed fewest."""
    found = values(calls)
    rows = pd.DataFrame(
        {
            "model": [context.label(name) for name in found],
            "nats in all": [round(each.total_nats, 1) for each in found.values()],
            "nats per character": [round(each.nats_per_character, 3) for each in found.values()],
            "unknown": [each.unknown_count for each in found.values()],
        }
    ).sort_values("nats in all", ignore_index=True)
    best = rows.iloc[0]
    size = len(next(iter(found.values())).character_nats)
    st.metric(f"Least surprised: {best['model']}", f"{best['nats per character']:.2f} nats per character")
    st.caption(
        f"{best['nats in all']:,.0f} nats for {size:,} characters, like choosing among "
        f"{exp(best['nats per character']):.1f} equal options."
    )
    figures.show_table(rows, name="surprise-totals", receipt=receipt(list(calls.values()), PRINTS, measured=READ_ONCE))


def _show_difference(
    context: GenerationContext, text: str, calls: dict[str, Call[Surprise]], name: str, others: list[str]
) -> None:
    """Draw the text in the colours of two models' difference, and where it is largest."""
    st.markdown("**Where two models differ**")
    counting = next((other for other in others if context.models[other].architecture == "ngram"), others[0])
    other = context.controls.segmented("surprise_against", context.label, others, counting)
    compared = call(differences, text, calls[name], calls[other])
    frame = compared.value
    first, second = context.label(name), context.label(other)
    lower, higher = (frame["difference"] < 0).sum(), (frame["difference"] > 0).sum()
    less, more = (first, second) if frame["difference"].sum() <= 0 else (second, first)
    sentence = (
        f"{first} was less surprised at {lower:,} characters, {second} at {higher:,}. In all {less} needed "
        f"{abs(frame['difference'].sum()):,.1f} nats fewer than {more}."
    )
    st.markdown(notices.plain(sentence))
    left, right = st.columns([4, 3], gap="large")
    with left:
        hover = [
            f"{spoken_token(row.character)}: {row.nats:.2f} nats for {first}, {row.other_nats:.2f} for {second}"
            for row in frame.itertuples()
        ]
        figures.show(
            text_grid(
                frame["character"],
                frame["difference"],
                mode=figures.mode(),
                title_of_values=TITLE_OF_DIFFERENCE,
                hover=hover,
                diverging=True,
                limits=(-LARGEST_DIFFERENCE, LARGEST_DIFFERENCE),
                width=NARROW,
            ),
            name="surprise-difference",
            alt=f"Text coloured by the surprise of {first} less that of {second}. {sentence}",
            table=lambda: frame.round(3),
            receipt=compared.receipt(measured=READ_ONCE),
        )
        st.caption(notices.plain(f"Below 0 (orange): {first} was less surprised. Above 0 (blue): {second} was."))
    with right:
        st.caption("Where they differ most (▏ stands before the character)")
        st.dataframe(_largest(text, frame, first, second), hide_index=True, key="surprise-places")


def _largest(text: str, frame: pd.DataFrame, first: str, second: str) -> pd.DataFrame:
    """Return the places of the largest differences, each with the text around it and both models' nats."""
    positions = frame["difference"].abs().sort_values(ascending=False, kind="stable").index[:SHOWN_PLACES]

    def around(position: int) -> str:
        parts = text[max(0, position - CONTEXT) : position], text[position : position + CONTEXT // 2]
        return "▏".join("".join("↵" if character == "\n" else character for character in part) for part in parts)

    return pd.DataFrame(
        {
            "where": [around(position) for position in positions],
            first: frame["nats"][positions].round(1).tolist(),
            second: frame["other_nats"][positions].round(1).tolist(),
        }
    )
