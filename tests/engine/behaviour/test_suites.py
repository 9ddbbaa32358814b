"""Behaviour suites: what a file says is what its cases are, and a file that cannot be meant is refused."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from engine.behaviour import SUITES, Case, read_suite
from engine.behaviour.perturbations import PERTURBATIONS
from engine.behaviour.suites import expand
from engine.errors import DataError
from engine.task_family import TASK_FAMILIES

WORDS = {"good": ["good", "honest", "useful"], "bad": ["bad", "awful"], "name": ["Ann", "Bo", "Cy"]}


def cases(*tests: dict, **suite: object) -> list[Case]:
    """Return the cases of tests, with those of WORDS that they use."""
    words = {name: words for name, words in WORDS.items() if f"{name}}}" in str(tests) or f"{name}2" in str(tests)}
    return list(expand({"words": words, "test": list(tests)} | suite, "a suite"))


def one(**test: object) -> dict:
    return {"capability": "C", "name": "t", "templates": ["It is {good}, {bad}, {name}."]} | test


def test_every_way_to_fill_a_template_is_found_once() -> None:
    found = cases(one(templates={"yes": ["{good}? It is {a:good}, not {a:bad} one."]}, cases=99))
    assert sorted(case.text for case in found) == [
        "Good? It is a good, not a bad one.",
        "Good? It is a good, not an awful one.",
        "Honest? It is an honest, not a bad one.",
        "Honest? It is an honest, not an awful one.",
        "Useful? It is a useful, not a bad one.",
        "Useful? It is a useful, not an awful one.",
    ]
    assert {case.expected for case in found} == {("yes",)}


def test_a_numbered_name_is_another_word_of_the_list() -> None:
    found = cases(one(templates=["{name} met {name2}, and {name} spoke."], cases=99))
    assert len(found) == 6
    assert all(case.text.split()[0] != case.text.split()[2].rstrip(",") for case in found)


def test_a_domain_gives_only_its_own_words() -> None:
    domain = {"film": {"thing": ["plot"]}, "food": {"thing": ["soup"], "dish": ["pie"]}}
    found = cases(one(templates=["The {thing} is {good}.", "A {dish}.", "None."], cases=99), domain=domain)
    assert {case.domain for case in found if "plot" in case.text} == {"film"}
    assert [case.domain for case in found if case.text == "A pie."] == ["food"]
    assert [case.domain for case in found if case.text == "None."] == ["film"], "not once for each domain"


def test_variants_differ_from_their_sentence_in_the_varied_word_alone() -> None:
    found = cases(one(vary="name", cases=12))
    assert found
    for case in found:
        assert case.expected == ()
        text, beside = case.text.split(), case.beside.split()
        assert text[:-1] == beside[:-1]
        assert text[-1] != beside[-1]


@pytest.mark.parametrize(
    ("template", "vary"), [("{name} met {name2}.", "name"), ("{good} or not, {name} came.", "good")]
)
def test_a_variant_is_never_its_own_sentence_nor_has_a_word_twice(template: str, vary: str) -> None:
    found = cases(one(templates=[template], vary=vary, cases=12))
    assert found
    for case in found:
        assert case.text != case.beside
        assert len(set(case.text.rstrip(".").split())) == len(case.text.split())


def test_entities_are_changed_as_their_sentence_is() -> None:
    lists = {"types": {"name": "per"}}
    templates = ["{name} and {name2} are {good}."]
    assert all(len(case.expected) == 2 for case in cases(one(templates=templates), **lists))
    for case in cases(one(templates=templates, perturb=["lower"]), **lists):
        assert case.text.islower()
        assert all(entity.removesuffix(" (per)") in case.text for entity in case.expected)
    for case in cases(one(templates=templates, perturb=["upper"], invariant=True), **lists):
        assert case.text == case.beside.upper()


@pytest.mark.parametrize("name", PERTURBATIONS.names())
def test_a_perturbation_changes_a_sentence_and_leaves_a_short_word(name: str) -> None:
    change = PERTURBATIONS.get(name)
    text = "The Soundtrack was terrible."
    assert change(text, random.Random(1)) != text
    assert change(text, random.Random(1)) == change(text, random.Random(1))
    if name not in ("upper", "lower", "exclaim"):
        assert change("It was bad.", random.Random(1)) == "It was bad."


@pytest.mark.parametrize(
    ("test", "words", "said"),
    [
        (one(templates=["{goood} {good} {bad} {name}"]), {}, "names no list there is: goood"),
        (one(templates=["{good} {bad} {name} {Bad}"]), {}, "a brace that encloses no name"),
        (one(vary="place"), {}, "lacks the list place"),
        (one(), {"spare": ["x"]}, "no template uses the lists spare"),
        (one(), {"good": ["good", "good"]}, "the list good has a word twice"),
        (one(size=3), {}, "has or lacks size"),
    ],
)
def test_what_cannot_be_meant_is_said(test: dict, words: dict, said: str) -> None:
    with pytest.raises(DataError, match=said):
        cases(test, words=WORDS | words)


def test_a_file_that_is_not_there_or_no_toml_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no behaviour suite"):
        read_suite("tagging", tmp_path)
    (tmp_path / "tagging.toml").write_text("title =")
    with pytest.raises(DataError, match="is no TOML"):
        read_suite("tagging", tmp_path)


def test_every_suite_is_judged_by_its_family_and_has_no_sentence_twice() -> None:
    for path in SUITES.glob("*.toml"):
        suite = read_suite(path.stem)
        assert TASK_FAMILIES.get(path.stem).judge is not None
        texts = [case.text for case in suite.cases if not case.beside]
        assert len(set(texts)) == len(texts)
        assert all(sum(case.capability == name for case in suite.cases) >= 30 for name in suite.capabilities)


def test_who_always_says_the_same_fails_half_of_what_tests_opinions() -> None:
    suite = read_suite("classification")
    for name in suite.capabilities:
        expected = [case.expected for case in suite.cases if case.capability == name and case.expected]
        if expected and ("neither",) not in expected:
            assert expected.count(("positive",)) == pytest.approx(len(expected) / 2, abs=len(expected) / 20), name
