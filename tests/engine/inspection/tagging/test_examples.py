"""The example the Entities page opens with is what the committed search finds, with the effect it was found for."""

from __future__ import annotations

import pandas as pd
import pytest

from engine.errors import DataError
from engine.inspection.padding import inspect_batch, split_lines
from engine.inspection.stored.opening_texts import PADDED_VISITS
from engine.inspection.stored.tables import stored_effects
from engine.inspection.tagging import examples
from engine.inspection.tagging.predictions import split_words
from engine.models.folder import find_folder, load_model
from pages.components.entities.view import DEFAULT_TEXT, EntitiesView

OTHERS = ("gmb-bilstm", "gmb-lstm-crf", "ewt-bilstm-crf")


def effects(text: str, **changed: object) -> dict[str, object]:
    seen = {"is_right": True, "networks_apart": 2, "crf_illegal": 1, "halves_differ": 1, "halves_sure": 0.5}
    return {"text": text} | seen | changed


def test_the_example_shows_something_in_every_tool_and_divides_most_networks() -> None:
    rows = [effects("two"), effects("three", networks_apart=3), effects("surer", networks_apart=3, halves_sure=0.7)]
    rows += [
        effects("x", networks_apart=3, halves_sure=0.9) | {name: 0}
        for name in ("is_right", "crf_illegal", "halves_differ")
    ]
    frame = pd.DataFrame(rows).astype({"is_right": bool})
    assert examples.choose_example(frame) == "surer"
    with pytest.raises(DataError, match="On none"):
        examples.choose_example(frame[3:])


def test_the_page_opens_with_what_the_search_found() -> None:
    found = stored_effects(
        "gmb-bilstm-crf", str(find_folder("gmb-bilstm-crf")), str(examples.TABLE), examples.COLUMNS, examples.COMMAND
    )
    assert len(found) == 200
    assert examples.choose_example(found) == DEFAULT_TEXT
    row = found[found["text"] == DEFAULT_TEXT].iloc[0]
    words = tuple(word.text for word in split_words(DEFAULT_TEXT))
    assert examples.written(words) == DEFAULT_TEXT
    gold = "B-gpe O O B-geo O B-geo I-geo O O O B-tim O".split()
    again = examples.measure_effects(load_model("gmb-bilstm-crf"), [load_model(name) for name in OTHERS], words, gold)
    assert {name: row[name] for name in again} == pytest.approx(again, abs=1e-6)
    assert again["networks_apart"] == 3


def test_what_a_network_cannot_show_is_not_called_untypical() -> None:
    nothing = {"crf_changes": 0, "halves_differ": 0}
    rows = pd.DataFrame([effects("a", crf_illegal=0, **nothing), effects("b", crf_illegal=1, **nothing)])
    assert set(examples.typical_sentences(rows)) == {"others"}
    assert "100 % of 2 built-in sentences" in examples.typical_sentences(rows)["others"]


def test_the_padded_lines_show_what_the_mask_is_for() -> None:
    loaded = load_model("gmb-bilstm-crf")
    rows = split_lines(loaded, PADDED_VISITS)
    size = EntitiesView().padding_batch
    batches = [rows[start : start + size] for start in range(0, len(rows), size)]
    assert sum(inspect_batch(loaded, batch).frame["decisions_changed"].sum() for batch in batches) > 0
