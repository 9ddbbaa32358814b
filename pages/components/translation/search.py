"""Search tree: every beginning a beam search considered, which it left, and which settings change the winner."""

from __future__ import annotations

import streamlit as st

from engine.decoding.beam_tree import FATES
from engine.decoding.limits import SearchSettings
from engine.inspection.translation.penalty_sweep import nearest_penalty
from engine.inspection.translation.search import SearchReport, search_sentence
from engine.inspection.translation.search_tries import lanes_frame
from engine.plotting.translation.beam_tree import beam_tree, beam_tree_overview, describe_beam_tree
from pages.components.computing.calls import NOT_DRAWN, Call
from pages.components.controls.buttons import button
from pages.components.drawing import figures, notices, stored
from pages.components.translation import penalty_sweep, search_tries
from pages.components.translation.context import TranslationContext, search_call


def show(context: TranslationContext) -> None:
    """Draw the tree, the sentences brought back, the winner with its alternatives, and the map of settings."""
    notices.explain(
        "A beam search keeps the few likeliest beginnings at each step and forgets the rest for good, though one of "
        "them may have led to a better sentence. **Restore a pruned path** (click it, or choose it in the list) and "
        "see where it leads."
    )
    with st.container(horizontal=True):
        width = context.controls.slider("search_width", width=280)
        penalty = nearest_penalty(context.controls.slider("search_penalty", width=280))
    search = search_call(context.network, context.source, SearchSettings(width, penalty))
    report = search.value
    above = st.container()
    with st.expander("Keep this list, or open another", icon=":material/save:"):
        tries = search_tries.open_list(context, report)
    with above:
        notices.say(search_sentence(report))
        stored.say_effect(context, "search")
        with st.spinner("Searching on"):
            tries.compute()
        _show_tree(context, search, tries)
        search_tries.show_list(tries)
        search_tries.show_alternatives(tries)
    penalty_sweep.show(context, report)


def _show_tree(context: TranslationContext, search: Call[SearchReport], tries: search_tries.Tries) -> None:
    report = search.value
    nodes = report.nodes.assign(reason=report.nodes["fate"].map(FATES))
    last = max(int(nodes["step"].max()), *[len(found.token_ids) for found in tries.found], 1)
    first, shown = _choose_window(context, last)
    receipt = search.receipt(
        "search_sentence(found), found.found.to_string(), found.nodes.to_string(), sep='\\n'",
        uses=[search_sentence],
        seed=NOT_DRAWN,
        note="A score is the sum of the tokens' nats over their number to the power of the penalty.",
    )
    figures.show(
        beam_tree_overview(nodes, mode=figures.mode(), first_step=first, steps_shown=shown),
        name="search-overview",
        alt=f"The whole tree, {len(nodes):,} candidates; the frame holds steps {first} to "
        f"{min(last, first + shown - 1)}.",
        receipt=receipt,
        on_click=lambda step: context.controls.set(
            "search_first", max(1, min(int(step) - shown // 2, last - shown + 1))
        ),
    )
    chosen = _choose_left(report, tries)
    lanes = lanes_frame(report, tries.found)
    figures.show(
        beam_tree(nodes, lanes, mode=figures.mode(), first_step=first, steps_shown=shown, chosen=chosen),
        name="search-tree",
        alt=describe_beam_tree(nodes, lanes, first, shown),
        table=lambda: nodes[["step", "rank", "piece", "text", "log_prob", "total", "score", "reason"]].rename(
            columns={"piece": "token"}
        ),
        receipt=receipt,
        on_click=lambda node: tries.add(report.prefix(int(node))),
    )


def _choose_window(context: TranslationContext, last: int) -> tuple[int, int]:
    """Draw the sliders of the part in view; return its first step and how many it has."""
    with st.container(horizontal=True):
        shown = min(last, context.controls.slider("search_shown", width=280))
        return context.controls.slider("search_first", maximum=last - shown + 1, width=280), shown


def _choose_left(report: SearchReport, tries: search_tries.Tries) -> int | None:
    """Draw the list of what the search left, the way for the keyboard; return the one chosen."""
    left = {row.node: row for row in report.left.itertuples()}
    if not left:
        st.caption("This search left nothing: it never had more than it could keep.")
        return None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        node = st.selectbox(
            "A beginning that the search left",
            list(left),
            index=None,
            key="search-left",
            width=460,
            placeholder=f"Choose one of {len(left)}, or type some of its letters",
            format_func=lambda node: (
                f"Step {left[node].step}, rank {left[node].rank}: {left[node].text or '(nothing)'}"
                f"{' (and ends)' if left[node].piece == '(end)' else ''}"
            ),
        )
        button(
            "Bring it back",
            "search-restore",
            tries.add,
            () if node is None else report.prefix(node),
            icon="restore",
            disabled=node is None or tries.is_full,
        )
    if node is not None:
        st.caption(
            notices.plain(f"{FATES[left[node].fate].capitalize()}. Its score at that step was {left[node].score:.4f}.")
        )
    return node
