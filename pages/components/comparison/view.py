"""The comparison page's URL: task, what is held equal, who is shown, the section that is open, and that section's
own."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option
from engine.experiments.race_settings import LiveSettings
from pages.components.views import composed_of, settings_view

MEASURES = ("error", "updates")
AGAINST = ("updates", "sequences", "seconds")
LOOKS = ("medians", "seeds", "two runs")
COSTS = ("parameters", "seconds per update", "seconds in all")


@dataclass(frozen=True)
class ErrorByLengthView:
    """The chart at the top: what is drawn up, and which axes are logarithmic."""

    who_up: str = option("error", label="Measure", choices=MEASURES)
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


@dataclass(frozen=True)
class LiveRaceView:
    """The runners of a race, known only at run time; a lane without one is ""."""

    race_first: str = option("rnn", label="First runner")
    race_second: str = option("lstm", label="Second runner")
    race_third: str = option("gru", label="Third runner")
    race_fourth: str = option("", label="Fourth runner")


RACE = ("task", "length", "parameters", "seconds", "max_steps", "seed", "bet")  # what else a race is started with

WHEN = ("streaming", "training")
LONGEST_CONTEXT = 2_000  # tokens read


@dataclass(frozen=True)
class CostView:
    """Training or streaming, the scales, and the calculator's network."""

    cost_when: str = option("streaming", label="When", choices=WHEN)
    cost_log_x: bool = option(False, label="Logarithmic positions")
    cost_log_y: bool = option(True, label="Logarithmic costs")
    cost_hidden: int = option(
        64, label="Hidden units H", help="Also the Transformer's width d.", minimum=8, maximum=512, step=8
    )
    cost_position: int = option(
        400, label="Tokens read T", help="How far into the text.", minimum=1, maximum=LONGEST_CONTEXT, step=1
    )


PASSAGE = (
    "NELL:\n"
    "Good morrow, sir. The tide hath left thy ship\n"
    "Upon the sand, and all thy men asleep.\n"
    "\n"
    "TOBY:\n"
    "Then wake them with a bell; or, if that fail,\n"
    "Go tell the captain that the king is come,\n"
    "And will not wait upon the moon to rise.\n"
    "\n"
    "NELL:\n"
    "What king would walk alone so cold a shore?\n"
)
LONGEST_TEXT = 2_000


@dataclass(frozen=True)
class HalfLifeView:
    """The text whose characters are replaced, and how the curves are drawn."""

    half_life_text: str = option(
        PASSAGE,
        label="Text the networks read",
        help=f"At most {LONGEST_TEXT:,} characters. One of them is replaced, and the expectation at the end is "
        "compared.",
    )
    half_life_models: tuple = option((), label="Networks")
    half_life_distance: int = option(
        200,
        label="Farthest distance",
        help="How many tokens back the farthest replaced one stands.",
        minimum=4,
        maximum=200,
        step=1,
    )
    half_life_seed: int = option(
        0, label="Seed", help="Decides what a character is replaced with.", minimum=0, maximum=9999
    )
    half_life_log_x: bool = option(True, label="Logarithmic distance")
    half_life_log_y: bool = option(True, label="Logarithmic change")


@composed_of(
    ErrorByLengthView,
    LearningView,
    TradeoffView,
    CostView,
    HalfLifeView,
    LiteratureView,
    RulesView,
    LiveRaceView,
    settings_view(LiveSettings, "race_", RACE),
)
class ComparisonView:
    """Everything a link to the comparison page carries; tasks, lengths and architectures depend on what was
    measured."""

    task: str = option("", label="Task")
    matched_by: str = option(
        "parameters",
        label="Held equal",
        help="What the networks that are compared have in common.",
        formerly=("equal",),
    )
    show: tuple = option((), label="Architectures shown")
    section: str = option("", label="Section")
