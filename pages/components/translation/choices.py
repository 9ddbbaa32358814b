"""Other choices: the translations that lost, and the words that could have stood in one place."""

from __future__ import annotations

import streamlit as st

from engine.inspection.translation.hypotheses import (
    alternatives_sentence,
    hypotheses_table,
    runner_up_sentence,
    word_alternatives,
)
from engine.plotting.translation.word_choices import describe_word_choices, word_choice_bars
from pages.components.drawing import figures, notices
from pages.components.shell import header
from pages.components.translation import receipts, searching
from pages.components.translation.context import TranslationContext, style


def show(context: TranslationContext) -> None:
    """Draw the likeliest words in place of the one that is chosen, and all translations the search ended with."""
    if not context.translation.target_words:
        notices.note("The network wrote nothing, so there is no word to look at.")
    else:
        show_words(context)
    header.section("Other whole translations")
    show_hypotheses(context)


def show_words(context: TranslationContext) -> None:
    """Draw the five likeliest words in one place of the translation, and the one that was written."""
    words = context.translation.target_words
    notices.explain(
        "Before it wrote a word, the network had an opinion on every other one. Here is the word with the lowest bar "
        "above. **Try:** the one after it, then one it is sure of."
    )
    names = {position: f"{position + 1}. {word.text}" for position, word in enumerate(words)}
    chances = context.translation.word_probabilities
    least_sure = min(range(len(words)), key=chances.__getitem__)  # there the network has an opinion on others
    position = context.controls.select("choices_word", choices=names, default=least_sure, width=320)
    made = context.call(word_alternatives, context.source, context.translation.target_ids, position)
    frame = made.value
    sentence = alternatives_sentence(frame)
    st.markdown(notices.plain(sentence))
    figures.show(
        word_choice_bars(frame, mode=figures.mode(), architecture=style(context.info)),
        name="choices",
        alt=f"{sentence} {describe_word_choices(frame)}",
        table=lambda: frame.round(4),
        receipt=made.receipt("found.to_string()"),
    )
    st.caption(
        "The five likeliest next tokens, each continued to the end of its word with the likeliest tokens. A middle dot "
        "stands where a token goes on with the word before it instead of beginning a new one."
    )


def show_hypotheses(context: TranslationContext) -> None:
    """Draw the n-best list of the search, or the translations of several seeds."""
    search = searching.of_view(context.view)
    found = search.translations(context.network, context.source, searching.SEEDS)
    if search.sampling is None and search.settings.beam_size == 1:
        notices.note(
            "Greedy search keeps one translation only. Choose Beam at the top, and the runners-up are listed here."
        )
        return
    if search.sampling is None:
        st.markdown(notices.plain(runner_up_sentence(found)))
        st.caption(
            "Score: the log-probability divided by the length to the power of the length penalty, which the search "
            "compares. Nats per token: nearer to 0 is surer."
        )
    made = search.call(context.network, context.source, searching.SEEDS)
    figures.show_table(hypotheses_table(found), name="hypotheses", receipt=receipts.for_translations(made, search))
