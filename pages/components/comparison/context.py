"""What the comparison page hands to each of its sections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from engine.experiments.findings.aggregates import Contents, aggregate_runs, standings, telling_length
from engine.experiments.runs.task_facts import TaskFacts, task_facts
from engine.plotting.figure import Drawn, Figure
from pages.components.comparison.view import ComparisonView
from pages.components.computing.calls import Call, call
from pages.components.controls.context import PageContext
from pages.components.controls.forms import Controls


@dataclass(frozen=True, kw_only=True)
class ComparisonContext(PageContext[ComparisonView]):
    """The page as a section of the comparison page meets it.

    Attributes:
        page: the page's name, for what is remembered of a visit.
        recipe: the table of results that is shown; "" where there is none.
        task: the task chosen at the top of the page; "" without results.
        matched_by: what the networks compared have in common: "parameters" or "hidden_size".
        architectures: those the visitor wants to see, in the order of legends.
        held: what the table of results holds; None without results.
        opening: the task the page opens with.
    """

    page: str
    recipe: str = ""
    task: str = ""
    matched_by: str = "parameters"
    architectures: tuple[str, ...] = ()
    held: Contents | None = None
    opening: str = ""

    @property
    def lengths(self) -> tuple[int, ...]:
        """The lengths the task was run at."""
        return self.held.lengths[(self.matched_by, self.task)]

    @property
    def aggregates(self) -> Call[pd.DataFrame]:
        """The measured runs joined over their seeds, once for all that is worked out from them."""
        return call(aggregate_runs, table=self.recipe, kept="shared")

    @property
    def standings(self) -> Call[pd.DataFrame]:
        """Where every architecture stands on the task; shared, so its value must not be changed."""
        return call(standings, self.aggregates, self.matched_by, self.task, kept="shared")

    def telling_length(self, architectures: tuple[str, ...] = ()) -> int:
        """Return the length at which the architectures, all unless named, lie furthest apart on the task."""
        return call(telling_length, self.aggregates, self.matched_by, self.task, architectures).value

    def ask(self, function: Callable[..., Any], *args: Any) -> Any:
        """Return `function(results, *args)`, computed once."""
        return call(function, *args, table=self.recipe).value

    def figure(self, function: Callable[..., Figure], *args: Any) -> Drawn:
        """Return the figure `function(results, *args)`, drawn once for all visitors."""
        figure = call(function, *args, table=self.recipe)
        return call(Figure.drawn, figure, kept="shared").value

    @property
    def facts(self) -> TaskFacts:
        """What is known about the task."""
        return task_facts(self.task)

    def ask_length(self, field: str) -> int:
        """Draw the choice of one of the task's lengths; return it."""
        return self.controls.segmented(field, "{:,}".format, self.lengths, self.telling_length())


def ask_axes(controls: Controls[Any], prefix: str) -> None:
    """Draw the switches of a chart's logarithmic axes."""
    with st.popover("Axes", icon=":material/straighten:"):
        controls.toggle(f"{prefix}_log_x")
        controls.toggle(f"{prefix}_log_y")


def headings(table: pd.DataFrame) -> dict[str, str]:
    """Return what a table's columns are called: their names in words."""
    return {name: name.replace("_", " ").capitalize() for name in table}
