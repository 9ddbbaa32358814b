"""Who a visitor is: the cookie that a browser gets with a page, and the folder it opens."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from pages.components.server import visitor

COOKIE = re.compile(r"unrolled_visitor=([\w-]{22}); Path=/; Max-Age=\d+; HttpOnly; SameSite=Lax(; Secure)?")


@pytest.fixture
def client() -> TestClient:
    """Return a browser that keeps no cookies, before an app of one page and one other answer."""
    routes = [
        Route("/", lambda request: HTMLResponse("<p>page</p>")),
        Route("/data", lambda request: JSONResponse({})),
    ]
    return TestClient(Starlette(routes=routes, middleware=visitor.middleware()))


def given(client: TestClient, headers: Mapping[str, str] | None = None) -> re.Match[str]:
    """Return the cookie that comes with a page."""
    client.cookies.clear()
    found = COOKIE.fullmatch(client.get("/", headers=headers).headers["set-cookie"])
    assert found, "no cookie, or not as it must be"
    return found


def test_every_browser_gets_a_secret_of_its_own(client: TestClient) -> None:
    assert given(client)[1] != given(client)[1]


def test_browser_keeps_the_one_it_has(client: TestClient) -> None:
    own = given(client)[1]
    assert given(client, {"cookie": f"theme=dark; unrolled_visitor={own}"})[1] == own


@pytest.mark.parametrize("value", ["", "short", "../../x" * 3 + "y", "a" * 23, '"; Path=/; x="aaaaaaaaa', "é" * 22])
def test_value_that_is_no_secret_is_replaced(client: TestClient, value: str) -> None:
    sent = f"unrolled_visitor={value}".encode()
    client.cookies.clear()
    answer = client.get("/", headers=[(b"cookie", sent)])
    found = COOKIE.fullmatch(answer.headers["set-cookie"])
    assert found
    assert found[1] not in value


def test_only_pages_bring_it(client: TestClient) -> None:
    assert "set-cookie" not in client.get("/data").headers


def test_it_is_sent_over_https_alone_where_the_page_was(client: TestClient) -> None:
    assert not given(client)[2]
    assert given(client, {"x-forwarded-proto": "https"})[2]


def show_folder() -> None:
    """Print the visitor's folder."""
    import streamlit as st

    from pages.components.server import visitor

    st.text(str(visitor.folder()))


def test_without_a_cookie_each_session_is_a_visitor_of_its_own() -> None:
    first, second = (AppTest.from_function(show_folder).run() for _ in range(2))
    assert first.text[0].value != second.text[0].value
    assert first.text[0].value == first.run().text[0].value
