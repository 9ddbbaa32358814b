"""In which settings runs differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from engine.errors import EngineError
from engine.runs.run import Run

if TYPE_CHECKING:
    import pandas as pd

TITLES = ("name", "title", "label", "group")  # what a run is called is no setting of it


def settings_table(found: Sequence[Run]) -> pd.DataFrame:
    """Return every setting of some runs, a row each: `setting` in words, a column per run by its title, and `differs`;
    those in which the runs differ come first."""
    import pandas as pd

    values = [dict(_flat(run.recipe)) for run in found]
    names = dict.fromkeys(name for each in values for name in each)
    labels = _labels(found)
    rows = []
    for name in names:
        told = [_words(each.get(name)) for each in values]
        rows.append(
            {"setting": labels.get(name, _named(name)), "differs": len(set(told)) > 1}
            | dict(zip(titles(found), told, strict=True))
        )
    rows.sort(key=lambda row: not row["differs"])
    return pd.DataFrame(rows, columns=["setting", *titles(found), "differs"])


def titles(found: Sequence[Run]) -> list[str]:
    """Return what runs are called beside one another, each otherwise."""
    called: list[str] = []
    for run in found:
        title, number = run.title, 2
        while title in called:
            title, number = f"{run.title} ({number})", number + 1
        called.append(title)
    return called


def _labels(found: Sequence[Run]) -> dict[str, str]:
    """Return what the forms call the settings of some runs, by their paths."""
    from engine.recipes.as_data import recipe_from_dict
    from engine.recipes.own import settings

    labels: dict[str, str] = {}
    for run in found:
        with suppress(EngineError):  # a recipe of before, or a damaged one
            labels = {each.path: each.metadata["label"] for each in settings(recipe_from_dict(run.recipe))} | labels
    return labels


def _named(path: str) -> str:
    return path.rpartition(".")[2].replace("_", " ").capitalize()


def _flat(recipe: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, object]]:  # as JSON gives it
    for name, value in recipe.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        elif prefix or name not in TITLES:
            yield f"{prefix}{name}", value


def _words(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:g}" if isinstance(value, float) else str(value).rpartition("/")[2]
