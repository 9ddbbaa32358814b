"""Many texts at once are judged as each by itself; what cannot be judged spoils nothing."""

from __future__ import annotations

import math

import pytest

from engine.decoding.limits import MAX_LINES
from engine.errors import InputError
from engine.inspection.classification.many_texts import BATCH_TEXTS, classify_many, verdicts_frame, verdicts_sentence
from engine.inspection.classification.predictions import classify_texts
from engine.models.folder import LoadedModel, load_model
from tests.pages.small_classifiers import BOTH, add_classifiers


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> LoadedModel:
    return load_model(add_classifiers(tmp_path_factory.mktemp("classifiers")) / BOTH)


def test_every_line_has_its_own_verdict_or_its_problem(loaded: LoadedModel) -> None:
    lines = [
        "the food was not good",
        "",
        "...",
        "good " * 1001,
        *["a dull mess, said he " * (position % 7 + 1) for position in range(BATCH_TEXTS)],
    ]
    batches = list(classify_many(loaded, lines))
    found = {row.index: row for batch in batches for row in batch}
    assert sorted(found) == list(range(len(lines)))
    assert len(batches) >= 3
    for position in (0, 4, 10, len(lines) - 1):
        (alone,) = classify_texts(loaded, (lines[position],))
        assert found[position].label == alone.label
        assert found[position].probability == pytest.approx(alone.probability, abs=1e-6)
    assert found[1].problem == found[1].label == ""
    assert "only signs" in found[2].problem
    assert "1,001 words" in found[3].problem
    assert "Text " not in found[3].problem, "the sentence is about this line, not about its place in a batch"
    frame = verdicts_frame(lines, found)
    assert frame["text"].tolist() == lines
    assert math.isnan(frame["probability"][1])
    counts = frame["class"].value_counts()
    assert verdicts_sentence(found).startswith(
        " and ".join(f"{counts[name]:,} {name}" for name in sorted(set(counts.index) - {""}))
    )


def test_what_is_done_is_not_done_again_and_too_many_lines_are_refused(loaded: LoadedModel) -> None:
    rest = [row.index for batch in classify_many(loaded, ["good", "bad", "", "film"], is_done=(0, 2)) for row in batch]
    assert sorted(rest) == [1, 3]
    with pytest.raises(InputError, match=f"at most {MAX_LINES:,}"):
        next(classify_many(loaded, ["good"] * (MAX_LINES + 1)))
