"""Order: the same words in another order, what every classifier then says, and how often order matters on many
sentences."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.errors import DataError
from engine.inspection.classification import word_order
from engine.inspection.classification.word_order import (
    ROUNDING,
    SHUFFLES,
    Shuffles,
    check_order,
    probabilities_in_order,
    shuffle_many,
    shuffle_words,
    stored_word_order,
    swap_words,
)
from engine.plotting.classification.word_order import OrderAccuracy, OrderRow, accuracy_dots, order_dots
from engine.wording import percent
from pages.components.computing.calls import Call, call, receipt
from pages.components.controls.buttons import button
from pages.components.drawing import figures, notices, stored
from pages.components.drawing.figures import measured_receipt
from pages.components.sentiment.context import SentimentContext, is_blind

WAYS = {"shuffle": "shuffled", "swap": "with two swapped"}


def show(context: SentimentContext) -> None:
    """Draw the other order and what each classifier says of it, then how often order matters on the test sentences."""
    notices.explain(
        "A network that only averages its words cannot tell two orders apart; one that reads from left to right can. "
        "**Try:** swap “not” with another word, or shuffle with several seeds. If a network hardly moves, it has "
        "decided by the words alone, whatever it could do."
    )
    context.say_typical("order")
    with notices.engine_errors():
        check_order(context.words)
        changed = _ask(context, context.words)
        _show_text(context.words, changed)
        with st.spinner(f"Reading {SHUFFLES} shuffles with every network", show_time=True):
            found = {
                name: _measure(context, name, changed)
                for name in context.verdicts
                if context.verdicts[name].words == context.words
            }
        _show_dots(context, changed, found)
    st.markdown("**How often order matters**")
    with notices.engine_errors():
        _show_stored(context)


def _ask(context: SentimentContext, words: tuple[str, ...]) -> tuple[str, ...]:
    """Draw the choice of another order and return the words in it."""
    controls = context.controls
    with st.container(horizontal=True, vertical_alignment="bottom"):
        way = controls.segmented("order_way", WAYS.get)
        if way == "shuffle":
            seed = controls.number("order_seed", width=140)
            button("Another", "order-another", controls.set, "order_seed", seed % 9_999 + 1, icon="shuffle")
            return shuffle_words(words, seed)
        positions = list(range(1, len(words) + 1))

        def named(position: int) -> str:
            return f"{position} {words[position - 1]}"

        first = controls.select("order_first", named, positions, 1, width=200)
        second = controls.select("order_second", named, positions, len(positions), width=200)
    return swap_words(words, first - 1, second - 1)


def _show_text(words: tuple[str, ...], changed: tuple[str, ...]) -> None:
    """Draw the words in the other order, those that stand elsewhere in bold."""
    if changed == words:
        notices.note("The order is the same: the two words are the same word.")
        return
    moved = (
        f"**{notices.plain(new)}**" if new != old else notices.plain(new)
        for old, new in zip(words, changed, strict=True)
    )
    st.markdown(f"In the other order: {' '.join(moved)}")


def _measure(context: SentimentContext, name: str, changed: tuple[str, ...]) -> tuple[float, Shuffles]:
    """Return a classifier's probability of "positive" for the other order, and what it says of many shuffles."""
    reordered = call(probabilities_in_order, (changed,), model=name).value
    return float(reordered[0]), _shuffle(context, name).value


def _shuffle(context: SentimentContext, name: str) -> Call[Shuffles]:
    return call(shuffle_many, context.words, model=name, kept="shared")


