"""Lattice: every tag of every word, the steps between them, the best ways through, the same without the CRF, and steps
to edit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from engine.errors import InputError
from engine.inspection.tagging.lattice import (
    BEGIN,
    END,
    Way,
    best_ways,
    column_frame,
    is_allowed,
    legality_sentence,
    node_frame,
    signed,
    spans_sentence,
    step_matrix,
    step_score,
    step_sentence,
    tags_that_matter,
    way_frame,
)
from engine.inspection.tagging.lattice_edits import (
    LARGEST_CHANGE,
    TransitionEdit,
    TransitionFlip,
    easiest_flips_of,
    edit_steps,
    find_flip,
    read_edits,
    with_edit,
    write_edits,
)
from engine.inspection.tagging.predictions import Lattice, tag_words
from engine.plotting.tagging.lattice import DrawnWay, describe_lattice, lattice_figure, step_matrix_figure
from engine.plotting.tagging.tag_rows import TagRow, describe_tag_rows, tag_rows, window_around
from engine.text.bio import illegal_positions
from engine.wording import percent
from pages.components.computing.calls import call
from pages.components.controls.buttons import button
from pages.components.drawing import figures, notices
from pages.components.entities import bio_constraints
from pages.components.entities.bio_constraints import ROWS_WIDTH, differing_positions
from pages.components.entities.context import EntitiesContext, tag
from pages.components.shell import header

WAYS = ("Best", "Second", "Third")
WAYS_LINES = "*((way.score, way.probability, way.tags) for way in best_ways(found, 3)), sep='\\n'"
QUICKLY_SEARCHED = 100  # words; the search for easy flips takes longer than a moment for more


def show(context: EntitiesContext) -> None:
    """Draw the lattice with the visitor's edits, the arithmetic of a word, the steps, what edits change, and the tags
    without a CRF."""
    own = context.tagging
    edits = _read_edits(context, own)
    edited = edit_steps(own, edits)
    tags = own.labels if context.controls.current("lattice_all_tags") else tags_that_matter(edited)
    ways = best_ways(edited, len(WAYS))
    _show_ways(context, edited, ways, tags, edits)
    _show_column(context, edited, edits)
    _show_steps(context, own, edited, edits, tags)
    bio_constraints.show(context, own)


def _read_edits(context: EntitiesContext, lattice: Lattice) -> list[TransitionEdit]:
    """Return the edits in the URL; where they do not fit this tagger the page says so and goes on without them."""
    try:
        return read_edits(context.controls.current("lattice_edits"), lattice.labels)
    except InputError as problem:
        notices.error(f"{problem} The tagger's own scores are used.")
        return []


def _show_ways(
    context: EntitiesContext,
    lattice: Lattice,
    ways: Sequence[Way],
    tags: Sequence[str],
    edits: Sequence[TransitionEdit],
) -> None:
    """Draw the lattice with its best ways around the chosen word."""
    controls, count = context.controls, len(lattice.words)
    notices.explain(
        "A column per word, a row per tag. The larger a node, the likelier the tag; its colour is its emission: what "
        "the network gives it for the word alone. A line is one path through: its score adds up the emissions it "
        "touches and its transitions (steps from tag to tag), and the highest sum wins. **Try:** follow the second "
        "path to where it leaves the best one, and ask the table below what it would have cost."
    )
    context.say_typical("lattice")
    with st.container(horizontal=True, vertical_alignment="bottom", key="lattice-window"):
        chosen = controls.slider("lattice_word", maximum=count, default=_most_open(context), width=320)
        shown = controls.slider("lattice_shown", width=220) if count > 4 else count
        controls.toggle("lattice_all_tags")
    first = max(1, min(chosen - shown // 2, count - shown + 1))
    last = min(count, first + shown - 1)
    drawn = [
        DrawnWay(f"{name}: {percent(way.probability)} (score {way.score:.2f})", way.tags, _said_along(lattice, way))
        for name, way in zip(WAYS, ways, strict=False)
    ]
    figures.show(
        lattice_figure(node_frame(lattice), drawn, tags, mode=figures.mode(), first=first, last=last, chosen=chosen),
        name="lattice",
        alt=describe_lattice(lattice.words, drawn, first, last),
        table=lambda: _ways_table(lattice, ways),
        receipt=_receipt(context, edits, WAYS_LINES, best_ways),
        on_click=lambda position: controls.set("lattice_word", int(position)),
    )
    if len(ways) > 1:
        positions = differing_positions(ways[0].tags, ways[1].tags)
        differ = ", ".join(
            f"“{lattice.words[position]}” {ways[1].tags[position]} instead of {ways[0].tags[position]}"
            for position in positions[:4]
        )
        more = f" and at {len(positions) - 4} more words" if len(positions) > 4 else ""
        notices.say(
            f"The best path takes {percent(ways[0].probability)} of the weight of all paths. The second has "
            f"{percent(ways[1].probability)}, for it scores "
            f"{ways[0].score - ways[1].score:.2f} nats less: {differ}{more}."
        )


def _most_open(context: EntitiesContext) -> int:
    """Return the first word, from 1, at which the tagger's own second path leaves the best one."""
    ways = best_ways(context.tagging, 2)
    return next(iter(differing_positions(ways[0].tags, ways[-1].tags)), 0) + 1


