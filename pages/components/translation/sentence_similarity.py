"""Two sentences: where two sources part inside the network, on the way in and on the way out."""

from __future__ import annotations

import streamlit as st

from engine.inspection.translation.sentence_similarity import (
    SentenceSimilarity,
    StateComparison,
    compare_sentences,
    comparison_table,
    similarity_sentence,
)
from engine.inspection.translation.word_swaps import nearest_twin
from engine.plotting.translation.word_marks import state_cosines
from pages.components.computing.calls import NOT_DRAWN, Call
from pages.components.drawing import figures, notices
from pages.components.texts import reading
from pages.components.translation.context import TranslationContext, search_call


def show(context: TranslationContext) -> None:
    """Draw the second sentence's box, both translations, and how far the states lie apart at each place."""
    notices.explain(
        "Give the network a second sentence, one word off. A state is some hundred numbers; where both sentences leave "
        "the network in the same state the cosine is 1. **Look how far a single word is felt around its place**, and "
        "whether the words written later come together again."
    )
    typed = context.controls.text_area("twins_text", height=70).strip()
    second = typed or context.call(nearest_twin, context.source).value
    reading.say(context.network, typed)
    with st.spinner("The network reads both sentences."):
        other = search_call(context.network, second, context.settings)
        made = context.call(compare_sentences, context.search, other).computed()
    found = made.value
    for column, title, report in zip(
        st.columns(2, gap="medium"),
        ("First", "Second" if typed else "Second, chosen by the network's own neighbour"),
        (found.first, found.second),
        strict=True,
    ):
        with column:
            st.markdown(f"**{title}**")
            st.text(f"{report.source}\n{report.text}")
    notices.say(similarity_sentence(found), is_strong=True)
    st.caption(
        f"Cosine of the two vectors that the encoder leaves at the end: {found.summary_cosine:.3f}. "
        + (
            "The encoder reads from both ends, so a word is felt before its place as well."
            if context.info.config.get("bidirectional")
            else ""
        )
    )
    left, right = st.columns(2, gap="medium")
    with left:
        _show_course(made, found.encoder, "encoder", "Reading: the encoder at each token")
    with right:
        _show_course(made, found.decoder, "decoder", "Writing: the decoder just before each token")


def _show_course(made: Call[SentenceSimilarity], course: StateComparison, name: str, title: str) -> None:
    st.markdown(f"**{title}**")
    lowest = course.lowest
    least = "" if lowest is None else f" Lowest at place {lowest + 1}: {course.cosines[lowest]:.3f}."
    figures.show(
        state_cosines(course.first, course.second, course.cosines, mode=figures.mode()),
        name=f"twins-{name}",
        alt=f"{title}: cosine of the states of both sentences at {len(course.cosines)} places.{least}",
        table=lambda: comparison_table(course),
        receipt=made.receipt(
            "similarity_sentence(found), found.summary_cosine, comparison_table(found.encoder).to_string(), "
            "comparison_table(found.decoder).to_string(), sep='\\n'",
            uses=[comparison_table, similarity_sentence],
            seed=NOT_DRAWN,
        ),
    )