def _show_dots(context: SentimentContext, changed: tuple[str, ...], found: dict[str, tuple[float, Shuffles]]) -> None:
    rows = [
        OrderRow(context.label(name), context.style(name), many.intact, reordered, many.probabilities)
        for name, (reordered, many) in found.items()
    ]
    sentence = " ".join(_said(row, many) for row, (_, many) in zip(rows, found.values(), strict=True))
    table = pd.DataFrame(
        {
            "network": [row.label for row in rows],
            "positive": [row.intact for row in rows],
            "positive_reordered": [row.reordered for row in rows],
            "lowest_of_shuffles": [many.probabilities.min() for _, many in found.values()],
            "highest_of_shuffles": [many.probabilities.max() for _, many in found.values()],
            "shuffles_with_another_decision": [many.decisions_changed for _, many in found.values()],
        }
    )
    figures.show(
        order_dots(rows, mode=figures.mode()),
        name="order-dots",
        alt=sentence,
        table=lambda: table.round(4),
        receipt=receipt(
            [_shuffle(context, name) for name in found],
            f"found.intact, probabilities_in_order(model, ({changed!r},))[0], found.decisions_changed",
            uses=[probabilities_in_order],
            seed=f"1 to {SHUFFLES} for the ticks",
        ),
    )
    for row, (_, many) in zip(rows, found.values(), strict=True):
        notices.say(f"– {_said(row, many)}")


def _said(row: OrderRow, many: Shuffles) -> str:
    """Return what another order does to one classifier, in words."""
    said = f"{row.label}: {percent(row.intact)} as it stands, {percent(row.reordered)} in the other order"
    if many.is_blind and abs(row.reordered - row.intact) < ROUNDING:
        return f"{said}; the same for every order, to rounding."
    return (
        f"{said}; {SHUFFLES} shuffles give {100 * many.probabilities.min():.1f} to "
        f"{percent(many.probabilities.max())}, {percent(many.decisions_changed, 0)} of them another prediction."
    )


def _show_stored(context: SentimentContext) -> None:
    try:
        found = {
            name: stored.of_model(stored_word_order, context, name, word_order.TABLE).value for name in context.models
        }
    except DataError as problem:
        notices.note(str(problem))
        return
    measured = {name: rows for name, rows in found.items() if len(rows)}
    stored.note_missing(context, [name for name in found if name not in measured], word_order.COMMAND)
    for title in dict.fromkeys(rows["title"].iloc[0] for rows in measured.values()):
        _show_accuracies(
            context, title, {name: rows for name, rows in measured.items() if rows["title"].iloc[0] == title}
        )


def _show_accuracies(context: SentimentContext, title: str, measured: dict[str, pd.DataFrame]) -> None:
    """Draw accuracy with and without the order of the words, for the classifiers that were measured on the same
    sentences."""
    rows = [
        OrderAccuracy(
            context.label(name), context.style(name), rows["accuracy"].iloc[0], rows["accuracy_shuffled"].tolist()
        )
        for name, rows in measured.items()
    ]
    frame = pd.concat(measured.values(), ignore_index=True)
    count, seeds = frame["sentences"].iloc[0], frame["seed"].nunique()
    said = " ".join(_said_of_many(context, name, part) for name, part in measured.items())
    sentence = f"{title}, {count:,} texts, each shuffled with {seeds} seeds. {said}"
    notices.say(sentence)
    figures.show(
        accuracy_dots(rows, mode=figures.mode()),
        name=f"order-accuracy-{frame['model'].iloc[0]}",
        alt=sentence,
        table=lambda: frame[["model", "seed", "sentences", "accuracy", "accuracy_shuffled", "decisions_changed"]].round(
            4
        ),
        receipt=measured_receipt(
            frame,
            data=title,
            seed=f"{frame['seed'].min()} to {frame['seed'].max()}",
            python="import pandas\n\nprint(pandas.read_parquet('data/results/word_order.parquet').to_string())",
            command="\n".join(word_order.COMMAND.format(model=name) for name in measured),
        ),
    )


def _said_of_many(context: SentimentContext, name: str, rows: pd.DataFrame) -> str:
    """Return what shuffling many texts did to one classifier, in words."""
    changed = rows["decisions_changed"].mean()
    share = f"{percent(changed)} of the predictions" if changed else "no prediction"
    reason = ", as it reads no order" if is_blind(context.models[name]) else ""
    return (
        f"{context.label(name)}: {percent(rows['accuracy'].iloc[0])} right, "
        f"{percent(rows['accuracy_shuffled'].mean())} when shuffled; a shuffle changes {share}{reason}."
    )
