"""Views of pages: the fields of a page's tools joined, no name twice."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

from engine.config import option, settings_from
from engine.errors import ConfigError
from pages.components.controls.views import composed_of, settings_view
from pages.components.shell import routes

COMPONENTS = Path(__file__).resolve().parents[2] / "pages" / "components"
PAGES = sorted(file.parent.name for file in COMPONENTS.glob("*/view.py"))


@dataclass(frozen=True)
class Surprise:
    """The view of a tool."""

    surprise_text: str = option("hello", label="Text")


@dataclass(frozen=True)
class Size:
    """An engine's settings."""

    length: int = option(5, label="Length", minimum=1, maximum=10)
    seed: int = option(0)


def test_a_view_has_the_fields_of_its_tools_and_its_own() -> None:
    @composed_of(Surprise, settings_view(Size, "size_"))
    class View:
        """Everything a link carries."""

        tool: str = option("", label="Tool")

    names = [field.name for field in dataclasses.fields(View)]
    assert names == ["surprise_text", "size_length", "size_seed", "tool"]
    assert (View.__name__, View.__doc__) == ("View", "Everything a link carries.")
    assert {field.name: field.metadata.get("maximum") for field in dataclasses.fields(View)}["size_length"] == 10
    view = View(surprise_text="hi", size_length=7)
    assert (view.surprise_text, view.tool) == ("hi", "")
    assert settings_from(Size, view, "size_") == Size(7, 0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        view.tool = "other"


def test_two_tools_that_want_one_name_are_named() -> None:
    with pytest.raises(ConfigError, match="Surprise and Size, both of View, have surprise_text"):

        @composed_of(Surprise, dataclasses.make_dataclass("Size", [("surprise_text", str, option(""))]))
        class View:
            """Everything a link carries."""


def test_a_page_cannot_take_a_name_from_its_tool() -> None:
    with pytest.raises(ConfigError, match="Surprise and View, both of View"):

        @composed_of(Surprise)
        class View:
            """Everything a link carries."""

            surprise_text: int = option(3)


def test_a_name_of_older_links_is_taken_too() -> None:
    with pytest.raises(ConfigError, match="Surprise and View, both of View, have surprise_text"):

        @composed_of(Surprise)
        class View:
            """Everything a link carries."""

            text: str = option("", formerly=("surprise_text",))


@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_a_view_without_a_clash(page: str) -> None:
    module = import_module(f"pages.components.{page}.view")
    view = getattr(module, f"{page.capitalize()}View")
    assert all(value is not dataclasses.MISSING for value in (field.default for field in dataclasses.fields(view)))


def test_what_views_are_made_of_loads_no_torch() -> None:
    code = "import sys; import pages.components.comparison.view; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=COMPONENTS.parents[1], check=True)


def test_every_page_with_widgets_has_a_view() -> None:
    without = {"about"}  # its links carry nothing
    assert sorted({page.name for page in routes.listed()} - without) == PAGES
