"""What the recipes for own data reach on the built-in samples, offline and within a minute or two of one core."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine import runs
from engine.corpora import load_corpus
from engine.corpora.running_text import RUNNING_TEXT
from engine.recipes.own import default_recipe
from engine.runs.job import train

pytestmark = pytest.mark.benchmark
SECONDS = 90
SOON, WORDS_WITHIN = 5, 60  # seconds until the loss has fallen, and until words can be recognised
REACHED = [  # measured: 1.00, 1.00 and 66
    ("classification", "opinions", "accuracy", 0.95),
    ("tagging", "visits", "f1", 0.95),
    ("translation", "phrasebook_en_fr", "bleu", 50),
]


def trained(root: Path, task: str, corpus: str) -> runs.Run:
    """Return the run of the default LSTM on a sample, finished."""
    folder = runs.create(root / "run", default_recipe(task, "lstm", corpus)).folder
    for _ in train(str(folder)):
        pass
    return runs.read(folder)


@pytest.mark.parametrize(("task", "corpus", "measure", "least"), REACHED)
def test_the_default_recipe_reaches_its_figure_in_time(tmp_path, task, corpus, measure, least):
    run = trained(tmp_path, task, corpus)
    assert run.state == "finished"
    in_time = runs.metrics(run.folder).evaluations.query("elapsed_seconds <= @SECONDS")
    assert in_time[measure].max() >= least


def test_a_reader_of_characters_learns_at_once_and_writes_words_within_a_minute(tmp_path):
    run = trained(tmp_path, "language_model", "saltmarsh")
    curves = runs.metrics(run.folder)
    soon = curves.steps.query("elapsed_seconds <= @SOON")["training_loss"]
    assert soon.iloc[-1] < 0.9 * soon.iloc[0]
    last = curves.evaluations.query("elapsed_seconds <= @WORDS_WITHIN")["step"].max()
    written = next(each["samples"] for each in runs.samples(run.folder) if each["step"] == last)
    known = set(re.findall(r"[a-z]{3,}", load_corpus("saltmarsh").read(RUNNING_TEXT).lower()))
    words = [word for sample in written for word in re.findall(r"[a-z]{3,}", sample["answered"].lower())]
    assert sum(word in known for word in words) >= 0.6 * len(words)