def _said_along(lattice: Lattice, way: Way) -> list[str]:
    frame = way_frame(lattice, way.tags)
    return [
        f"{row.word} as {row.tag}\nstep {signed(row.transition)} + emission {signed(row.emission)}\nsum so far "
        f"{row.sum:.2f}"
        for row in frame.iloc[:-1].itertuples()
    ]


def _ways_table(lattice: Lattice, ways: Sequence[Way]) -> pd.DataFrame:
    parts = [
        way_frame(lattice, way.tags).assign(way=name, probability=way.probability)
        for name, way in zip(WAYS, ways, strict=False)
    ]
    return pd.concat(parts, ignore_index=True)[["way", "probability", "word", "tag", "transition", "emission", "sum"]]


def _show_column(context: EntitiesContext, lattice: Lattice, edits: Sequence[TransitionEdit]) -> None:
    """Draw the arithmetic of the chosen word as a table, and its first two rows in words."""
    position = min(context.controls.value().lattice_word, len(lattice.words)) - 1
    frame = column_frame(lattice, position)
    best = frame.iloc[0]
    header.section(f"The arithmetic at word {position + 1}")
    sentence = (
        f"“{lattice.words[position]}” as {best['tag']}: {best['sum_before']:.2f} so far, {signed(best['transition'])} "
        f"for the step from {best['before']}, {signed(best['emission'])} for the tag itself, "
        f"{signed(best['sum_after'])} for the best path on: {best['through']:.2f} in all."
    )
    if len(frame) > 1:
        second = frame.iloc[1]
        sentence += (
            f" The next tag, {second['tag']}, comes to {second['through']:.2f}, "
            f"{best['through'] - second['through']:.2f} less."
        )
    notices.say(sentence)
    receipt = _receipt(context, edits, f"column_frame(found, {position}).to_string()", column_frame)
    names = {
        "before": "best step from",
        "sum_before": "sum before",
        "sum_after": "best path on",
        "through": "in all",
    }
    figures.show_table(frame.round(3).rename(columns=names), name="lattice-column", receipt=receipt)


