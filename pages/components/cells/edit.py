"""Edit and compare: two texts that differ in a word, read by an RNN, an LSTM, a GRU and an average that knows no
order."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from engine.inspection.cells.state_edits import (
    GONE,
    Pairs,
    StateEdit,
    average_difference,
    compare_averages,
    compare_states,
    edit_frame,
    has_same_tokens,
    pair_tokens,
)
from engine.inspection.cells.units import parts_of, prove_text
from engine.inspection.stored.opening_texts import EDIT_FIRST, EDIT_SECOND
from engine.inspection.stored.tool_effects import LSTM
from engine.plotting.cells.state_edits import (
    MOST_LETTERS,
    Band,
    describe_edit_curves,
    describe_unit_bands,
    edit_curves,
    unit_bands,
)
from engine.plotting.writing.distribution import visible_token
from engine.wording import counted, percent
from pages.components.cells import proof
from pages.components.cells.context import CellsContext
from pages.components.computing import cache
from pages.components.computing.calls import call, receipt
from pages.components.controls.buttons import button
from pages.components.drawing import figures, notices, stored
from pages.components.owning import networks
from pages.components.shell import header

AVERAGE = "Average of embeddings"
UNITS_SHOWN = 12
EXAMPLES = {
    "Two words swapped": (EDIT_FIRST, EDIT_SECOND),
    "Who chased whom": ("the dog chased the cat", "the cat chased the dog"),
    "One word more": ("she did open the door", "she did not open the door"),
    "One letter": ("the king is dear", "the king is dead"),
}
_WORD = re.compile(r"\w+")


def show(context: CellsContext) -> None:
    """Draw the two texts, how far their states are apart and for how long, and which units make the difference."""
    notices.explain(
        "Both texts are read, and after every character the two states are compared: 0 is the same state, 1.41 what "
        "two states have that know nothing of each other. **Try:** swap two words, then look at the average, which has "
        "read the same letters and cannot tell. A network that can tell must have kept the order somewhere, and the "
        "curves show for how long."
    )
    first, second, tail = _ask_texts(context)
    chosen = _readers(context)
    if not chosen:
        notices.error("No recurrent language model is installed, and only those are compared here.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key="edit-choice"):
        layers = range(1, min(context.models[name].config["num_layers"] for name in chosen) + 1)
        layer = context.controls.segmented("edit_layer", choices=layers, default=2)
        part = context.controls.segmented("edit_part", {"hidden": "Hidden state", "cell": "Cell state"}.get)
    texts = (first + tail, second + tail)
    parts = {name: part if part in parts_of(context.models[name].architecture) else "hidden" for name in chosen}
    pairs = {context.label(name): call(pair_tokens, *texts, model=name).value for name in chosen}
    compared = [call(compare_states, *texts, layer - 1, parts[name], model=name) for name in chosen]
    edits = {context.label(name): each.value for name, each in zip(chosen, compared, strict=True)}
    averaged = networks.favourite(context.models[name] for name in chosen).name
    average = call(compare_averages, *texts, model=averaged).value
    _show_times(context, chosen, edits)
    _show_longest(edits, pairs)
    stored.say_effect(context, "edit", LSTM)
    _show_order(context, averaged, texts, average)
    shown = receipt(
        compared,
        "found.half_after, found.gone_after, found.changed, found.distance.round(4).tolist(), "
        "average_difference(model, first, second)",
        uses=[average_difference],
        note="The engine counts layers from 0.",
    )
    frame = edit_frame(edits | {AVERAGE: average}, pairs | {AVERAGE: pairs[context.label(averaged)]})
    architectures = {context.label(name): context.models[name].architecture for name in chosen} | {AVERAGE: "baseline"}
    frame.insert(1, "architecture", frame["reader"].map(architectures))
    notices.explain("Shaded: where the two texts differ. A letter without a partner in the other text is left out.")
    figures.show(
        edit_curves(frame, mode=figures.mode()),
        name="edit-curves",
        alt=describe_edit_curves(frame),
        table=frame,
        receipt=shown,
    )
    header.section("Which units differ, and where?")
    _show_units(edits, pairs, shown)
    _show_proof(context, chosen, texts[1], layer)


def _ask_texts(context: CellsContext) -> tuple[str, str, str]:
    """Draw the texts and two ways to change them; return both and what follows."""
    controls = context.controls
    with st.container(horizontal=True, gap="small", key="edit-examples"):
        for number, (name, pair) in enumerate(EXAMPLES.items()):
            button(name, f"edit-example-{number}", _set_texts, context, *pair)
    left, right = st.columns(2, gap="medium")
    with left:
        first = controls.text_input("edit_first")
        with st.popover("Change one word", icon=":material/edit:"):
            words = list(_WORD.finditer(first))
            if words:
                controls.offer(
                    "edit_word",
                    range(len(words)),
                    lambda position: f"{position + 1}: {words[position].group()}" if position < len(words) else "",
                )
                found = words[controls.select("edit_word")]
                put = controls.text_input("edit_to", placeholder="another word")
                changed = first[: found.start()] + put + first[found.end() :]
                button("Put it in the second text", "edit-put", controls.set, "edit_second", changed, disabled=not put)
            else:
                st.caption("The first text has no word to change.")
    with right:
        second = controls.text_input("edit_second")
    return first, second, controls.text_input("edit_tail")


def _set_texts(context: CellsContext, first: str, second: str) -> None:
    context.controls.set("edit_first", first)
    context.controls.set("edit_second", second)


def _readers(context: CellsContext) -> list[str]:
    """Return the networks that read side by side: the matched RNN, LSTM and GRU, and the one chosen above where it is
    another."""
    matched = {}
    for name, info in context.streaming.items():
        if not info.group:
            matched.setdefault(info.architecture, name)
    names = list(matched.values())
    if context.network in context.streaming and context.network not in names:
        names.append(context.network)
    return names


def _show_times(context: CellsContext, chosen: list[str], edits: dict[str, StateEdit]) -> None:
    """Draw for each network how long the last edit is felt."""
    for name, column in zip(chosen, st.columns(len(chosen)), strict=True):
        edit = edits[context.label(name)]
        with column:
            st.markdown(f"{networks.mark(context.models[name].architecture)} **{notices.plain(context.label(name))}**")
            noun = cache.load_model(name).tokenizer.noun
            st.metric("Half of the difference is gone after", _steps(edit.half_after, noun))
            gone = (
                f"{percent(GONE, 0)} is left after {_steps(edit.gone_after, noun)}"
                if edit.gone_after is not None
                else f"more than {percent(GONE, 0)} is left at the end"
            )
            st.caption(
                notices.plain(
                    f"{gone}; at the end the states are {edit.at_end:.2g} apart. {edit.changed} of {edit.units} units "
                    "change."
                )
            )


def _steps(count: int | None, noun: str) -> str:
    return "not in this text" if count is None else counted(count, noun)


def _small(difference: float) -> str:
    return "exactly 0" if difference == 0 else f"{difference:.1e}"


def _show_order(context: CellsContext, averaged: str, texts: tuple[str, str], average: StateEdit) -> None:
    """Say what a reader without order makes of the two texts, with the measured difference."""
    difference = call(average_difference, *texts, model=averaged).value
    if call(has_same_tokens, *texts, model=averaged).value:
        sentence = (
            f"Both texts are made of the same letters in another order. The average of the {context.label(averaged)}'s "
            "embeddings is therefore the same for both: the largest difference in any of its numbers is "
            f"{_small(difference)}. To it they are one text."
        )
    else:
        sentence = (
            f"The texts are not made of the same letters, so the average of the {context.label(averaged)}'s embeddings "
            f"differs too, by at most {difference:.1e} in any number and {average.at_end:.2g} in distance at the end: "
            "one letter among many, fading as more are read."
        )
    notices.note(sentence)


def _show_longest(edits: dict[str, StateEdit], pairs: dict[str, Pairs]) -> None:
    """Say which network is still furthest from having forgotten, as measured at the end."""
    ranked = sorted(edits, key=lambda label: -edits[label].at_end)
    longest, shortest = ranked[0], ranked[-1]
    since = int(pairs[longest].characters[-1] - pairs[longest].characters[pairs[longest].last_edit])
    if since == 0:
        return
    notices.say(
        f"{since} characters after the last change the {longest} is still {edits[longest].at_end:.2g} apart"
        + (
            f", the {shortest} {edits[shortest].at_end:.2g}: the {longest} kept more of the change."
            if shortest != longest
            else "."
        )
    )


def _show_proof(context: CellsContext, chosen: list[str], text: str, layer: int) -> None:
    """Compare the states shown, which torch.nn computed, with the readable cells."""
    found = {name: call(prove_text, text, layer - 1, model=name).value for name in chosen}
    said = ", ".join(f"{context.label(name)} {difference:.1e}" for name, difference in found.items())
    proof.say(
        "The hidden states of the second text from torch.nn, and recomputed with the readable cells: largest "
        "differences "
        f"{said}; {proof.same(max(found.values()))}."
    )


def _show_units(edits: dict[str, StateEdit], pairs: dict[str, Pairs], shown: figures.Receipt) -> None:
    """Draw the units that differ most, network by network, for the networks that read the same tokens."""
    tokens = next(iter(pairs.values())).tokens
    same = [label for label in edits if pairs[label].tokens == tokens]
    edited = next(iter(pairs.values())).edited
    start = max(0, int(edited.argmax()) - 4)
    window = slice(start, start + MOST_LETTERS)
    bands = []
    for label in same:
        units = edits[label].liveliest(UNITS_SHOWN)
        bands.append(Band(label, units.tolist(), edits[label].differences[window][:, units]))
    notices.explain(
        f"The {UNITS_SHOWN} units of each network that differ most, those that do so first at the top. Blue: higher in "
        "the second text; orange: lower. Letters in bold and in a box are those that were changed."
        + (
            f" Shown are the first {MOST_LETTERS} places from just before the first change."
            if len(tokens) - start > MOST_LETTERS
            else ""
        )
    )
    figures.show(
        unit_bands(tokens[window], edited[window].tolist(), bands, mode=figures.mode()),
        name="edit-units",
        alt=describe_unit_bands(bands, tokens[window]),
        table=lambda: _units_table(bands, tokens[window]),
        receipt=shown,
    )


def _units_table(bands: Sequence[Band], tokens: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """Return the differences of single units as one row per network, unit and place."""
    rows = [
        (
            band.label,
            unit,
            position + 1,
            visible_token(one),
            visible_token(other),
            float(band.differences[position, column]),
        )
        for band in bands
        for column, unit in enumerate(band.units)
        for position, (one, other) in enumerate(tokens)
    ]
    return pd.DataFrame(rows, columns=["network", "unit", "position", "first", "second", "difference"])
