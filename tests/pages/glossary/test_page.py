"""The Glossary page, its search, which Home has too."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from engine.glossary import terms
from pages.components.shell import finding
from tests.pages.open import notes, open_page, written


def links(at: AppTest) -> list[tuple[str, str]]:
    """Return the page and the query of every link."""
    return [(link.proto.page, link.proto.query_string) for link in at.get("page_link")]


def test_every_term_leads_to_tools_that_are_there() -> None:
    missing = {key for term in terms() for key in term.tools} - set(finding.tools())
    assert not missing


def test_a_term_is_found_with_its_meaning_and_opens_its_tools() -> None:
    at = open_page("glossary", term="forget gate")
    assert not at.exception
    assert "Forget gate: The gate of an LSTM" in written(at).replace("**", "")
    assert ("cells", "tool=gates") in links(at)


@pytest.mark.parametrize(("page", "field"), [("glossary", "term"), ("home", "find")])
def test_a_tool_is_found_by_what_it_does(page: str, field: str) -> None:
    at = open_page(page, **{field: "does order matter"})
    assert ("sentiment", "tool=order") in links(at)


def test_a_wrong_letter_still_finds_the_term_and_says_so() -> None:
    at = open_page("glossary", term="tempreature")
    assert "Nearest by spelling: Temperature." in notes(at)[0]
    assert ("generation", "tool=temperature") in links(at)


@pytest.mark.parametrize("query", ["[zzzz](http://zz.qq)", "<zzz>", "\u200b", "🙂"])
def test_what_is_not_there_is_said_and_is_not_drawn(query: str) -> None:
    at = open_page("glossary", term=query)
    assert not at.exception
    assert "No term and no tool" in notes(at)[0]
    assert "](http" not in at.info[0].value


def test_all_terms_are_listed_with_their_tools() -> None:
    text = written(open_page("glossary"))
    assert all(f"**{term.name}**: {term.sentence}" in text for term in terms())
    assert "(comparison?section=half_life)" in text
