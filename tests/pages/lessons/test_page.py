"""The Lessons page: what is done, the link that keeps it, and links of other versions of the course."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from engine.lessons.lesson import LESSONS
from tests.pages.open import notes, open_page, written


def links(at: AppTest) -> dict[str, tuple[str, dict[str, list[str]]]]:
    """Return the page and the parameters that each link leads to, by its label."""
    found = at.get("page_link")
    return {link.proto.label: (link.proto.page, parse_qs(link.proto.query_string)) for link in found}


def test_every_step_is_a_link_to_its_page_as_it_begins() -> None:
    at = open_page("lessons")
    assert not at.exception
    for _, lesson in LESSONS.items():
        assert f"{lesson.number} · {lesson.title}" in written(at)
        for step in lesson.steps:
            page, parameters = links(at)[step.title]
            assert page == step.page
            wanted = dict(step.problems[0].settings) | {"lesson": lesson.key(step)}
            assert {name: values[0] for name, values in parameters.items()} == wanted


def test_a_link_ticks_off_what_was_done_and_is_offered_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ContextProxy, "url", "https://demo.example/lessons")
    at = open_page("lessons", done="one_cell.keep,one_cell.squash")
    assert "12 minutes, 2 of 4 steps done" in written(at)
    assert "https://demo.example/lessons?done=one_cell.squash,one_cell.keep" in [code.value for code in at.code]
    assert notes(at) == []
    assert links(at)["**Continue**"][1]["lesson"] == ["one_cell.write"]
    at.button(key="lessons-over").click().run()
    assert "12 minutes, 0 of 4 steps done" in written(at)
    assert not at.code


def test_what_a_link_of_another_course_ticks_off_is_named_and_the_rest_is_kept() -> None:
    at = open_page("lessons", done="one_cell.keep,one_cell.gone,<b>,x.y,z.z")
    assert "1 of 4 steps done" in written(at)
    (note,) = notes(at)
    assert note.startswith(
        "The link also ticks off one_cell.gone, <b>, x.y and others, which this course does not have"
    )
