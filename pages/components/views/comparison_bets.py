"""What the live race of the comparison page keeps in its URL: what is raced, by whom, for how long, and the bet."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option
from engine.experiments.race_settings import LARGEST, LONGEST_LENGTH, LONGEST_SECONDS, MOST_UPDATES, SHORTEST_SECONDS


@dataclass(frozen=True)
class BetsView:
    """The settings of a race; tasks and architectures are known only at run time. A lane without a runner is ""."""

    race_task: str = option("delayed_recall", label="Task", help="What the networks must learn.")
    race_length: int = option(
        20,
        label="Length",
        help="How long the sequences are; the longer, the fewer updates fit into the time.",
        minimum=1,
        maximum=LONGEST_LENGTH,
    )
    race_first: str = option("rnn", label="First runner")
    race_second: str = option("lstm", label="Second runner")
    race_third: str = option("gru", label="Third runner")
    race_fourth: str = option("", label="Fourth runner")
    race_bet: str = option("", label="Who will win?", help="Your bet changes nothing about the race.")
    race_parameters: int = option(
        5_000,
        label="Parameters each",
        help="Every network is made as close to this size as its architecture allows, not counting the table that "
        "tells symbols or words apart.",
        minimum=1,
        maximum=LARGEST,
    )
    race_seconds: int = option(
        45, label="Seconds", help="How long the race may take.", minimum=SHORTEST_SECONDS, maximum=LONGEST_SECONDS
    )
    race_max_steps: int = option(
        600,
        label="Updates at most",
        help="Fewer are made where the time allows no more.",
        minimum=20,
        maximum=MOST_UPDATES,
    )
    race_seed: int = option(
        0, label="First seed", help="Three seeds are run: this one and the two after it.", minimum=0, maximum=9999
    )
