"""Everything that can be opened, found by the words that a person types: tools, pages and the terms of the glossary."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from urllib.parse import urlencode

import streamlit as st

from engine import glossary
from engine.glossary import Term
from engine.task_family import Page
from engine.wording import listing
from pages.components.controls.tools import Toolbox
from pages.components.drawing import notices
from pages.components.shell import routes

MOST = 6  # of each kind that one search shows
LONGEST = 200  # characters of a query


@dataclass(frozen=True)
class FoundTool:
    """A tool, or a page without any, as it is found.

    Attributes:
        key: "PAGE/TOOL", as in the glossary, or "PAGE".
        parameters: of the page's address, which open it.
        words: what it was called in older links.
    """

    key: str
    name: str
    sentence: str
    page: Page
    parameters: dict[str, str]
    words: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The page and the tool."""
        return f"{self.page.title}: {self.name}" if self.parameters else self.name

    @property
    def address(self) -> str:
        """The address, from any page."""
        return f"{self.page.name}?{urlencode(self.parameters)}" if self.parameters else self.page.name


@lru_cache(maxsize=1)
def tools() -> dict[str, FoundTool]:
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
    for tool in [entry for entry in found if isinstance(entry, FoundTool) and entry.key not in shown][:MOST]:
        _link(tool)
        notices.explain(tool.sentence)


def draw_term(term: Term, with_links: bool = True) -> None:
    """Draw a term with its meaning and, as links, the tools that show it."""
    notices.explain(_told(term) if with_links else _entry(term))
    if with_links:
        with st.container(horizontal=True):
            for key in term.tools:
                _link(tools()[key])


def whole_glossary() -> None:
    """Draw all terms as running text, their tools as links in it; a widget for each link would make the page slow."""
    notices.explain("\n\n".join(map(_entry, glossary.terms())))


def _of_page(page: Page) -> Iterator[FoundTool]:
    yield FoundTool(page.name, page.title, page.sentence, page, {})
    package = f"pages.components.{page.name}"
    boxes = vars(import_module(package)).values() if find_spec(package) else ()
    for box in boxes:
        if isinstance(box, Toolbox):
            for tool in box.values():
                former = tuple(name.replace("_", " ") for name in (tool.name, *tool.formerly))
                key = f"{page.name}/{tool.name}"
                yield FoundTool(key, tool.label, tool.sentence, page, {box.field: tool.name}, former)


def _link(tool: FoundTool) -> None:
    st.page_link(  # its label is cut off where it is longer than a narrow page
        routes.path_of(tool.page),
        label=tool.title,
        icon=":material/arrow_forward:",
        query_params=tool.parameters,
        width="content",
    )


def _told(term: Term) -> str:
    also = f" Also: {listing(term.also)}." if term.also else ""
    paper = f" *{term.paper}.*" if term.paper else ""
    return f"**{term.name}**: {term.sentence}{also}{paper}"


def _entry(term: Term) -> str:
    links = " · ".join(f"[{tools()[key].title}]({tools()[key].address})" for key in term.tools)
    return f"{_told(term)}  \n{links}"
