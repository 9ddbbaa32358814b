"""Write together: the visitor and the network choose tokens in turn, and every branch they leave stays in a tree."""

from __future__ import annotations

import dataclasses
from functools import partial
from math import exp
from operator import methodcaller

import streamlit as st

from engine.decoding import cowriting, tree_files
from engine.decoding.cowriting import START, WritingTree
from engine.errors import InputError
from engine.plotting.writing.distribution import visible_token
from engine.plotting.writing.text_grid import NARROW, describe_text_grid, text_grid
from engine.plotting.writing.writing_tree import MOST_NATS, describe_writing_tree, writing_tree
from engine.wording import percent
from pages.components.computing.calls import call
from pages.components.controls import state
from pages.components.controls.buttons import button, download
from pages.components.drawing import figures, notices
from pages.components.generation import cowriting as writing_desk
from pages.components.generation import receipts
from pages.components.generation.context import GenerationContext
from pages.components.generation.cowriting import CODE, Author, Held

BUTTONS = 10
NATS = "surprise in nats"


def show(context: GenerationContext) -> None:
    """Draw the text with the pen in it, what could come next, what it cost, the branches, and how to keep them."""
    author = writing_desk.sit_down(context)
    above = st.container()
    with st.expander("Keep this tree, or open another", icon=":material/save:"):
        code = context.controls.text_input(CODE)
        with above:
            held = writing_desk.read(author, code)
        _show_files(author, held)
    with above:
        notices.explain(
            "Choose what comes next, or let the network choose; go back to any place and write on differently. A "
            "character with a probability of one half costs 0.69 nats, one of 1 in 1,000 costs 6.9: **the fewer nats, "
            "the less the network is surprised.** Try to surprise it, then look at what it writes after that."
        )
        _show_text(author, held.tree)
        _show_choices(author, held.tree)
        if held.tree.nodes:
            _show_costs(author, held.tree)
            _show_tree(author, held.tree)


def _show_text(author: Author, tree: WritingTree) -> None:
    written = cowriting.text_at(author.loaded, author.context.prompt, tree)
    with st.container(border=True, key="cowrite-text"):
        st.text(("…" if len(written) > 2000 else "") + written[-2000:] + "▏")


