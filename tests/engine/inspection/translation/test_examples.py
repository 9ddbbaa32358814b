"""The shipped examples: each has a reference and a lesson and fits the limits."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from engine.decoding.limits import check_reference, check_source
from engine.errors import DataError
from engine.evaluation.example_effects import measure_effects
from engine.inspection.stored.tables import stored_effects
from engine.inspection.translation import examples
from engine.inspection.translation.example_effects import (
    COLUMNS,
    COMMAND,
    TABLE,
    attention_effect,
    best_example,
    forcing_effect,
    wrong_word_effect,
)
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


def test_the_page_opens_with_the_example_that_the_search_finds_large_and_typical() -> None:
    """It opened with one on which attention makes the translation worse."""
    attending = load_model("en-fr-attention").info
    frame = stored_effects(attending.name, str(attending.path), str(TABLE), COLUMNS, COMMAND)
    first, *_ = examples.list_translation_examples()
    assert best_example(frame) == first.source
    row = frame[frame["source"] == first.source].iloc[0]
    gain = frame["chrf"] - frame["chrf_plain"]
    assert gain.median() < row["chrf"] - row["chrf_plain"] < gain.quantile(0.95)
    assert row["exposure_gap"] > frame["exposure_gap"].median()
    assert row["gap_left"] < 0.1 * row["exposure_gap"], "given the one token where it leaves the reference, it is back"
    changed = frame["changed_tokens"][frame["changed_tokens"] > 0]
    assert 0 < row["changed_tokens"] <= changed.median(), "the wrong word changes something, and not unusually much"
    assert "How typical: attention takes chrF here from" in attention_effect(frame, first.source)
    assert attention_effect(frame, "another sentence") == ""
    assert f"{len(frame):,} built-in sentences" in forcing_effect(frame, row["exposure_gap"])
    assert "it recovers on" in wrong_word_effect(frame)


def test_what_the_table_says_is_what_the_search_measures() -> None:
    attending, plain = load_model("en-fr-attention"), load_model("en-fr-no-attention")
    first = examples.list_translation_examples()[0]
    measured = measure_effects(attending, plain, [(first.source, first.reference)]).iloc[0]
    frame = stored_effects(attending.info.name, str(attending.info.path), str(TABLE), COLUMNS, COMMAND)
    stored = frame[frame["source"] == first.source].iloc[0]
    for name in ("chrf", "chrf_plain", "exposure_gap", "gap_left", "changed_tokens"):
        assert measured[name] == pytest.approx(stored[name], abs=1e-3)


def test_without_the_measured_sentences_nothing_is_said_of_what_is_typical() -> None:
    empty = pd.DataFrame(columns=COLUMNS)
    assert attention_effect(empty, "a dog") == forcing_effect(empty, 1.0) == wrong_word_effect(empty) == ""
