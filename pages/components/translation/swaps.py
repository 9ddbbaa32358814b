"""Word swaps: a word of the source replaced by one that the network holds to be near it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.inspection.translation import word_swaps
from engine.plotting.translation.timelines import Timeline, timeline_strips
from engine.plotting.translation.word_marks import neighbour_marks, word_marks
from engine.text.languages import language_name
from pages.components.computing.calls import NOT_DRAWN, Call
from pages.components.drawing import figures, notices
from pages.components.translation.context import TranslationContext


def show(context: TranslationContext) -> None:
    """Draw the words, the neighbours of the chosen one, what the swap changes, and what every neighbour would do."""
    notices.explain(
        "Choose a word, then one of its neighbours: words that the network keeps near it among its embeddings, the "
        "numbers it reads instead of words. **A neighbour is used alike, and may mean the opposite.** The translation "
        "below is made anew with it."
    )
    found = context.call(word_swaps.find_words, context.source)
    words = found.value
    left, right = st.columns(2, gap="medium")
    with left:
        position = _choose_word(context, words, found.receipt(seed=NOT_DRAWN))
    word = words[position]
    near = context.call(word_swaps.find_neighbours, word)
    with right:
        new = _choose_new(context, word, near)
    if not new:
        return
    _show_swap(context, word, new)
    if near.value:
        st.markdown("**What every neighbour would do**")
        with st.spinner("Translating the sentence with every neighbour", show_time=True):
            tried = context.call(word_swaps.try_neighbours, context.search, word, near).computed()
        figures.show_table(
            tried.value.assign(seen_in=[_languages(neighbour) for neighbour in near.value]),
            name="swaps-neighbours",
            receipt=tried.receipt("found.to_string()", seed=NOT_DRAWN),
            column_config={
                "log_probability": st.column_config.NumberColumn("log-probability (nats)"),
                "old_translation_change": st.column_config.NumberColumn("old translation, change (nats)"),
                "seen_in": "seen in",
            },
        )


def _choose_word(context: TranslationContext, words: list[word_swaps.SourceWord], receipt: figures.Receipt) -> int:
    """Draw the sentence as marks and a box to choose a word; return its place."""
    names = [f"{number} {word.text}" for number, word in enumerate(words, start=1)]
    chosen = context.controls.select(
        "swaps_word", choices=names, default=names[word_swaps.default_word(words)], width=320
    )
    position = names.index(chosen)
    figures.show(
        word_marks([word.text for word in words], position, names, mode=figures.mode()),
        name="swaps-words",
        alt=f"The {len(words)} words of the sentence; chosen is number {position + 1}, “{words[position].text}”.",
        receipt=receipt,
        on_click=lambda name: context.controls.set("swaps_word", str(name)),
    )
    pieces = len(words[position].piece_ids)
    if pieces > 1:
        st.caption(
            notices.plain(
                f"“{words[position].text}” is read as {pieces} subword tokens; its embedding here is their mean."
            )
        )
    return position


def _choose_new(
    context: TranslationContext, word: word_swaps.SourceWord, near: Call[list[word_swaps.Neighbour]]
) -> str:
    """Draw the neighbours and the boxes; return the word to put in."""
    chosen, neighbours = "", near.value
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if neighbours:
            names = [neighbour.word for neighbour in neighbours]
            chosen = context.controls.select("swaps_neighbour", choices=names, width=200)
        typed = context.controls.text_input("swaps_typed", width=200).strip()
    if not neighbours:
        notices.note(f"The vocabulary has no other word in the script of “{word.text}”; type one to put there.")
        return typed
    frame = pd.DataFrame(
        {
            "neighbour": names,
            "cosine": [round(found.cosine, 4) for found in neighbours],
            "seen_in": [_languages(found) for found in neighbours],
        }
    )
    figures.show(
        neighbour_marks(
            names, [found.cosine for found in neighbours], frame["seen_in"], typed or chosen, mode=figures.mode()
        ),
        name="swaps-nearness",
        alt=f"The nearest neighbours of “{word.text}”: "
        + ", ".join(f"{found.word} {found.cosine:.2f}" for found in neighbours)
        + ".",
        table=frame,
        receipt=near.receipt(seed=NOT_DRAWN),
        on_click=lambda name: _put(context, str(name)),
    )
    st.caption(
        "Beside each: the languages it was seen in, at least five times in the training text. One embedding serves "
        "both."
    )
    return typed or chosen


def _put(context: TranslationContext, name: str) -> None:
    context.controls.set("swaps_typed", "")
    context.controls.set("swaps_neighbour", name)


def _show_swap(context: TranslationContext, word: word_swaps.SourceWord, new: str) -> None:
    swapped, old = context.call(word_swaps.swap_word, context.search, word, new), context.search.value.best
    found = swapped.value
    sentence, rows = word_swaps.swap_sentence(word.text, new, old, found), word_swaps.arrange_swap(old, found.after)
    notices.say(sentence, is_strong=True)
    st.text(f"{found.source}\n{found.after.text}")
    figures.show(
        timeline_strips(
            [
                Timeline("Before", rows.before, rows.before_shares),
                Timeline("After", rows.after, rows.after_shares, rows.before),
            ],
            rows.changed[0] if rows.changed else None,
            mode=figures.mode(),
        ),
        name="swaps-rows",
        alt=sentence,
        table=lambda: pd.DataFrame(
            {
                "before": rows.before,
                "probability_before": rows.before_shares,
                "after": rows.after,
                "probability_after": rows.after_shares,
            }
        ).round(4),
        receipt=swapped.receipt(
            "found.after.text, swap_sentence(word.text, new, searched.best, found)",
            uses=[word_swaps.swap_sentence],
            seed=NOT_DRAWN,
        ),
    )
    st.caption(
        "Word by word, under each other where they are equal; ≠ and ▼ mark what changed. The whole new translation has "
        f"a log-probability of {found.after.total_log_prob:.2f} nats, the old one had {old.total_log_prob:.2f}; the "
        f"old one under the new sentence {found.old_log_prob_after:.2f}."
    )


def _languages(neighbour: word_swaps.Neighbour) -> str:
    return " and ".join(map(language_name, neighbour.languages))
