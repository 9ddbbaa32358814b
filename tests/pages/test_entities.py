"""The Entities page: a text's marks are the tagger's own, whatever the text is."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.inspection.tagging import split_words, tag_words
from engine.models.folder import load_model
from tests.pages.open import notes, open_page, sentences, written

TEXT = "John works at Google in California."


def tagged(models: Path, name: str, text: str):
    return tag_words(load_model(name, models), tuple(word.text for word in split_words(text)))


def test_default_text_is_marked_as_the_network_marks_it(taggers: Path) -> None:
    at = open_page("entities")
    assert not at.exception
    assert sentences(at) == []
    found = tagged(taggers, "gmb-bilstm-crf", TEXT)
    assert found.spans
    marked = next(part.value for part in at.markdown if "-background[" in part.value)
    assert marked.count("-background[") == len(found.spans)
    for span in found.spans:
        assert f"{' '.join(found.words[span.start : span.end])} :small[**{span.type}**]]" in marked.replace("\\", "")
