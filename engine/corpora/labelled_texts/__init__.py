"""Labelled texts: (sentences or longer texts, the label of each)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.corpora.base import Content, register_content
from engine.registry import discover

if TYPE_CHECKING:
    from datasets import Dataset

NEGATIVE_POSITIVE = ("negative", "positive")


def _read(rows: Dataset, name: str) -> tuple[list[str], list[int]]:
    texts = rows["sentence" if "sentence" in rows.column_names else "text"]
    return list(texts), [int(label) for label in rows["label"]]


LABELLED_TEXTS: Content[tuple[list[str], list[int]]] = register_content(
    Content("labelled_texts", "labelled sentences", _read)
)

discover(__name__)  # its data sets, one file each
