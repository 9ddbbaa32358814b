"""One evaluation per task; the numbers it returns become the metrics block of config.json and of the card."""

from __future__ import annotations

import math
from datetime import date

from engine.config import JsonObject
from engine.corpora import Corpus
from engine.errors import ModelError
from engine.inspection.stored.model_files import weights_in
from engine.models.card import write_card
from engine.models.folder import LoadedModel, write_facts
from engine.provenance import commit, hardware
from engine.task_family import TASK_FAMILIES


def corpora_of(loaded: LoadedModel) -> list[str]:
    """Return the names of the corpora a model learnt from, the one that is measured first.

    Raises:
        ModelError: its config.json names none.
    """
    names = loaded.info.config.get("corpora")
    if not isinstance(names, list) or not names:
        raise ModelError(f"The config.json of {loaded.info.name} names no corpora to measure it on.")
    return names


def evaluate_model(loaded: LoadedModel, write: bool = True) -> JsonObject:
    """Return the measured metrics of a model and, with `write`, put them into its config.json and card.

    Raises:
        DataError: a test corpus cannot be read.
        ModelError: what it computes is no number, so that nothing is written.
    """
    metrics = TASK_FAMILIES.get(loaded.info.task).evaluate(loaded)
    for name, value in metrics.items():
        if isinstance(value, float) and not math.isfinite(value):
            raise ModelError(f"The model '{loaded.info.name}' computes no numbers: {name} is {value}.")
    metrics |= {"measured_on": date.today().isoformat(), "hardware": hardware(), "commit": commit()}
    if write:
        config = loaded.info.config | {"metrics": metrics}
        write_facts(loaded.info.path, config, write_card(loaded.info.name, config))
    return metrics


def facts_of(loaded: LoadedModel, name: str, corpus: Corpus, split: str) -> JsonObject:
    """Return what every row of a stored table says of the model, and of the split that was read for the corpus
    `name`."""
    return {
        "model": loaded.info.name,
        "weights": weights_in(loaded.info.path),
        "corpus": name,
        "title": f"{corpus.spec.title} {split}",
        "read_from": corpus.source.kind,
    }
