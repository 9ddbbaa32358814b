"""A visitor's own network on every tool of the pages that look at networks of its kind; nobody else sees it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from engine import owners
from engine.inspection.translation.examples import list_translation_examples
from pages.components.cells import TOOLS as CELLS_TOOLS
from pages.components.controls.tools import Toolbox
from pages.components.entities import TOOLS as ENTITIES_TOOLS
from pages.components.generation import TOOLS as GENERATION_TOOLS
from pages.components.gradients import TOOLS as GRADIENTS_TOOLS
from pages.components.sentiment import TOOLS as SENTIMENT_TOOLS
from pages.components.translation import TOOLS as TRANSLATION_TOOLS
from tests.pages.open import notes, open_page, receipt_lines, sentences, written
from tests.pages.own_networks import give, relabel
from tests.pages.small_classifiers import add_classifiers

ANNA, BRUNO = "anna" + 18 * "a", "bruno" + 17 * "b"
OWN = [
    ("generation", GENERATION_TOOLS, "writer", {"models": "{}"}),
    ("generation", GENERATION_TOOLS, "minimal", {"models": "{}"}),
    ("cells", CELLS_TOOLS, "writer", {"network": "{}"}),
    ("cells", CELLS_TOOLS, "minimal", {"network": "{}"}),
    ("cells", CELLS_TOOLS, "translator", {"network": "{}"}),
    ("gradients", GRADIENTS_TOOLS, "writer", {"networks": "{}"}),
    ("gradients", GRADIENTS_TOOLS, "minimal", {"networks": "{}"}),
    ("sentiment", SENTIMENT_TOOLS, "judge", {"network": "{}"}),
    ("entities", ENTITIES_TOOLS, "tagger", {"network": "{}"}),
    ("translation", TRANSLATION_TOOLS, "translator", {"translators": "{}", "direction": "fr-en"}),
    ("translation", TRANSLATION_TOOLS, "attentive", {"translators": "{}", "direction": "en-fr"}),
]


@pytest.mark.parametrize(("page", "tools", "network", "parameters"), OWN)
def test_every_tool_opens_it(
    page: str,
    tools: Toolbox,
    network: str,
    parameters: dict[str, str],
    trained: Path,
    models: Path,
    taggers: Path,
) -> None:
    add_classifiers(models)
    name = give(ANNA, trained / network)
    asked = {key: value.format(name) for key, value in parameters.items()}
    at = open_page(page, secret=ANNA, tool=next(iter(tools)), **asked)
    for tool in tools.values():
        at.session_state["tool"] = tool.name
        at.run()
        assert not at.exception, tool.name
        assert tool.sentence in written(at), f"{tool.name} is not open"
        assert "(yours)" in written(at) + str(at.main), f"it is not offered in {tool.name}"
        said = " ".join([written(at), *sentences(at), *notes(at)])
        assert "--model own-" not in said, f"{tool.name}: a visitor has no command line here"
        if tool.of_own:
            assert tool.of_own in said or "looks at language models" in said, f"{tool.name} does not say so"


def words_on(page: str, secret: str, **parameters: str) -> str:
    """Return all that a page shows to the visitor with this secret."""
    at = open_page(page, secret=secret, **parameters)
    assert not at.exception
    return "\n".join([written(at), str(at.main), *sentences(at), *notes(at), *(code.value for code in at.code)])


PAGES = {
    "generation": ("writer", "models"),
    "cells": ("writer", "network"),
    "gradients": ("writer", "networks"),
    "sentiment": ("judge", "network"),
    "entities": ("tagger", "network"),
    "translation": ("attentive", "translators"),
}


@pytest.mark.parametrize("page", PAGES)
def test_nobody_else_sees_it_unless_it_is_shared(page: str, trained: Path, models: Path, taggers: Path) -> None:
    add_classifiers(models)
    network, parameter = PAGES[page]
    name = give(ANNA, trained / network, title="CANARY")
    assert "CANARY (yours)" in words_on(page, ANNA, **{parameter: name})
    for asked in ({}, {parameter: name}, {parameter: "CANARY (yours)"}):
        seen = words_on(page, BRUNO, **asked)
        assert "CANARY (" not in seen.replace("CANARY (yours), which cannot be used", "")
    owners.share(owners.find(name.removeprefix("own-"), owners.folder_of(ANNA)))
    assert "CANARY" not in words_on(page, BRUNO), "sharing is by link, not for all"
    assert "CANARY (shared with you)" in words_on(page, BRUNO, **{parameter: name})
    assert "CANARY (shared with you)" in words_on(page, BRUNO), "a reload has lost it"


@pytest.mark.parametrize("page", ["cells", "generation"])
def test_address_holds_the_name_and_not_what_it_is_called_today(page: str, trained: Path) -> None:
    network, parameter = PAGES[page]
    name = give(ANNA, trained / network, title="Rosa")

    def named() -> list[str]:
        assert not sentences(at)
        asked = at.query_params[parameter]
        return [asked] if isinstance(asked, str) else list(asked)

    for asked in (name, "Rosa (yours)"):
        at = open_page(page, secret=ANNA, **{parameter: asked})
        assert named() == [name]
    twin = give(ANNA, trained / network, title="Rosa")  # with it another label: each is called by its name as well
    at.run()
    assert named() == [name]
    picker = next(each for each in (*at.selectbox, *at.button_group) if each.key == parameter)
    picker.set_value(twin).run()
    assert named() == [twin]


def test_network_that_vanished_is_said_and_the_text_stays(trained: Path) -> None:
    name = give(ANNA, trained / "writer")
    at = open_page("generation", secret=ANNA, models=name, prompt="My own words")
    assert "My writer (yours)" in written(at)
    shutil.rmtree(owners.find(name.removeprefix("own-"), owners.folder_of(ANNA)))
    at.run()
    assert not at.exception
    assert at.text_area[0].value == "My own words"
    assert f"models = {name}, which cannot be used: It was removed" in " ".join(sentences(at))
    assert "Small LSTM" in written(at) or "LSTM" in written(at)


def test_receipt_names_the_folder_that_the_download_unpacks_to(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name = give(ANNA, trained / "writer")
    at = open_page("generation", secret=ANNA, models=name, tool="next_token")
    lines = receipt_lines(at)
    assert any(f"./{name}" in each for each in lines)
    shutil.copytree(trained / "writer" / "model", tmp_path / "away" / name)
    monkeypatch.chdir(tmp_path / "away")
    for each in lines:
        exec(compile(each, "receipt", "exec"), {})
    assert capsys.readouterr().out.strip()


def test_two_of_one_title_can_be_told_apart(trained: Path) -> None:
    names = [give(ANNA, trained / "writer") for _ in range(2)]
    seen = words_on("cells", ANNA, network=names[0])
    assert all(f"My writer (yours, {name})" in seen for name in names)


@pytest.mark.parametrize("tool", SENTIMENT_TOOLS)
def test_classifier_of_other_labels_says_them_and_which_tools_follow_opinions(
    tool: str, trained: Path, models: Path, tmp_path: Path
) -> None:
    add_classifiers(models)
    shutil.copytree(trained / "judge", tmp_path / "judge")
    relabel(tmp_path / "judge", ["sport", "weather"])
    name = give(ANNA, tmp_path / "judge")
    at = open_page("sentiment", secret=ANNA, network=name, tool=tool)
    assert not at.exception
    assert {"sport", "weather"} == set(at.dataframe[0].value["label"])
    assert "positive" not in at.subheader[0].value.lower()
    refused = [said for said in notes(at) if "other labels" in said]
    assert bool(refused) == SENTIMENT_TOOLS[tool].needs_opinions
    shown = open_page("sentiment", secret=ANNA, tool="padding")
    assert not shown.exception, "the shipped ones are compared without it"


def test_translator_of_other_languages_opens_on_a_line_of_its_own_data(trained: Path, tmp_path: Path) -> None:
    shutil.copytree(trained / "translator", tmp_path / "german")
    config = tmp_path / "german" / "model" / "config.json"
    stated = json.loads(config.read_text(encoding="utf-8"))
    config.write_text(json.dumps(stated | {"source_language": "de"}), encoding="utf-8")
    told = {"step": 3, "samples": [{"given": "Ein Hund .", "wanted": "A dog .", "answered": "a"}]}
    (tmp_path / "german" / "samples.jsonl").write_text(json.dumps(told) + "\n", encoding="utf-8")
    name = give(ANNA, tmp_path / "german")
    first = list_translation_examples()[0].source
    assert open_page("translation", secret=ANNA).text_area(key="text").value == first, "the shipped ones come first"
    at = open_page("translation", secret=ANNA, translators=name, direction="de-en", tool="forcing")
    assert not at.exception
    assert (at.text_area(key="text").value, at.text_input(key="reference").value) == ("Ein Hund .", "A dog .")
    assert "German to English" in str(at.button_group(key="direction").options)
    at.button_group(key="direction").set_value("en-fr").run()
    assert at.text_area(key="text").value == first
    (owners.find(name.removeprefix("own-"), owners.folder_of(ANNA)) / "samples.jsonl").unlink()
    at.button_group(key="direction").set_value("de-en").run()
    assert at.text_area(key="text").value == ""
    assert sentences(at) == ["There is nothing to translate: type a sentence in German."]
