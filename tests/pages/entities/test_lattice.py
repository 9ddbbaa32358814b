"""The Entities page's lattice and two directions: what is drawn, said and edited is what the engine computes."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.inspection.stored.model_files import weights_in
from engine.inspection.tagging import errors as tag_errors
from engine.inspection.tagging.directions import disagreement_sentence, read_directions, word_frame
from engine.inspection.tagging.lattice import (
    best_tags,
    best_ways,
    column_frame,
    node_frame,
    step_matrix,
    tags_without_steps,
)
from engine.inspection.tagging.lattice_edits import easiest_flips, edit_steps, find_flip
from engine.inspection.tagging.predictions import split_words, tag_words
from engine.models.folder import load_model
from engine.wording import percent
from tests.pages import charts
from tests.pages.open import open_page, sentences, written

TEXT = "Anna lives in Rome and Peter works at Google in California."
WORDS = tuple(word.text for word in split_words(TEXT))
NETWORK = "gmb-bilstm-crf"


def shown_tags(at, name: str) -> dict[str, tuple[str, ...]]:
    """Return the tags a chart of rows of tags says at each word, by the row's label."""
    targets = next(trace for trace in charts.figure(at, name)["data"] if trace.get("name") == "targets")
    found: dict[str, dict[int, str]] = {}
    for position, text in zip(targets["customdata"], targets["text"], strict=True):
        if said := re.search(r", ([\w ,-]+): ([\w-]+)", text):
            found.setdefault(said[1], {})[position] = said[2]
    return {label: tuple(row[position] for position in sorted(row)) for label, row in found.items()}


def test_the_lattice_its_arithmetic_and_an_edit_are_the_engines(taggers: Path) -> None:
    lattice = tag_words(load_model(NETWORK, taggers), WORDS)
    at = open_page("entities", text=TEXT, tool="lattice", lattice_word="4", lattice_all_tags="true", lattice_shown="12")
    assert not at.exception
    assert sentences(at) == []

    figure = charts.figure(at, "lattice")
    legend = {trace["name"]: trace for trace in figure["data"]}
    for position, way in zip(("Best", "Second", "Third"), best_ways(lattice, 3), strict=True):
        assert f"{position}: {percent(way.probability)} (score {way.score:.2f})" in legend
    nodes = node_frame(lattice)
    assert legend["nodes"]["marker"]["color"] == pytest.approx(nodes["emission"].tolist())
    assert legend["nodes"]["customdata"] == nodes["position"].tolist()

    column = column_frame(lattice, 3)
    table = next(frame.value for frame in at.dataframe if "best step from" in frame.value)
    assert table["in all"].tolist() == pytest.approx(column["through"].round(3).tolist())
    assert f"“Rome” as {column['tag'][0]}: {column['sum_before'][0]:.2f} so far" in written(at)
    matrix = charts.figure(at, "lattice-steps")
    scores = next(trace["text"] for trace in matrix["data"] if trace.get("name") == "scores")
    assert len(scores) == np.isfinite(step_matrix(lattice)).sum()

    easiest = easiest_flips(lattice)[0]
    flip = find_flip(lattice, easiest.edit.before, easiest.edit.after)
    assert f"that flips the reading is {flip.edit.change:+.2f}".replace("-", "\N{MINUS SIGN}") in written(at)
    at.button(key="lattice-flip").click().run()
    assert not at.exception
    assert at.slider(key="lattice_change").value == pytest.approx(flip.edit.change)
    after = best_tags(edit_steps(lattice, [flip.edit]))
    assert after != best_tags(lattice)
    assert shown_tags(at, "lattice-change") == {"before": best_tags(lattice), "after": after}

    receipt, printed = next(code.value for code in at.code if "best_ways(found, 3)" in code.value), io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(receipt, {})  # noqa: S102 - the page's own lines
    edited = best_ways(edit_steps(lattice, [flip.edit]), 1)[0]
    assert str(edited.score) in printed.getvalue()

    at.slider(key="lattice_change").set_value(0.0).run()
    assert at.text_input(key="lattice_edits").value == ""
    at.button(key="lattice-flip").click().run()
    at.button(key="lattice-undo").click().run()
    assert at.text_input(key="lattice_edits").value == ""
    assert at.slider(key="lattice_change").value == 0.0


