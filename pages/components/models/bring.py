"""A network that was trained elsewhere: recognised, given its vocabulary, proved, kept, and opened on every page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import streamlit as st

from engine import owners
from engine.corpora.data_folder import MAX_TERMS
from engine.errors import InputError
from engine.limits import limits
from engine.task_family import TASK_FAMILIES
from engine.wording import counted
from pages.components.controls import state
from pages.components.controls.buttons import is_pressed
from pages.components.drawing import figures, notices
from pages.components.models import own
from pages.components.models.context import ModelsContext
from pages.components.models.view import PAGE
from pages.components.owning import own_models
from pages.components.server import visitor
from pages.components.shell import header, page_links

if TYPE_CHECKING:  # they load torch
    from engine.exchange.bringing import BroughtNetwork
    from engine.exchange.details import Details
    from engine.exchange.recognition import Recognised

KEPT = "brought"
MAX_VOCABULARY = 20  # MiB
POOLINGS = {"last": "the last word's output", "max": "each unit's largest output", "mean": "the mean output"}


def show(context: ModelsContext) -> None:
    """Draw the steps one below the other, each once the one before it is done."""
    header.section("1 · Weights", "A file of tensors: what your network is, their names and shapes tell.")
    file = st.file_uploader(
        "safetensors, .keras or .weights.h5",
        key="bring-weights",
        max_upload_size=limits().weights_mebibytes,
        help="In PyTorch: safetensors.torch.save_file(model.state_dict(), 'model.safetensors').",
    )
    if file is None:
        _show_kept()
        _show_layouts()
        return
    with notices.engine_errors():
        found = state.once(PAGE, "bring-found", file.file_id, lambda: _recognise(file.name, file.getvalue()))
        _show_found(found)
        _show_rest(found, file.file_id)


def _recognise(name: str, data: bytes) -> Recognised:
    from engine.exchange.recognition import recognise
    from engine.exchange.weight_files import read_weights

    return recognise(read_weights(name, data))


def _show_layouts() -> None:
    """Say what is known here, before anything is given."""
    from engine.exchange.layouts import LAYOUTS

    rows = [layout for _, layout in LAYOUTS.items()]
    tasks = [", ".join(task.replace("_", " ") for task in layout.tasks) for layout in rows]
    notices.explain("These layouts are known:")
    figures.show_table(
        pa.table({"layout": [one.title for one in rows], "taught in": [one.origin for one in rows], "may do": tasks}),
        name="layouts",
    )


def _show_found(found: Recognised) -> None:
    tensors, shapes, roles = zip(*found.rows(), strict=True)
    count = sum(tensor.numel() for tensor in found.given.tensors.values())
    notices.say(f"Recognised: {found.layout.title}, {count:,} parameters ({found.layout.origin}).", is_strong=True)
    figures.show_table(pa.table({"tensor": tensors, "shape": shapes, "what it is": roles}), name="tensors")
    for note in found.notes:
        notices.explain(note)


def _show_rest(found: Recognised, weights: str) -> None:
    """Draw vocabulary, details, proof and the button that keeps the network."""
    from engine.exchange.bringing import bring

    header.section("2 · Vocabulary", "Which token each row of the embedding stands for, in the order of their ids.")
    vocabularies = _vocabularies(found)
    header.section("3 · Task", "What tensors do not tell.")
    details = _details(found)
    if len(vocabularies) < len(found.vocabularies):
        return
    key = state.fingerprint(weights, details, vocabularies)
    brought = state.once(PAGE, "bring-built", key, lambda: bring(found, vocabularies, details))
    header.section("4 · Proof", "Answers of the original, to compare with; leave it out if you have none.")
    reference = st.file_uploader(
        "Reference (JSON)",
        type="json",
        key="bring-reference",
        max_upload_size=MAX_VOCABULARY,
        help='{"ids": [[3, 1]], "logits": [[[0.1, 2.3]]]}; beside a translator\'s ids the "source".',
    )
    if reference is not None and not _proved(brought, reference.name, reference.getvalue()):
        return
    header.section("5 · Keep it", "It is yours: nobody else sees it unless you share its link.")
    if is_pressed("Keep it", "bring-keep", type="primary", icon="save"):
        own.NETWORKS.do(_keep, brought)
        st.rerun()
    _show_kept()
    own.NETWORKS.show_refusal()


def _vocabularies(found: Recognised) -> dict[str, Any]:
    from engine.exchange.vocabularies import check_size, read_vocabulary

    read = {}
    for called, table in found.vocabularies.items():
        file = st.file_uploader(
            f"{called} of {table.rows:,} tokens",
            key=f"bring-{called}",
            max_upload_size=MAX_VOCABULARY,
            help="A JSON list, a JSON map of token and id, a tokenizer.json, or one token a line.",
        )
        if file is None:
            continue
        with notices.engine_errors():
            vocabulary = read_vocabulary(file.name, file.getvalue())
            check_size(vocabulary, table.rows, found.given.source(f"{table.name}.weight"))
            read[called] = vocabulary
            shown = ", ".join(f"“{token}”" for token in vocabulary.tokens[:12])
            st.caption(notices.plain(f"{counted(len(vocabulary.tokens), 'token')}: {shown}, …"))
    return read


def _details(found: Recognised) -> Details:
    from engine.exchange.details import Details

    task = found.tasks[0]
    if len(found.tasks) > 1:
        names = {name: TASK_FAMILIES.get(name).noun for name in found.tasks}
        task = st.segmented_control(
            "It is one of the", list(names), format_func=names.get, default=task, required=True, key="bring-task"
        )
    title = st.text_input("What the pages call it", value=found.layout.title, max_chars=60, key="bring-title")
    with st.container(horizontal=True):
        boxes = {"max_chars": MAX_TERMS, "width": 320}
        licence = st.text_input("Licence", placeholder="MIT", key="bring-licence", **boxes)
        origin = st.text_input("Origin", placeholder="trained by me on my letters", key="bring-origin", **boxes)
    st.caption("Licence and origin go into its card.")
    details = Details(task=task, title=title, licence=licence, origin=origin)
    for name in TASK_FAMILIES.get(task).brought.asked:
        details = replace(details, **{name: ASKED[name](found, details)})
    return details


def _ask_labels(found: Recognised, details: Details) -> tuple[str, ...]:
    words = f"Its {found.answers(details.task)} labels, one a line, in the order of the last layer's rows"
    given = st.text_area(words, key="bring-labels", max_chars=20_000)
    return tuple(line.strip() for line in given.splitlines() if line.strip())


def _ask_pooling(found: Recognised, details: Details) -> str:
    return st.segmented_control(
        "It decides on",
        list(POOLINGS),
        format_func=POOLINGS.get,
        default=found.facts.get("pooling", details.pooling),
        required=True,
        key="bring-pooling",
    )


def _ask_order(found: Recognised, details: Details) -> bool:
    words = "The linear layer reads the backward direction's output first"
    return st.toggle(words, value=bool(found.facts.get("backward_first", False)), key="bring-order")


def _ask_language(side: str) -> Callable[[Recognised, Details], str]:
    def ask(found: Recognised, details: Details) -> str:
        known = getattr(details, f"{side}_language")
        return st.text_input(f"{side.title()} language", value=known, max_chars=8, key=f"bring-{side}", width=200)

    return ask


ASKED: dict[str, Callable[[Recognised, Details], Any]] = {  # by the field of `Details` that is asked for
    "labels": _ask_labels,
    "pooling": _ask_pooling,
    "backward_first": _ask_order,
    "source_language": _ask_language("source"),
    "target_language": _ask_language("target"),
}


def _proved(brought: BroughtNetwork, name: str, data: bytes) -> bool:
    """Say how far the network is from its reference; return whether it is the same."""
    from engine.exchange.bringing import prove

    try:
        proof = prove(brought, name, data)
    except InputError as problem:
        notices.error(str(problem))
        return False
    (notices.note if proof.holds else notices.error)(proof.sentence)
    return proof.holds


def _keep(brought: BroughtNetwork) -> None:
    """Write the network for this visitor.

    Raises:
        EngineError: it cannot be kept.
    """
    from engine.exchange.bringing import keep

    mine, most = visitor.folder(), limits().models
    if len(owners.listed(mine, "models")) >= most:
        raise InputError(f"You keep {counted(most, 'network')} already, which is the most: delete one first.")
    try:
        folder = owners.new_folder(mine, "models")
        keep(brought, folder)
    except OSError as problem:
        raise InputError("Nothing can be kept here now; try again later.") from problem
    state.remember(PAGE, KEPT, own_models.name_of(folder))


def _show_kept() -> None:
    """Link to the pages on which the network that was kept last can be used."""
    name = state.recall(PAGE, KEPT, "")
    info = next((info for info in own_models.listed() if info.name == name), None)
    if info is None:
        return
    notices.note(f"“{info.title}” is kept, and stands among the networks of every page that fits it.")
    page_links.draw(page_links.places(info))
