"""Every box that takes text, with odd text of every kind: never a traceback, and something is said or shown.

The box at the top of a page meets every kind. The boxes of its tools are dealt the kinds in turn, each its share and a
different one, with those at their head that each must meet; `EVERY_KIND=1` in the environment gives each box all.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.odd_text import KINDS
from tests.pages.open import notes, open_page, sentences
from tests.pages.small_classifiers import add_classifiers
from tests.pages.small_taggers import save_taggers

PAGES = ("translation", "entities", "sentiment", "generation", "cells")
SETTINGS = {"generation": {"max_new_tokens": "1"}, "translation": {"search": "greedy"}}
TOOLS = [
    ("generation", "cowrite"),
    ("generation", "surprise"),
    ("generation", "duel"),
    ("generation", "neurons"),
    ("generation", "probing"),
    ("generation", "activation_patching"),
    ("generation", "activation_clamping"),
    ("generation", "copies"),
    ("translation", "forcing"),
    ("translation", "search"),
    ("translation", "swaps"),
    ("translation", "sentence_similarity"),
    ("translation", "many_lines"),
    ("entities", "lattice"),
    ("entities", "padding"),
    ("entities", "many_lines"),
    ("sentiment", "padding"),
    ("sentiment", "texts"),
    ("cells", "edit"),
    ("gradients", "connectivity"),
    ("gradients", "truncation"),
]
MUST = ("nothing", "emoji", "nobody sees it", "curly quotation marks", "20,000 letters")
SHARE = 3  # kinds for each box besides


@pytest.fixture(scope="session")
def all_small_models(small_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of small models of every task."""
    root = tmp_path_factory.mktemp("every-task") / "pretrained"
    shutil.copytree(small_models, root)
    save_taggers(root)
    add_classifiers(root)
    return root


@pytest.fixture(autouse=True)
def models(all_small_models: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the pages find them; nothing here changes them, so that they are loaded once."""
    monkeypatch.setattr("engine.models.folder.PRETRAINED", all_small_models)
    return all_small_models


def fill(at: AppTest, boxes: list[str], kind: str) -> Iterator[str]:
    """Put a kind of text into boxes, the next kind into the next box, and yield what is wrong with the page then."""
    names = list(KINDS)
    for offset, key in enumerate(boxes):
        text = KINDS[names[(names.index(kind) + offset) % len(names)]] if offset else KINDS[kind]
        box = next((box for box in (*at.text_area, *at.text_input) if box.key == key), None)
        if box is not None:  # a sentence may stand in the place of a tool
            box.set_value(text)
    at.run()
    if at.exception:
        yield f"{kind}: {at.exception[0].message} {at.exception[0].stack_trace}"
    if not (sentences(at) or notes(at) or at.get("plotly_chart") or at.dataframe):
        yield f"{kind}: the page is empty"


def keys(at: AppTest) -> list[str]:
    """Return the keys of the boxes on a page that can be written into."""
    return [str(box.key) for box in (*at.text_area, *at.text_input) if not box.disabled]


@pytest.mark.parametrize("page", PAGES)
def test_the_box_of_a_page_takes_every_kind(page: str) -> None:
    at = open_page(page, **SETTINGS.get(page, {}))
    box = "prompt" if page == "generation" else "text"
    assert box in keys(at)
    assert [wrong for kind in KINDS for wrong in fill(at, [box], kind)] == []


@pytest.mark.parametrize(("page", "tool"), TOOLS)
def test_the_boxes_of_a_tool_take_theirs(page: str, tool: str) -> None:
    at = open_page(page, tool=tool, **SETTINGS.get(page, {}))
    assert not at.exception
    boxes = [key for key in keys(at) if key not in ("prompt", "text")] or ["text"]
    place = TOOLS.index((page, tool))
    share = islice((list(KINDS) * 2)[place * SHARE % len(KINDS) :], SHARE)
    kinds = list(KINDS) if os.environ.get("EVERY_KIND") else dict.fromkeys([*MUST, *share])
    assert [wrong for kind in kinds for wrong in fill(at, boxes, kind)] == []
