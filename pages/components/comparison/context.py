"""What the comparison page hands to each of its sections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from engine.experiments.aggregates import Contents
from engine.experiments.task_facts import TaskFacts, task_facts
from pages.components.calls import call
from pages.components.comparison.view import ComparisonView
from pages.components.context import PageContext


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
    """

    page: str
    recipe: str = ""
    task: str = ""
    matched_by: str = "parameters"
    architectures: tuple[str, ...] = ()
    held: Contents | None = None

    @property
    def view(self) -> ComparisonView:
        """What the widgets drawn so far say."""
        return self.controls.value()

    @property
    def lengths(self) -> tuple[int, ...]:
        """The lengths the task was run at."""
        return self.held.lengths[(self.matched_by, self.task)]

    def ask(self, function: Callable[..., Any], *args: Any) -> Any:
        """Return `function(results, *args)`, computed once."""
        return call(function, *args, table=self.recipe).value

    def figure(self, function: Callable[..., go.Figure], *args: Any) -> go.Figure:
        """Return the figure `function(results, *args)`, drawn once and shared, so it must not be changed."""
        return call(function, *args, table=self.recipe, kept="shared").value

    @property
    def facts(self) -> TaskFacts:
        """What is known about the task."""
        return task_facts(self.task)
