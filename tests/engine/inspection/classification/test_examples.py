"""The example the Sentiment page opens with is what the committed search finds, with the effect it was found for."""

from __future__ import annotations

import pandas as pd
import pytest

from engine.errors import DataError
from engine.inspection.classification import examples
from engine.inspection.classification.predictions import split_text
from engine.inspection.padding import inspect_batch, split_lines
from engine.inspection.stored.opening_texts import PADDED_OPINIONS
from engine.inspection.stored.tables import stored_effects
from engine.models.folder import find_folder, load_model
from pages.components.sentiment.view import FIRST, SentimentView


def effects(text: str, **changed: object) -> dict[str, object]:
    seen = {"is_right": True, "flips_at_word": True, "drop_flips": True, "shuffles_flip": 0.5, "largest_drop": 0.5}
    return {"text": text} | seen | changed


def test_the_example_shows_something_in_every_tool_and_most_on_one_word() -> None:
    rows = [effects("small"), effects("large", largest_drop=0.8)]
    rows += [
        effects(name, largest_drop=0.9) | {name: 0 if name == "shuffles_flip" else False}
        for name in ("is_right", "flips_at_word", "drop_flips", "shuffles_flip")
    ]
    assert examples.choose_example(pd.DataFrame(rows)) == "large"
    with pytest.raises(DataError, match="On none"):
        examples.choose_example(pd.DataFrame(rows[2:]))


def test_the_page_opens_with_what_the_search_found() -> None:
    found = stored_effects(
        "sst2-bilstm", str(find_folder("sst2-bilstm")), str(examples.TABLE), examples.COLUMNS, examples.COMMAND
    )
    assert len(found) == 302
    assert examples.choose_example(found) == FIRST
    row = found[found["text"] == FIRST].iloc[0]
    assert SentimentView().order_seed == row["typical_seed"]
    loaded = load_model("sst2-bilstm")
    again = examples.measure_effects(loaded, tuple(split_text(loaded, FIRST)), 0)
    assert {name: row[name] for name in again} == pytest.approx(again, abs=1e-6)
    said = examples.typical_sentences(found)
    assert said["why"].startswith(f"How typical: on {100 * found['drop_flips'].mean():.0f} % of 302 built-in sentences")
    assert examples.typical_sentences(found[:0]) == {}


def test_the_padded_lines_show_what_the_mask_is_for() -> None:
    loaded = load_model("sst2-bilstm")
    rows = split_lines(loaded, PADDED_OPINIONS)
    size = SentimentView().padding_batch
    batches = [rows[start : start + size] for start in range(0, len(rows), size)]
    assert sum(inspect_batch(loaded, batch).frame["decisions_changed"].sum() for batch in batches) == 1
