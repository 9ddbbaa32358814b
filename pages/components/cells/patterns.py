"""Find a pattern: units that are on in a range of the text, other places where the same units are, and what these have
in common."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from engine.inspection.cells.annotations import text_tracks
from engine.inspection.cells.range_match import (
    OWN,
    STORIES,
    TEXT,
    TRAINING,
    Matches,
    Pattern,
    TextReading,
    explain_matches,
    find_matches,
    read_states,
    select_pattern,
    sources_of,
    suggest_range,
    text_around,
)
from engine.inspection.cells.units import prove_text
from engine.plotting.cells.range_match import (
    describe_match_positions,
    describe_predicate_shares,
    match_positions,
    predicate_shares,
    track_rows,
)
from engine.plotting.writing.distribution import visible_token
from engine.plotting.writing.text_grid import NARROW, describe_text_grid, text_grid
from engine.wording import counted, percent
from pages.components.cells import proof
from pages.components.cells.context import CellsContext
from pages.components.computing.calls import Call, call
from pages.components.controls.buttons import button
from pages.components.drawing import figures, notices
from pages.components.shell import header

MOST_SHOWN = 300
SHARES = {"title_of_values": "Share of the pattern's units that are on", "limits": (0, 1), "width": NARROW}
MOST_QUESTIONS = 6
REACH = 90  # characters shown around a match
WINDOW = 32  # tokens of the tracks: more letters cannot be read on a telephone
WHERE = {STORIES: "Saltmarsh stories", TRAINING: "What it was trained on", TEXT: "The text above", OWN: "Your own text"}


def show(context: CellsContext) -> None:
    """Draw the choice of a range, its units, where else they are on, what these places have in common, and the
    proof."""
    layer = _show_all(context)
    difference = call(prove_text, context.text, layer - 1, model=context.network).value
    proof.say(
        f"The hidden states of layer {layer} from torch.nn, and every step recomputed with the readable cell: "
        f"largest difference {difference:.1e}; {proof.same(difference)}."
    )


def _show_all(context: CellsContext) -> int:
    """Draw everything but the proof; return the layer that is looked at, from 1."""
    notices.explain(
        "Choose a few characters of your text. Some units switch on as they are read and off again after them; the "
        "question is what these units look for. **Try:** take the suggested range, look where else the same units are "
        "on, and guess what those places share before you read the answer below."
    )
    text, layer, threshold, (start, stop), outside = _ask_range(context)
    selected = call(select_pattern, text, layer - 1, start, stop, threshold, outside, model=context.network)
    here = call(read_states, TEXT, layer - 1, len(text), text, model=context.network, kept="large")
    pattern = selected.value
    _show_pattern(context, selected, here.value, (start, stop), layer)
    if not pattern.units:
        return layer
    header.section("Where else are the same units on?")
    least, source, characters, own = _ask_where(context)
    if source == OWN and not own:
        notices.note("Paste a text above to look for the pattern in it.")
        return layer
    read = here if source == TEXT else _read(context, source, layer, characters, own)
    reading = read.value
    found = call(find_matches, read, selected, least, kept="large")
    matches = found.value
    st.caption(notices.plain(reading.source))
    if not len(matches.frame):
        notices.note(
            f"Nowhere in these {len(reading.stops):,} tokens are {percent(least, 0)} of the {len(pattern.units)} units "
            "on together; ask for a smaller share."
        )
        return layer
    explanation = call(explain_matches, read, found)
    explained = explanation.value
    receipt = explanation.receipt(
        "pattern.units, matches.frame.head(20).to_string(), found.to_string()",
        data=reading.source,
        measured=f"{len(reading.stops):,} tokens",
        seconds=read.result.seconds,
        note="The time is what reading the text took; it is read once for all patterns. The engine counts layers and "
        "tokens from 0.",
    )
    _show_verdict(pattern, reading, matches, explained)
    _show_matches(context, reading, matches, receipt)
    header.section("What do these places have in common?")
    notices.explain(
        "Each question is about the character just read; those on which the matches differ most from the whole text "
        "come first."
    )
    top = explained.head(MOST_QUESTIONS)
    figures.show(
        predicate_shares(top, mode=figures.mode(), architecture=context.info.architecture),
        name="patterns-shares",
        alt=describe_predicate_shares(top),
        table=explained,
        receipt=receipt,
    )
    return layer


def _ask_range(context: CellsContext) -> tuple[str, int, float, tuple[int, int], bool]:
    """Draw the widgets of the range; return the text, the layer (from 1), the threshold, the range and whether off
    outside."""
    controls, size = context.controls, len(context.tokens)
    with st.container(horizontal=True, vertical_alignment="bottom", key="patterns-choice"):
        top = context.info.config["num_layers"]
        layer = controls.segmented("patterns_layer", choices=range(1, top + 1), default=top)
        threshold = controls.slider("patterns_threshold", width=260)
        outside = controls.toggle("patterns_outside")
    start, stop = call(suggest_range, context.text, layer - 1, threshold, model=context.network).value
    with st.container(horizontal=True, vertical_alignment="bottom", key="patterns-range"):
        first = controls.slider("patterns_first", maximum=size, default=start + 1, width=260)
        last = controls.slider("patterns_last", maximum=size, default=stop, width=260)
        controls.segmented("patterns_click", {"first": "its first", "last": "its last"}.get)
        suggested = "".join(context.tokens[start:stop])
        button(
            f"Suggested: {notices.plain(visible_token(suggested))}",
            "patterns-suggest",
            _set_range,
            context,
            start + 1,
            stop,
            icon="auto_awesome",
            help="The range for which most units go on and off together.",
        )
    return context.text, layer, threshold, (first - 1, last), outside


def _set_range(context: CellsContext, first: int, last: int) -> None:
    context.controls.set("patterns_first", first)
    context.controls.set("patterns_last", last)


def _read(context: CellsContext, source: str, layer: int, characters: int, text: str) -> Call[TextReading]:
    """Return the Call of a layer's states over a text, with progress while it is read for the first time."""
    slot = st.empty()

    def told(share: float) -> None:
        slot.progress(share, text="The network reads the text.")

    with st.spinner("The network reads the text. Once it has, every pattern is found in a moment."):
        read = call(read_states, source, layer - 1, characters, text, model=context.network, kept="huge")
        read.watch(told)
    slot.empty()
    return read