def test_without_the_crf_the_emissions_decide_and_bad_edits_are_refused(taggers: Path) -> None:
    lattice = tag_words(load_model(NETWORK, taggers), WORDS)
    at = open_page("entities", text=TEXT, tool="lattice", lattice_edits="B-per>I-cat:1")
    assert not at.exception
    assert "This tagger has no tag “I-cat”" in sentences(at)[0]
    alone, decoded = tags_without_steps(lattice), best_tags(lattice)
    count = sum(one != other for one, other in zip(alone, decoded, strict=True))
    assert f"With the CRF off the network gives {count} word" in written(at)
    rows = shown_tags(at, "lattice-without")
    assert (rows["with CRF"], rows["CRF off"]) == (decoded, alone)
    assert rows["softmax"] == tag_words(load_model("gmb-bilstm", taggers), WORDS).tags
    at.text_input(key="lattice_edits").set_value("nonsense").run()
    assert "“nonsense” cannot be read" in sentences(at)[0]
    at.text_input(key="lattice_edits").set_value("O>B-per:99").run()
    assert "at most 20" in sentences(at)[0]
    at.text_area(key="text").set_value("").run()
    assert not at.exception


def test_the_halves_and_the_counted_errors_are_the_engines(
    taggers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directions = read_directions(load_model(NETWORK, taggers), WORDS)
    labels = " ".join(directions.labels)
    per, going_on, geo = (directions.labels.index(name) for name in ("B-per", "I-per", "B-geo"))
    rows = [
        {
            "model": name,
            "weights": weights_in(str(taggers / name)),
            "corpus": "ner_gmb",
            "split": "test",
            "row": 0,
            "gold": [per, going_on, 0, geo],
            "predicted": found,
            "labels": labels,
        }
        for name, found in ((NETWORK, [per, going_on, 0, geo]), ("gmb-lstm-crf", [0, going_on, 0, per]))
    ]
    said = dict.fromkeys(("title", "source_hash", "hardware", "commit", "date"), "")
    pd.DataFrame(rows).assign(words=4, **said).to_parquet(tmp_path / "stored.parquet")
    monkeypatch.setattr(tag_errors, "TABLE", tmp_path / "stored.parquet")
    at = open_page("entities", text=TEXT, tool="directions", directions_word="6")
    assert not at.exception
    assert disagreement_sentence(directions) in written(at)
    alone = tag_words(load_model("gmb-lstm-crf", taggers), WORDS).tags
    assert shown_tags(at, "directions") == {name: voice.tags for name, voice in directions.voices.items()} | {
        "fwd-only": alone
    }
    frame = word_frame(directions, 5)
    halves = {trace.get("name"): trace for trace in charts.figure(at, "directions-word")["data"]}
    assert halves["joined, with the bias"]["x"] == pytest.approx(frame["both"].head(8).tolist())
    assert (
        "Of 2 entities in 1 test sentences, “Both directions, CRF” finds 2 (100.0 %) and “Forward only” 0 (0.0 %)"
        in written(at)
    )
    assert charts.figure(at, "directions-places")["data"][2]["x"] == [0.0, 0.0, 100.0]

    other = open_page("entities", text=TEXT, tool="directions", network="gmb-lstm-crf")
    assert not other.exception
    assert any("reads from left to right only" in note.value for note in other.info)


def test_tags_that_stay_are_not_said_to_be_all_the_same() -> None:
    from engine.plotting.tagging.tag_rows import TagRow
    from pages.components.entities.bio_constraints import _sentence

    tags = ("B-per", "O", "B-org")
    assert _sentence(TagRow("CRF off", tags), tags) == (
        "With the CRF off the network gives every word of this text the tag it has with the CRF."
    )