def _show_steps(
    context: EntitiesContext, own: Lattice, edited: Lattice, edits: Sequence[TransitionEdit], tags: Sequence[str]
) -> None:
    """Draw the matrix of the steps, the choice of one, its slider, and what the edits change."""
    header.section(
        "Transition scores, and what if they were different?",
        "Each cell is the score of the transition (step) from the row's tag to the column's; a small ✕ marks one that "
        "BIO does not allow. Choose a step in the lists or by a click, change its score, and see which entity flips.",
    )
    notices.say(legality_sentence(own))
    flips = _easy_flips(context, own)
    before, after = _ask_step(context, own, flips)
    rows, columns = [BEGIN, *tags], [*tags, END]
    matrix = pd.DataFrame(step_matrix(edited), [BEGIN, *own.labels], [*own.labels, END])
    figures.show(
        step_matrix_figure(
            matrix.loc[rows, columns].to_numpy(),
            rows,
            columns,
            np.array([[is_allowed(one, other) for other in columns] for one in rows]),
            mode=figures.mode(),
            chosen=(before, after),
            edited=[(edit.before, edit.after) for edit in edits],
        ),
        name="lattice-steps",
        alt=f"Scores of the steps between {len(rows)} tags and {len(columns)}. {step_sentence(edited, before)}",
        table=lambda: matrix.rename_axis("from").reset_index(),
        receipt=_receipt(context, edits, "step_matrix(found)", step_matrix),
        on_click=lambda step: _choose_step(context, own, *step.split(">")),
    )
    notices.say(step_sentence(edited, before))
    _show_flip(context, own, edits, before, after)
    _show_change(context, own, edited, edits)


def _easy_flips(context: EntitiesContext, lattice: Lattice) -> list[TransitionFlip]:
    """Return the steps of the tagger's own lattice that flip the reading most easily; none for long texts."""
    if len(lattice.words) > QUICKLY_SEARCHED:
        return []
    return call(easiest_flips_of, lattice.words, "", model=context.network).value


def _ask_step(context: EntitiesContext, lattice: Lattice, flips: Sequence[TransitionFlip]) -> tuple[str, str]:
    """Draw the lists of the two tags, the slider, the buttons and the box of all edits; return the step."""
    controls = context.controls
    first = flips[0].edit if flips else TransitionEdit(lattice.labels[-1], lattice.labels[0], 0.0)
    if flips:
        with st.container(horizontal=True, vertical_alignment="center", key="lattice-easy"):
            st.caption("Steps that flip something most easily:")
            for number, flip in enumerate(flips):
                label = notices.plain(f"{flip.edit.before} → {flip.edit.after} {signed(flip.edit.change)}")
                button(label, f"lattice-easy-{number}", _set_edit, context, lattice, flip.edit)
    with st.container(horizontal=True, vertical_alignment="bottom", key="lattice-step"):
        look = {"width": 150, "on_change": _follow_step, "args": (context, lattice)}
        before = controls.select("lattice_from", None, [BEGIN, *lattice.labels], first.before, **look)
        after = controls.select("lattice_to", None, [*lattice.labels, END], first.after, **look)
        edits = _read_edits_quietly(context, lattice)
        change = _change_of(edits, before, after)
        if round(controls.current("lattice_change"), 2) != round(change, 2):
            controls.set("lattice_change", change)
        controls.slider("lattice_change", width=300, on_change=_slide, args=(context, lattice))
        button("Undo", "lattice-undo", _undo, context, lattice, icon="undo", disabled=not edits)
        button("Reset", "lattice-reset", controls.set, "lattice_edits", "", icon="restart_alt", disabled=not edits)
    controls.text_input("lattice_edits")
    return before, after


def _read_edits_quietly(context: EntitiesContext, lattice: Lattice) -> list[TransitionEdit]:
    try:
        return read_edits(context.controls.current("lattice_edits"), lattice.labels)
    except InputError:  # said at the top of the tool
        return []


def _set_edit(context: EntitiesContext, lattice: Lattice, edit: TransitionEdit) -> None:
    """Put an edit in place of an earlier one of the same step, and look at that step."""
    context.controls.set("lattice_edits", write_edits(with_edit(_read_edits_quietly(context, lattice), edit)))
    context.controls.set("lattice_from", edit.before)
    context.controls.set("lattice_to", edit.after)
    context.controls.set("lattice_change", edit.change)


def _slide(context: EntitiesContext, lattice: Lattice) -> None:
    """Make the slider's value the edit of the step that is looked at."""
    edit = TransitionEdit(*(context.controls.current(f"lattice_{name}") for name in ("from", "to", "change")))
    _set_edit(context, lattice, edit)


