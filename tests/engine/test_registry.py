"""Registries: names are unique, unknown ones are answered with the valid ones, a new file is enough."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import pytest

from engine.errors import ConfigError
from engine.registry import Registry, discover


def test_entries_come_back_by_name_with_what_was_said_about_them():
    fruit: Registry[int] = Registry("fruit")
    assert fruit.register("pear", colour="green")(1) == 1
    fruit.register("apple")(2)
    assert fruit.get("pear") == 1
    assert fruit.meta("pear") == {"colour": "green"}
    assert fruit.meta("apple") == {}
    assert fruit.names() == ["pear", "apple"]
    assert dict(fruit.items()) == {"pear": 1, "apple": 2}


def test_an_unknown_name_is_answered_with_the_valid_ones():
    fruit: Registry[int] = Registry("fruit")
    fruit.register("pear")(1)
    fruit.register("apple")(2)
    for ask in (fruit.get, fruit.meta):
        with pytest.raises(ConfigError, match=r"^Unknown fruit 'plum'; choose one of: pear, apple\.$"):
            ask("plum")


def test_a_name_is_given_once():
    fruit: Registry[int] = Registry("fruit")
    fruit.register("pear")(1)
    with pytest.raises(ConfigError, match="fruit name 'pear' is registered twice"):
        fruit.register("pear")(2)
    assert fruit.get("pear") == 1


def test_a_new_file_in_the_package_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    package = tmp_path / "orchard_of_this_test"
    package.mkdir()
    (package / "__init__.py").write_text("from engine.registry import Registry\nFRUIT = Registry('fruit')\n")
    for name in ("plum", "apple", "_hidden"):
        text = f"from orchard_of_this_test import FRUIT\nFRUIT.register('{name}')('{name}')\n"
        (package / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    discover("orchard_of_this_test")
    assert sys.modules["orchard_of_this_test"].FRUIT.names() == ["apple", "plum"]


@pytest.mark.parametrize(
    ("module", "registry", "names"),
    [
        ("engine.cells", "CELLS", {"rnn", "lstm", "gru", "min_gru"}),
        ("engine.text", "TOKENIZERS", {"character", "word", "bpe"}),
        ("engine.models", "MODELS", {"language_model", "translator"}),
        ("engine.models.attention", "ATTENTION", {"dot", "additive", "none"}),
        (
            "engine.corpora",
            "CORPORA",
            {"tiny_shakespeare", "multi30k_en_fr", "tatoeba_en_fr", "saltmarsh", "phrasebook_en_fr"},
        ),
        (
            "engine.recipes",
            "RECIPES",
            {"shakespeare-rnn", "shakespeare-lstm", "shakespeare-gru", "en-fr-attention", "en-fr-no-attention"},
        ),
        ("engine.task_family", "TASK_FAMILIES", {"language_model", "translation", "classification", "tagging"}),
    ],
)
def test_what_is_promised_is_registered(module, registry, names):
    assert names <= set(getattr(import_module(module), registry).names())


def test_listing_models_costs_no_torch():
    """A page that lists the models must open before torch has been imported."""
    import subprocess

    root = Path(__file__).parents[2]
    code = "import sys; from engine.models.folder import list_models; list_models(); print('torch' in sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True, timeout=60
    )
    assert found.stdout.strip() == "False"
