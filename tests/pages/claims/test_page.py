"""The Claims page: every verdict at a glance, one claim open, and what is wrong with an address."""

from __future__ import annotations

import pytest

from engine.claims.claim import CLAIMS, VERDICTS
from engine.claims.ruling import rule
from pages.components.claims import thumbnail
from pages.components.shell.finding import tools
from tests.pages.open import alternative_texts, notes, open_page, sentences, written


def test_the_page_opens_with_every_claim_and_one_of_them_open() -> None:
    at = open_page("claims")
    assert not at.exception
    table = at.dataframe[0].value
    assert list(table["claim"]) == [claim.title for _, claim in CLAIMS.items()]
    first = rule(CLAIMS.names()[0])
    assert table["deciding figure"][0] == first.figure
    assert f"Of {len(table)} claims" in written(at)
    assert first.sentence in written(at)
    assert first.sentence in alternative_texts(at)[0]


def test_filters_leave_what_they_name() -> None:
    at = open_page("claims", verdict="fails", subject="Size and speed")
    table = at.dataframe[0].value
    assert set(table["verdict"]) == {VERDICTS["fails"]}
    assert set(table["subject"]) == {"Size and speed"}
    assert at.selectbox[0].options == list(table["claim"])


def test_nothing_left_is_said() -> None:
    at = open_page("claims", verdict="open", subject="Translation")
    assert not at.exception
    assert "No claim about translation has the verdict “cannot be told”" in notes(at)[0]


def test_a_claim_that_is_not_measured_says_what_is_missing_and_where_to_try_it() -> None:
    at = open_page("claims", claim="clipping_not_vanishing")
    assert "No command measures this yet" in written(at)
    link = at.get("page_link")[0].proto
    assert (link.page, link.query_string) == ("gradients", "tool=clipping")


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"claim": "lstm_hundreds"}, "one of the"),
        ({"claim": "<b>x</b>"}, "that the page lists"),
        ({"verdict": "true"}, "Verdict must be one of Every verdict, holds here"),
        ({"subject": "Cooking"}, "Subject must be one of Every subject, Memory"),
        ({"verdict": "fails", "claim": "lstm_hundred"}, "Claim must be one of No recurrent network"),
    ],
)
def test_what_an_address_cannot_have_is_said(parameters: dict[str, str], said: str) -> None:
    at = open_page("claims", **parameters)
    assert not at.exception
    assert len(sentences(at)) == 1
    assert said in sentences(at)[0]
    assert len(at.dataframe[0].value)


def test_every_tool_that_is_linked_is_there() -> None:
    there = {(tool.page.name, tuple(sorted(tool.parameters.items()))) for tool in tools().values()}
    for name, claim in CLAIMS.items():
        page, parameters, label = claim.tool
        at_tool = tuple(sorted((key, value) for key, value in parameters if key in ("tool", "section")))
        assert (page, at_tool) in there, name
        assert len(label) <= 24, name


def test_the_picture_is_worked_out_from_the_tables_that_decide_its_claims() -> None:
    assert set(thumbnail.TABLES) == {table for name in thumbnail.SHOWN for table in CLAIMS.get(name).tables}
