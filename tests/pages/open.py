"""Opening a page the way a visitor does: by its address, through app.py, with parameters in the URL."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_SECONDS = 120


def open_page(page: str, *, secret: str = "", **parameters: str) -> AppTest:
    """Return the app after its first run at `page` ("home", "generation", ...) with these URL parameters, opened by the
    visitor with this secret; without one by a new visitor."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=TIMEOUT_SECONDS)
    if secret:
        at.session_state["unrolled.visitor.secret"] = secret
    for name, value in parameters.items():
        at.query_params[name] = value
    if page != "home":
        at.switch_page(f"pages/{page}.py")
    return at.run()


def sentences(at: AppTest) -> list[str]:
    """Return every warning on the page as a visitor reads it, without the backslashes that keep Markdown out."""
    return [warning.value.replace("\\", "") for warning in at.warning]


def notes(at: AppTest) -> list[str]:
    """Return every note on the page as a visitor reads it."""
    return [note.value.replace("\\", "") for note in at.info]


def written(at: AppTest) -> str:
    """Return all text on the page that is Markdown, joined, without the backslashes."""
    parts = [*at.title, *at.subheader, *at.markdown, *at.caption]
    return "\n".join(part.value for part in parts).replace("\\", "")


def alternative_texts(at: AppTest) -> list[str]:
    """Return what a screen reader says of each chart on the page."""
    return [chart.proto.alt for chart in at.get("plotly_chart")]


def receipt_lines(at: AppTest) -> list[str]:
    """Return the Python lines of every receipt on the page that has some."""
    return [code.value for code in at.code if code.value.startswith(("from engine", "import "))]
