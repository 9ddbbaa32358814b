"""The visitor's own data sets: kept, listed, renamed, shared, deleted and brought back."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from engine import owners
from engine.corpora import data_folder
from engine.corpora.data_folder import DataFolder
from engine.errors import InputError
from engine.limits import limits
from engine.preparation import SHAPES
from engine.preparation.draft import Draft
from engine.wording import counted
from pages.components.controls import state
from pages.components.data.view import PAGE
from pages.components.owning import own_data
from pages.components.owning.owned import Owned
from pages.components.server import visitor

KEPT = "kept"


def keep(draft: Draft, title: str) -> None:
    """Write a data set for this visitor, which the next run looks at; why it cannot be is remembered."""
    mine = visitor.folder()

    def write() -> None:
        most = limits().data_sets
        if len(owners.listed(mine, own_data.KIND)) >= most:
            raise InputError(f"You keep {counted(most, 'data set')} already, which is the most: delete one first.")
        folder = owners.new_folder(mine, own_data.KIND)
        draft.keep(folder, title)
        state.remember(PAGE, KEPT, own_data.name_of(folder))

    DATA_SETS.do(write)


def look_at_kept() -> None:
    """Show what was kept in the run before this one; call it before anything is drawn."""
    if name := state.recall(PAGE, KEPT, ""):
        state.forget(PAGE, KEPT)
        look_at(name)


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
        link_to_training(own_data.name_of(folder))
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
    look_at=lambda folder: look_at(own_data.name_of(folder)),
    longest_title=data_folder.MAX_TITLE,
)
