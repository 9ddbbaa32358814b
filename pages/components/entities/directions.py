"""Two directions: what each half of the network would say alone, what both say, and the errors of a network that has
only one."""

from __future__ import annotations

import streamlit as st

from engine.errors import DataError
from engine.inspection.tagging.directions import (
    BACKWARD,
    BOTH,
    FORWARD,
    Directions,
    Voice,
    disagreement_sentence,
    disagreements,
    plainest,
    read_alone,
    read_directions,
    voice_frame,
    word_frame,
)
from engine.inspection.tagging.errors import COMMAND, both_frames, error_sentences
from engine.inspection.tagging.lattice import signed
from engine.plotting.tagging.halves import describe_halves, halves_figure, shares_figure
from engine.plotting.tagging.tag_rows import TagRow, describe_tag_rows, tag_rows, window_around
from pages.components.computing.calls import Call, call
from pages.components.controls.buttons import button
from pages.components.drawing import figures, notices
from pages.components.drawing.figures import Receipt
from pages.components.entities import bio_constraints
from pages.components.entities.bio_constraints import differing_positions
from pages.components.entities.context import EntitiesContext
from pages.components.shell import header
from pages.components.shell.header import TEXT_WIDTH

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


def show(context: EntitiesContext) -> None:
    """Draw the halves' readings one under the other, what each adds at a word, and the errors of a network with one
    direction."""
    notices.explain(
        "A bidirectional network reads the text twice: from the left up to each word, and from the right down to it. "
        "Its emissions are the sum of what the two make of the word, so each can be asked alone. **Try:** an example, "
        "whose first word means something else depending on what follows."
    )
    context.say_typical("directions")
    _show_examples(context)
    if not context.info.config.get("bidirectional", True):
        notices.note(
            f"The network “{context.label(context.network)}” reads from left to right only; choose one that reads in "
            "both directions."
        )
        return
    if context.info.config.get("num_layers", 1) > 1:
        notices.note(
            f"The network “{context.label(context.network)}” joins both directions before its last layer, so that each "
            "half has read the whole sentence; choose one with a single layer."
        )
        return
    read = call(read_directions, context.words, model=context.network)
    config = context.info.config
    alone = next((name for name, info in context.models.items() if _is_forward_twin(info.config, config)), None)
    _show_voices(context, read, alone)
    _show_word(context, read)
    _show_errors(context, alone)


def _show_examples(context: EntitiesContext) -> None:
    with st.container(horizontal=True, key="directions-examples"):
        for number, (name, pair) in enumerate(EXAMPLES.items()):
            button(name, f"directions-example-{number}", context.controls.set, "text", "\n".join(pair))
    if len(context.lines) > 1:
        st.caption("Two lines are two texts: “Line to look at” above goes from one to the other.")


def _show_voices(context: EntitiesContext, read: Call[Directions], alone: str | None) -> None:
    """Draw a row of tags per half, both, and the forward-only network; say where the halves differ and which is
    followed."""
    directions = read.value
    voices: dict[str, Voice] = dict(directions.voices)
    differing = set(disagreements(directions)["position"] - 1)
    rows = [
        TagRow(label, voices[name].tags, voices[name].probabilities, marked=sorted(differing) if name != BOTH else ())
        for name, label in ((FORWARD, "forward"), (BACKWARD, "backward"), (BOTH, "both"))
    ]
    if alone:
        one = voices["forward_only"] = call(read_alone, context.words, model=alone).value
        marked = differing_positions(one.tags, voices[BOTH].tags)
        rows.append(TagRow("fwd-only", one.tags, one.probabilities, marked=marked))
    sentence = disagreement_sentence(directions)
    notices.say(sentence)
    chosen = min(max(1, context.controls.current("directions_word", plainest(directions))), len(context.words))
    window = window_around(chosen - 1, len(context.words))
    with st.container(width=bio_constraints.ROWS_WIDTH):
        figures.show(
            tag_rows(context.words, rows, mode=figures.mode(), chosen=chosen - 1, window=window),
            name="directions",
            alt=f"{describe_tag_rows(context.words, rows, window)} {sentence}",
            table=lambda: voice_frame(context.words, voices).round(4),
            receipt=read.receipt("found.voices"),
            on_click=lambda position: context.controls.set("directions_word", int(position)),
        )
        bio_constraints.say_window(window, len(context.words))
    twin = (
        f" fwd-only: the network “{context.label(alone)}”, which never had a second direction; frames mark where it "
        "differs from both."
        if alone
        else ""
    )
    st.caption(
        notices.plain(
            "forward, backward: half of the network's emissions and its bias, decoded with the same CRF. The halves "
            "were trained together, so alone they show which way each pulls, not how well a network with one direction "
            f"would do. A dot stands for O; frames mark where the halves differ.{twin}"
        )
    )


