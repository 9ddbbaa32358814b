"""The comparison page's URL: task, what is held equal, who is shown, the section that is open, and that section's
own."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option
from pages.components.views.comparison_bets import BetsView
from pages.components.views.comparison_charts import LearningView, LiteratureView, RulesView, TradeoffView, WhoView
from pages.components.views.comparison_cost import CostView
from pages.components.views.comparison_half_life import HalfLifeView


@dataclass(frozen=True)
class ComparisonView(WhoView, LearningView, TradeoffView, LiteratureView, RulesView, BetsView, CostView, HalfLifeView):
    """Everything a link to the comparison page carries; tasks, lengths and architectures depend on what was
    measured."""

    task: str = option("", label="Task")
    equal: str = option("parameters", label="Held equal", help="What the networks that are compared have in common.")
    show: tuple = option((), label="Architectures shown")
    section: str = option("", label="Section")
