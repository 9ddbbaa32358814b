"""Other choices: the translations that lost, and the words that could have stood in one place."""

from __future__ import annotations

from datetime import date

import streamlit as st

from engine.inspection.translation.hypotheses import (
    alternatives_sentence,
    hypotheses_table,
    runner_up_sentence,
    word_alternatives,
)
from engine.plotting.translation.word_choices import describe_word_choices, word_choice_bars
from pages.components import cache, figures, header, notices
from pages.components.figures import Receipt
from pages.components.header import TEXT_WIDTH
from pages.components.translation import searching
from pages.components.translation.context import PageContext, style


def show(context: PageContext) -> None:
    """Draw the likeliest words in place of the one that is chosen, and all translations the search ended with."""
    if not context.report.target_words:
        notices.note("The network wrote nothing, so there is no word to look at.")
    else:
        show_words(context)
    header.section("Other whole translations")
    show_hypotheses(context)


def show_words(context: PageContext) -> None:
    """Draw the five likeliest words in one place of the translation, and the one that was written."""
    words = context.report.target_words
    st.markdown(
        "Before it wrote a word, the network had an opinion on every other one. **Try:** the word with the lowest bar "
        "above, then "
        "the one after it.",
        width=TEXT_WIDTH,
    )
    context.controls.offer("choices_word", list(range(len(words))), lambda place: f"{place + 1}. {words[place].text}")
    place = context.controls.select("choices_word", lambda place: f"{place + 1}. {words[place].text}", width=320)
    arguments = (context.source, context.report.target_ids, place)
    frame = cache.compute_with_model(word_alternatives, context.network, *arguments)
    sentence = alternatives_sentence(frame)
    st.markdown(notices.plain(sentence))
    figures.show(
        word_choice_bars(frame, mode=figures.mode(), architecture=style(context.info)),
        name="choices",
        alt=f"{sentence} {describe_word_choices(frame)}",
        table=frame.round(4),
        receipt=Receipt(
            model=context.network,
            measured=f"{date.today().isoformat()}, on the server's processor",
            python=(
                "from engine.inspection.translation.hypotheses import word_alternatives\n"
                "from engine.models.folder import load_model\n\n"
                f"print(word_alternatives(load_model({context.network!r}), {context.source!r}, "
                f"{context.report.target_ids!r}, "
                f"{place}).to_string())"
            ),
        ),
    )
    st.caption(
        "The five likeliest next pieces, each continued to the end of its word with the likeliest pieces. A middle "
        "dot stands "
        "where a piece goes on with the word before it instead of beginning a new one."
    )


def show_hypotheses(context: PageContext) -> None:
    """Draw the n-best list of the search, or the translations of several seeds."""
    search = searching.of_view(context.view)
    reports = searching.translate(context.network, context.source, search, searching.SEEDS)
    if search.sampling is None and search.settings.beam_size == 1:
        notices.note(
            "Greedy search keeps one translation only. Choose Beam at the top, and the runners-up are listed here."
        )
        return
    if search.sampling is None:
        st.markdown(notices.plain(runner_up_sentence(reports)))
        st.caption(
            "Score: the log-probability divided by the length to the power of the length penalty, which the search "
            "compares. "
            "Nats per piece: nearer to 0 is surer."
        )
    table = hypotheses_table(reports)
    figures.show_table(table, name="hypotheses", receipt=searching.receipt(context.network, context.source, search))
