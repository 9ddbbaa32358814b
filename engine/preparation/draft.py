"""A data set as it will be kept: the rows of all splits, and what is known of them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from engine.config import JsonObject
from engine.corpora import data_folder
from engine.corpora.base import Corpus, CorpusSource, CorpusSpec
from engine.corpora.data_folder import UNSTATED, Columns, DataFolder
from engine.errors import InputError
from engine.preparation.division import Division, divide
from engine.preparation.shapes import SHAPES, ColumnMapping, make
from engine.preparation.source_table import SourceTable

DRAFT = "draft"


@dataclasses.dataclass(frozen=True)
class Draft:
    """What `data_folder.write` is given, but for the title.

    Attributes:
        remarks: what was left out or changed on the way.
    """

    shape: str
    splits: dict[str, Columns]
    source: JsonObject
    mapping: JsonObject
    split: JsonObject
    labels: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    licence: str = UNSTATED
    origin: str = UNSTATED
    remarks: tuple[str, ...] = ()

    def corpus(self) -> Corpus:
        """Return it as a corpus, so that it can be looked at before it is kept."""
        import datasets

        splits = {name: datasets.Dataset.from_dict(dict(columns)) for name, columns in self.splits.items()}
        spec = CorpusSpec(
            name=DRAFT,
            title="Your data",
            content=SHAPES.get(self.shape).content,
            columns=tuple(next(iter(self.splits.values()))),
            licence=self.licence,
            weights_licence=UNSTATED,
            origin=self.origin,
            labels=self.labels,
        )
        return Corpus(spec, splits, CorpusSource(DRAFT, "", sentence="Source: your data, not kept yet.", corpus=DRAFT))

    def keep(self, folder: Path, title: str) -> DataFolder:
        """Write it into a folder and return what is known of it; raises as `data_folder.write`."""
        return data_folder.write(
            folder,
            self.splits,
            title=title,
            content=SHAPES.get(self.shape).content,
            source=self.source,
            mapping=self.mapping,
            split=self.split,
            licence=self.licence,
            origin=self.origin,
            labels=self.labels,
            languages=self.languages,
        )


def prepare(table: SourceTable, mapping: ColumnMapping, division: Division) -> Draft:
    """Return the data set that a table gives with these columns and this division.

    Raises:
        InputError: a column is missing or does not hold what it should, or a split would be empty.
        ConfigError: a setting is out of bounds.
    """
    made = make(table, mapping)
    splits = divide(made.splits, division)
    if made.labels and len(set(splits["train"]["label"])) < 2:
        raise InputError(
            "The training split would have one label only: a classifier needs rows of at least two. Shuffle the rows, "
            "or bring more of the others."
        )
    return Draft(
        shape=mapping.shape,
        splits=splits,
        source=table.source,
        mapping=mapping.to_dict(),
        split=division.to_dict(),
        labels=made.labels,
        languages=made.languages,
        licence=table.licence,
        origin=table.origin,
        remarks=made.remarks,
    )
