"""The comparison page's URL: task, what is held equal, who is shown, the section that is open, and that section's
own."""

from __future__ import annotations

from engine.config import option
from engine.experiments.live_race.settings import LiveSettings
from pages.components.controls.views import composed_of, settings_view

RACE_JOB, COST_JOB = "race", "cost_job"  # the parameters that hold the ids of jobs
MEASURES = ("error", "updates")
AGAINST = ("updates", "sequences", "seconds")
LOOKS = ("medians", "seeds", "two runs")
COSTS = ("parameters", "seconds per update", "seconds in all")


class ErrorByLengthView:
    """The chart at the top: what is drawn up, and which axes are logarithmic."""

    who_up: str = option("error", "Measure", choices=MEASURES)
    who_log_x: bool = option(True, "Logarithmic length")
    who_log_y: bool = option(
        False, "Logarithmic upwards", "Shows differences among small errors; zero is drawn at half the smallest."
    )


class LearningView:
    """The curves of one task and length, and two runs to lay over each other."""

    learning_length: int = option(0, "Length")
    learning_against: str = option("updates", "Against", choices=AGAINST)
    learning_look: str = option("medians", "Show", choices=LOOKS)
    learning_log_x: bool = option(False, "Logarithmic across")
    learning_log_y: bool = option(False, "Logarithmic loss")
    learning_one: str = option("", "Run A")
    learning_other: str = option("", "Run B")
    learning_threshold: float = option(
        50.0,
        "Threshold (% of a guess's loss)",
        "How far the loss must fall for the time to be taken.",
        minimum=0.01,
        maximum=200.0,
        step=1.0,
    )


class TradeoffView:
    """Errors against one kind of cost."""

    tradeoff_length: int = option(0, "Length")
    tradeoff_cost: str = option("seconds in all", "Cost", choices=COSTS)
    tradeoff_log_x: bool = option(True, "Logarithmic cost")
    tradeoff_log_y: bool = option(False, "Logarithmic error")


class RulesView:
    """The trials of learning rates at one length."""

    rules_length: int = option(0, "Length")
    rules_log_y: bool = option(True, "Logarithmic loss")


class LiteratureView:
    """Whether figures that nobody here has read at their source are listed too."""

    literature_unread: bool = option(
        False,
        "Also figures not read at their source",
        "Quoted second-hand or from memory; none of them is a fact here.",
    )


class LiveRaceView:
    """The runners of a race, known only at run time; a lane without one is ""."""

    race_first: str = option("rnn", "First runner")
    race_second: str = option("lstm", "Second runner")
    race_third: str = option("gru", "Third runner")
    race_fourth: str = option("", "Fourth runner")


RACE = ("task", "length", "parameters", "seconds", "max_steps", "seed", "bet")  # what else a race is started with

WHEN = ("streaming", "training")
LONGEST_CONTEXT = 2_000  # tokens read


class CostView:
    """Training or streaming, the scales, and the calculator's network."""

    cost_when: str = option("streaming", "When", choices=WHEN)
    cost_log_x: bool = option(False, "Logarithmic positions")
    cost_log_y: bool = option(True, "Logarithmic costs")
    cost_hidden: int = option(64, "Hidden units H", "Also the Transformer's width d.", minimum=8, maximum=512, step=8)
    cost_position: int = option(400, "Tokens read T", "How far into the text.", minimum=1, maximum=LONGEST_CONTEXT)


PASSAGE = (
    "NELL:\nGood morrow, sir. The tide hath left thy ship\nUpon the sand, and all thy men asleep.\n\nTOBY:\nThen "
    "wake them with a bell; or, if that fail,\nGo tell the captain that the king is come,\nAnd will not wait upon "
    "the moon to rise.\n\nNELL:\nWhat king would walk alone so cold a shore?\n"
)
LONGEST_TEXT = 2_000


class HalfLifeView:
    """The text whose characters are replaced, and how the curves are drawn."""

    half_life_text: str = option(
        PASSAGE,
        "Text the networks read",
        f"At most {LONGEST_TEXT:,} characters. One of them is replaced, and the expectation at the end is compared.",
    )
    half_life_models: tuple = option((), "Networks")
    half_life_distance: int = option(
        200, "Farthest distance", "How many tokens back the farthest replaced one stands.", minimum=4, maximum=200
    )
    half_life_seed: int = option(0, "Seed", "Decides what a character is replaced with.", minimum=0, maximum=9999)
    half_life_log_x: bool = option(True, "Logarithmic distance")
    half_life_log_y: bool = option(True, "Logarithmic change")


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

    task: str = option("", "Task")
    matched_by: str = option(
        "parameters", "Kept equal", "What the networks that are compared have in common.", formerly=("equal",)
    )
    show: tuple = option((), "Architectures shown")
    section: str = option("", "Section")
