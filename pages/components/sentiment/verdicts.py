"""What every classifier says of the text: the chosen one large, all of them side by side."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from engine.errors import EngineError
from engine.inspection.classification.predictions import Classification, classify_texts, looks_foreign
from engine.models.folder import ModelInfo
from engine.plotting.classification.prefix_predictions import verdict_bars
from engine.wording import percent
from pages.components.computing.calls import NOT_DRAWN, Call, call, receipt
from pages.components.drawing import behaviour, figures, notices
from pages.components.owning import networks
from pages.components.sentiment.context import CORPORA, SentimentContext, corpus, labels
from pages.components.texts import reading

MOST_UNKNOWN_NAMED = 8


@dataclass(frozen=True)
class Example:
    """One text of our own and what to look for in it."""

    name: str
    text: str
    lesson: str


EXAMPLES = (
    Example(
        "Not good", "He said the food was not good.", "Step through the words: which one makes the prediction flip?"
    ),
    Example(
        "Not bad",
        "The film was bad, not good at all.",
        "Now type “The film was good, not bad at all.”: the same words, another order. The average of the words "
        "cannot tell them apart.",
    ),
    Example(
        "But",
        "The actors are wonderful and the pictures are a delight, but the story is a dull and lifeless mess.",
        "Positive first, then a “but”: what does the half that reads from the beginning predict in the middle, and "
        "what the other?",
    ),
    Example(
        "Irony",
        "What a great idea to make me wait two hours for a cold soup.",
        "Every word of judgement in it is a kind one. Which of the networks fall for it?",
    ),
    Example(
        "Long review",
        "I went in expecting another noisy sequel and for the first half hour that is what I got. The jokes fall flat "
        "and the hero is a bore. Then the old fisherman comes on and everything changes: his quiet scenes on the pier "
        "are tender, funny and true, and by the end I had forgotten how it began. Go and see it.",
        "It begins badly and ends well: does the prediction follow, and how late?",
    ),
)


def judge(models: Mapping[str, ModelInfo], network: str, text: str) -> dict[str, Classification]:
    """Return what every classifier says of the text; one that cannot be used, other than the chosen one, is left out
    with a sentence.

    Raises:
        InputError: the chosen classifier cannot read the text.
    """
    found = {network: _judgement(network, text).value[0]}
    reading.say(network, text)
    for name in models:
        if name != network:
            try:
                found[name] = _judgement(name, text).value[0]
            except EngineError as problem:
                notices.error(f"The network “{name}” is left out: {problem}")
    return {name: found[name] for name in models if name in found}


def _judgement(name: str, text: str) -> Call[list[Classification]]:
    return call(classify_texts, (text,), model=name, kept="shared")


def show(context: SentimentContext) -> None:
    """Draw the verdict of the chosen classifier, large, and all of them as bars."""
    verdict = context.verdict
    left, right = st.columns([2, 3], gap="large", vertical_alignment="center")
    with left:
        st.markdown(
            f"{networks.mark(context.style(context.network))} **{notices.plain(context.label(context.network))}** says"
        )
        st.subheader(f"{verdict.label.capitalize()}, {percent(verdict.probability)}", anchor=False)
        taught = CORPORA.get(corpus(context.info))
        counted = f"{len(verdict.words):,} words and signs"
        st.caption(
            notices.plain(
                f"of {counted}, as it reads them"
                + (f"; trained on {taught}" if taught else "")
                + f"; {networks.headline(context.info)}"
            )
        )
    with right:
        names = list(context.verdicts)
        labels, positive = [context.label(name) for name in names], [context.positive(name) for name in names]
        figures.show(
            verdict_bars(
                labels,
                [context.style(name) for name in names],
                positive,
                names.index(context.network),
                mode=figures.mode(),
            ),
            name="sentiment-verdicts",
            alt=_sentence(context),
            table=lambda: _table(context),
            receipt=receipt(
                [_judgement(name, context.text) for name in names],
                "found[0].label, found[0].probability",
                seed=NOT_DRAWN,
                command=f"echo {shlex.quote(' '.join(context.text.split()))} | python -m engine classify "
                f"--model {context.network}",
            ),
        )
    behaviour.say_known(context, context.network)
    _warn(context)


def show_labels(context: SentimentContext) -> None:
    """Draw the probability that the chosen classifier gives each of its labels, the likeliest first."""
    verdict = context.verdict
    st.subheader(f"{verdict.label}, {percent(verdict.probability)}", anchor=False)
    table = pd.DataFrame({"label": labels(context.info), "probability": verdict.probabilities})
    figures.show_table(
        table.sort_values("probability", ascending=False, kind="stable").round(4),
        name="sentiment-labels",
        receipt=_judgement(context.network, context.text).receipt("found[0].probabilities", seed=NOT_DRAWN),
        column_config={"probability": st.column_config.ProgressColumn("probability", min_value=0.0, max_value=1.0)},
    )
    _warn(context)


def _warn(context: SentimentContext) -> None:
    """Say which words the network does not know, and whether the text seems to be in a language it was not taught."""
    foreign = call(looks_foreign, context.words, model=context.network).value
    unknown = tuple(dict.fromkeys(context.verdict.unknown))
    if foreign and context.info.whose:
        notices.error("The network knows too few of these words for its answer to mean much.")
    elif foreign:
        notices.error(foreign)
    elif unknown:
        named = ", ".join(f"“{word}”" for word in unknown[:MOST_UNKNOWN_NAMED])
        more = f" and {len(unknown) - MOST_UNKNOWN_NAMED:,} more" if len(unknown) > MOST_UNKNOWN_NAMED else ""
        st.caption(
            notices.plain(
                f"Words the network has never met: {named}{more}. It reads their stem or their ending instead."
            )
        )


def _sentence(context: SentimentContext) -> str:
    said = ", ".join(f"{context.label(name)} {percent(context.positive(name))}" for name in context.verdicts)
    kinds = {verdict.label for verdict in context.verdicts.values()}
    together = f"All say {next(iter(kinds))}." if len(kinds) == 1 else "They do not agree."
    return f"Probability of “positive” for the text: {said}. {together}"


def _table(context: SentimentContext) -> pd.DataFrame:
    rows = [
        {
            "network": context.label(name),
            "class": verdict.label,
            "probability": verdict.probability,
            "positive": context.positive(name),
        }
        for name, verdict in context.verdicts.items()
    ]
    return pd.DataFrame(rows).round(4)
