"""What a visitor may choose for a live race, and within what bounds. No torch: pages read this before anything is
trained."""

from __future__ import annotations

import dataclasses

from engine.config import option, validate
from engine.errors import ConfigError

JOB = "engine.experiments.live_race.race:race"
LONGEST_LENGTH = 5_000
SHORTEST_SECONDS, LONGEST_SECONDS = 5, 60
MOST_UPDATES = 5_000
LARGEST = 50_000
FEWEST_RUNNERS, MOST_RUNNERS = 2, 4
SEEDS = 3


@dataclasses.dataclass(frozen=True)
class LiveSettings:
    """A race: two to four architectures of about the same size learn one task, three seeds each, within so many
    seconds."""

    task: str = option("delayed_recall", label="Task", help="What the networks must learn.")
    length: int = option(
        20,
        label="Length",
        help="How long the sequences are; the longer, the fewer updates fit into the time.",
        minimum=1,
        maximum=LONGEST_LENGTH,
    )
    architectures: tuple[str, ...] = option(("rnn", "lstm", "gru"), label="Runners")
    parameters: int = option(
        5_000,
        label="Parameters each",
        help="Every network is made as close to this size as its architecture allows, not counting the table that "
        "tells symbols or words apart.",
        minimum=1,
        maximum=LARGEST,
    )
    seconds: int = option(
        45, label="Seconds", help="How long the race may take.", minimum=SHORTEST_SECONDS, maximum=LONGEST_SECONDS
    )
    max_steps: int = option(
        600,
        label="Updates at most",
        help="Fewer are made where the time allows no more.",
        minimum=20,
        maximum=MOST_UPDATES,
    )
    seed: int = option(
        0, label="First seed", help="Three seeds are run: this one and the two after it.", minimum=0, maximum=9999
    )
    bet: str = option("", label="Who will win?", help="Your bet changes nothing about the race.")

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds every architecture is run with."""
        return tuple(range(self.seed, self.seed + SEEDS))


def check(settings: LiveSettings) -> None:
    """Check what can be checked without building a network.

    Raises:
        ConfigError: a value is out of bounds, there are too few or too many runners, one runs twice, or the bet is on
            none of them.
    """
    validate(settings)
    runners = settings.architectures
    if not FEWEST_RUNNERS <= len(runners) <= MOST_RUNNERS:
        raise ConfigError(f"A race needs {FEWEST_RUNNERS} to {MOST_RUNNERS} architectures, not {len(runners)}.")
    twice = sorted({name for name in runners if runners.count(name) > 1})
    if twice:
        raise ConfigError(f"Every architecture runs once; chosen twice: {', '.join(twice)}.")
    if settings.bet and settings.bet not in runners:
        raise ConfigError(f"The bet is on '{settings.bet}', which does not run; choose one of: {', '.join(runners)}.")