def _show_pattern(
    context: CellsContext, selected: Call[Pattern], here: TextReading, span: tuple[int, int], layer: int
) -> None:
    """Draw the text coloured by how many of the pattern's units are on, and the tracks below the range."""
    (start, stop), pattern = span, selected.value
    receipt = selected.receipt("found.units", note="The engine counts layers and tokens from 0.")
    chosen = visible_token("".join(context.tokens[start:stop]))
    st.markdown(
        notices.plain(
            f"{counted(len(pattern.units), 'unit')} of layer {layer} {'is' if len(pattern.units) == 1 else 'are'} on "
            f"throughout “{chosen}”"
            + (
                f" and off beside it; {pattern.always_on} are on throughout it in all."
                if context.controls.value().patterns_outside
                else "."
            )
        )
    )
    if not pattern.units:
        notices.note(
            "No unit is on in this range and off just outside: lower the threshold, choose another range, or allow "
            "units that are on outside."
        )
    on = find_matches(here, pattern, 1.0).on if pattern.units else np.zeros(len(context.tokens))
    is_chosen = [start <= position < stop for position in range(len(context.tokens))]

    def clicked(position: int) -> None:
        context.controls.set(f"patterns_{context.controls.value().patterns_click}", position + 1)

    figures.show(
        text_grid(context.tokens, on, mode=figures.mode(), marks=is_chosen, clickable=True, **SHARES),
        name="patterns-text",
        alt=describe_text_grid(context.tokens, on, title_of_values=SHARES["title_of_values"].lower())
        + f" Underlined is the range “{chosen}”.",
        table=lambda: pd.DataFrame(
            {"token": map(visible_token, context.tokens), "share of units on": on, "in the range": is_chosen}
        ),
        receipt=receipt,
        on_click=clicked,
    )
    middle = (start + stop) // 2
    low = max(0, min(middle - WINDOW // 2, len(context.tokens) - WINDOW))
    window = slice(low, low + WINDOW)
    last = here.stops - 1
    rows = [("Units on", on[window], 1.0)] + [
        (track.title, track.values[last][window], track.highest) for track in text_tracks(context.text)
    ]
    table = pd.DataFrame(
        {"token": [visible_token(token) for token in context.tokens[window]]}
        | {title: values for title, values, _ in rows}
    )
    figures.show(
        track_rows(
            context.tokens[window], rows, (max(start, low) - low, min(stop, low + WINDOW) - low), mode=figures.mode()
        ),
        name="patterns-tracks",
        alt=f"Under the text, row by row: {', '.join(title for title, _, _ in rows)}. In the range “{chosen}” "
        f"{percent(on[start:stop].mean(), 0)} of the units are on on average, in the whole text "
        f"{percent(on.mean(), 0)}.",
        table=table,
        receipt=receipt,
    )


def _ask_where(context: CellsContext) -> tuple[float, str, int, str]:
    controls = context.controls
    with st.container(horizontal=True, vertical_alignment="bottom", key="patterns-where"):
        source = controls.select("patterns_where", WHERE.get, call(sources_of, model=context.network).value, width=240)
        least = controls.slider("patterns_least", width=240)
        characters = controls.slider("patterns_characters", width=240) if source in (STORIES, TRAINING) else 0
    own = controls.text_area("patterns_own", height=110) if source == OWN else ""
    return least, source, characters, own


def _show_verdict(pattern: Pattern, reading: TextReading, matches: Matches, explained: pd.DataFrame) -> None:
    """Say how many places there are and what tells them apart most, as computed."""
    first = explained.iloc[0]
    notices.say(
        f"{len(matches.frame):,} places in {len(reading.stops):,} tokens, {percent(matches.covered)} of them, "
        f"found in {1000 * matches.elapsed_seconds:.0f} ms for "
        f"{counted(len(pattern.units), 'unit')}. What sets them apart most: “{first['question']}” is true "
        f"at {percent(first['matched'], 0)} of them and at {percent(first['overall'], 0)} of all."
    )


def _show_matches(context: CellsContext, reading: TextReading, matches: Matches, receipt: figures.Receipt) -> None:
    """Draw the matches by place and score, one of them in its context, and all of them as a table."""
    shown = matches.frame.head(MOST_SHOWN)
    with st.container(horizontal=True, vertical_alignment="bottom", key="patterns-match-choice"):
        chosen = min(context.controls.number("patterns_match", width=150), len(shown))
        st.caption(f"of {len(shown):,} shown, best first; or click a mark.")
    figures.show(
        match_positions(shown, len(reading.stops), chosen, mode=figures.mode(), architecture=context.info.architecture),
        name="patterns-places",
        alt=describe_match_positions(shown, len(reading.stops)),
        receipt=receipt,
        on_click=lambda number: context.controls.set("patterns_match", number),
    )
    row = shown.iloc[chosen - 1]
    low, high = max(0, row["start"] - REACH), min(len(reading.stops), row["stop"] + REACH)
    tokens = [reading.text[a:b] for a, b in zip(reading.starts[low:high], reading.stops[low:high], strict=True)]
    is_matched = [row["start"] <= position < row["stop"] for position in range(low, high)]
    figures.show(
        text_grid(tokens, matches.on[low:high], mode=figures.mode(), marks=is_matched, **SHARES),
        name="patterns-match",
        alt=f"Match {chosen}, “{visible_token(row['text'])}”, in its surroundings, score {row['score']:.2f}: "
        f"{percent(row['inside'], 0)} of the units are on within it, {percent(row['outside'], 0)} beside it.",
        receipt=receipt,
    )
    around = [text_around(reading, start, stop) for start, stop in zip(shown["start"], shown["stop"], strict=True)]
    table = pd.DataFrame(
        [[part.replace("\n", visible_token("\n")) for part in parts] for parts in around],
        columns=["before", "match", "after"],
    )
    for name in ("score", "inside", "outside"):
        table[name] = shown[name].round(3)
    table["token"] = shown["start"] + 1
    figures.show_table(table, name="patterns-matches", receipt=receipt)
