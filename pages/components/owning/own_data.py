"""The data sets a visitor keeps, and those that others shared with them: how pages find them by name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine import owners
from engine.corpora import data_folder
from engine.corpora.data_folder import PREFIX, DataFolder
from pages.components.owning import own_models
from pages.components.server import visitor

KIND = "data"


@dataclass(frozen=True)
class OwnData:
    """One of them: its folder, what is known of it, and whose it is, in words."""

    folder: Path
    record: DataFolder
    whose: str

    @property
    def title(self) -> str:
        """What lists call it."""
        return f"{self.record.title} ({self.whose})"


def listed() -> dict[str, OwnData]:
    """Return the visitor's own, the newest first, and then what others share and the visitor opened, by name."""
    own_models.open_asked((KIND,))
    mine = visitor.folder()
    groups = ((owners.listed(mine, KIND), own_models.YOURS), (owners.opened(mine, KIND), own_models.SHARED))
    return {
        name_of(folder): OwnData(folder, record, whose)
        for folders, whose in groups
        for folder, record in data_folder.listed(folders)
    }


def titles() -> dict[str, str]:
    """Return what lists call each by its name, which they say too where two have one title."""
    named = {name: found.title for name, found in listed().items()}
    taken = list(named.values())
    return {name: title if taken.count(title) == 1 else f"{title} {name}" for name, title in named.items()}


def name_of(folder: Path) -> str:
    """Return what addresses call the data set in a folder."""
    return f"{PREFIX}{folder.name}"


def is_own(name: str) -> bool:
    """Return whether a name is that of such a data set; those of the catalogue are never called so."""
    return name.startswith(PREFIX)


def find(name: str) -> Path:
    """Return the folder of a data set by its name, if this visitor may open it.

    Raises:
        InputError: it is gone, was never there, or is somebody's who does not share it.
    """
    return owners.find(name.removeprefix(PREFIX), visitor.folder(), (KIND,))
