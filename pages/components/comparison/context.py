"""What the comparison page hands to each of its sections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from engine.experiments.aggregates import Contents
from engine.experiments.task_facts import TaskFacts, task_facts
from pages.components.calls import call
from pages.components.forms import Controls
from pages.components.views.comparison import ComparisonView


@dataclass(frozen=True)
class PageContext:
    """The page as a section meets it.

    Attributes:
        page: the page's name, for what is remembered of a visit.
        controls: draws widgets bound to the URL, from the fields of the page's view.
        recipe: the table of results that is shown; "" where there is none.
        task: the task chosen at the top of the page; "" without results.
        equal: what the networks compared have in common: "parameters" or "hidden_size".
        architectures: those the visitor wants to see, in the order of legends.
        held: what the table of results holds; None without results.
    """

    page: str
    controls: Controls[ComparisonView]
    recipe: str = ""
    task: str = ""
    equal: str = "parameters"
    architectures: tuple[str, ...] = ()
    held: Contents | None = None

    @property
    def view(self) -> ComparisonView:
        """What the widgets drawn so far say."""
        return self.controls.value()

    @property
    def lengths(self) -> tuple[int, ...]:
        """The lengths the task was run at."""
        return self.held.lengths[(self.equal, self.task)]

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
