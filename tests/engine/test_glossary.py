"""Terms of the glossary, and how something is found by what a person types."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from engine.glossary import nearest_words, search, terms


@dataclass(frozen=True)
class Thing:
    name: str
    sentence: str = ""
    words: tuple[str, ...] = ()


THINGS = (
    Thing("Gates over time", "Which gates open and shut?"),
    Thing("Forget gate", "It multiplies the memory.", ("keep gate",)),
    Thing("Memory", "What a gate keeps.", ("forgetting",)),
)


def found(query: str, things: tuple[Thing, ...] = THINGS) -> list[str]:
    return [thing.name for thing in search(query, things)]


def test_a_name_counts_more_than_another_name_and_that_more_than_a_sentence() -> None:
    things = (Thing("A", "beam"), Thing("B", "", ("beam search",)), Thing("Beam size"))
    assert found("beam", things) == ["Beam size", "B", "A"]


def test_the_whole_name_comes_first() -> None:
    assert found("Memory")[0] == "Memory"
    assert found("keep gate")[0] == "Forget gate"


def test_beginnings_and_endings_are_understood() -> None:
    assert found("mem")[0] == "Memory"
    assert found("forgets")[0] == "Forget gate"


def test_things_with_all_words_hide_those_with_some_and_those_are_better_than_nothing() -> None:
    assert found("forget gate") == ["Forget gate", "Memory"]
    assert found("why does the forget gate explode") == ["Forget gate", "Memory"]


@pytest.mark.parametrize("query", ["", "  ", "🙂", "qqq"])
def test_nothing_is_found_where_there_is_nothing(query: str) -> None:
    assert found(query) == []


def test_a_wrong_letter_is_named() -> None:
    assert nearest_words("Memroy", THINGS) == ["Memory"]
    assert nearest_words("qqq", THINGS) == []


def test_terms_stand_in_order_each_once_and_say_what_they_are() -> None:
    names = [term.name for term in terms()]
    assert names == sorted(set(names), key=str.casefold)
    called = [word.casefold() for term in terms() for word in (term.name, *term.words)]
    assert not {word for word in called if called.count(word) > 1}, "two terms with one name"
    for term in terms():
        assert term.sentence[0].isupper(), term.name
        assert term.sentence.endswith("."), term.name
        assert term.tools, term.name
