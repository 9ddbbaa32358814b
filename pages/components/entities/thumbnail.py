"""The Entities page's picture on the home page: a marked text."""

from __future__ import annotations

import streamlit as st

from pages.components import cache, notices
from pages.components.entities import marking
from pages.components.entities.context import in_order, tag

SENTENCE = "Maria Lopez of the World Bank met French officials in Paris on Tuesday."


def draw() -> None:
    """Draw a short text with the entities a tagger marks in it."""
    usable = in_order(cache.shipped_models("tagging"))
    if not usable:
        st.caption("No tagger is installed; the Models page lists what is there.")
        return
    from engine.inspection.tagging.entity_types import describe_type
    from engine.inspection.tagging.texts import read_text

    name = next(iter(usable))
    (line,) = read_text(SENTENCE, 1)
    spans = tag(name, line.words).value.spans
    st.markdown(marking.marked_text(line.text, line.positions, spans))
    kinds = dict.fromkeys(span.type for span in spans)
    said = ", ".join(f"{kind}: {describe_type(kind).word}" for kind in kinds)
    st.caption(notices.plain(f"Marked by {name} just now. {said or 'It found none'}."))
