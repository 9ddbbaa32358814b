"""What a host sees of the server: that it lives, when it is ready, its headers, and what becomes of faults and jobs."""

from __future__ import annotations

import logging
import re
import time
from threading import Event

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from pages.components.computing import cache
from pages.components.server import hosting

PAGE = Route("/", lambda request: HTMLResponse("<p>page</p>"))


@pytest.fixture
def cold(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Forget that this process is warm, and let warming up be nothing but waiting for what is returned."""
    may_end = Event()
    monkeypatch.setattr(cache, "_made", {})
    monkeypatch.setattr(cache, "warm_up", lambda: cache._once("warm", lambda: may_end.wait(5)))
    return may_end


def test_it_is_ready_once_it_is_warm_and_ends_its_jobs(cold: Event) -> None:
    app = Starlette(routes=hosting.probes(), lifespan=hosting.lifespan(0.0))
    with TestClient(app) as client:
        assert client.get("/healthz").text == "ok\n"
        assert client.get("/readyz").status_code == 503
        cold.set()
        until = time.monotonic() + 5
        while client.get("/readyz").status_code != 200:
            assert time.monotonic() < until
            time.sleep(0.02)
        assert "unrolled_ready 1" in client.get("/metrics").text
        runner = cache.job_runner()
    assert cache._made.get("job runner") is None
    assert runner.count() == {}


@pytest.mark.usefixtures("cold")
def test_figures_are_openmetrics() -> None:
    text = TestClient(Starlette(routes=hosting.probes())).get("/metrics").text
    assert text.endswith("# EOF\n")
    for line in text.splitlines():
        assert re.fullmatch(r'# (TYPE|HELP) \w+ .+|# EOF|\w+(\{\w+="[^"]*"\})? \d+', line), line


def test_every_answer_protects_its_reader() -> None:
    answer = TestClient(Starlette(routes=[PAGE], middleware=[Middleware(hosting.Headers)])).get("/")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_only_names_that_are_its_own_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(hosting.HOSTS, "demo.example, *.other.example")
    client = TestClient(Starlette(routes=[PAGE], middleware=hosting.parts(1.0)["middleware"]), client=("127.0.0.1", 1))
    for name, status in (("demo.example", 200), ("a.other.example", 200), ("evil.example", 400), ("", 400)):
        assert client.get("/", headers={"Host": name}).status_code == status, name


def fail() -> None:
    """Say what is said of a fault that nobody foresaw."""
    from pages.components.drawing import notices

    is_shown = notices.show_fault(KeyError("what nobody foresaw"))
    assert is_shown


def test_a_fault_is_a_sentence_with_a_number_that_the_log_has(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        at = AppTest.from_function(fail).run()
    number = re.search(r"noted under the number (\w{8})\.", at.error[0].value)
    assert number
    assert not at.exception
    assert f"Fault {number[1]}" in caplog.text
    assert "what nobody foresaw" in caplog.text
    assert "nobody foresaw" not in at.error[0].value


def test_whatever_a_page_lets_through_is_shown_like_this() -> None:
    from pages.components.drawing import notices

    assert hosting.parts(1.0)["on_script_error"] is notices.show_fault
