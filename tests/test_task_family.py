"""A task family is one definition: a fifth one, from one file, is everywhere at once; and none knows of another."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

import pytest
import safetensors.torch
import torch

from engine import families
from engine.command_line import main
from engine.models import folder as model_folders
from engine.models.card import usage_command, usage_lines, write_card
from engine.models.folder import LoadedModel, describe
from engine.task_family import TASK_FAMILIES, in_order
from pages.components.owning import networks
from pages.components.shell import routes
from tests.pages.open import open_page, written

ROOT = Path(__file__).parents[1]

RAIN = '''
"""Rain gauges: they say how much rain will fall."""

from dataclasses import dataclass

from engine.command_options import ModelOption
from engine.config import option
from engine.task_family import LOWER, Command, Headline, Metric, ModelWords, Page, ResultTable, TaskFamily, register


@dataclass(frozen=True, kw_only=True)
class Predict(ModelOption):
    """How far ahead to look."""

    days: int = option(3, help="days to look ahead", minimum=1, maximum=9)


def predict(settings):
    print("\\n".join(["4.2 mm"] * settings.days))


def add_days(loaded, table):
    table.write_text(loaded.info.name)


register(
    TaskFamily(
        name="rain",
        noun="rain gauges",
        order=50,
        models={"gauge": ModelWords(lambda config: f"A glass of {config['width']} mm.", counted="marks")},
        metrics=(Metric("millimetres_off", "Millimetres off, mean of a year", LOWER), Metric("days", "Days measured")),
        headline=Headline("millimetres_off", "{:.1f} mm off", "Millimetres off: lower is better."),
        evaluate=lambda loaded: {"millimetres_off": 2.5, "days": 365},
        limits="It knows one garden.",
        example='print("{name}")',
        command_example="python -m engine predict --model {name} --days 3",
        pipeline_tag="time-series-forecasting",
        languages=lambda config: ("la",),
        commands=(Command("predict", "Say how much rain will fall.", Predict, predict),),
        tables=(ResultTable("days", "add every day to this table", add_days),),
        page=Page("rain", "Rain", "How much rain will fall in one garden.", {"Blue": "is wet."}),
    )
)
'''
CONFIG = {
    "model": "gauge",
    "task": "rain",
    "cell": "lstm",
    "title": "Gauge in the garden",
    "parameters": 12,
    "width": 80,
    "metrics": {
        "millimetres_off": 2.25,
        "measured_on": "2026-01-01",
        "hardware": "a table",
        "commit": "0",
        "days": 365,
    },
}


@pytest.fixture
def fifth(tmp_path, monkeypatch) -> Path:
    """Put the family's one file where families are, and a model of it where the shipped ones are; return its folder."""
    TASK_FAMILIES.names()
    for name in ("_entries", "_meta"):
        monkeypatch.setattr(TASK_FAMILIES, name, dict(getattr(TASK_FAMILIES, name)))
    file = tmp_path / "families" / "rain.py"
    file.parent.mkdir()
    file.write_text(RAIN, encoding="utf-8")
    monkeypatch.setattr(families, "__path__", [*families.__path__, str(file.parent)])
    monkeypatch.setattr(TASK_FAMILIES, "_package", "engine.families")
    monkeypatch.delitem(sys.modules, "engine.families.rain", raising=False)
    folder = tmp_path / "pretrained" / "gauge-garden"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(CONFIG))
    (folder / "tokenizer.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(safetensors.torch.save({"marks": torch.zeros(12)}))
    (folder / "README.md").write_text(write_card(folder.name, CONFIG), encoding="utf-8")
    monkeypatch.setattr(model_folders, "PRETRAINED", folder.parent)
    page = routes.path_of
    monkeypatch.setattr(routes, "path_of", lambda seen: str(file) if seen.name == "rain" else page(seen))
    routes._pages.cache_clear()
    yield folder
    sys.modules.pop("engine.families.rain", None)
    routes._pages.cache_clear()


def test_the_fifth_family_has_its_place_in_the_lists(fifth, capsys):
    assert [family.name for family in in_order()][-1] == "rain"
    assert main(["models", "--json"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)
    assert (listed["name"], listed["task"], listed["metrics"]["millimetres_off"]) == ("gauge-garden", "rain", 2.25)
    assert networks.headline(describe(fifth)) == "2.2 mm off"


def test_the_fifth_family_has_its_card(fifth):
    card = describe(fifth).card_text
    for words in (
        "pipeline_tag: time-series-forecasting\nlanguage:\n- la\n",
        "# Gauge in the garden\n\n12 marks. A glass of 80 mm.\n",
        "| Millimetres off, mean of a year | 2.25 | lower is better |\n| Days measured | 365 |  |",
        f"```python\n{usage_lines('gauge-garden', CONFIG)}\n```",
        f"```sh\n{usage_command('gauge-garden', CONFIG)}\n```",
        "## Limits\n\nIt knows one garden.\n",
    ):
        assert words in card, words


def test_the_fifth_family_has_its_command(fifth, capsys):
    assert main(["predict", "--model", "gauge-garden", "--days", "2"]) == 0
    assert capsys.readouterr().out == "4.2 mm\n4.2 mm\n"
    assert main(["predict", "--model", "gauge-garden", "--days", "10"]) == 2
    assert capsys.readouterr().err == "error: days must lie between 1 and 9, not 10.\n"
    with pytest.raises(SystemExit):
        main(["predict", "--help"])
    assert "days to look ahead (between 1 and 9; default 3)" in " ".join(capsys.readouterr().out.split())


def test_the_fifth_family_is_measured_and_adds_to_its_own_table(fifth, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(
        model_folders, "load_model", lambda name: LoadedModel(describe(fifth), torch.nn.Identity(), None)
    )
    table = tmp_path / "days.txt"
    assert main(["evaluate", "--model", "gauge-garden", "--days", str(table)]) == 0
    assert json.loads(capsys.readouterr().out)["millimetres_off"] == 2.5
    assert "| 2.5 | lower is better |" in (fifth / "README.md").read_text(encoding="utf-8")
    assert table.read_text() == "gauge-garden"
    assert main(["evaluate", "--model", "gauge-garden", "--ablation", str(table)]) == 2
    assert "The model 'gauge-garden' is one of the rain gauges: --ablation is for taggers." in capsys.readouterr().err


def test_the_fifth_family_has_its_link_on_home_and_its_lines_on_models(fifth):
    home = open_page("home")
    (link,) = [link.proto for link in home.get("page_link") if link.proto.page == "rain"]
    assert link.label == "**Rain**"
    assert "How much rain will fall in one garden." in written(home)
    models = open_page("models")
    assert not models.exception
    assert models.dataframe[0].value["measure"].tolist() == ["2.2 mm off"]
    assert 'print("gauge-garden")' in [block.value for block in models.code]


def test_without_its_file_there_is_no_fifth_family(capsys):
    assert "rain" not in TASK_FAMILIES.names()
    with pytest.raises(SystemExit):
        main(["predict", "--model", "gauge-garden"])
    assert "invalid choice: 'predict'" in capsys.readouterr().err


# What remains of a family's name lies in its own rooms.

# The rooms of the kit, which are no page's.
COMPONENTS = ROOT / "pages" / "components"
ROOMS = [
    path.parent.name
    for path in COMPONENTS.glob("*/__init__.py")
    if not (ROOT / "pages" / f"{path.parent.name}.py").exists()
]
SHARED = (
    "engine/*.py",
    "engine/families/*.py",
    "engine/models/base.py",
    "engine/models/card.py",
    "engine/models/folder.py",
    "engine/corpora/base.py",
    "engine/evaluation/base.py",
    "engine/recipes/base.py",
    "engine/recipes/run.py",
    "engine/inspection/padding.py",
    "engine/inspection/cells/steps.py",
    *(f"pages/components/{room}/*.py" for room in ROOMS),
    "pages/models.py",
)


def names_told(text: str) -> set[str]:
    """Return the families that a file names in a string of its code."""
    texts = {node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)}
    return texts & set(TASK_FAMILIES.names())


def test_a_family_is_named_in_its_own_definition_only():
    files = [file for pattern in SHARED for file in ROOT.glob(pattern)]
    assert len(files) > 40
    told = {str(file.relative_to(ROOT)): names_told(file.read_text(encoding="utf-8")) for file in files}
    own = {f"engine/families/{name}.py": {name} for name in TASK_FAMILIES.names()}
    assert {path: names for path, names in told.items() if names} == own


def test_no_family_speaks_of_the_models_of_another():
    for family in in_order():
        text = (ROOT / "engine" / "families" / f"{family.name}.py").read_text(encoding="utf-8").lower()
        others = [other.noun.removesuffix("s") for other in in_order() if other is not family]
        assert [noun for noun in others if noun in text] == [], family.name


def test_a_name_of_another_family_would_be_found():
    assert names_told('TABLE = {"tagging": 1, "other": 2}') == {"tagging"}
