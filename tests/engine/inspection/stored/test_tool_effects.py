"""What tools show of what they open with is as large as on other texts, and is said as it was measured."""

from __future__ import annotations

import pandas as pd
import pytest

from engine.evaluation.tool_effects import (
    MEASURED,
    OPENS_WITH,
    connectivity_effect,
    largest_step,
    step_effect,
    swapped_pairs,
)
from engine.inspection.stored.opening_texts import DEFAULT_TEXT, LIVELY_STEP
from engine.inspection.stored.tables import read_stored_table, stored_effects
from engine.inspection.stored.tool_effects import COLUMNS, COMMAND, EFFECTS, LSTM, TABLE, typical_sentences
from engine.models.folder import find_folder, load_model


def measured(name: str) -> pd.DataFrame:
    """Return what was measured with a network's present weights."""
    return stored_effects(name, str(find_folder(name)), str(TABLE), COLUMNS, COMMAND)


def test_how_typical_an_example_is_is_said_in_one_sentence():
    rows = pd.DataFrame({"tool": "gates", "effect": [0.1, 0.2, 0.3, 0.4, 0.25], "is_default": [False] * 4 + [True]})
    assert typical_sentences(rows) == {
        "gates": "How typical: over 4 sentences of the built-in stories, the way that the mean forget gate goes "
        "between its lowest and its highest token is 0.25 at the median; for the example that this tool opens with it "
        "is 0.25, more than on 50 % of them."
    }
    lowest = typical_sentences(rows.assign(effect=[0.1, 0.2, 0.3, 0.4, 0.1]))["gates"]
    assert lowest.endswith("it is 0.10, no more than on any of them.")
    assert typical_sentences(rows[rows["is_default"]]) == {} == typical_sentences(rows[:0])
    assert typical_sentences(rows[~rows["is_default"]]) == {}


def test_every_tool_is_measured_with_the_shipped_weights_and_opens_with_an_effect():
    assert {one.tool for one in MEASURED} == set(EFFECTS)
    table = read_stored_table(TABLE, COLUMNS, "")
    for tool, name in OPENS_WITH:
        rows = measured(name)
        rows = rows[rows["tool"] == tool]
        opening, others = rows[rows["is_default"]], rows.loc[~rows["is_default"], "effect"]
        assert opening["text"].tolist() == [OPENS_WITH[tool, name]], (tool, name)
        assert len(others) >= 30, (tool, name)
        assert opening["effect"].iloc[0] >= others.quantile(0.1), (tool, name)
    assert len(table) == sum(len(measured(name)) for name in {n for _, n in OPENS_WITH})


def test_what_is_stored_is_measured_again():
    loaded = load_model(LSTM)
    rows = measured(LSTM).set_index(["tool", "text"])["effect"]
    assert step_effect(loaded, DEFAULT_TEXT) == pytest.approx(rows["step", DEFAULT_TEXT], abs=1e-3)
    beginning = OPENS_WITH["connectivity", LSTM]
    assert connectivity_effect(loaded, beginning) == pytest.approx(rows["connectivity", beginning], abs=1e-3)
    assert largest_step(loaded, DEFAULT_TEXT)[0] + 1 == LIVELY_STEP


def test_pairs_differ_in_two_words_that_changed_places():
    for pair in swapped_pairs():
        first, second = pair.split("\n")
        assert first != second
        assert sorted(first.split()) == sorted(second.split())
