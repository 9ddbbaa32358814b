"""Options from a dataclass: required, positional, switches, repeated ones, bounds, and help that tells all of it."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass

import pytest

from engine.command_line import EXIT_BAD_INPUT, main
from engine.command_options import add_options, read_options
from engine.config import option
from engine.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One option of every kind."""

    model: str = option(help="which model")
    file: str = option(help="a text", metavar="FILE", is_positional=True)
    max_steps: int = option(5, help="how many, in 100 % of cases", minimum=1, maximum=9)
    rate: float = option(0.5, label="Rate")
    way: str = option("fast", choices=("fast", "slow"))
    is_quiet: bool = option(False, help="say nothing")
    workers: int | None = option(None, help="how many processes")
    set: tuple[str, ...] = option((), help="one setting", metavar="NAME=VALUE")


@pytest.fixture
def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="toy")
    add_options(made, Settings)
    return made


def test_what_is_not_typed_is_the_default(parser):
    read = read_options(Settings, parser.parse_args(["--model", "m", "f"]))
    assert read == Settings(model="m", file="f")


def test_what_is_typed_has_the_kind_of_its_field(parser):
    typed = "f --model m --max-steps 9 --rate 2 --way slow --is-quiet --workers 0 --set a=1 --set b=2".split()
    read = read_options(Settings, parser.parse_args(typed))
    assert read == Settings(
        model="m", file="f", max_steps=9, rate=2.0, way="slow", is_quiet=True, workers=0, set=("a=1", "b=2")
    )


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("--max-steps", "10"), "max_steps must lie between 1 and 9, not 10"),
        (("--way", "sideways"), "way must be one of fast, slow, not 'sideways'"),
        (("--rate", "inf"), "rate must be a finite number"),
    ],
)
def test_what_is_out_of_bounds_is_refused_in_a_sentence(parser, typed, words):
    with pytest.raises(ConfigError, match=words):
        read_options(Settings, parser.parse_args(["f", "--model", "m", *typed]))


def test_a_required_option_must_be_typed(parser, capsys):
    with pytest.raises(SystemExit):
        parser.parse_args(["f"])
    assert "required: --model" in capsys.readouterr().err


def test_help_tells_words_bounds_choices_and_defaults(parser):
    words = " ".join(parser.format_help().split())
    for told in (
        "--model MODEL which model (required)",
        "FILE a text",
        "how many, in 100 % of cases (between 1 and 9; default 5)",
        "--rate RATE Rate (default 0.5)",
        "(one of fast, slow; default fast)",
        "--is-quiet say nothing",
        "--workers WORKERS how many processes",
        "--set NAME=VALUE one setting",
    ):
        assert told in words, told


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("restarts=1", "restarts must be a list, not 1"),
        ("restarts=x", "restarts must be a list, not 'x'"),
        ("restarts=[1.5]", "Each of restarts must be a whole number, not 1.5"),
        ("learning_rate_changes={}", "learning_rate_changes must be a list"),
        ("learning_rate_changes=[1]", "Each of learning_rate_changes must be a list, not 1"),
        ('learning_rate_changes=[[1, "x"]]', "must be pairs"),
        ("learning_rate_changes=[[1, NaN]]", "A learning rate must lie between"),
        ("max_steps=" + "[" * 100_000, "max_steps must be a whole number"),
        ("learning_rate=1e999", "learning_rate must be a finite number"),
        ("learning_rate", "--set needs SETTING=VALUE"),
    ],
)
def test_a_setting_that_is_none_is_one_sentence(setting, words, tmp_path, capsys):
    line = "train", "--recipe", "saltmarsh-lstm", "--output", str(tmp_path / "run"), "--set", setting
    assert main(line) == EXIT_BAD_INPUT
    (said,) = capsys.readouterr().err.splitlines()
    assert re.search(f"^error: .*{words}", said)
