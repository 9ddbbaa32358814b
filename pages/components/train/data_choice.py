"""What a network can be trained on: the corpora of the catalogue, and the visitor's own data sets."""

from __future__ import annotations

from pathlib import Path

from engine.corpora import CORPORA, data_folder, load_corpus
from engine.errors import InputError
from engine.preparation.shapes import row_counts
from engine.recipes.base import Recipe
from engine.recipes.fitting import fitting_tasks
from engine.recipes.own import default_recipe
from pages.components.computing import cache
from pages.components.computing.calls import Call, call
from pages.components.owning import own_data

UNTRAINED = "untrained"


def titles() -> dict[str, str]:
    """Return what can be learnt from: the visitor's own data sets, those that others share, then the catalogue."""
    return own_data.titles() | {name: spec.title for name, spec in CORPORA.items()}


def corpus_of(name: str) -> str:
    """Return what a recipe calls a data set: its name, or the folder of a visitor's own.

    Raises:
        InputError: it is no data set of this visitor's.
    """
    if own_data.is_own(name):
        return str(own_data.find(name).resolve())
    if name not in CORPORA.names():
        raise InputError("There is no such data set; choose one of the list.")
    return name


def tasks_for(name: str) -> tuple[str, ...]:
    """Return the tasks that a data set can be trained for.

    Raises:
        EngineError: it cannot be read, or suits none.
    """
    corpus = corpus_of(name)
    return call(fitting_tasks, corpus, version=_version(corpus), kept="shared").value


def beginnings(task: str, architecture: str) -> dict[str, str]:
    """Return what a network can start from: nothing, or a shipped one of its kind."""
    shipped = [info for info in cache.shipped_models(task) if info.architecture == architecture and not info.error]
    return {UNTRAINED: "Untrained"} | {info.name: info.called(info.title) for info in shipped}


def recipe_for(name: str, task: str, architecture: str, begin_with: str = UNTRAINED) -> Recipe:
    """Return the recipe whose defaults suit a data set, or the sizes of the shipped network it begins with.

    Raises:
        EngineError: it cannot be read, or has too little in it, or the network cannot be begun with.
    """
    corpus = corpus_of(name)
    begun = {} if begin_with == UNTRAINED else {"start_from": begin_with}
    made: Call[Recipe] = call(
        default_recipe, task, architecture, corpus, version=_version(corpus), kept="shared", **begun
    )
    return made.value


def source_sentence(name: str) -> str:
    """Return which copy of a data set is read.

    Raises:
        EngineError: it cannot be read.
    """
    corpus = corpus_of(name)
    return call(which_copy, corpus, version=_version(corpus), kept="shared").value


def which_copy(corpus: str) -> str:
    """Return the sentence that says where a corpus comes from, and how many rows it has."""
    read = load_corpus(corpus)
    rows = ", ".join(f"{count:,} {name}" for name, count in row_counts(read).items())
    return f"{read.source.sentence} Rows: {rows}. {read.spec.licence}."


def _version(corpus: str) -> object:
    return cache.file_version(Path(corpus) / data_folder.RECORD)
