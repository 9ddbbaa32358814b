"""The shipped examples: each has a reference and a lesson and fits the limits."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.decoding.limits import check_reference, check_source
from engine.errors import DataError
from engine.inspection.translation import examples
from engine.models.folder import load_model


def test_every_example_is_complete_and_fits_the_limits() -> None:
    found, tokenizer = examples.list_translation_examples(), load_model("en-fr-attention").tokenizer
    assert len({example.name for example in found}) == len(found) >= 5
    for example in found:
        check_source(example.source, tokenizer)
        check_reference(example.reference, tokenizer)
        assert example.lesson.endswith((".", "!"))


def test_damaged_examples_are_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "examples.jsonl"
    broken.write_text('{"name": "half"')
    monkeypatch.setattr(examples, "EXAMPLES", broken)
    examples.list_translation_examples.cache_clear()
    try:
        with pytest.raises(DataError, match="missing or damaged"):
            examples.list_translation_examples()
    finally:
        examples.list_translation_examples.cache_clear()
