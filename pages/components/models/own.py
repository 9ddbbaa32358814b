"""What can be done with a network that the visitor brought along."""

from __future__ import annotations

import json
from pathlib import Path

import streamlit as st

from engine import owners
from engine.atomic import put_back, replaced_file, set_aside
from engine.errors import InputError
from engine.models.folder import ModelInfo
from pages.components.models.view import PAGE
from pages.components.owning import own_models
from pages.components.owning.owned import Owned
from pages.components.server import visitor


def show_controls(info: ModelInfo) -> None:
    """Draw what can be done with a network, where the visitor brought it along; a run's is kept on the Runs page."""
    folder = info.path
    if info.whose != own_models.YOURS or folder not in owners.listed(visitor.folder(), "models"):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        NETWORKS.show_rename(folder, info.title)
        NETWORKS.show_share(folder)
        NETWORKS.show_delete(folder, info.title)


def _rename(folder: Path, title: str) -> None:
    if not title.strip():
        raise InputError("A network needs a title: type one.")
    with replaced_file(folder / own_models.ABOUT) as draft:
        draft.write_text(json.dumps({"title": title.strip()}), encoding="utf-8")


NETWORKS = Owned(PAGE, "Anyone with the link may use it", _rename, set_aside, put_back)
