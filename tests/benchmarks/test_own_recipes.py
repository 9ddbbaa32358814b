"""What the recipes for own data reach on the built-in samples, offline and within a minute or two of one core.

A run is left as soon as it has reached it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from engine import runs
from engine.corpora import load_corpus
from engine.corpora.running_text import RUNNING_TEXT
from engine.recipes.own import default_recipe
from engine.runs.job import train

pytestmark = pytest.mark.benchmark
SECONDS = 90  # of processor time, as all here
SOON, WORDS_WITHIN = 5, 60  # seconds until the loss has fallen, and until words can be recognised
REACHED = [  # measured: 1.00, 1.00 and 66
    ("classification", "opinions", "accuracy", 0.95),
    ("tagging", "visits", "f1", 0.95),
    ("translation", "phrasebook_en_fr", "bleu", 50),
]


def trained_until(
    root: Path, task: str, corpus: str, seconds: float, is_there: Callable[[Path], bool]
) -> tuple[Path, int]:
    """Train the default LSTM on a sample until a measurement shows what is wanted, and fail when it does not within so
    many seconds of processor time; return the run's folder and the updates made within `SOON`."""
    recipe = default_recipe(task, "lstm", corpus)
    folder, soon = runs.create(root / "run", recipe).folder, 0
    training, begun = train(str(folder)), time.process_time()
    for event in training:
        spent, step = time.process_time() - begun, event.get("step", 0)
        assert spent <= seconds, f"not within {seconds} seconds"
        soon = step if spent <= SOON else soon
        if step and step % recipe.training.evaluate_every == 0 and is_there(folder):
            training.close()
            return folder, soon
    raise AssertionError("not before its end")


@pytest.mark.parametrize(("task", "corpus", "measure", "least"), REACHED)
def test_the_default_recipe_reaches_its_figure_in_time(tmp_path, task, corpus, measure, least):
    def is_there(folder: Path) -> bool:
        return runs.metrics(folder).evaluations[measure].max() >= least

    trained_until(tmp_path, task, corpus, SECONDS, is_there)


def test_a_reader_of_characters_learns_at_once_and_writes_words_within_a_minute(tmp_path):
    known = set(re.findall(r"[a-z]{3,}", load_corpus("saltmarsh").read(RUNNING_TEXT).lower()))

    def is_there(folder: Path) -> bool:
        written = list(runs.samples(folder))[-1]["samples"]
        words = [word for sample in written for word in re.findall(r"[a-z]{3,}", sample["answered"].lower())]
        return bool(words) and sum(word in known for word in words) >= 0.6 * len(words)

    folder, soon = trained_until(tmp_path, "language_model", "saltmarsh", WORDS_WITHIN, is_there)
    losses = runs.metrics(folder).steps.query("step <= @soon")["training_loss"]
    assert losses.iloc[-1] < 0.9 * losses.iloc[0]
