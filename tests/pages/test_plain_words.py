"""The interface uses the terms of the field: nicknames that puzzled readers are in no sentence, losses are in nats."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = [
    *(f"pages/components/{page}" for page in ("comparison", "gradients", "cells", "models")),
    *(f"engine/{part}/{room}" for part in ("inspection", "plotting") for room in ("gradients", "cells", "comparison")),
    "engine/experiments",
]
PAGES = ("comparison", "gradients", "cells", "models", "home")
NICKNAMES = (
    "just been born",
    "newborn",
    "at birth",
    "change of the state",
    "The edge.",
    "Foretold?",
    "Held equal",
    "What of it",
    "way back",
    "shortened",
    "A guess costs",
    "computed by hand",
    "by hand with",
    "likeness",
    "embedded sample",
    "where anyone does",
    "ranges touch",
    "seeds touch",
    "uite shut",
    "articles' sentences",
    " bits per",
    "surprise in bits",
)
LABELS_IN_OLD_LINKS = {"Foretold?", "Conveyor belt", "Memory half-life", "The chain"}


def spoken(file: Path) -> Iterator[str]:
    """Yield the literals of a file that are no docstrings."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, holders) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


@pytest.mark.parametrize("nickname", NICKNAMES)
def test_no_sentence_of_these_pages_has_a_nickname(nickname: str) -> None:
    files = [ROOT / "pages" / f"{page}.py" for page in PAGES]
    files += [file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py"))]
    assert len(files) > 50
    found = [(file.name, text) for file in files for text in spoken(file) if nickname in text]
    assert [each for each in found if each[1] not in LABELS_IN_OLD_LINKS] == []