def _show_word(context: EntitiesContext, read: Call[Directions]) -> None:
    """Draw what each half adds for each tag of a word."""
    directions = read.value
    header.section(
        "What each half adds at a word",
        "The further right, the more the half speaks for that tag; the diamond is the sum of both and the bias.",
    )
    count, plain = len(context.words), plainest(directions)
    position = context.controls.slider("directions_word", maximum=count, default=plain, width=TEXT_WIDTH // 2) - 1
    frame = word_frame(directions, position)
    figures.show(
        halves_figure(frame, mode=figures.mode()),
        name="directions-word",
        alt=describe_halves(context.words[position], frame),
        table=lambda: frame.round(4),
        receipt=read.receipt(f"word_frame(found, {position})", uses=[word_frame]),
    )
    best = frame.iloc[0]
    larger = FORWARD if best[FORWARD] > best[BACKWARD] else BACKWARD
    decoded = directions.voices[BOTH].tags[position]
    end = (
        ""
        if decoded == best["tag"]
        else f" With the steps to the tags beside it, the CRF makes it {decoded} all the same."
    )
    notices.say(
        f"“{context.words[position]}”: for {best['tag']}, the best by emissions, the forward half adds "
        f"{signed(best[FORWARD])}, the backward half "
        f"{signed(best[BACKWARD])} and the bias {signed(best['bias'])}; the {larger} half speaks for it more.{end}"
    )


def _show_errors(context: EntitiesContext, alone: str | None) -> None:
    """Say and draw which errors the forward-only network makes on the test sentences beside the one that is looked
    at."""
    header.section(
        "What a network with one direction gets wrong",
        "Counted over the test sentences, from stored predictions of both networks.",
    )
    if alone is None:
        notices.note("No network that reads forward only and knows the same tags is installed.")
        return
    pair = context.network, alone
    try:
        kinds, positions, sentences = call(both_frames, bio_constraints.predictions(context, pair), *pair).value
    except DataError as problem:
        notices.note(str(problem))
        return
    if not sentences:
        commands = " ".join(COMMAND.format(model=name) for name in pair)
        notices.note(f"The two networks' predictions are not stored for the same sentences; to store them: {commands}")
        return
    names, builds = tuple(map(context.label, pair)), tuple(map(context.build, pair))
    told = error_sentences(kinds, positions, sentences, names)
    notices.say(" ".join(told))
    receipt = Receipt(
        model=", ".join(pair),
        python=(
            "from engine.inspection.tagging.errors import both_frames, read_predictions\n"
            "from engine.models.folder import load_model\n\n"
            f"folders = {{name: str(load_model(name).info.path) for name in {pair!r}}}\n"
            f"for part in both_frames(read_predictions(folders), *{pair!r}):\n    print(part)"
        ),
        command="\n".join(COMMAND.format(model=name) for name in pair),
    )
    counts = kinds["entities"].clip(lower=1)
    kinds = kinds.assign(share=kinds["found"] / counts, share_other=kinds["found_other"] / counts)
    left, right = st.columns(2, gap="large")
    with left:
        figures.show(
            shares_figure(
                kinds[kinds["entities"] > 0], "type", names, builds, mode=figures.mode(), x_title="entities found, in %"
            ),
            name="directions-types",
            alt=f"Share of entities found by type, both networks. {told[0]}",
            table=kinds,
            receipt=receipt,
        )
    with right:
        figures.show(
            shares_figure(positions, "position", names, builds, mode=figures.mode(), x_title="tags right, in %"),
            name="directions-places",
            alt=f"Share of right tags by a word's place in its entity, both networks. {told[-1]}",
            table=positions,
            receipt=receipt,
        )


def _is_forward_twin(config: dict, other: dict) -> bool:
    """Return whether a tagger reads forward only and has the same tags as `other`."""
    return config.get("bidirectional", True) is False and config.get("labels") == other.get("labels")
