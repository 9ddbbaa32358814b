"""The lattice tool's last part: the same emissions without the CRF, and what a tagger trained without one does."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import streamlit as st

from engine.errors import DataError
from engine.inspection.tagging.errors import COMMAND, TABLE, illegal_shares, read_predictions
from engine.inspection.tagging.lattice import Lattice, best_tags, open_lattice, tags_without_steps
from engine.plotting.tagging.tag_rows import TagRow, describe_tag_rows, tag_rows, window_around
from engine.text.bio import illegal_positions
from engine.wording import percent
from pages.components import cache, figures, header, notices
from pages.components.calls import call
from pages.components.entities.context import EntitiesContext, tag

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
            table=pd.DataFrame({"word": lattice.words} | {row.label: row.tags for row in rows}),
            receipt=call(open_lattice, tuple(lattice.words), model=context.network).receipt(
                "best_tags(found), tags_without_steps(found), illegal_places(tags_without_steps(found))",
                uses=[best_tags, tags_without_steps, illegal_positions],
                day=tag(context.network, context.words).result.day,
            ),
        )
    say_window(window, len(lattice.words))
    notices.say(" ".join(_sentence(row, decoded) for row in rows[1:]))
    if softmax:
        st.caption(
            notices.plain(
                f"softmax: the network “{context.label(softmax)}”, trained to choose each word's tag by itself."
            )
        )
    _show_shares(context)


def say_window(window: range, count: int) -> None:
    """Say which words are drawn where it is not all of them."""
    if len(window) < count:
        st.caption(
            f"Drawn are words {window[0] + 1} to {window[-1] + 1} of {count:,}, around the chosen one; the table has "
            "all."
        )


def _row(label: str, tags: tuple[str, ...], decoded: tuple[str, ...]) -> TagRow:
    marked = [position for position, (one, other) in enumerate(zip(tags, decoded, strict=True)) if one != other]
    return TagRow(label, tags, marked=marked, broken=illegal_positions(tags))


def _sentence(row: TagRow, decoded: tuple[str, ...]) -> str:
    name = "With the CRF off the network" if row.label == "CRF off" else "The network trained without one"
    if not row.marked:
        return f"{name} gives every word of this text the same tag."
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
        found = desk_shares(context)
    except DataError:
        st.caption(
            notices.plain(
                "How often it happens on the test sentences is not measured here; to measure: "
                f"{COMMAND.format(model=context.network)}"
            )
        )
        return
    if found.empty:
        return
    told = "; ".join(
        f"“{context.label(row.model)}” in {row.with_illegal:,} of {row.sentences:,} test sentences "
        f"({percent(row.share, 2)})"
        for row in found.itertuples()
    )
    notices.say(f"Tags that cannot follow the one before, as stored: {told}.")


def desk_shares(context: EntitiesContext) -> pd.DataFrame:
    """Return `illegal_shares` of what is stored of the page's networks.

    Raises:
        DataError: nothing is stored, or the table is damaged.
    """
    return call(stored_shares, folders(context, context.models), version=versions(context.models)).value


def folders(context: EntitiesContext, names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return names and folders of networks, for the cache."""
    return tuple((name, str(context.models[name].path)) for name in names)


def versions(names: Iterable[str]) -> tuple[float, ...]:
    """Return what changes when the stored predictions or the weights of these networks do."""
    return (TABLE.stat().st_mtime if TABLE.is_file() else 0.0, *(cache.model_version(name) for name in names))


def stored_shares(folders: tuple[tuple[str, str], ...]) -> pd.DataFrame:
    """Return `illegal_shares` of the stored predictions.

    Raises:
        DataError: nothing is stored, or the table is damaged.
    """
    return illegal_shares(read_predictions(dict(folders)))
