"""What the charts of measured runs keep in the comparison page's URL: who remembers, how they learn, what it costs."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option

WHO = ("error", "updates")
AGAINST = ("updates", "sequences", "seconds")
LOOKS = ("medians", "seeds", "two runs")
COSTS = ("parameters", "seconds per update", "seconds in all")


@dataclass(frozen=True)
class WhoView:
    """The chart at the top: what is drawn up, and which axes are logarithmic."""

    who_up: str = option("error", label="Measure", choices=WHO)
    who_log_x: bool = option(True, label="Logarithmic length")
    who_log_y: bool = option(
        False,
        label="Logarithmic upwards",
        help="Shows differences among small errors; zero is drawn at half the smallest.",
    )


@dataclass(frozen=True)
class LearningView:
    """The curves of one task and length, and two runs to lay over each other."""

    learning_length: int = option(0, label="Length")
    learning_against: str = option("updates", label="Against", choices=AGAINST)
    learning_look: str = option("medians", label="Show", choices=LOOKS)
    learning_log_x: bool = option(False, label="Logarithmic across")
    learning_log_y: bool = option(False, label="Logarithmic loss")
    learning_one: str = option("", label="Run A")
    learning_other: str = option("", label="Run B")
    learning_threshold: float = option(
        50.0,
        label="Threshold (% of a guess's loss)",
        help="How far the loss must fall for the time to be taken.",
        minimum=0.01,
        maximum=200.0,
        step=1.0,
    )


@dataclass(frozen=True)
class TradeoffView:
    """Errors against one kind of cost."""

    tradeoff_length: int = option(0, label="Length")
    tradeoff_cost: str = option("seconds in all", label="Cost", choices=COSTS)
    tradeoff_log_x: bool = option(True, label="Logarithmic cost")
    tradeoff_log_y: bool = option(False, label="Logarithmic error")


@dataclass(frozen=True)
class RulesView:
    """The trials of learning rates at one length."""

    rules_length: int = option(0, label="Length")
    rules_log_y: bool = option(True, label="Logarithmic loss")


@dataclass(frozen=True)
class LiteratureView:
    """Whether figures that nobody here has read at their source are listed too."""

    literature_unread: bool = option(
        False,
        label="Also figures not read at their source",
        help="Quoted second-hand or from memory; none of them is a fact here.",
    )
