"""What can be done with a network that the visitor brought along: rename, share, delete, and bring it back."""

from __future__ import annotations

import json
from pathlib import Path

import streamlit as st

from engine import owners
from engine.atomic import replaced_file
from engine.models.folder import ModelInfo
from pages.components import notices, own_models, state, visitor
from pages.components.buttons import button
from pages.components.models.view import PAGE

DELETED, HIDDEN = "deleted", ".deleted-"


def show_controls(info: ModelInfo) -> None:
    """Draw what can be done with a network, where the visitor brought it along; a run's is kept on the Runs page."""
    folder = info.path
    if folder not in owners.listed(visitor.folder(), "models"):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover("Rename", type="tertiary", icon=":material/edit:"):
            key = f"models-title-{folder.name}"
            st.text_input("Name", info.title, max_chars=60, key=key)
            button("Save", f"models-rename-{folder.name}", _rename, folder, key)
        with st.popover("Share", type="tertiary", icon=":material/link:"):
            key = f"models-share-{folder.name}"
            is_shared = owners.is_shared(folder)
            st.toggle("Anyone with the link may use it", is_shared, key=key, on_change=_share, args=(folder, key))
            st.caption("The link is the address of this page. Without this, nobody but you sees it.")
        button("Delete", f"models-delete-{folder.name}", _delete, folder, info.title, icon="delete", type="tertiary")


def show_undo() -> None:
    """Offer to bring back what was deleted last."""
    deleted = state.recall(PAGE, DELETED)
    if deleted is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(notices.plain(f"“{deleted[1]}” was deleted."))
        button("Undo", "models-undo", _restore, icon="undo", type="tertiary")


def _rename(folder: Path, key: str) -> None:
    title = str(state.widget_value(key, "")).strip()
    if title:
        with replaced_file(folder / own_models.ABOUT) as draft:
            draft.write_text(json.dumps({"title": title}), encoding="utf-8")


def _share(folder: Path, key: str) -> None:
    owners.share(folder, bool(state.widget_value(key)))


def _delete(folder: Path, title: str) -> None:
    """Hide a network; it goes with everything else of a visitor who left, or comes back."""
    folder.rename(folder.with_name(HIDDEN + folder.name))
    state.remember(PAGE, DELETED, (folder, title))


def _restore() -> None:
    folder, _ = state.recall(PAGE, DELETED)
    state.forget(PAGE, DELETED)
    folder.with_name(HIDDEN + folder.name).rename(folder)
