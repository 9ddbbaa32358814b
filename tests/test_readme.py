"""What the README promises is there: its commands parse, its files exist, its names are the names in use."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from engine.command_line import build_parser
from engine.corpora import CORPORA
from engine.models.folder import list_models
from pages.components.shell import routes

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
COMMANDS = sorted(set(re.findall(r"python -m engine ([^\n`]+)", README + CONTRIBUTING)))


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_parse(command: str) -> None:
    options = build_parser().parse_args(shlex.split(command))
    assert callable(options.run)


def test_every_command_has_an_example() -> None:
    parser = build_parser()
    names = next(action.choices for action in parser._actions if action.dest == "command")
    assert {command.split()[0] for command in COMMANDS} == set(names)


@pytest.mark.parametrize(
    "target",
    sorted(
        set(re.findall(r"`?\bmake ([a-z]+)", README + CONTRIBUTING))
        & {"app", "test", "train", "results", "screenshots"}
    ),
)
def test_make_targets_exist(target: str) -> None:
    result = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_links_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README + CONTRIBUTING)
    assert "docs/screenshots/generation.png" in links
    assert [link for link in links if not link.startswith("https://") and not (ROOT / link).is_file()] == []


def test_bundled_models_are_those_in_the_table() -> None:
    section = README.split("## The models")[1].split("##")[0]
    named = {
        name for row in re.findall(r"^\| (`.*?) \|", section, re.MULTILINE) for name in re.findall(r"`([\w-]+)`", row)
    }
    assert named == {info.name for info in list_models()}


def test_corpora_are_those_in_the_table() -> None:
    section = README.split("## Data")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE)) == set(CORPORA.names())


def test_the_licence_of_every_corpus_and_of_weights_learnt_from_it_stands_in_readme_and_license() -> None:
    section = README.split("## Data")[1].split("\n## ")[0]
    rows = {name: licence for name, licence in re.findall(r"^\| `(\w+)` \|.*\| ([^|]+) \|$", section, re.MULTILINE)}
    license_text = " ".join((ROOT / "LICENSE").read_text(encoding="utf-8").split())
    for name, spec in CORPORA.items():
        assert rows[name] == spec.licence
        if spec.sample:  # what is written for this project is under CC0
            assert f"- {spec.terms} The weights: {spec.weights_licence}" in license_text, name


def test_pages_are_those_of_the_app() -> None:
    titles = [page.title for page in routes.listed()]
    section = README.split("## The pages")[1].split("\n## ")[0]
    assert re.findall(r"^\| (\w+) \|", section, re.MULTILINE) == ["page", *titles]


def test_python_example_is_the_one_on_the_cards() -> None:
    from engine.models.card import usage_lines

    assert usage_lines("shakespeare-lstm", {"task": "language_model"}) in README


def test_ci_runs_the_readme_test_command() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "make test" in script.read_text(encoding="utf-8")
    assert "make test" in README