def _follow_step(context: EntitiesContext, lattice: Lattice) -> None:
    """Bring the slider to the edit of the step that has been chosen."""
    _choose_step(context, lattice, context.controls.current("lattice_from"), context.controls.current("lattice_to"))


def _choose_step(context: EntitiesContext, lattice: Lattice, before: str, after: str) -> None:
    edits = _read_edits_quietly(context, lattice)
    context.controls.set("lattice_from", before)
    context.controls.set("lattice_to", after)
    context.controls.set("lattice_change", _change_of(edits, before, after))


def _change_of(edits: Sequence[TransitionEdit], before: str, after: str) -> float:
    return next((edit.change for edit in edits if (edit.before, edit.after) == (before, after)), 0.0)


def _undo(context: EntitiesContext, lattice: Lattice) -> None:
    edits = _read_edits_quietly(context, lattice)[:-1]
    context.controls.set("lattice_edits", write_edits(edits))


def _show_flip(
    context: EntitiesContext, own: Lattice, edits: Sequence[TransitionEdit], before: str, after: str
) -> None:
    """Say with which smallest change of the chosen step the reading flips, and offer it."""
    others = [edit for edit in edits if (edit.before, edit.after) != (before, after)]
    ground = edit_steps(own, others)
    score = step_score(ground, before, after)
    flip = find_flip(ground, before, after)
    beside = " with your other edits" if others else ""
    if flip is None:
        notices.say(
            f"No change of the step {before} to {after} by up to {LARGEST_CHANGE:g} nats changes a tag of this "
            f"text{beside}."
        )
        return
    changes = "; ".join(
        f"“{own.words[position]}” from {flip.tags[position]} to {flip.flipped[position]}"
        for position in flip.positions[:5]
    )
    notices.say(
        f"The smallest change of {before} to {after} that flips the reading{beside} is "
        f"{signed(flip.edit.change)}, from {signed(score)} to "
        f"{signed(score + flip.edit.change)}. It turns {changes}. Found by bisection, and decoded to make sure."
    )
    button("Make this change", "lattice-flip", _set_edit, context, own, flip.edit, icon="swap_horiz")


def _show_change(context: EntitiesContext, own: Lattice, edited: Lattice, edits: Sequence[TransitionEdit]) -> None:
    """Draw the reading before and after the edits, the words that flip framed."""
    if not edits:
        return
    before, after = (best_ways(lattice, 1)[0] for lattice in (own, edited))
    flipped = differing_positions(before.tags, after.tags)
    steps = ", ".join(f"{edit.before} to {edit.after} {signed(edit.change)}" for edit in edits)
    sentence = f"With {steps}: " + (
        spans_sentence(own.words, before.tags, after.tags) if flipped else "the reading stays as it was."
    )
    notices.say(sentence)
    rows = [
        TagRow("before", before.tags, broken=illegal_positions(before.tags)),
        TagRow("after", after.tags, marked=flipped, broken=illegal_positions(after.tags)),
    ]
    window = window_around(flipped[0] if flipped else 0, len(own.words))
    with st.container(width=ROWS_WIDTH):
        figures.show(
            tag_rows(own.words, rows, mode=figures.mode(), window=window),
            name="lattice-change",
            alt=describe_tag_rows(own.words, rows, window),
            table=lambda: pd.DataFrame({"word": own.words, "before": before.tags, "after": after.tags}),
            receipt=_receipt(context, edits, "best_ways(found, 1)[0]", best_ways),
        )


def _receipt(
    context: EntitiesContext, edits: Sequence[TransitionEdit], prints: str, *uses: Callable[..., Any]
) -> figures.Receipt:
    """Return the receipt of what a lattice with these edits gives, which `prints` calls `found`."""
    opened = call(tag_words, context.words, model=context.network)
    return (call(edit_steps, opened, tuple(edits)) if edits else opened).receipt(
        prints,
        uses=uses,
        day=tag(context.network, context.words).result.day,
        note="The probability of a way is exp(score − log Z), where Z sums exp(score) over every way through the "
        "lattice.",
    )
