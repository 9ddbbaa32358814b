"""The lattice tool's last part: the same emissions without the CRF, and what a tagger trained without one does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd
import streamlit as st

from engine.errors import DataError
from engine.inspection.tagging import errors
from engine.inspection.tagging.errors import illegal_shares, read_predictions
from engine.inspection.tagging.lattice import best_tags, tags_without_steps
from engine.inspection.tagging.predictions import Lattice, tag_words
from engine.plotting.tagging.tag_rows import TagRow, describe_tag_rows, tag_rows, window_around
from engine.text.bio import illegal_positions
from engine.wording import percent
from pages.components.computing.calls import Call, call
from pages.components.drawing import figures, notices, stored
from pages.components.entities.context import EntitiesContext, tag
from pages.components.shell import header

ROWS_WIDTH = 600  # pixels for rows of tags: lines are no longer on a wide screen than on a telephone


def show(context: EntitiesContext, lattice: Lattice) -> None:
    """Draw the reading with and without the steps, and the tagger that was trained without; count what BIO does not
    allow."""
    header.section(
        "Without the CRF",
        "Each word for itself: the tag with the highest emission, whatever stands beside it. An entity may then go on "
        "that never began; ✕ marks such tags, a dot stands for O.",
    )
    decoded, alone = best_tags(lattice), tags_without_steps(lattice)
    rows = [TagRow("with CRF", decoded, broken=illegal_positions(decoded)), _row("CRF off", alone, decoded)]
    softmax = next((name for name, info in context.models.items() if _is_twin(info.config, context.info.config)), None)
    if softmax and softmax != context.network:
        rows.append(_row("softmax", context.tagged_by(softmax).tags, decoded))
    window = window_around(context.controls.value().lattice_word - 1, len(lattice.words))
    with st.container(width=ROWS_WIDTH):
        figures.show(
            tag_rows(lattice.words, rows, mode=figures.mode(), window=window),
            name="lattice-without",
            alt=describe_tag_rows(lattice.words, rows, window),
            table=lambda: pd.DataFrame({"word": lattice.words} | {row.label: row.tags for row in rows}),
            receipt=call(tag_words, tuple(lattice.words), model=context.network).receipt(
                "best_tags(found), tags_without_steps(found), illegal_places(tags_without_steps(found))",
                uses=[best_tags, tags_without_steps, illegal_positions],
                day=tag(context.network, context.words).result.day,
            ),
        )
    say_window(window, len(lattice.words))
    notices.say(" ".join(_sentence(row, decoded) for row in rows[1:]))
    if softmax:
        name = context.label(softmax)
        st.caption(notices.plain(f"softmax: the network “{name}”, trained to choose each word's tag by itself."))
    _show_shares(context)


def say_window(window: range, count: int) -> None:
    """Say which words are drawn where it is not all of them."""
    if len(window) < count:
        st.caption(
            f"Drawn are words {window[0] + 1} to {window[-1] + 1} of {count:,}, around the chosen one; the table has "
            "all."
        )


def _row(label: str, tags: tuple[str, ...], decoded: tuple[str, ...]) -> TagRow:
    return TagRow(label, tags, marked=differing_positions(tags, decoded), broken=illegal_positions(tags))


def differing_positions(tags: Sequence[str], others: Sequence[str]) -> list[int]:
    """Return where two readings of a text do not agree."""
    return [position for position, (one, other) in enumerate(zip(tags, others, strict=True)) if one != other]


def _sentence(row: TagRow, decoded: tuple[str, ...]) -> str:
    name = "With the CRF off the network" if row.label == "CRF off" else "The network trained without one"
    if not row.marked:
        return f"{name} gives every word of this text the tag it has with the CRF."
    count, broken = len(row.marked), len(row.broken)
    illegal = (
        "no tag that cannot follow the one before"
        if not broken
        else f"{broken} {'tag' if broken == 1 else 'tags'} that cannot follow the one before"
    )
    return f"{name} gives {count} {'word' if count == 1 else 'words'} another tag; in all it leaves {illegal}."


def _is_twin(config: dict, other: dict) -> bool:
    """Return whether a tagger has no CRF and the same tags and corpora as `other`."""
    return (
        config.get("crf") is False and config.get("labels") == other.get("labels") and config.get("bidirectional", True)
    )


def _show_shares(context: EntitiesContext) -> None:
    """Say in how many test sentences each network's stored tags break the rules; or that nothing is stored."""
    try:
        found = call(illegal_shares, predictions(context, context.models)).value
    except DataError:
        command = errors.COMMAND.format(model=context.network)
        words = f"How often it happens on the test sentences is not measured here; to measure: {command}"
        st.caption(notices.plain(words))
        return
    if found.empty:
        return
    told = "; ".join(
        f"“{context.label(row.model)}” in {row.with_illegal:,} of {row.sentences:,} test sentences "
        f"({percent(row.share, 2)})"
        for row in found.itertuples()
    )
    notices.say(f"Tags that cannot follow the one before, as stored: {told}.")


def predictions(context: EntitiesContext, names: Iterable[str]) -> Call[pd.DataFrame]:
    """Return the Call of the tags that are stored of some networks; its value raises DataError where there are none."""
    folders = tuple((name, str(context.models[name].path)) for name in names)
    version = stored.version(errors.TABLE, *(name for name, _ in folders))
    return call(read_stored, folders, version=version, kept="shared")


def read_stored(folders: tuple[tuple[str, str], ...]) -> pd.DataFrame:
    """Return `read_predictions` of networks given by name and folder.

    Raises:
        DataError: nothing is stored, or the table is damaged.
    """
    return read_predictions(dict(folders))
