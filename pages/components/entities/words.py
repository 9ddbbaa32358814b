"""Word by word: every tag of one word with its probability, chosen by a click, the slider or the arrow keys."""

from __future__ import annotations

import streamlit as st

from engine.inspection.tagging.texts import describe_word, tag_frame, words_frame
from engine.plotting.tagging.tag_bars import tag_bars
from engine.plotting.translation.word_marks import word_marks
from engine.wording import percent
from pages.components.drawing import figures, notices
from pages.components.entities.context import EntitiesContext, tag

WINDOW = 24  # words that can be clicked at once; the slider reaches all
LEAST, FEWEST = 0.001, 3  # a tag below 0.1 % has no bar, but for the first three


def show(context: EntitiesContext) -> None:
    """Draw the words around the one that is looked at, and the bars of its tags."""
    notices.explain(
        "Click a word, or move the slider. The diamond marks the tag it was given, in the likeliest tag sequence "
        "for the whole text; the bars weigh all sequences. **Try:** a word the network is less sure of, such as a "
        "surname that is also a town."
    )
    tagging, words = context.tagging, context.words
    by_word = words_frame(words, tagging)
    least = int(by_word["probability"].argmin()) + 1
    position = context.controls.slider("words_position", maximum=len(words), default=least) - 1
    first = max(0, min(position - WINDOW // 2, len(words) - WINDOW))
    window = range(first, min(len(words), first + WINDOW))
    left, right = st.columns([3, 2], gap="large")
    with left:
        figures.show(
            word_marks(
                [words[row] for row in window], position - first, [row + 1 for row in window], mode=figures.mode()
            ),
            name="entity-words",
            alt=f"Words {first + 1:,} to {window[-1] + 1:,} of {len(words):,}; “{words[position]}” is looked at.",
            table=by_word,
            receipt=tag(context.network, words).receipt("dict(zip(words, found.tags))"),
            on_click=lambda chosen: context.controls.set("words_position", int(chosen)),
        )
    sentence = describe_word(tagging, position)
    with right:
        st.markdown(notices.plain(sentence))
        frame = tag_frame(tagging, position)
        shown = frame[
            (frame["probability"] >= LEAST) | (frame["tag"] == tagging.tags[position]) | (frame.index < FEWEST)
        ]
        figures.show(
            tag_bars(list(shown["tag"]), list(shown["probability"]), tagging.tags[position], mode=figures.mode()),
            name="entity-tags",
            alt=sentence,
            table=frame,
            receipt=tag(context.network, words).receipt(
                f"words[{position}], dict(zip(found.labels, found.marginals[{position}]))",
                note="Marginals of the CRF: all tag sequences are weighed, by the forward-backward algorithm. "
                "Without a CRF it is a softmax.",
            ),
        )
        if len(shown) < len(frame):
            rest = 1 - float(shown["probability"].sum())
            st.caption(f"The other {len(frame) - len(shown)} tags have {percent(max(0.0, rest), 2)} together.")
