"""Behaviour on the sentiment page: rates and failing sentences are the stored table's, and each opens in the box
above."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.evaluation.behaviour import add_behaviour
from engine.inspection.stored import behaviour
from engine.inspection.stored.behaviour import StoredBehaviour, stored_behaviour
from engine.models import folder
from engine.models.folder import load_model
from tests.pages.charts import figure
from tests.pages.open import notes, open_page, written
from tests.pages.small_classifiers import BLIND, BOTH, add_classifiers


@pytest.fixture
def behaved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StoredBehaviour:
    """Return how one of four small classifiers fared, which together with another was measured."""
    classifiers = add_classifiers(tmp_path / "classifiers")
    monkeypatch.setattr(folder, "PRETRAINED", classifiers)
    monkeypatch.setattr(behaviour, "TABLE", tmp_path / "behaviour.parquet")
    for name in (BOTH, BLIND):
        add_behaviour(load_model(name), behaviour.TABLE)
    found = stored_behaviour(BLIND, str(classifiers / BLIND))
    assert found is not None
    return found


def test_rates_and_failing_sentences_are_those_that_were_measured(behaved: StoredBehaviour) -> None:
    at = open_page("sentiment", network=BLIND, tool="behaviour", behaviour_capability="Negation")
    assert not at.exception
    shares = figure(at, "behaviour-rates")["data"][0]["z"]
    assert [row[1] for row in shares] == pytest.approx(behaved.rates["rate"].tolist())
    assert f"On sentences that test one thing each, {behaved.sentence}" in written(at)
    assert any("Left to right" in note and "--behaviour" in note for note in notes(at)), "others were not measured"
    wrong = behaved.answers[(behaved.answers["capability"] == "Negation") & behaved.answers["fails"]]
    listed = [text.value for text in at.text if text.value in set(wrong["text"])]
    assert len(listed) == 8
    button = next(each for each in at.button if each.key == "behaviour-open-0")
    button.click().run()
    assert at.text_area(key="text").value == listed[0]
    assert at.query_params["text"] in (listed[0], [listed[0]]), "a link opens on it"
