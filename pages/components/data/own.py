"""The visitor's own data sets: kept, listed, renamed, shared, deleted and brought back."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from engine import owners
from engine.corpora import data_folder
from engine.corpora.data_folder import PREFIX, DataFolder
from engine.errors import EngineError, InputError
from engine.limits import limits
from engine.preparation import SHAPES
from engine.preparation.draft import Draft
from engine.wording import counted
from pages.components import notices, state, visitor
from pages.components.buttons import button
from pages.components.data.view import PAGE

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


def keep(draft: Draft, title_key: str) -> None:
    """Write a data set for this visitor, under the title that the box says by now, and look at it; for the button's
    on_click. Why it cannot be is remembered."""
    mine = visitor.folder()
    try:
        most = limits().data_sets
        if len(owners.listed(mine, KIND)) >= most:
            raise InputError(f"You keep {counted(most, 'data set')} already, which is the most: delete one first.")
        folder = owners.new_folder(mine, KIND)
        draft.keep(folder, state.widget_value(title_key))
    except EngineError as problem:
        state.remember(PAGE, "refused", str(problem))
        return
    state.forget(PAGE, "refused")
    look_at(f"{PREFIX}{folder.name}")


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


def refusal() -> None:
    """Say why something could not be done, once."""
    if problem := state.recall(PAGE, "refused"):
        notices.error(problem)
        state.forget(PAGE, "refused")


def show_undo() -> None:
    """Offer to bring back what was deleted last."""
    deleted = state.recall(PAGE, "deleted")
    if deleted is None:
        return
    _, title = deleted
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(notices.plain(f"“{title}” was deleted."))
        button("Undo", "data-undo", _restore, icon="undo", type="tertiary")


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
        with st.popover("Rename", type="tertiary", icon=":material/edit:"):
            key = f"data-title-{folder.name}"
            st.text_input("Title", record.title, max_chars=data_folder.MAX_TITLE, key=key)
            button("Save", f"data-rename-{folder.name}", _rename, folder, key)
        with st.popover("Share", type="tertiary", icon=":material/link:"):
            key = f"data-share-{folder.name}"
            st.toggle(
                "Anyone with the link may read it",
                owners.is_shared(folder),
                key=key,
                on_change=_share,
                args=(folder, key),
            )
            st.caption("The link is the address of this page. Without this, nobody but you sees it.")
        button("Delete", f"data-delete-{folder.name}", _delete, folder, record.title, icon="delete", type="tertiary")


def _rename(folder: Path, key: str) -> None:
    try:
        data_folder.rename(folder, state.widget_value(key, ""))
    except EngineError as problem:
        state.remember(PAGE, "refused", str(problem))


def _share(folder: Path, key: str) -> None:
    owners.share(folder, bool(state.widget_value(key)))


def _delete(folder: Path, title: str) -> None:
    try:
        data_folder.delete(folder)
    except EngineError as problem:
        state.remember(PAGE, "refused", str(problem))
        return
    state.remember(PAGE, "deleted", (folder, title))


def _restore() -> None:
    folder, _ = state.recall(PAGE, "deleted")
    state.forget(PAGE, "deleted")
    try:
        data_folder.restore(folder)
    except EngineError as problem:
        state.remember(PAGE, "refused", str(problem))
        return
    look_at(f"{PREFIX}{folder.name}")
