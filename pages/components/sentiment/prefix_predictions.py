"""The prediction after each word: the probability of "positive" by each half of the network and by the whole."""

from __future__ import annotations

from contextlib import nullcontext

import streamlit as st

from engine.inspection.classification.prefix_predictions import (
    MOST_FRAMES,
    Belief,
    belief_frame,
    belief_sentence,
    find_turn,
    halves_sentence,
    measure_belief,
)
from engine.plotting.classification.prefix_predictions import BeliefLine, belief_film
from engine.wording import percent
from pages.components.computing.calls import NOT_DRAWN, Call, call
from pages.components.controls.buttons import button, steps
from pages.components.drawing import figures, notices
from pages.components.sentiment.context import SentimentContext
from pages.components.shell import header

QUICKLY_SHOWN = 60  # words; a longer film takes over a second


def show(context: SentimentContext) -> None:
    """Draw the film of the chosen network, with the order-blind one beside it, and the frame that is looked at."""
    header.section(
        "Prediction after each word",
        "Each mark is what the network would say if it had read only so far: the forward half from the beginning, the "
        "backward half from the end. **Try:** go to the word where it flipped, then take that word out of the text. A "
        "network that reads in order carries its prediction along and revises it.",
    )
    words = context.words
    reading = st.spinner(f"The networks read the beginnings and ends of {len(words):,} words.", show_time=True)
    with reading if len(words) > QUICKLY_SHOWN else nullcontext():
        measured, blind = _measure(context)
    belief = measured.value
    turn = find_turn(belief)
    last = len(words)
    step = _ask_step(context, turn.last) if last > 1 else 1
    frame = int(abs(belief.steps - step).argmin())
    _show_frame(context, belief, frame)
    lines = [BeliefLine("Whole network", context.style(context.network), list(belief.both), is_main=True)]
    if belief.forward is not None and belief.backward is not None:
        lines += [
            BeliefLine("Forward half", "forward", list(belief.forward)),
            BeliefLine("Backward half", "backward", list(belief.backward)),
        ]
    if blind is not None:
        lines.append(BeliefLine(context.label(context.blind), "average", list(blind.both)))
    said = f"{belief_sentence(belief)} {halves_sentence(belief)}".strip()
    figures.show(
        belief_film(
            [*words],
            [int(position) for position in belief.steps],
            lines,
            int(belief.steps[frame]),
            (turn.first, turn.last),
            mode=figures.mode(),
        ),
        name="sentiment-film",
        alt=said,
        table=lambda: belief_frame(belief, blind).round(4),
        receipt=measured.receipt(
            "belief_frame(found).to_string()",
            uses=[belief_frame],
            seed=NOT_DRAWN,
            measured=f"from {min(last, MOST_FRAMES)} beginnings and as many ends of the text",
        ),
        on_click=lambda position: context.controls.set("film_word", position),
    )
    notices.say(said)
    context.say_typical("prefix_predictions")
    if last > MOST_FRAMES:
        st.caption(f"The chart has {len(belief.steps)} marks, spread evenly over the {last:,} words.")


def _measure(context: SentimentContext) -> tuple[Call[Belief], Belief | None]:
    """Return the film of the chosen network and that of the order-blind one, where it reads the same words."""
    belief = call(measure_belief, context.words, model=context.network).computed()
    blind = context.blind
    if blind is None or blind not in context.verdicts or context.verdicts[blind].words != context.words:
        return belief, None
    return belief, call(measure_belief, context.words, model=blind).value


def _ask_step(context: SentimentContext, turning: int) -> int:
    """Draw the slider and the buttons; return how many words are read."""
    controls, last = context.controls, len(context.words)
    with st.container(horizontal=True, vertical_alignment="bottom", key="film-step"):
        step = controls.slider("film_word", maximum=last, default=last, width="stretch")
        steps(controls.set, "film_word", step, last, "film")
        button(
            "To the flip", "film-turn", controls.set, "film_word", turning, icon="u_turn_left", disabled=step == turning
        )
    return step


def _show_frame(context: SentimentContext, belief: Belief, frame: int) -> None:
    """Draw what has been read at one frame, and what each half and the whole then say."""
    step = int(belief.steps[frame])
    said = [f"whole network **{percent(belief.both[frame])}**"]
    if belief.forward is not None and belief.backward is not None:
        back = len(context.words) - step + 1
        read = "the last word" if back == 1 else f"the last {back:,} words"
        said += [
            f"forward half **{percent(belief.forward[frame])}**",
            f"backward half **{percent(belief.backward[frame])}** (it has read {read})",
        ]
    shown = " ".join(notices.plain(word) for word in context.words[max(0, step - 12) : step - 1])
    shown = f"{'… ' if step > 13 else ''}{shown} **{notices.plain(context.words[step - 1])}**"
    st.markdown(f"{step:,} of {len(context.words):,} read: {shown}  \nPositive: {' · '.join(said)}")
