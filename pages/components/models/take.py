"""A model taken away: its folder, ONNX, the lines that load it, its recipe, a repository on the Hub."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st

from engine.errors import EngineError
from engine.exchange import onnx_graphs
from engine.models.card import usage_lines
from engine.models.folder import ModelInfo
from pages.components.controls import state
from pages.components.controls.buttons import download
from pages.components.drawing import figures, notices
from pages.components.models.context import ModelsContext
from pages.components.models.view import PAGE
from pages.components.shell import header

REPOSITORY, TOKEN, PUBLIC = "take-repository", "take-token", "take-public"
PUSHED = "pushed"
ONNX = "application/octet-stream"


def show(context: ModelsContext) -> None:
    """Draw the choice of a model and what can be taken of it."""
    info = context.choose("One model", "Everything below is of this network.")
    if info is None:
        return
    folder, name = info.path, info.name
    header.section("Files", "The folder loads with the three lines; ONNX files run without Python's torch.")
    with st.container(horizontal=True):
        download("Model folder (zip)", "take-zip", partial(_zip, folder), f"{name}.zip", "application/zip")
        for part in onnx_graphs.graphs_of(info).builders:
            label, file = f"{onnx_graphs.PARTS[part].capitalize()} (ONNX)", f"{name}-{part}.onnx"
            download(label, f"take-{part}", partial(onnx_graphs.onnx_model, folder, part), file, ONNX)
        recipe = _recipe(folder)
        if recipe is not None:
            download("Recipe (JSON)", "take-recipe", lambda: recipe, f"{name}-recipe.json", "application/json")
    if lacking := onnx_graphs.lacking_sentence(info):
        notices.explain(lacking)
    if recipe is not None:
        notices.explain("The recipe repeats the run on the command line:")
        figures.show_code(f"python -m engine train --recipe {name}-recipe.json --output runs/again")
    header.section("In Python", "Where the folder was unpacked beside a copy of Unrolled.")
    figures.show_code(usage_lines(f"./{name}", info.config))
    _show_push(info)


def _show_push(info: ModelInfo) -> None:
    header.section("To the Hugging Face Hub", "Into a repository of yours, with a token of yours that may write.")
    with st.form("take-push", clear_on_submit=True, border=False):
        st.text_input("Repository", key=REPOSITORY, placeholder="owner/name", max_chars=120)
        st.text_input(
            "Access token",
            type="password",
            key=TOKEN,
            max_chars=200,
            autocomplete="off",
            help="Used for this upload and then forgotten: it is neither stored nor logged.",
        )
        st.toggle("Everyone may see it", key=PUBLIC)
        st.form_submit_button("Push", on_click=_push, args=(info.path,))
    address, problem = state.recall(PAGE, PUSHED, ("", ""))
    state.forget(PAGE, PUSHED)
    if address:
        notices.note("The model is on the Hub now, at this address:")
        st.code(address, language=None)  # to be copied; a sentence's addresses are made not to be links
    if problem:
        notices.error(problem)


def _push(folder: Path) -> None:
    """Upload a model's folder; the token leaves the session before anything else happens."""
    from engine.exchange.taking import push_to_hub

    token = str(state.take_widget(TOKEN, ""))
    repository, is_public = state.widget_value(REPOSITORY, ""), bool(state.widget_value(PUBLIC, False))
    try:
        address = push_to_hub(folder, str(repository).strip(), token, is_private=not is_public)
    except EngineError as problem:
        state.remember(PAGE, PUSHED, ("", str(problem)))
    else:
        state.remember(PAGE, PUSHED, (address, ""))


def _zip(folder: Path) -> bytes:
    from engine.exchange.taking import zip_folder

    return zip_folder(folder)


def _recipe(folder: Path) -> bytes | None:
    from engine.exchange.taking import recipe_file

    return recipe_file(folder)
