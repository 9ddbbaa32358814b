"""The Generation page's picture on the home page."""

from __future__ import annotations

import streamlit as st

from engine.plotting.writing.distribution import describe_next_tokens, next_token_bars
from pages.components import figures, thumbnails
from pages.components.calls import call

BEGINNING = "ROMEO:\nWhat light is thi"
TEMPERATURE = 0.5


def draw() -> None:
    """Draw what the language model expects after the beginning of a word."""
    from engine.inspection.writing.next_tokens import next_tokens

    info = thumbnails.favourite("language_model")
    expected = call(next_tokens, BEGINNING, TEMPERATURE, 0, 1.0, model=info.name).value
    figure = next_token_bars(expected.frame, mode=figures.mode(), architecture=info.architecture, top=10)
    figures.thumbnail(
        figure, name="generation", alt=f"After “What light is thi”: {describe_next_tokens(expected.frame)}"
    )
    st.caption(
        "The next character after “What light is thi”, in %: dashes from the network, bars at temperature "
        f"{TEMPERATURE}."
    )
