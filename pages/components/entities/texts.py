"""The visitor's own text with its entities marked: what the network found, how sure it was, and where each stands."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from engine.inspection.tagging.entity_types import types_of
from engine.inspection.tagging.texts import TextLine, describe_spans, find_foreign, spans_frame
from pages.components.computing.calls import NOT_DRAWN
from pages.components.drawing import figures, notices
from pages.components.entities import marking
from pages.components.entities.context import tag
from pages.components.entities.view import DEFAULT_TEXT
from pages.components.texts import reading

EXAMPLES = {
    "A people, two places, a day": DEFAULT_TEXT,
    "A person, a firm, a place": "John works at Google in California.",
    "One word, several meanings": "Washington said on Tuesday that Mr. Washington would leave Washington for Paris.",
    "A headline": "French President visits Baghdad after talks with NATO and the World Bank in Brussels.",
    "A mail": "Hi Anna, can you ask Peter if the Houston office already sent the contract to Barclays? Thanks, Maria",
}


def show(name: str, lines: Sequence[TextLine], chosen: int) -> None:
    """Draw every line with the marks of the tagger `name`, the table of what is marked, and what the marks mean."""
    read = [tag(name, line.words) for line in lines]
    found = [each.value for each in read]
    reading.say(name, *(line.text for line in lines))
    with st.container(border=True, key="entities-texts"):
        for line, tagging in zip(lines, found, strict=True):
            st.markdown(marking.marked_text(line.text, line.positions, tagging.spans))
    notices.say(describe_spans(found[chosen], lines[chosen]))
    for line, tagging in zip(lines, found, strict=True):
        foreign = find_foreign(tagging)
        if foreign:
            notices.note(foreign if len(lines) == 1 else f"“{line.text[:40]}”: {foreign}")
    table = pd.concat(
        [spans_frame(line, tagging) for line, tagging in zip(lines, found, strict=True)], ignore_index=True
    )
    with st.container(horizontal=True, vertical_alignment="top"):
        with st.popover("What the marks mean", icon=":material/palette:", type="tertiary", key="entities-legend"):
            for kind in types_of(found[0].labels):
                st.markdown(marking.legend([kind]))
        with st.expander("The numbers", key="entities-numbers", type="compact"):
            figures.show_table(table, name="entities")
        receipt = read[chosen].receipt(
            "*((' '.join(words[span.start : span.end]), span.type, span.probability) for span in found.spans), "
            "sep='\\n'",
            seed=NOT_DRAWN,
            command=f"python -m engine tag --model {name}  # reads words parted by blanks, a sentence a line",
            note="A span's probability is the share of all tag sequences that the model's own weights give to exactly "
            "this span.",
        )
        figures.show_receipt(receipt, "entities")
