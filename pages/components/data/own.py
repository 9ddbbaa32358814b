"""The visitor's own data sets: kept, listed, renamed, shared, deleted and brought back."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import streamlit as st

from engine import owners
from engine.corpora import data_folder
from engine.corpora.data_folder import PREFIX, DataFolder
from engine.errors import InputError
from engine.limits import limits
from engine.preparation import SHAPES
from engine.preparation.draft import Draft
from engine.wording import counted
from pages.components import state, visitor
from pages.components.data import bringing
from pages.components.data.view import PAGE
from pages.components.owned import Owned

KIND = "data"


def listed() -> dict[str, tuple[Path, DataFolder]]:
    """Return the visitor's data sets, and what others share and the visitor opened, by the name pages know them by."""
    mine = visitor.folder()
    folders = [*owners.listed(mine, KIND), *owners.opened(mine, KIND)]
    return {f"{PREFIX}{folder.name}": (folder, record) for folder, record in data_folder.listed(folders)}


def find(name: str) -> tuple[Path, DataFolder]:
    """Return the data set that an address names, if this visitor may see it.

    Raises:
        InputError, DataError: there is none for this visitor.
    """
    mine = visitor.folder()
    folder = owners.find(name.removeprefix(PREFIX), mine, (KIND,))
    record = data_folder.read(folder)
    if not owners.is_own(folder, mine):
        owners.remember_opened(mine, folder.name)
    return folder, record


def keep(draft: Draft, key: str) -> None:
    """Write a data set for this visitor, with the title and the terms that the boxes say by now, and look at it; for
    the button's on_click. Why it cannot be is remembered."""
    mine, said = visitor.folder(), {name: bringing.said(name, key) for name in ("title", "licence", "origin")}

    def write() -> None:
        most = limits().data_sets
        if len(owners.listed(mine, KIND)) >= most:
            raise InputError(f"You keep {counted(most, 'data set')} already, which is the most: delete one first.")
        folder = owners.new_folder(mine, KIND)
        dataclasses.replace(draft, licence=said["licence"], origin=said["origin"]).keep(folder, said["title"])
        look_at(f"{PREFIX}{folder.name}")

    DATA_SETS.do(write)


def look_at(name: str) -> None:
    """Show one of one's own data sets; for on_click."""
    state.set_widget("source", "own")
    state.write_url("data", name)


def choose(titles: dict[str, str], asked: str) -> str:
    """Draw the choice among one's own data sets, and return the name of the one that is looked at."""
    names = list(titles)
    key = f"data-own-{state.fingerprint(asked, names)}"
    return st.selectbox(
        "Data set",
        names,
        index=names.index(asked) if asked in names else 0,
        format_func=titles.get,
        key=key,
        on_change=_chosen,
        args=(key,),
        width=520,
    )


def _chosen(key: str) -> None:
    state.write_url("data", state.widget_value(key))


def describe(record: DataFolder) -> str:
    """Return a data set in one line."""
    shape = SHAPES.get(record.content).title.lower()
    return f"{record.title}: {shape}, {counted(sum(record.rows.values()), 'row')}"


def link_to_training(name: str) -> None:
    """Draw the link to the Train page with a data set chosen."""
    st.page_link("pages/train.py", label="Train on it", icon=":material/arrow_forward:", query_params={"data": name})


def show_controls(folder: Path, record: DataFolder) -> None:
    """Draw what can be done with a data set: train on it, and, for its owner, rename, share and delete it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        link_to_training(f"{PREFIX}{folder.name}")
        if not owners.is_own(folder, visitor.folder()):
            st.caption("Somebody shared this with you.")
            return
        DATA_SETS.show_rename(folder, record.title)
        DATA_SETS.show_share(folder)
        DATA_SETS.show_delete(folder, record.title)


DATA_SETS = Owned(
    PAGE,
    "Anyone with the link may read it",
    data_folder.rename,
    data_folder.delete,
    data_folder.restore,
    look_at=lambda folder: look_at(f"{PREFIX}{folder.name}"),
    longest_title=data_folder.MAX_TITLE,
)
