"""The search for the unit that the Neurons tool opens with, by probing every unit with every question.

`python -m engine.evaluation.clear_units` repeats it for the shipped language models that have units, on the built-in
stories, and writes `data/results/clear_units.parquet`.
"""

from __future__ import annotations

import pandas as pd

from engine.corpora import CORPORA
from engine.errors import InputError
from engine.inspection.stored.clear_units import COLUMNS, TABLE, typical_sentences
from engine.inspection.stored.model_files import weights_in
from engine.inspection.stored.tables import replace_rows
from engine.inspection.writing.probing import investigate
from engine.models.folder import LoadedModel, list_models, load_model

CORPUS = "saltmarsh"


def measure_units(loaded: LoadedModel) -> pd.DataFrame:
    """Return a row for each question: the best unit for it, its layer counted from 0, and the AUC on the half of the
    text that it was not chosen on.

    Raises:
        InputError: the network has no units.
    """
    found = investigate(loaded)
    facts = {
        "model": loaded.info.name,
        "weights": weights_in(loaded.info.path),
        "title": CORPORA.get(CORPUS).title,
        "units": found.units,
        "characters": found.characters,
    }
    winners = found.winners[["question", "needs", "layer", "part", "unit", "auc"]]
    return winners.assign(auc=winners["auc"].round(4), **facts)


def main() -> None:
    """Probe every shipped language model that has units, store what was found and print it."""
    for info in list_models():
        if info.task != "language_model":
            continue
        try:
            rows = measure_units(load_model(info.name))
        except InputError:  # no units: a Transformer, an n-gram model
            continue
        replace_rows(TABLE, rows, COLUMNS, keys=("model", "question"), order=("model", "question"))
        print(info.name, *typical_sentences(rows).values(), sep="\n  ")


if __name__ == "__main__":
    main()
