"""Where the network of a run can be used: a link to every page that looks at networks of its kind."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

import streamlit as st

from engine.inspection.cells.steps import can_be_opened
from engine.models.folder import ModelInfo
from engine.runs import Run
from engine.task_family import TASK_FAMILIES, Page
from pages.components.owning import networks, own_models
from pages.components.shell import routes


def show(run: Run, is_race: bool) -> None:
    """Draw the links, where there is a network already; of a race the first one alone."""
    if not own_models.is_ready(run.folder):
        return
    draw(itertools.islice(places(own_models.describe(run.folder)), 1 if is_race else None))


def draw(found: Iterable[tuple[Page, dict[str, str]]]) -> None:
    """Draw a link to each page with what its address carries."""
    with st.container(horizontal=True):
        for page, parameters in found:
            st.page_link(
                routes.path_of(page),
                label=f"Use it on {page.title}",
                icon=":material/arrow_forward:",
                query_params=parameters,
                width="content",
            )


def places(info: ModelInfo) -> Iterator[tuple[Page, dict[str, str]]]:
    """Yield each page that looks at a network, with what its address carries to open it."""
    family = TASK_FAMILIES.get(info.task)
    if family.page is not None:
        languages = {"direction": f"{info.source_language}-{info.target_language}"} if info.source_language else {}
        yield family.page, {family.page.opens: info.name} | languages
    pages = {page.name: page for page in routes.OWN}
    if can_be_opened(info):
        yield pages["cells"], {pages["cells"].opens: info.name}
    if networks.has_gradients(info):
        yield pages["gradients"], {pages["gradients"].opens: info.name}
