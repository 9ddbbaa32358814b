"""Two directions: what each half of the network would say alone, what both say, and the errors of a network that has
only one."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from engine.errors import DataError
from engine.inspection.tag_directions import (
    BACKWARD,
    BOTH,
    FORWARD,
    Directions,
    Voice,
    disagreement_sentence,
    disagreements,
    read_alone,
    read_directions,
    voice_frame,
    word_frame,
)
from engine.inspection.tag_errors import COMMAND, both_frames, error_sentences, read_predictions
from engine.inspection.tag_lattice import signed
from engine.plotting.tag_halves import describe_halves, halves_figure, shares_figure
from engine.plotting.tag_rows import TagRow, describe_tag_rows, tag_rows, window_around
from pages.components import cache, figures, header, notices
from pages.components.entities import legality
from pages.components.entities.desk import Desk
from pages.components.figures import Receipt
from pages.components.header import TEXT_WIDTH

# In our own words: the same name, told apart only by what follows it.
EXAMPLES = {
    "A country or a man": ("Chad Smith plays the drums.", "Chad closed its border."),
    "A month or a woman": ("June Brown sang with her husband.", "June was wet."),
    "A firm or a man": (
        "Ford shares fell after the company closed a factory.",
        "Ford was born in Michigan and lived there.",
    ),
    "A newspaper or a country": ("China Daily said prices rose.", "China said prices rose."),
}


def show(desk: Desk) -> None:
    """Draw the halves' readings one under the other, what each adds at a word, and the errors of a network with one
    direction."""
    st.markdown(
        "A bidirectional network reads the text twice: from the left up to each word, and from the right down to it. "
        "Its emissions are the sum of what "
        "the two make of the word, so each can be asked alone. **Try:** an example, whose first word means something "
        "else depending on what follows.",
        width=TEXT_WIDTH,
    )
    _show_examples(desk)
    if not desk.info.config.get("bidirectional", True):
        notices.note(
            f"The network “{desk.label(desk.network)}” reads from left to right only; choose one that reads in both "
            "directions."
        )
        return
    directions = cache.compute_with_model(read_directions, desk.network, desk.words)
    alone = next((name for name, info in desk.models.items() if _is_forward_twin(info.config, desk.info.config)), None)
    _show_voices(desk, directions, alone)
    _show_word(desk, directions)
    _show_errors(desk, alone)


def _show_examples(desk: Desk) -> None:
    with st.container(horizontal=True, key="directions-examples"):
        for number, (name, pair) in enumerate(EXAMPLES.items()):
            st.button(
                name, key=f"directions-example-{number}", on_click=desk.controls.set, args=("text", "\n".join(pair))
            )
    if len(desk.lines) > 1:
        st.caption("Two lines are two texts: “Line to look at” above goes from one to the other.")


def _show_voices(desk: Desk, directions: Directions, alone: str | None) -> None:
    """Draw a row of tags per half, both, and the forward-only network; say where the halves differ and which is
    followed."""
    voices: dict[str, Voice] = dict(directions.voices)
    differing = set(disagreements(directions)["place"] - 1)
    rows = [
        TagRow(label, voices[name].tags, voices[name].probabilities, marked=sorted(differing) if name != BOTH else ())
        for name, label in ((FORWARD, "forward"), (BACKWARD, "backward"), (BOTH, "both"))
    ]
    if alone:
        voices["forward_only"] = cache.compute_with_model(read_alone, alone, desk.words)
        one = voices["forward_only"]
        marked = [
            place for place, (tag, other) in enumerate(zip(one.tags, voices[BOTH].tags, strict=True)) if tag != other
        ]
        rows.append(TagRow("fwd-only", one.tags, one.probabilities, marked=marked))
    sentence = disagreement_sentence(directions)
    st.markdown(notices.plain(sentence), width=TEXT_WIDTH)
    chosen = min(max(1, int(float(desk.controls.current("directions_word")))), len(desk.words))
    window = window_around(chosen - 1, len(desk.words))
    with st.container(width=legality.ROWS_WIDTH):
        figures.show(
            tag_rows(desk.words, rows, mode=figures.mode(), chosen=chosen - 1, window=window),
            name="directions",
            alt=f"{describe_tag_rows(desk.words, rows, window)} {sentence}",
            table=voice_frame(desk.words, voices).round(4),
            receipt=_receipt(desk, "print(directions.voices)"),
            on_click=lambda place: desk.controls.set("directions_word", int(place)),
        )
        legality.say_window(window, len(desk.words))
    twin = (
        f" fwd-only: the network “{desk.label(alone)}”, which never had a second direction; frames mark where it "
        "differs from both."
        if alone
        else ""
    )
    st.caption(
        notices.plain(
            "forward, backward: half of the network's emissions and its bias, decoded with the same CRF. The halves "
            "were taught together, so alone they "
            "show which way each pulls, not how well a network with one direction would do. A dot stands for O; "
            f"frames mark where the halves differ.{twin}"
        )
    )


def _show_word(desk: Desk, directions: Directions) -> None:
    """Draw what each half adds for each tag of a word."""
    header.section(
        "What each half adds at a word",
        "The further right, the more the half speaks for that tag; the diamond is the sum of both and the bias.",
    )
    place = (
        min(
            desk.controls.slider("directions_word", maximum=max(2, len(desk.words)), width=TEXT_WIDTH // 2),
            len(desk.words),
        )
        - 1
    )
    frame = word_frame(directions, place)
    figures.show(
        halves_figure(frame, mode=figures.mode()),
        name="directions-word",
        alt=describe_halves(desk.words[place], frame),
        table=frame.round(4),
        receipt=_receipt(desk, f"print(word_frame(directions, {place}))", "word_frame, "),
    )
    best = frame.iloc[0]
    larger = FORWARD if best[FORWARD] > best[BACKWARD] else BACKWARD
    decoded = directions.voices[BOTH].tags[place]
    end = (
        ""
        if decoded == best["tag"]
        else f" With the steps to the tags beside it, the CRF makes it {decoded} all the same."
    )
    st.markdown(
        notices.plain(
            f"“{desk.words[place]}”: for {best['tag']}, the best by emissions, the forward half adds "
            f"{signed(best[FORWARD])}, the backward half "
            f"{signed(best[BACKWARD])} and the bias {signed(best['bias'])}; the {larger} half speaks for it more.{end}"
        ),
        width=TEXT_WIDTH,
    )


def _show_errors(desk: Desk, alone: str | None) -> None:
    """Say and draw which errors the forward-only network makes on the test sentences beside the one that is looked
    at."""
    header.section(
        "What a network with one direction gets wrong",
        "Counted over the test sentences, from stored predictions of both networks.",
    )
    if alone is None:
        notices.note("No network that reads forward only and knows the same tags is installed.")
        return
    pair = legality.folders(desk, (desk.network, alone))
    try:
        kinds, places, sentences = cache.compute(stored_errors, pair, version=legality.versions((desk.network, alone)))
    except DataError as problem:
        notices.note(str(problem))
        return
    if not sentences:
        commands = " ".join(COMMAND.format(model=name) for name in (desk.network, alone))
        notices.note(f"The two networks' predictions are not stored for the same sentences; to store them: {commands}")
        return
    names = (desk.label(desk.network), desk.label(alone))
    told = error_sentences(kinds, places, sentences, names)
    st.markdown(notices.plain(" ".join(told)), width=TEXT_WIDTH)
    receipt = Receipt(
        model=f"{desk.network}, {alone}",
        python=(
            "from engine.inspection.tag_errors import both_frames, read_predictions\n"
            "from engine.models.folder import load_model\n\n"
            f"folders = {{name: str(load_model(name).info.path) for name in {(desk.network, alone)!r}}}\n"
            f"for part in both_frames(read_predictions(folders), {desk.network!r}, {alone!r}):\n    print(part)"
        ),
        command=f"{COMMAND.format(model=desk.network)}\n{COMMAND.format(model=alone)}",
    )
    kinds = kinds.assign(
        share=kinds["found"] / kinds["entities"].clip(lower=1),
        share_other=kinds["found_other"] / kinds["entities"].clip(lower=1),
    )
    left, right = st.columns(2, gap="large")
    with left:
        figures.show(
            shares_figure(
                kinds[kinds["entities"] > 0], "type", names, mode=figures.mode(), x_title="entities found, in %"
            ),
            name="directions-types",
            alt=f"Share of entities found by type, both networks. {told[0]}",
            table=kinds,
            receipt=receipt,
        )
    with right:
        figures.show(
            shares_figure(places, "place", names, mode=figures.mode(), x_title="tags right, in %"),
            name="directions-places",
            alt=f"Share of right tags by a word's place in its entity, both networks. {told[-1]}",
            table=places,
        )


def stored_errors(pair: tuple[tuple[str, str], ...]) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Return `both_frames` of two networks, given by name and folder.

    Raises:
        DataError: nothing is stored, or the table is damaged.
    """
    return both_frames(read_predictions(dict(pair)), pair[0][0], pair[1][0])


def _is_forward_twin(config: dict, other: dict) -> bool:
    """Return whether a tagger reads forward only and has the same tags as `other`."""
    return config.get("bidirectional", True) is False and config.get("labels") == other.get("labels")


def _receipt(desk: Desk, code: str, names: str = "") -> Receipt:
    return Receipt(
        model=desk.network,
        measured=f"{date.today().isoformat()}, on the server's processor",
        python=(
            "from engine.inspection.tag_directions import "
            f"read_directions{', ' + names.rstrip(', ') if names else ''}\n"
            "from engine.models.folder import load_model\n\n"
            f"directions = read_directions(load_model({desk.network!r}), {tuple(desk.words)!r})\n{code}"
        ),
    )
