"""Everything that can be opened, found by the words that a person types: tools, pages and the terms of the glossary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import NamedTuple
from urllib.parse import urlencode

import streamlit as st

from engine import glossary
from engine.glossary import Term
from engine.task_family import Page
from engine.wording import listing
from pages.components import notices, routes
from pages.components.tools import Toolbox

MOST = 6  # of each kind that one search shows
LONGEST = 200  # characters of a query


class ToolAddress(NamedTuple):
    """What opens a tool: its page, and the parameters of the address."""

    page: str
    parameters: dict[str, str]

    @property
    def address(self) -> str:
        """The address, from any page."""
        return f"{self.page}?{urlencode(self.parameters)}" if self.parameters else self.page


@dataclass(frozen=True)
class Opened:
    """A tool, or a page without any, as it is found.

    Attributes:
        key: "PAGE/TOOL", as in the glossary, or "PAGE".
        page_title: of the page it is on.
    """

    key: str
    name: str
    sentence: str
    page_title: str
    place: ToolAddress
    also: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The page and the tool."""
        return self.name if self.name == self.page_title else f"{self.page_title}: {self.name}"


@lru_cache(maxsize=1)
def tools() -> dict[str, Opened]:
    """Return every page and every tool by its key, in the order of the navigation."""
    return {found.key: found for page in routes.listed() for found in _of_page(page)}


def show(query: str) -> None:
    """Draw what a query finds: terms with the tools that show them, then tools and pages."""
    if not query.strip():
        return
    entries = (*glossary.terms(), *tools().values())
    found = glossary.search(query, entries)
    if not found:
        close = glossary.nearest_words(query, entries)
        tip = f"Nearest by spelling: {listing(close)}." if close else "Try another word for it."
        notices.note(f"No term and no tool has a word like this: {query.strip()[:LONGEST]}. {tip}")
        found = glossary.search(close[0], entries) if close else []
    terms = [entry for entry in found if isinstance(entry, Term)][:MOST]
    shown = {key for term in terms[:1] for key in term.tools}
    for position, term in enumerate(terms):
        draw_term(term, with_links=position == 0)
    for tool in [entry for entry in found if isinstance(entry, Opened) and entry.key not in shown][:MOST]:
        _link(tool, f"**{tool.title}**: {tool.sentence}")


def draw_term(term: Term, with_links: bool = True) -> None:
    """Draw a term with its meaning and, as links, the tools that show it."""
    notices.explain(_told(term) if with_links else _entry(term))
    if with_links:
        with st.container(horizontal=True):
            for key in term.tools:
                _link(tools()[key], tools()[key].title)


def whole_glossary(terms: Sequence[Term]) -> None:
    """Draw many terms as running text, their tools as links in it; a widget for each link would make the page slow."""
    notices.explain("\n\n".join(map(_entry, terms)))


def _of_page(page: Page) -> Iterator[Opened]:
    yield Opened(page.name, page.title, page.sentence, page.title, ToolAddress(page.name, {}))
    package = f"pages.components.{page.name}"
    boxes = vars(import_module(package)).values() if find_spec(package) else ()
    for box in boxes:
        if isinstance(box, Toolbox):
            for tool in box.values():
                place = ToolAddress(page.name, {box.field: tool.name})
                former = tuple(name.replace("_", " ") for name in (tool.name, *tool.formerly))
                yield Opened(f"{page.name}/{tool.name}", tool.label, tool.sentence, page.title, place, former)


def _link(found: Opened, label: str) -> None:
    st.page_link(
        routes.path_of(next(page for page in routes.listed() if page.name == found.place.page)),
        label=label,
        icon=":material/arrow_forward:",
        query_params=found.place.parameters,
        width="content",
    )


def _told(term: Term) -> str:
    also = f" Also: {listing(term.also)}." if term.also else ""
    paper = f" *{term.paper}.*" if term.paper else ""
    return f"**{term.name}**: {term.sentence}{also}{paper}"


def _entry(term: Term) -> str:
    links = " · ".join(f"[{tools()[key].title}]({tools()[key].place.address})" for key in term.tools)
    return f"{_told(term)}  \n{links}"
