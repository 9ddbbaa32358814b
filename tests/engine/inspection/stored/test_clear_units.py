"""The unit that Neurons opens with is one that tells what it is said to tell, with the weights that are shipped."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine.inspection.cells.probe_labels import label_text
from engine.inspection.cells.units import unit_course
from engine.inspection.stored.clear_units import COLUMNS, COMMAND, TABLE, clearest, typical_sentences
from engine.inspection.stored.opening_texts import OPENING
from engine.inspection.stored.tables import read_stored_table, stored_effects
from engine.inspection.writing.probing import auc_of_ranks, rank_columns
from engine.models.folder import find_folder, load_model

QUESTIONS = pd.DataFrame(
    {
        "question": ["At a vowel", "Late in the line", "Inside brackets"],
        "needs": ["character", "memory", "memory"],
        "auc": [0.99, 0.95, 0.8],
        "title": "Stories",
        "units": 1024,
        "characters": 4000,
    }
)


def test_the_clearest_unit_needs_memory_and_is_said_in_one_sentence():
    best = clearest(QUESTIONS)
    assert best is not None
    assert best["question"] == "Late in the line"
    assert typical_sentences(QUESTIONS)["neurons"] == (
        "This unit was searched for: of 1,024 units, over 4,000 characters of Stories, it tells “late in the line” "
        "best, with an AUC of 0.95. Of 3 such questions 2 have a unit with one above 0.9; most units look like noise."
    )
    assert clearest(QUESTIONS[:1]) is None
    assert typical_sentences(QUESTIONS[:0]) == {}


@pytest.mark.parametrize("name", ["shakespeare-lstm", "shakespeare-gru"])
def test_the_unit_tells_what_is_said_of_it(name):
    best = clearest(stored_effects(name, str(find_folder(name)), str(TABLE), COLUMNS, COMMAND))
    assert best["question"] == "In a speaker's name"
    course = unit_course(load_model(name), OPENING, int(best["layer"]), int(best["unit"]), str(best["part"]))
    labels = label_text("speaker_name", OPENING)
    auc = auc_of_ranks(rank_columns(course.values[:, None]), labels[None].astype(np.float32))[0, 0]
    assert max(auc, 1 - auc) > 0.9


def test_every_shipped_network_with_units_was_searched():
    table = read_stored_table(TABLE, COLUMNS, "")
    for name in table["model"].unique():
        assert len(stored_effects(name, str(find_folder(name)), str(TABLE), COLUMNS, COMMAND)) > 10
    assert {"shakespeare-rnn", "shakespeare-lstm", "shakespeare-gru", "shakespeare-best"} <= set(table["model"])