def _show_choices(author: Author, tree: WritingTree) -> None:
    context, settings = author.context, author.context.settings
    sampled = settings.temperature, settings.top_k, settings.top_p
    after = call(cowriting.alternatives, context.prompt, tree.token_ids(), *sampled, model=context.network)
    likely = after.value
    shown = likely.index < BUTTONS
    st.caption("Choose the next one yourself (with the chance the network gives it):")
    with st.container(horizontal=True, gap="small", key="cowrite-choices"):
        for row in likely[shown | (likely["token"] == "\n")].itertuples():
            button(
                f"{notices.plain(visible_token(row.token))} · {percent(row.probability_before)}",
                f"cowrite-choose-{row.token_id}",
                author.change,
                methodcaller("add", row.token_id, row.log_prob, "visitor"),
            )
    with st.form("cowrite-form", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Any other character, or a whole text", key="cowrite-typed", width=320)
        st.form_submit_button("Add", icon=":material/edit:", on_click=author.type, args=("cowrite-typed",))
    st.caption("Or let the network draw, with your temperature, top-k, top-p and seed:")
    one, ten = (dataclasses.replace(settings, max_new_tokens=count) for count in (1, 10))
    with st.container(horizontal=True, gap="small", key="cowrite-moves"):
        for label, key, draw in (
            ("One", "one", partial(_let_write, author, one, False)),
            ("Ten", "ten", partial(_let_write, author, ten, False)),
            ("To the end of the line", "line", partial(_let_write, author, one, True)),
        ):
            button(label, f"cowrite-{key}", author.change, draw, icon="casino")
        is_at_start = tree.pen == START
        button(
            "Back one",
            "cowrite-back",
            author.change,
            WritingTree.undo,
            icon="undo",
            disabled=is_at_start,
            help="What was written stays as a branch.",
        )
    words = f"All {len(likely):,} probabilities, before and after your settings"
    with st.expander(words, key="cowrite-alternatives-numbers", type="compact"):
        figures.show_table(
            likely.drop(columns="token_id").assign(token=likely["token"].map(visible_token)),
            name="alternatives",
            receipt=after.receipt(measured=f"from the logits {len(tree.path()):,} steps after the beginning"),
        )


def _show_costs(author: Author, tree: WritingTree) -> None:
    path = [tree.nodes[node] for node in tree.path()]
    whole, mine, its = st.columns(3)
    whole.metric("This text costs", f"{tree.nats():.1f} nats")
    whole.caption(f"for {len(path):,} steps after the beginning")
    for column, by, words in ((mine, "visitor", "Your choices"), (its, "network", "The network's draws")):
        count = tree.count(by)
        column.metric(words, f"{tree.nats(author=by):.1f} nats")
        column.caption(f"{count:,} steps" + (f", {tree.nats(author=by) / count:.2f} nats each" if count else ""))
    if not path:
        return
    tokens = [cowriting.token_text(author.loaded, node.token_id) for node in path]
    nats = [node.nats for node in path]
    nodes = tree.path()
    st.caption("What each step cost; yours are underlined. Click one to go back to it.")
    figures.show(
        text_grid(
            tokens,
            nats,
            mode=figures.mode(),
            title_of_values="Surprise (nats)",
            limits=(0, MOST_NATS),
            width=NARROW,
            marks=[node.author == "visitor" for node in path],
            clickable=True,
            hover=[
                f"{visible_token(token)}: {cost:.2f} nats, a chance of {percent(exp(-cost), 2)}"
                for token, cost in zip(tokens, nats, strict=True)
            ],
        ),
        name="cowritten-text",
        alt=describe_text_grid(tokens, nats, title_of_values=NATS),
        receipt=receipts.for_writing_tree(author.context.network, author.context.prompt, author.held),
        on_click=lambda position: author.change(lambda held: held.go_to(nodes[int(position)])),
    )


def _show_tree(author: Author, tree: WritingTree) -> None:
    frame = cowriting.tree_frame(author.loaded, tree)
    ends = tree.ends()
    branches = "branch" if len(ends) == 1 else "branches"
    st.markdown(f"**The tree: {len(tree.nodes):,} steps in {len(ends):,} {branches}**")
    _show_ways_back(author, tree, ends)
    figures.show(
        writing_tree(frame, mode=figures.mode()),
        name="writing-tree",
        alt=describe_writing_tree(frame),
        table=lambda: frame.assign(token=frame["token"].map(visible_token)),
        receipt=receipts.for_writing_tree(author.context.network, author.context.prompt, author.held),
        on_click=lambda node: author.change(lambda held: held.go_to(int(node))),
    )


def _show_ways_back(author: Author, tree: WritingTree, ends: list[int]) -> None:
    """Draw the list of branches and the place on the chosen one, for the keyboard and for screen readers."""
    end = next((end for end in reversed(ends) if tree.pen in tree.path(end)), ends[-1])
    way = tree.path(end)
    state.set_widget("cowrite-branch", end)
    state.set_widget("cowrite-place", len(tree.path()))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Go to the end of a branch",
            ends,
            key="cowrite-branch",
            width=420,
            format_func=partial(_branch_label, author, tree),
            on_change=_follow,
            args=(author, "cowrite-branch", None),
        )
        st.number_input(
            "Go to step",
            0,
            len(way),
            key="cowrite-place",
            width=140,
            help="Counted from the beginning along this branch; 0 is the beginning itself.",
            on_change=_follow,
            args=(author, "cowrite-place", [START, *way]),
        )
        button(
            "Remove the branch from here",
            "cowrite-remove",
            author.change,
            lambda tree: tree.remove(tree.pen),
            icon="content_cut",
            disabled=tree.pen == START,
            help="Takes away the step before the pen and all that follows it.",
        )
        button(
            "Start over",
            "cowrite-clear",
            author.put,
            WritingTree(),
            icon="delete",
            help="Takes the whole tree away; download it first if you want to keep it.",
        )


def _show_files(author: Author, held: Held) -> None:
    context = author.context
    make = partial(tree_files.to_json, author.loaded, context.prompt, held.tree)
    download("Download the tree", "cowrite-download", make, "writing-tree.json", "application/json", type="secondary")
    file = st.file_uploader("Open a tree that was downloaded here", type="json", key="cowrite-file")
    if file is None:
        return
    try:
        stored = tree_files.read_json(file.getvalue())
        tree = stored.tree(author.loaded)
    except InputError as problem:
        notices.error(f"{problem} Your tree is still there.")
        return
    written_with = (
        ""
        if stored.model == context.network
        else f" It was written with {stored.model}; {context.network} reads it here."
    )
    notices.note(f"The file has a tree of {len(tree.nodes):,} steps in {len(tree.ends()):,} branches.{written_with}")
    button("Put it in place of mine", "cowrite-open", author.open, stored)


def _let_write(
    author: Author, settings: cowriting.SamplingSettings, to_line_end: bool, tree: WritingTree
) -> WritingTree:
    return cowriting.let_write(author.loaded, author.context.prompt, tree, settings, to_line_end=to_line_end)


def _follow(author: Author, key: str, way: list[int] | None) -> None:
    position = int(state.widget_value(key))
    author.change(lambda tree: tree.go_to(position if way is None else way[position]))


def _branch_label(author: Author, tree: WritingTree, end: int) -> str:
    text = cowriting.text_at(author.loaded, "", tree, end)
    tail = "".join(map(visible_token, text[-36:]))
    return f"{'…' if len(text) > 36 else ''}{tail} ({len(tree.path(end)):,} steps, {tree.nats(end):.1f} nats)"
