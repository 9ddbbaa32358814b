"""What a visitor may use of the machine: one table, a column for each profile.

Under a server that others can reach the figures of "hosted" hold, unless the variable UNROLLED_PROFILE says "local":
then those of whoever runs the app for themselves.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, fields

from engine.config import bounds_in_words, option
from engine.errors import ConfigError

VARIABLE = "UNROLLED_PROFILE"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The most of everything, in one profile; each field's words say what it counts."""

    rows: int = option(label="Rows of a data set", help="Rows of all splits together; more are left out.")
    mebibytes: int = option(label="MiB of a data set", help="Size of a file that is uploaded or fetched.")
    characters: int = option(label="Characters of a data set", help="Characters of all texts together.")
    vocabulary: int = option(label="Vocabulary", help="Tokens that a network tells apart.")
    hidden_size: int = option(label="Hidden units", help="Units of one layer, and numbers of an embedding.")
    layers: int = option(label="Layers", help="Recurrent layers of a stack, or blocks of a Transformer.")
    parameters: int = option(label="Parameters", help="Trainable numbers of a network.")
    weights_mebibytes: int = option(label="MiB of weights", help="Size of a file of weights that is brought along.")
    models: int = option(label="Networks brought along", help="Networks of other makers that one visitor keeps.")
    steps: int = option(label="Updates", help="Optimiser updates of one run.")
    batch_tokens: int = option(label="Tokens of a batch", help="Tokens that one update reads.")
    memory_mebibytes: int = option(label="MiB of memory", help="Memory that one run takes.")
    minutes: int = option(label="Minutes", help="Time that one run takes, from its first update on.")
    data_sets: int = option(label="Data sets", help="Data sets that one visitor keeps.")
    runs: int = option(label="Runs", help="Runs that one visitor keeps.")
    jobs_per_visitor: int = option(label="Jobs of one visitor", help="Runs that wait or go on at once.")
    jobs: int = option(label="Jobs in all", help="Jobs of all visitors that wait at once.")
    days_kept: int = option(label="Days kept", help="Days that data and runs stay after the visitor was last here.")
    jobs_per_address: int = option(label="Jobs of one address", help="Jobs that visitors of one address have at once.")
    text_characters: int = option(label="Characters of a text", help="Characters that are read of one text field.")
    link_characters: int = option(label="Characters of a link", help="Characters of an address with all it asks for.")
    file_lines: int = option(label="Lines of a file", help="Lines of a file or text of which each is worked on.")
    sockets: int = option(label="Windows of one address", help="Windows that one address has open at once.")
    sockets_per_minute: int = option(label="New windows in a minute", help="Windows that one address opens.")
    runs_at_once: int = option(label="Actions at once", help="Actions of one address that are at work at once.")
    actions_per_minute: int = option(label="Actions in a minute", help="Actions of one address; more have to wait.")
    requests_per_minute: int = option(label="Requests in a minute", help="Pages and files that one address asks for.")


PROFILES = {
    "hosted": Limits(
        rows=100_000,
        mebibytes=20,
        characters=5_000_000,
        vocabulary=20_000,
        hidden_size=512,
        layers=3,
        parameters=8_000_000,
        weights_mebibytes=20,
        models=20,
        steps=10_000,
        batch_tokens=16_384,
        memory_mebibytes=1_024,
        minutes=15,
        data_sets=20,
        runs=30,
        jobs_per_visitor=4,
        jobs=8,
        days_kept=14,
        jobs_per_address=6,
        text_characters=100_000,
        link_characters=32_768,
        file_lines=50_000,
        sockets=40,
        sockets_per_minute=60,
        runs_at_once=16,
        actions_per_minute=600,
        requests_per_minute=2_000,
    ),
    "local": Limits(
        rows=5_000_000,
        mebibytes=2_048,
        characters=500_000_000,
        vocabulary=200_000,
        hidden_size=4_096,
        layers=4,
        parameters=500_000_000,
        weights_mebibytes=2_048,
        models=10_000,
        steps=10_000_000,
        batch_tokens=1_048_576,
        memory_mebibytes=65_536,
        minutes=24 * 60,
        data_sets=10_000,
        runs=10_000,
        jobs_per_visitor=8,
        jobs=8,
        days_kept=3_650,
        jobs_per_address=1_000,
        text_characters=1_000_000,
        link_characters=262_144,
        file_lines=5_000_000,
        sockets=1_000,
        sockets_per_minute=100_000,
        runs_at_once=1_000,
        actions_per_minute=100_000,
        requests_per_minute=1_000_000,
    ),
}


def profile() -> str:
    """Return which profile holds: "hosted", unless the variable UNROLLED_PROFILE names another.

    Raises:
        ConfigError: it names none.
    """
    name = os.environ.get(VARIABLE, "") or "hosted"
    if name not in PROFILES:
        raise ConfigError(f"{VARIABLE} is '{name[:40]}'; it must be one of {', '.join(PROFILES)}.")
    return name


def limits() -> Limits:
    """Return the limits of the profile that holds."""
    return PROFILES[profile()]


def check(name: str, value: float, words: str = "") -> None:
    """Check a value against the limit `name`; `words` is what the sentence calls it, the field's label otherwise.

    Raises:
        ConfigError: it is over the limit.
    """
    allowed = getattr(limits(), name)
    if value <= allowed:
        return
    label = words or next(field.metadata["label"] for field in fields(Limits) if field.name == name)
    lifted = f"; run the app yourself with {VARIABLE}=local for more" if profile() == "hosted" else ""
    raise ConfigError(f"{label} must lie {bounds_in_words(None, allowed)} here, not {value:,.10g}{lifted}.")
