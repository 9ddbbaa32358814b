"""Behaviour suites as files: templates and the words that fill them, read with checks and written out as cases.

A file of data/behaviour has a title, lists of words (`[words]`, and `[domain.NAME]` for those of one domain) and tests.
A test names its capability and its templates: by what they expect (a table), or without that (a list). In a template
"{name}" stands for a word of that list, "{name2}" for another one of it, "{a:name}" for one with its article. `types`
says which lists are entities, and of what kind. In an invariance test a sentence is changed, by another word of the
list `vary` or by a perturbation, and the answer must stay what it was.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import random
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.behaviour.cases import Case
from engine.behaviour.perturbations import PERTURBATIONS
from engine.config import JsonObject
from engine.errors import DataError

SUITES = Path(__file__).resolve().parents[2] / "data" / "behaviour"
PLACEHOLDER = re.compile(r"\{(a:)?([a-z_]+?)(\d?)\}")
CASES = 20  # of a test for each thing that it expects, unless it says another number
DRAWS = 40  # for a case that is new; where all are in vain there is none left
VARIANTS = 3  # of a sentence by another word of a list

Words = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Suite:
    """A behaviour suite, written out.

    Attributes:
        name: the task family's. digest: the beginning of the SHA-256 of the cases, by which stored results are known
            to be of these.
    """

    name: str
    title: str
    digest: str
    cases: tuple[Case, ...]

    @property
    def capabilities(self) -> list[str]:
        """What is tested, in the file's order."""
        return list(dict.fromkeys(case.capability for case in self.cases))


@dataclass(frozen=True)
class SuiteTest:
    """A test as the file says it; see the module."""

    capability: str
    name: str
    templates: Sequence[str] | Mapping[str, Sequence[str]]
    cases: int = CASES
    vary: str = ""
    perturb: Sequence[str] = ()
    invariant: bool = False

    def by_expectation(self) -> Mapping[str, Sequence[str]]:
        """The templates by what they expect, "" for nothing by itself."""
        return self.templates if isinstance(self.templates, Mapping) else {"": self.templates}


@dataclass(frozen=True)
class Filled:
    """A template with words in it.

    Attributes:
        chosen: the word of each name with its number.
        parts: what stands in the text, by its list; a word that begins it has a capital.
    """

    text: str
    chosen: Mapping[str, str]
    parts: tuple[tuple[str, str], ...]


def read_suite(name: str, folder: Path = SUITES) -> Suite:
    """Return the suite of a task family; the same file gives the same cases.

    Raises:
        DataError: there is none, or it is not as the module says.
    """
    path = folder / f"{name}.toml"
    if not path.is_file():
        raise DataError(f"There is no behaviour suite of the task {name}.")
    return _read(path, path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=8)
def _read(path: Path, version: int) -> Suite:
    content = path.read_bytes()
    try:
        found = tomllib.loads(content.decode())
    except ValueError as error:
        raise DataError(f"The behaviour suite {path.name} is no TOML: {error}.") from error
    cases = tuple(expand(found, path.name))
    digest = hashlib.sha256(repr(cases).encode()).hexdigest()[:12]
    return Suite(path.stem, str(found["title"]), digest, cases)


def expand(suite: JsonObject, named: str) -> Iterator[Case]:
    """Yield the cases of a suite as its file holds it, no sentence twice.

    Raises:
        DataError: it is not as the module says; `named` is what the message calls it.
    """
    words, domains = suite.get("words", {}), suite.get("domain", {}) or {"": {}}
    tests = [_test(row, named) for row in suite.get("test", ())]
    _check(tests, words, domains, named)
    seen: set[str] = set()
    for test in tests:
        for expected, templates in test.by_expectation().items():
            draw = random.Random(f"{test.capability}/{test.name}/{expected}")
            lists = [
                (template, domain, {**words, **own})
                for template in templates
                for domain, own in domains.items()
                if _has_all(template, {**words, **own}, own, domains)
            ]
            for domain, variants in _drawn(test, lists, draw, seen):
                for text, parts, beside in variants:
                    entities = tuple(
                        f"{word} ({suite['types'][name]})" for name, word in parts if name in suite.get("types", {})
                    )
                    right = () if beside else (expected,) if expected else entities
                    yield Case(test.capability, test.name, domain, text, right, beside)


def _drawn(
    test: SuiteTest, lists: Sequence[tuple[str, str, Words]], draw: random.Random, seen: set[str]
) -> Iterator[tuple[str, list[tuple[str, tuple[tuple[str, str], ...], str]]]]:
    """Yield the domain and the cases of one sentence after the other until there are enough or no new ones."""
    order = list(lists)
    draw.shuffle(order)
    count, misses = 0, 0
    while count < test.cases and misses < DRAWS * len(order):
        template, domain, words = order[(count + misses) % len(order)]
        filled = fill(template, words, draw)
        variants = _variants(test, template, filled, words, draw)
        texts = {text for text, *_ in variants}
        if not texts or texts & seen:
            misses += 1
            continue
        seen |= texts
        count += len(variants)
        yield domain, variants


