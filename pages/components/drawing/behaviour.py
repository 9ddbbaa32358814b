"""What a network gets wrong: failure rates on the behaviour suite of its task, and every failing sentence to be
opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import pandas as pd
import streamlit as st

from engine.errors import DataError
from engine.inspection.stored import behaviour
from engine.inspection.stored.behaviour import COMMAND, StoredBehaviour
from engine.plotting.stored.behaviour import failure_map
from engine.wording import counted, percent
from pages.components.computing.calls import NOT_DRAWN
from pages.components.controls.buttons import button
from pages.components.controls.context import PageContext
from pages.components.drawing import figures, notices, stored
from pages.components.drawing.figures import Receipt, measured_receipt
from pages.components.shell import header
from pages.components.shell.header import TEXT_WIDTH

PER_PAGE = 8
MEANING = (
    "The method is CheckList's (Ribeiro, Wu, Guestrin and Singh, 2020). Each number is the share of the sentences that "
    "go wrong, in per cent. Templates made the sentences, so those of one kind are alike: do not trust a difference of "
    "a few points. **Try:** click a number and open one of its sentences."
)
Fields = dict[str, Any]


def show(
    context: PageContext[Any], names: Sequence[str], chosen: str, intro: str, looked_at: Callable[[str], Fields]
) -> None:
    """Draw the failure rates of networks, then the failing sentences of one network and one capability.

    Args:
        names: of the networks that are compared; `chosen` is the one that is looked at.
        intro: what the sentences of this task are, and what counts as failing.
        looked_at: the fields of the page that make a network the one that is looked at.
    """
    notices.explain(f"{intro} {MEANING}")
    measured = {name: _stored(context, name) for name in names}
    found = {name: behaved for name, behaved in measured.items() if behaved is not None}
    stored.note_missing(context, [name for name in names if name not in found], COMMAND)
    if not found:
        return
    controls, name = context.controls, chosen if chosen in found else next(iter(found))
    rates = {each: behaved.rates for each, behaved in found.items()}
    sentence = f"{context.label(name)}: {found[name].sentence}"
    notices.say(sentence)
    kinds, worst = list(rates[name]["capability"]), rates[name]["rate"].idxmax()
    capability = controls.select("behaviour_capability", choices=kinds, default=kinds[worst], width=300)

    def look_at(cell: str) -> None:
        capability, network = cell.split("|")
        _set(context, looked_at(network) | {"behaviour_capability": capability, "behaviour_page": 1})

    figures.show(
        failure_map(rates, {each: context.label(each) for each in found}, capability, name, mode=figures.mode()),
        name="behaviour-rates",
        alt=sentence,
        table=lambda: behaviour.rates_frame(rates, [context.label(each) for each in found]),
        receipt=_receipt(found),
        on_click=look_at,
    )
    header.section(f"{context.label(name)}: {capability.lower()}")
    _show_failures(context, name, found[name], capability, looked_at(name))


def say_known(context: PageContext[Any], name: str) -> None:
    """Say in one sentence what a network can do and what not, where that was measured."""
    with suppress(DataError):
        if behaved := _stored(context, name):
            st.caption(notices.plain(f"On sentences that test one thing each, {behaved.sentence}"))


def _stored(context: PageContext[Any], name: str) -> StoredBehaviour | None:
    return stored.of_model(behaviour.stored_behaviour, context, name, behaviour.TABLE).value


def _show_failures(
    context: PageContext[Any], name: str, behaved: StoredBehaviour, capability: str, looked_at: Fields
) -> None:
    part = behaved.answers[behaved.answers["capability"] == capability]
    tests = behaviour.rates_of_tests(part)
    receipt = _receipt({name: behaved})
    figures.show_table(tests.round(3), name="behaviour-tests", column_config=figures.in_words(tests), receipt=receipt)
    wrong = behaviour.failing_cases(part)
    if wrong.empty:
        notices.say(f"Of {counted(len(part), 'sentence')} none goes wrong.")
        return
    pages = -(-len(wrong) // PER_PAGE)
    page = context.controls.slider("behaviour_page", maximum=pages, width=TEXT_WIDTH)
    for row in wrong.iloc[(page - 1) * PER_PAGE : page * PER_PAGE].itertuples():
        with st.container(border=True, gap="xsmall"):
            st.text(row.text)
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                st.caption(notices.plain(_said(row)), width="content")
                fields, key = looked_at | {"text": row.text}, f"behaviour-open-{row.Index}"
                button("Open it above", key, _set, context, fields, icon="vertical_align_top", type="tertiary")


def _said(row: Any) -> str:
    """Return what the network made of a sentence, and what was expected."""
    sure = "" if pd.isna(row.score) else f" ({percent(row.score, 0)})"
    wanted = f"as for “{row.beside}”" if row.beside else row.expected.replace(" | ", ", ") or "nothing"
    return f"{row.answer or 'nothing'}{sure}; expected: {wanted}"


def _set(context: PageContext[Any], fields: Fields) -> None:
    for field, value in fields.items():
        context.controls.set(field, value)


def _receipt(found: dict[str, StoredBehaviour]) -> Receipt:
    rows = pd.concat([behaved.answers[:1] for behaved in found.values()])
    first = next(iter(found.values())).answers
    return measured_receipt(
        rows,
        data=f"{figures.all_of(rows, 'title')}: {len(first):,} sentences, data/behaviour/{first['task'].iloc[0]}.toml",
        seed=f"{NOT_DRAWN} but the sentences, by the names of their tests",
        python=(
            "from engine.inspection.stored.behaviour import stored_behaviour\n"
            "from engine.models.folder import find_folder\n\n"
            f"for name in {list(found)!r}:\n"
            "    print(name, stored_behaviour(name, str(find_folder(name))).rates.to_string(), sep='\\n')"
        ),
        command="\n".join(COMMAND.format(model=name) for name in found),
        note="Intervals are Wilson's, 95 %. The command measures anew.",
    )
