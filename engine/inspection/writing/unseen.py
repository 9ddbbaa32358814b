"""Texts to test a language model on that it was not trained on, and which they are."""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass

from engine.corpora import load_corpus
from engine.corpora.running_text import RUNNING_TEXT
from engine.corpora.sources import mirror_folder
from engine.errors import InputError
from engine.models.folder import LoadedModel

STORIES, SHAKESPEARE = "stories", "shakespeare"


@dataclass(frozen=True)
class UnseenText:
    """A text and one sentence on what it is and why the model has not seen it."""

    text: str
    sentence: str


def unseen_sources() -> list[str]:
    """Return the names of the texts that are here: the stories always, Shakespeare where its corpus is."""
    return [STORIES, SHAKESPEARE] if mirror_folder("tiny_shakespeare") else [STORIES]


def unseen_text(loaded: LoadedModel, source: str = STORIES) -> UnseenText:
    """Return a text that `loaded` was not trained on.

    Raises:
        InputError: there is no such source, or it is not on this machine.
        DataError: its corpus cannot be read.
    """
    if source == STORIES:
        return UnseenText(_stories(), f"two plays and two stories of the built-in sample Saltmarsh ({_why(loaded)})")
    if source not in unseen_sources():
        raise InputError(f"There is no text '{source[:40]}' here; choose one of: {', '.join(unseen_sources())}.")
    text = _shakespeare(os.environ["UNROLLED_DATA"])
    return UnseenText(
        text, "Tiny Shakespeare's validation split, from the UNROLLED_DATA folder (kept back in training)"
    )


def _why(loaded: LoadedModel) -> str:
    is_kept_back = "saltmarsh" in loaded.info.config.get("corpora", [])
    return "kept back when the model was trained" if is_kept_back else "the model was trained on something else"


@functools.cache
def _stories() -> str:
    corpus = load_corpus("saltmarsh")
    return corpus.read(RUNNING_TEXT, "validation") + "\n" + corpus.read(RUNNING_TEXT, "test")


@functools.cache
def _shakespeare(root: str) -> str:
    return load_corpus("tiny_shakespeare").read(RUNNING_TEXT, "validation")
