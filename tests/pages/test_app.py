"""The app's settings, as Streamlit itself understands them, and the way every page is reached."""

from __future__ import annotations

import tomllib

import pytest
from streamlit import config
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from engine.plotting import theme
from engine.task_family import pages
from pages.components.shell import routes
from tests.pages.open import ROOT, TIMEOUT_SECONDS, open_page

FILE = ROOT / ".streamlit" / "config.toml"
SETTINGS = tomllib.loads(FILE.read_text(encoding="utf-8"))
PAGES = [page.name for page in routes.listed()]


def flat(table: dict, prefix: str = "") -> dict[str, object]:
    """Return nested tables as dotted names."""
    found = {}
    for name, value in table.items():
        found |= flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name: value}
    return found


@pytest.mark.parametrize("name", sorted(flat(SETTINGS)))
def test_streamlit_knows_the_setting(name: str) -> None:
    assert name in config._config_options_template


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("runner.postScriptGC", False),
        ("server.fileWatcherType", "none"),
        ("browser.gatherUsageStats", False),
        ("client.showErrorDetails", "none"),
        ("client.toolbarMode", "minimal"),
        ("server.maxUploadSize", 20),
        ("server.maxMessageSize", 20),
    ],
)
def test_setting_that_decides_speed_or_safety_is_in_force(name: str, value: object) -> None:
    options = config.get_config_options(force_reparse=True)
    assert options[name].value == value
    assert options[name].where_defined == str(FILE)


@pytest.mark.parametrize("name", ["server.enableCORS", "server.enableXsrfProtection"])
def test_protection_is_left_on(name: str) -> None:
    assert config.get_option(name) is True


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_page_and_figures_share_their_colours(mode: theme.Mode) -> None:
    page, figures = SETTINGS["theme"][mode], theme.palette(mode)
    assert page["backgroundColor"] == figures.background
    assert page["secondaryBackgroundColor"] == figures.surface
    assert page["textColor"] == figures.ink
    assert page["primaryColor"] == page["linkColor"] == figures.accent
    assert page["dataframeBorderColor"] == figures.grid
    assert page["grayTextColor"] == figures.muted
    named = {"orange": "rnn", "blue": "lstm", "green": "gru", "violet": "transformer", "yellow": "min_gru"}
    styles = {colour: theme.architecture_style(name, mode).colour for colour, name in named.items()}
    assert {colour: page[f"{colour}Color"] for colour in styles} == styles
    grey = theme.architecture_style("baseline", mode).colour
    charts = [styles[colour] for colour in ("blue", "orange", "green", "violet", "yellow")] + [grey]
    assert page["grayColor"] == grey
    assert page["chartCategoricalColors"] == charts
    named = {"rnn": "orange", "lstm": "blue", "gru": "green", "transformer": "violet", "baseline": "gray"}
    for architecture, colour in named.items():
        assert page[f"{colour}Color"] == theme.architecture_style(architecture, mode).colour


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_is_readable(mode: theme.Mode) -> None:
    page = SETTINGS["theme"][mode]
    background, surface = page["backgroundColor"], page["secondaryBackgroundColor"]
    pairs = [
        (page["textColor"], background),
        (page["textColor"], surface),
        (page["linkColor"], background),
        (page["codeTextColor"], page["codeBackgroundColor"]),
        (page["yellowTextColor"], page["yellowBackgroundColor"]),
        (page["blueTextColor"], page["blueBackgroundColor"]),
        (theme.muted(mode), background),
        (theme.muted(mode), surface),
    ]
    assert [pair for pair in pairs if theme.contrast(*pair) < 4.5] == []


def test_every_page_is_in_the_navigation_under_its_own_address() -> None:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=TIMEOUT_SECONDS).run()
    assert not at.exception
    assert PAGES[:3] == ["home", "lessons", "generation"]
    assert {page.name for page in pages()} < set(PAGES)
    assert [page.url_path for page in routes._pages()] == ["", *PAGES[1:]]
    assert sorted(path.stem for path in (ROOT / "pages").glob("*.py") if path.stem != "__init__") == sorted(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_page_opens_with_its_title_and_a_question(page: str) -> None:
    at = open_page(page)
    assert not at.exception
    (title,) = at.title
    assert title.value == ("Unrolled" if page == "home" else routes.named(page).title)
    if page != "home":
        assert at.markdown[0].value.endswith("?"), "the first words are the question the page answers"
    assert any(expander.label == "What am I looking at?" for expander in at.expander)


@pytest.mark.parametrize("page", PAGES[1:])
def test_a_page_opened_first_goes_through_the_router(page: str) -> None:
    open_page(page)
    assert PagesManager.uses_pages_directory is False, "Streamlit would run the page's file alone, without app.py"


@pytest.mark.parametrize(("page", "name"), [("generation", "model"), ("models", "model"), ("translation", "network")])
def test_a_choice_left_by_another_page_does_not_get_in_the_way(page: str, name: str) -> None:
    at = open_page("home")
    at.session_state[name] = "something else"
    at.switch_page(f"pages/{page}.py").run()
    assert not at.exception
    assert at.session_state[name] != "something else"


@pytest.mark.parametrize("page", PAGES)
def test_garbage_in_the_url_never_breaks_a_page(page: str) -> None:
    at = open_page(
        page, model="nobody", seed="-1", foo="bar", temperature="", text="\x00é", network="?", models="?", task="?"
    )
    assert not at.exception
    assert len(at.title) == 1
