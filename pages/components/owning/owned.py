"""What can be done with a thing that a visitor made: another title, a link for others, and its end, which can be
undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from engine import owners
from engine.errors import EngineError
from pages.components.controls import state
from pages.components.controls.buttons import button
from pages.components.drawing import notices

REFUSED, DELETED = "refused", "deleted"
THIS_PAGE = "The link is the address of this page. Without this, nobody but you sees it."


@dataclass(frozen=True)
class Owned:
    """One kind of such things.

    Attributes:
        page: on which they stand; the keys of its buttons begin with it.
        shared: what the switch says that opens one to whoever has the link.
        rename: (folder, title); delete, restore: (folder). Each raises `EngineError` where it cannot.
        look_at: shows one that was brought back.
        longest_title: in characters.
    """

    page: str
    shared: str
    rename: Callable[[Path, str], object]
    delete: Callable[[Path], None]
    restore: Callable[[Path], None]
    look_at: Callable[[Path], object] = lambda folder: None
    longest_title: int = 60

    def show_refusal(self) -> None:
        """Say why something could not be done, once."""
        if problem := state.recall(self.page, REFUSED):
            notices.error(problem)
            state.forget(self.page, REFUSED)

    def show_undo(self) -> None:
        """Offer to bring back what was deleted last."""
        deleted = state.recall(self.page, DELETED)
        if deleted is None:
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(notices.plain(f"“{deleted[1]}” was deleted."))
            button("Undo", f"{self.page}-undo", self._restore, icon="undo", type="tertiary")

    def show_rename(self, folder: Path, title: str) -> None:
        """Draw what opens for another title."""
        with st.popover("Rename", type="tertiary", icon=":material/edit:"):
            key = f"{self.page}-title-{folder.name}"
            st.text_input("Title", title, max_chars=self.longest_title, key=key)
            button("Save", f"{self.page}-rename-{folder.name}", self._rename, folder, key)

    def show_share(self, folder: Path, link: str = "") -> None:
        """Draw what opens for sharing by link; `link` where that is not the address of the page."""
        with st.popover("Share", type="tertiary", icon=":material/link:"):
            key = f"{self.page}-share-{folder.name}"
            st.toggle(self.shared, owners.is_shared(folder), key=key, on_change=_share, args=(folder, key))
            if link:
                st.code(link, language=None)
            else:
                st.caption(THIS_PAGE)

    def show_delete(self, folder: Path, title: str) -> None:
        """Draw the button that deletes."""
        key = f"{self.page}-delete-{folder.name}"
        button("Delete", key, self._delete, folder, title, icon="delete", type="tertiary")

    def do(self, action: Callable[..., Any], *given: Any) -> bool:
        """Do something that may be refused, and return whether it was done; why it was not is said in the next run."""
        try:
            action(*given)
        except EngineError as problem:
            state.remember(self.page, REFUSED, str(problem))
            return False
        return True

    def _rename(self, folder: Path, key: str) -> None:
        self.do(self.rename, folder, str(state.widget_value(key, "")))

    def _delete(self, folder: Path, title: str) -> None:
        if self.do(self.delete, folder):
            state.remember(self.page, DELETED, (folder, title))

    def _restore(self) -> None:
        folder, _ = state.recall(self.page, DELETED)
        state.forget(self.page, DELETED)
        if self.do(self.restore, folder):
            self.look_at(folder)


def _share(folder: Path, key: str) -> None:
    owners.share(folder, bool(state.widget_value(key)))
