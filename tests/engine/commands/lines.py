"""A good line for every command, and what is asked of one that is refused."""

from __future__ import annotations

import re

from engine.command_line import EXIT_BAD_INPUT, build_parser
from engine.models.language_model import LanguageModelConfig
from engine.recipes.language_model_recipe import LanguageModelRecipe
from engine.training import TrainingSettings

TINY = LanguageModelRecipe(
    "tiny-recipe",
    "Tiny",
    "tiny_shakespeare",
    LanguageModelConfig(6, 8, 1, "gru"),
    training=TrainingSettings(max_steps=2, evaluate_every=1, checkpoint_every=1, log_every=1),
    batch_size=2,
    bptt_length=16,
)
GOOD = {
    "models": ("models", "--json"),
    "generate": ("generate", "--model", "lm", "--prompt", "TOM: é", "--max-new-tokens", "3"),
    "score": ("score", "--model", "lm", "-"),
    "temperatures": ("temperatures", "--model", "lm", "--output", "out/temperatures.parquet"),
    "translate": ("translate", "--model", "translator", "--beam-size", "1"),
    "bottleneck": ("bottleneck", "--model", "translator"),
    "classify": ("classify", "--model", "classifier"),
    "tag": ("tag", "--model", "tagger"),
    "forecast": ("forecast", "--model", "forecaster", "--horizon", "4"),
    "train": ("train", "--recipe", "tiny-recipe", "--output", "out/run"),
    "runs": ("runs", "--json"),
    "import": ("import", "--weights", "lm.safetensors", "--vocabulary", "words.json", "--output", "out/brought"),
    "export": ("export", "--model", "lm", "--output", "out/lm.zip"),
    "evaluate": ("evaluate", "--model", "lm"),
    "index": ("index", "--corpus", "tiny_shakespeare", "--output", "out"),
    "compare": ("compare", "--recipe", "quick", "--output", "out", "--workers", "0", "--only", "2,rnn,seed=0"),
}
WITH_MODEL = [name for name, line in GOOD.items() if "--model" in line]
READERS = ("score", "translate", "classify", "tag", "forecast")
TEXT = b"a dog runs\n\nthe cat sees the dog\n"
VALUES = b"day,sold\n" + b"\n".join(b"2026-01-%02d,%d" % (day, day % 7) for day in range(1, 22))


def assert_is_refused(found: tuple[int, str, str], words: str = "", code: int = EXIT_BAD_INPUT) -> None:
    assert found[0] == code
    assert "Traceback" not in found[2]
    lines = found[2].splitlines()
    said = [line for line in lines if line.startswith("error: ")]
    assert len(said) == 1
    assert said[0] == lines[-1]
    assert re.search(words, said[0]), said[0]


def options_of(command: str) -> list[tuple[str, str]]:
    """Return (flag, metavar) of a command's options."""
    parser = next(action.choices for action in build_parser()._actions if action.dest == "command")[command]
    return [(action.option_strings[-1], action.metavar or "") for action in parser._actions if action.option_strings]


def with_option(command: str, flag: str, value: str) -> tuple[str, ...]:
    """Return the good line of a command with another value of one option."""
    words = list(GOOD[command])
    if flag in words:
        words[words.index(flag) + 1] = value
        return tuple(words)
    return (*words, flag, value)
