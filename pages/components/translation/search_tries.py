"""The beginnings a visitor brought back or put in place of the winner's: a list in the URL, with undo."""

from __future__ import annotations

from dataclasses import dataclass, field

import streamlit as st

from engine.errors import EngineError, InputError
from engine.inspection.translation import search_tries
from engine.inspection.translation.search import SearchReport
from engine.wording import percent
from pages.components.computing import cache
from pages.components.computing.calls import NOT_DRAWN, Call, receipt
from pages.components.controls import state
from pages.components.controls.buttons import button
from pages.components.drawing import figures, notices
from pages.components.translation.context import PAGE, TranslationContext

CODE = "search_tries"
PROBLEM = "search problem"


@dataclass
class Tries:
    """The list as one run of the page needs it: the beginnings, and what the search made of each."""

    context: TranslationContext
    report: SearchReport
    beginnings: list[tuple[int, ...]]
    calls: list[Call[search_tries.Try]] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)

    @property
    def found(self) -> list[search_tries.Try]:
        """What came of each beginning that could be followed."""
        return [made.value for made in self.calls]

    @property
    def is_full(self) -> bool:
        """Whether no further beginning fits into the list."""
        return len(self.beginnings) >= search_tries.MAX_TRIES

    def compute(self) -> None:
        """Search on from each beginning; one that cannot be followed is named in a sentence."""
        for position, ids in enumerate(self.beginnings):
            with notices.engine_errors():
                settings = self.report.beam_size, self.report.length_penalty
                self.calls.append(
                    self.context.call(search_tries.search_from, self.context.source, ids, *settings).computed()
                )
                self.positions.append(position)

    def add(self, ids: tuple[int, ...]) -> None:
        """Put a beginning at the end of the list; for callbacks."""
        if ids in self.beginnings:
            return
        if self.is_full:
            state.remember(PAGE, PROBLEM, f"The list holds {search_tries.MAX_TRIES} beginnings; remove one first.")
            return
        self._put([*self.beginnings, ids])

    def remove(self, position: int) -> None:
        """Take one beginning out; for callbacks."""
        self._put([ids for other, ids in enumerate(self.beginnings) if other != position])

    def clear(self) -> None:
        """Take all of them out; for callbacks."""
        self._put([])

    def type(self, prefix: tuple[int, ...], key: str) -> None:
        """Add what stands in the text box `key` after `prefix`; for its form's callback. A refused text stays."""
        try:
            self.add(
                search_tries.type_after(cache.load_model(self.context.network), prefix, state.widget_value(key, ""))
            )
        except EngineError as problem:
            state.remember(PAGE, PROBLEM, str(problem))
            return
        state.set_widget(key, "")

    def _put(self, beginnings: list[tuple[int, ...]]) -> None:
        state.forget(PAGE, PROBLEM)
        self.context.controls.set(CODE, search_tries.write_code(_mark(self.context), beginnings))


def open_list(context: TranslationContext, report: SearchReport) -> Tries:
    """Draw the box with the list's code and return the list; one of another sentence or network is put aside."""
    code = context.controls.text_input(CODE)
    try:
        beginnings = search_tries.read_code(_mark(context), code)
    except InputError as problem:
        notices.error(str(problem))
        beginnings = []
    if code and not beginnings:
        st.caption("The code belongs to another sentence or network, so nothing of it is drawn here.")
    return Tries(context, report, beginnings)


def show_list(tries: Tries) -> None:
    """Draw what came of each beginning, beside the winner."""
    problem = state.recall(PAGE, PROBLEM)
    if problem:
        notices.error(problem)
        state.forget(PAGE, PROBLEM)
    if not tries.found:
        return
    st.markdown(f"**Brought back: {len(tries.found)}**")
    for lane, (position, found) in enumerate(zip(tries.positions, tries.found, strict=True), start=1):
        with st.container(horizontal=True, vertical_alignment="center", key=f"search-try-{lane}"):
            notices.say(f"{lane}. {search_tries.try_sentence(tries.report, found)}")
            button(
                "Remove",
                f"search-remove-{position}",
                tries.remove,
                position,
                icon="close",
                type="tertiary",
                help=f"Take number {lane} out of the list.",
            )
    with st.container(horizontal=True):
        button("Undo the last", "search-undo", tries.remove, len(tries.beginnings) - 1, icon="undo")
        button("Remove all", "search-clear", tries.clear, icon="delete")
    with st.expander("The numbers of the list", type="compact", key="search-tries-numbers"):
        figures.show_table(
            search_tries.tries_table(tries.report, tries.found),
            name="search-tries",
            receipt=receipt(
                tries.calls,
                "found.text, found.score, found.log_probs",
                seed=NOT_DRAWN,
                note="A beginning is written as the numbers of its tokens.",
            ),
        )


def show_alternatives(tries: Tries) -> None:
    """Draw a place in the winner and what the network could have written there; choosing one re-decodes the rest."""
    context, winner = tries.context, tries.report.nodes[tries.report.nodes["is_winner"]]
    pieces = winner["piece"].tolist()
    st.markdown(
        "**Put another word into the winner.** The network keeps what stands before it and writes the rest anew."
    )
    position = context.controls.slider("search_position", maximum=len(pieces), width=460)
    before = winner["text"].tolist()[position - 2] if position > 1 else ""
    st.text(f"{before} ▏{pieces[position - 1]}▕ {' '.join(pieces[position:])}")
    prefix = tries.report.winner_ids[: position - 1]
    made = context.call(search_tries.alternatives_after, context.source, prefix)
    likely = made.value
    with st.container(horizontal=True, gap="small", key="search-alternatives"):
        for row in likely.itertuples():
            button(
                f"{notices.plain(row.piece)} · {percent(row.probability)}",
                f"search-choose-{row.token_id}",
                tries.add,
                (*prefix, row.token_id),
                disabled=row.token_id == tries.report.winner_ids[position - 1] or tries.is_full,
            )
    with st.form("search-form", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Any other word, or several", key="search-typed", width=320)
        st.form_submit_button("Put it in", icon=":material/edit:", on_click=tries.type, args=(prefix, "search-typed"))
    with st.expander("The numbers of these tokens", type="compact", key="search-alternatives-numbers"):
        figures.show_table(
            likely.drop(columns="token_id").round(6),
            name="search-alternatives",
            receipt=made.receipt("found.to_string()", seed=NOT_DRAWN),
        )


def _mark(context: TranslationContext) -> str:
    return state.fingerprint(context.network, context.source)[:6]
