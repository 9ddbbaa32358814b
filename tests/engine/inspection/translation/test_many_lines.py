"""Many lines: each as if translated alone, problems beside their lines, and going on where it was left."""

from __future__ import annotations

import math

import pytest

from engine.decoding.limits import MAX_LINES, SamplingSettings, SearchSettings
from engine.decoding.text import sample_translations
from engine.errors import InputError
from engine.inspection.translation.many_lines import BATCH_SENTENCES, lines_frame, translate_many
from engine.inspection.translation.translations import inspect_translation
from engine.models.folder import load_model

LINES = ["the cat sees the dog", "", "word " * 101, "a boat", "x" * 2001, "two dogs run"]
GREEDY = SearchSettings(1, 0.0)


def everything(batches):
    return {row.index: row for batch in batches for row in batch}


def test_each_line_is_translated_as_alone_and_says_how_sure_it_is():
    translator = load_model("en-fr-attention")  # an untrained one never ends, and the length limit is that of the batch
    lines = ["A dog runs across the beach.", "", "Where did you leave the keys?", "He does not remember my name."]
    for search in (GREEDY, SearchSettings(3, 1.0)):
        found = everything(translate_many(translator, lines, search))
        assert sorted(found) == list(range(len(lines)))
        for index in (0, 2, 3):
            report = inspect_translation(translator, lines[index], search.beam_size, search.length_penalty)
            assert found[index].text == report.text
            typical = math.prod(report.word_probabilities) ** (1 / len(report.word_probabilities))
            assert found[index].confidence == pytest.approx(typical, rel=1e-4)
        assert (found[1].text, found[1].problem) == ("", "")


def test_a_line_that_is_too_long_does_not_stop_the_others(interpreter):
    frame = lines_frame(LINES, everything(translate_many(interpreter, LINES, GREEDY)))
    assert list(frame["line"]) == [1, 2, 3, 4, 5, 6]
    assert list(frame["source"]) == LINES
    assert "101 words; at most 100" in frame["problem"][2]
    assert "2,001 characters" in frame["problem"][4]
    assert [bool(problem) for problem in frame["problem"]] == [False, False, True, False, True, False]
    assert [bool(text) for text in frame["translation"]] == [True, False, False, True, False, True]


def test_names_and_numbers_are_kept_in_each_line(interpreter, monkeypatch):
    kept = "engine.inspection.translation.many_lines.keep_in_lines"
    monkeypatch.setattr(kept, lambda loaded, sources, texts, *search: [f"{source} {search}" for source in sources])
    found = everything(translate_many(interpreter, ["a boat", "", "two dogs"], SearchSettings(2, 0.5)))
    assert [row.text for _, row in sorted(found.items())] == ["a boat (2, 0.5)", "", "two dogs (2, 0.5)"]


def test_it_goes_on_where_it_was_left(interpreter):
    lines = [f"a dog {'runs ' * (1 + position % 3)}" for position in range(BATCH_SENTENCES + 5)]
    whole = everything(translate_many(interpreter, lines, GREEDY))
    first = next(iter(translate_many(interpreter, lines, GREEDY)))
    assert len(first) == BATCH_SENTENCES
    rest = everything(translate_many(interpreter, lines, GREEDY, is_done=[row.index for row in first]))
    assert not set(rest) & {row.index for row in first}
    assert {row.index: row.text for row in [*first, *rest.values()]} == {i: row.text for i, row in whole.items()}


def test_lines_can_be_drawn(interpreter):
    settings = SamplingSettings(temperature=1.4, seed=9)
    found = everything(translate_many(interpreter, LINES, GREEDY, settings))
    assert found[3].text == sample_translations(interpreter, LINES[3], settings)[0].text


def test_too_many_lines_are_refused(interpreter):
    with pytest.raises(InputError, match=f"1,001 lines; at most {MAX_LINES:,}"):
        next(translate_many(interpreter, ["a"] * (MAX_LINES + 1), GREEDY))
