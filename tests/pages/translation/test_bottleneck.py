"""The bottleneck tool: translations and numbers are the engine's, the width is in the URL, what is missing gets a
sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.inspection.translation import bottleneck
from engine.inspection.translation.bottleneck import WHOLE, find_directions, press, press_sentence, save_directions
from engine.models.folder import load_model
from engine.wording import percent
from tests.pages.charts import figure, names
from tests.pages.open import open_page, sentences, written

WITH, WITHOUT = "small-en-fr-dot", "small-en-fr-none"
SENTENCE = "A black dog runs"
LINK = {"tool": "Bottleneck", "text": SENTENCE, "search": "greedy"}


@pytest.fixture
def pressed(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put the small translators' directions where the page finds them; each has 12."""
    monkeypatch.setattr(bottleneck, "FOLDER", tmp_path / "bottleneck")
    for name in (WITH, WITHOUT):
        save_directions(
            find_directions(load_model(models / name), ["a dog", "the black dog runs", "on the beach", "a black beach"])
        )
    return tmp_path / "bottleneck"


def test_three_translations_at_the_width_of_the_link(models: Path, pressed: Path) -> None:
    at = open_page("translation", **LINK, bottleneck_size="2")
    assert not at.exception
    assert at.slider(key="bottleneck_size").value == 2
    for name in (WITHOUT, WITH):
        found = press(load_model(models / name), SENTENCE, (2,)).rows.iloc[-1]
        assert (
            f"{percent(found.explained, 0)} of the variance kept. Its translation from the whole vector: "
            f"{found.log_prob:.2f} nats" in written(at)
        )
    for heading in ("Without attention, squeezed to 2", "With attention, squeezed to 2", "With attention, untouched"):
        assert heading in written(at)


def test_the_curve_and_its_sentence_are_the_engines(models: Path, pressed: Path) -> None:
    at = open_page("translation", **LINK, bottleneck_size="2")
    lines = figure(at, "bottleneck-press")["data"]
    for line, name in zip(lines, (WITHOUT, WITH), strict=False):
        found = press(load_model(models / name), SENTENCE)
        expected = dict(zip(found.rows["size"], found.rows["log_prob"], strict=True))
        assert line["y"] == pytest.approx([expected[size] for size in line["customdata"]], abs=1e-4)
        assert press_sentence(found) in written(at)
    whole = press(load_model(models / WITH), SENTENCE).rows["log_prob"][0]
    assert lines[2]["y"] == pytest.approx([whole, whole], abs=1e-4)


def test_the_first_word_that_breaks_is_marked(models: Path, pressed: Path) -> None:
    at = open_page("translation", **LINK, bottleneck_size="1")
    rows = press(load_model(models / WITHOUT), SENTENCE, (1,)).rows
    found = rows[rows["size"] != WHOLE].iloc[0]
    text = written(at)
    if found.breaks_at:
        assert (
            text.replace("**≠ ", "").replace("**", "").count(found.text) >= 2
        )  # at the chosen width, and in the strip
    else:
        assert "A single direction is enough" in text


def test_a_width_that_is_not_there_gives_way_and_one_that_is_no_number_gets_a_sentence(
    models: Path, pressed: Path
) -> None:
    assert (
        open_page("translation", **LINK, bottleneck_size="200").slider(key="bottleneck_size").value == 12
    )  # all the small ones have
    at = open_page("translation", **LINK, bottleneck_size="none")
    assert any("bottleneck_size" in sentence for sentence in sentences(at))
    assert "By the length of the sentence" in written(at)


def test_directions_of_other_networks_get_a_sentence_and_a_command(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bottleneck, "FOLDER", tmp_path / "empty")
    at = open_page("translation", **LINK)
    assert not at.exception
    assert any(f"run: python -m engine bottleneck --model {WITHOUT}" in sentence for sentence in sentences(at))
    assert not [name for name in names(at) if "bottleneck-press" in name]