def _variants(
    test: SuiteTest, template: str, filled: Filled, words: Words, draw: random.Random
) -> list[tuple[str, tuple[tuple[str, str], ...], str]]:
    """Return the cases of a filled template: text, the words in it, and the sentence it is compared with."""
    if test.vary:
        others = _left(words, test.vary, filled.chosen)
        changed = [
            _put(template, {**filled.chosen, test.vary: word})
            for word in draw.sample(others, min(VARIANTS, len(others)))
        ]
        return [(one.text, one.parts, filled.text) for one in changed]
    if not test.perturb:
        return [(filled.text, filled.parts, "")]
    way = draw.choice(list(test.perturb))
    change = PERTURBATIONS.get(way)
    text = change(filled.text, draw)
    if text == filled.text:
        return []
    if test.invariant:
        return [(text, filled.parts, filled.text)]
    # An entity is changed as its sentence is, which holds for what is done to every letter alike.
    return [(text, tuple((name, change(word, draw)) for name, word in filled.parts), "")]


def fill(template: str, words: Words, draw: random.Random) -> Filled:
    """Return a template with words drawn for its names; of a list with several names each is another word."""
    chosen: dict[str, str] = {}
    for _, name, number in PLACEHOLDER.findall(template):
        key = f"{name}{number}"
        if key not in chosen:
            chosen[key] = draw.choice(_left(words, name, chosen))
    return _put(template, chosen)


def _left(words: Words, name: str, chosen: Mapping[str, str]) -> list[str]:
    """Return the words of a list that none of its names in a template has."""
    taken = {word for other, word in chosen.items() if other.rstrip("0123456789") == name}
    return [word for word in words[name] if word not in taken]


def _put(template: str, chosen: Mapping[str, str]) -> Filled:
    """Return a template with these words in it."""
    parts = []

    def word(found: re.Match[str]) -> str:
        article, name, number = found.groups()
        given = chosen[f"{name}{number}"]
        with_article = f"{_article(given)} {given}" if article else given
        if found.start() == 0:
            with_article = with_article[:1].upper() + with_article[1:]
        parts.append((name, given if article else with_article))
        return with_article

    text = PLACEHOLDER.sub(word, template)
    return Filled(text, chosen, tuple(parts))


def _article(word: str) -> str:
    return "an" if re.match(r"[aeio]|u(?!s|ni)|hour|honest", word, re.IGNORECASE) else "a"


def _has_all(template: str, words: Words, own: Words, domains: Mapping[str, Words]) -> bool:
    """Return whether a domain has every list of a template; one that needs no list of any domain is only of the
    first."""
    names = {name for _, name, _ in PLACEHOLDER.findall(template)}
    if not names <= set(words):
        return False
    return bool(names & set(own)) or own is next(iter(domains.values()))


def _test(row: JsonObject, named: str) -> SuiteTest:
    known = {one.name for one in dataclasses.fields(SuiteTest)}
    if wrong := (set(row) - known) | ({"capability", "name", "templates"} - set(row)):
        raise DataError(
            f"{named}: a test has or lacks {', '.join(sorted(wrong))}; it takes {', '.join(sorted(known))}."
        )
    return SuiteTest(**row)


def _check(tests: Sequence[SuiteTest], words: Words, domains: Mapping[str, Words], named: str) -> None:
    """Check that names and lists belong together.

    Raises:
        DataError: saying which do not.
    """
    lists = {**words, **{name: own[name] for own in domains.values() for name in own}}
    for name, values in lists.items():
        if len(set(values)) < len(values):
            raise DataError(f"{named}: the list {name} has a word twice.")
    used: set[str] = set()
    for test in tests:
        for template in (template for templates in test.by_expectation().values() for template in templates):
            names = {name for _, name, _ in PLACEHOLDER.findall(template)}
            used |= names
            if unknown := names - set(lists):
                raise DataError(f"{named}: “{template}” names no list there is: {', '.join(sorted(unknown))}.")
            if "{" in PLACEHOLDER.sub("", template) or "}" in PLACEHOLDER.sub("", template):
                raise DataError(f"{named}: “{template}” has a brace that encloses no name.")
            if test.vary and test.vary not in names:
                raise DataError(f"{named}: “{template}” lacks the list {test.vary} that is varied.")
            if not any(names <= set({**words, **own}) for own in domains.values()):
                raise DataError(f"{named}: “{template}” has lists that no one domain has together.")
    if unused := set(lists) - used:
        raise DataError(f"{named}: no template uses the lists {', '.join(sorted(unused))}.")
