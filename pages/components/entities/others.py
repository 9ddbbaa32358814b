"""Four networks: the same text by every tagger, with a sign where they do not agree."""

from __future__ import annotations

import streamlit as st

from engine.inspection.tagging.agreement import Apart, agreement_frame, apart_from, describe_agreement
from engine.inspection.tagging.predictions import Tagging
from pages.components.computing.calls import receipt
from pages.components.drawing import figures, notices
from pages.components.entities import marking
from pages.components.entities.context import EntitiesContext, tag


def show(context: EntitiesContext) -> None:
    """Draw the text once per tagger, and the table of all that any of them marked."""
    notices.explain(
        "The same text, read by every network. One was trained without the CRF, one reads from left to right only, one "
        f"was trained on mails, blogs and reviews instead of news. {marking.DIFFERS} stands where a network "
        "differs from the one chosen above. **Try:** a name at the very beginning, where reading from left to right "
        "alone has nothing to go by."
    )
    context.say_typical("others")
    taggings = {name: context.tagged_by(name) for name in context.models}
    own = taggings[context.network]
    for name, tagging in taggings.items():
        if name == context.network:
            continue
        apart = apart_from(own, tagging)
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"**{notices.plain(context.label(name))}**")
            st.markdown(_marked(context, tagging, apart))
            st.caption(notices.plain(describe_agreement(apart, context.words, context.label(context.network))))
    labels = {name: context.label(name) for name in taggings}
    figures.show_table(
        agreement_frame(context.words, taggings, labels),
        name="entity-networks",
        receipt=receipt(
            [tag(name, context.words) for name in taggings],
            python=(
                "from engine.inspection.tagging.agreement import agreement_frame\n"
                "from engine.inspection.tagging.predictions import split_words, tag_words\n"
                "from engine.models.folder import load_model\n\n"
                f"words = tuple(word.text for word in split_words({context.text!r}))\n"
                f"taggings = {{name: tag_words(load_model(name), words) for name in {list(taggings)!r}}}\n"
                "print(agreement_frame(words, taggings).to_string())"
            ),
            note="The web texts' labels are persons, organisations and places only; marks of other kinds are not held "
            "against them.",
        ),
    )


def _marked(context: EntitiesContext, tagging: Tagging, apart: Apart) -> str:
    own, missed = ([(start, end) for start, end, _ in marks] for marks in (apart.invented, apart.missed))
    return marking.marked_text(context.text, context.positions, tagging.spans, own, missed)
