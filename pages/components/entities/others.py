"""Four networks: the same text by every tagger, with a sign where they do not agree."""

from __future__ import annotations

import streamlit as st

from engine.inspection.entity_agreement import Apart, agreement_frame, apart_from, describe_agreement
from engine.inspection.tagging import Tagging
from pages.components import figures, notices
from pages.components.entities import marking
from pages.components.entities.desk import Desk
from pages.components.figures import Receipt
from pages.components.header import TEXT_WIDTH


def show(desk: Desk) -> None:
    """Draw the text once per tagger, and the table of all that any of them marked."""
    st.markdown(
        "The same text, read by every network. One was taught without the CRF, one reads from left to right only, one "
        "was taught "
        f"with mails, blogs and reviews instead of news. {marking.DIFFERS} stands where a network parts from the one "
        "chosen above. "
        "**Try:** a name at the very beginning, where reading from left to right alone has nothing to go by.",
        width=TEXT_WIDTH,
    )
    taggings = {name: desk.tagged_by(name) for name in desk.models}
    own = taggings[desk.network]
    for name, tagging in taggings.items():
        if name == desk.network:
            continue
        apart = apart_from(own, tagging)
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"**{notices.plain(desk.label(name))}**")
            st.markdown(_marked(desk, tagging, apart))
            st.caption(notices.plain(describe_agreement(apart, desk.words, desk.label(desk.network))))
    labels = {name: desk.label(name) for name in taggings}
    figures.show_table(
        agreement_frame(desk.words, taggings, labels),
        name="entity-networks",
        receipt=Receipt(
            model=", ".join(taggings),
            python=(
                "from engine.inspection.entity_agreement import agreement_frame\n"
                "from engine.inspection.tagging import split_words, tag_words\n"
                "from engine.models.folder import load_model\n\n"
                f"words = tuple(word.text for word in split_words({desk.text!r}))\n"
                f"taggings = {{name: tag_words(load_model(name), words) for name in {list(taggings)!r}}}\n"
                "print(agreement_frame(words, taggings).to_string())"
            ),
            note="The web texts' labels are persons, organisations and places only; marks of other kinds are not held "
            "against them.",
        ),
    )


def _marked(desk: Desk, tagging: Tagging, apart: Apart) -> str:
    own, missed = ([(start, end) for start, end, _ in marks] for marks in (apart.invented, apart.missed))
    return marking.marked_text(desk.text, desk.places, tagging.spans, own, missed)
