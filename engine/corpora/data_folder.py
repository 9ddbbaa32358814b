"""Data sets of a visitor's own: one folder each, which anyone can read and `load_corpus` gives as a `Corpus`.

    data.json             what it is: see `DataFolder`
    SPLIT.parquet         the rows of each split, with the columns its content reads

A folder is written as a whole or not at all. Nothing of it is copied into a cache.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.atomic import put_back, replaced, replaced_file, set_aside
from engine.config import JsonObject, from_dict
from engine.corpora.base import CONTENTS, SPLITS, Content, Corpus, CorpusSource, CorpusSpec
from engine.errors import ConfigError, DataError, InputError

if TYPE_CHECKING:
    from datasets import Dataset

RECORD = "data.json"
PREFIX = "own-"  # begins the name of a visitor's data set wherever a corpus is named
MAX_TITLE, MAX_TERMS = 80, 200  # characters
ITS_OWN = {"kind": "its own"}  # the split of a data set that came divided
UNSTATED = "Not stated"

Columns = Mapping[str, Sequence[Any]]  # of a split by name; what a cell is, its content says


@dataclasses.dataclass(frozen=True)
class DataFolder:
    """What data.json says.

    Attributes:
        title: as its owner calls it.
        content: name of a `Content`.
        source: where it came from: `kind` ("upload", "paste", "hub", "catalogue") and what belongs to that, such as
            `name` of the file, `repository` and `revision`.
        mapping: which column of the source gave which of ours.
        split: ITS_OWN, or {"kind": "ratio", "train": 0.8, ..., "seed": 0, "is_shuffled": true}.
        licence, origin: its terms and who made it, as far as they are known.
        created: seconds since 1970.
        rows: by split. fingerprint: SHA-256 over all rows, see `fingerprint_of`.
        columns: those of every split. labels: of labelled texts, what each number is called, from 0.
        languages: of sentence pairs, the codes of both languages; else those seen, as far as they are known.
    """

    title: str
    content: str
    source: JsonObject
    mapping: JsonObject
    split: JsonObject
    licence: str
    origin: str
    created: float
    rows: JsonObject
    fingerprint: str
    columns: list[str]
    labels: list[str] = dataclasses.field(default_factory=list)
    languages: list[str] = dataclasses.field(default_factory=list)


def write(
    folder: Path,
    splits: Mapping[str, Columns],
    *,
    title: str,
    content: Content[Any],  # each its own
    source: JsonObject,
    mapping: JsonObject | None = None,
    split: JsonObject | None = None,
    licence: str = UNSTATED,
    origin: str = UNSTATED,
    labels: Sequence[str] = (),
    languages: Sequence[str] = (),
) -> DataFolder:
    """Write a data set into `folder`, which is empty or not there, and return what is known of it.

    Raises:
        InputError: the training or validation split is missing or empty, or the folder cannot be written; then nothing
            of it is left.
    """
    for name in SPLITS[:2]:
        if not next(iter(splits.get(name, {}).values()), ()):
            raise InputError(
                f"The {name} split would be empty: networks learn from the training split and are judged on the "
                "validation split, so each needs a row. Add rows, or give the split a larger share."
            )
    record = DataFolder(
        title=_checked_title(title),
        content=content.name,
        source=source,
        mapping=mapping or {},
        split=split or ITS_OWN,
        licence=stated(licence),
        origin=stated(origin),
        created=round(time.time(), 3),
        rows={name: len(next(iter(columns.values()))) for name, columns in splits.items()},
        fingerprint=fingerprint_of(splits),
        columns=list(splits[SPLITS[0]]),
        labels=list(labels),
        languages=list(languages),
    )
    try:
        with replaced(folder) as draft:
            _write_splits(draft, splits)
            (draft / RECORD).write_text(_as_json(record), encoding="utf-8")
    except OSError as problem:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
        raise InputError(
            f"“{record.title}” could not be kept: {problem.strerror or problem}. Nothing was written; try again later, "
            "or remove something you keep here."
        ) from problem
    return record


def read(folder: Path) -> DataFolder:
    """Return what is known of the data set in `folder`, without its rows.

    Raises:
        DataError: there is none, or its record is damaged.
    """
    try:
        return from_dict(DataFolder, json.loads((folder / RECORD).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, ConfigError) as problem:
        raise DataError("This data set is not here any more, or its data.json is damaged.") from problem


def load(folder: Path) -> Corpus:
    """Return the data set in `folder` as a corpus like any other.

    Raises:
        DataError: there is none, or it is damaged.
    """
    import datasets
    import pyarrow as pa
    from datasets.table import InMemoryTable
    from pyarrow import parquet

    record = read(folder)
    try:
        splits = {
            name: datasets.Dataset(InMemoryTable(parquet.read_table(folder / f"{name}.parquet")))
            for name in SPLITS
            if name in record.rows
        }
    except (OSError, ValueError, pa.ArrowException) as problem:
        raise DataError(f"The data set “{record.title}” is damaged: a file of it cannot be read.") from problem
    spec = spec_of(record, folder)
    for name, rows in splits.items():
        missing = [column for column in spec.columns if column not in rows.column_names]
        if missing or len(rows) != record.rows[name]:
            raise DataError(f"The data set “{record.title}” is damaged: its {name} split is not what data.json says.")
    where = f"the data set “{record.title}”, fingerprint {record.fingerprint[:12]}"
    source = CorpusSource("own", str(folder), sentence=f"Source: {where}.", corpus=spec.name, terms=spec.terms)
    return Corpus(spec, splits, source)


def spec_of(record: DataFolder, folder: Path) -> CorpusSpec:
    """Return a visitor's data set as the catalogue describes a corpus.

    Raises:
        DataError: its content is unknown here.
    """
    try:
        content = CONTENTS.get(record.content)
    except ConfigError as problem:
        raise DataError(f"The data set “{record.title}” is damaged: {problem}") from problem
    return CorpusSpec(
        name=f"{PREFIX}{folder.name}",
        title=record.title,
        content=content,
        columns=tuple(record.columns),
        licence=record.licence,
        weights_licence=f"As the terms of the data allow: {record.licence.rstrip('.')}.",
        origin=record.origin,
        splits=tuple(name for name in SPLITS if name in record.rows),
        labels=tuple(record.labels),
    )


def listed(folders: Sequence[Path]) -> list[tuple[Path, DataFolder]]:
    """Return (folder, record) of those folders that hold a data set, in their order."""
    found = []
    for folder in folders:
        try:
            found.append((folder, read(folder)))
        except DataError:  # being written, or just removed
            continue
    return found


def rename(folder: Path, title: str) -> DataFolder:
    """Give a data set another title, and return what is known of it.

    Raises:
        InputError: the title is empty or too long, or the folder cannot be written.
        DataError: there is no data set.
    """
    record = dataclasses.replace(read(folder), title=_checked_title(title))
    try:
        with replaced_file(folder / RECORD) as draft:
            draft.write_text(_as_json(record), encoding="utf-8")
    except OSError as problem:
        raise InputError(f"The title could not be changed: {problem.strerror or problem}.") from problem
    return record


def delete(folder: Path) -> None:
    """Take a data set away so that `restore` can bring it back for a while.

    Raises:
        InputError: it is not there, or cannot be moved.
    """
    set_aside(folder)


def restore(folder: Path) -> None:
    """Bring back what `delete` took away.

    Raises:
        InputError: it is gone.
    """
    put_back(folder)


def stated(terms: str) -> str:
    """Return a licence or an origin in one line, or that it is not stated.

    Raises:
        InputError: it is too long.
    """
    words = " ".join(terms.split())
    if len(words) > MAX_TERMS:
        raise InputError(f"A licence or an origin has at most {MAX_TERMS} characters; this one has {len(words)}.")
    return words or UNSTATED


def fingerprint_of(splits: Mapping[str, Columns | Dataset]) -> str:
    """Return the SHA-256 over the rows of all splits, in hexadecimal: equal when all rows are, however they are
    stored."""
    digest = hashlib.sha256()
    for name in sorted(splits):
        rows = splits[name]
        columns = {column: rows[column] for column in getattr(rows, "column_names", rows)}
        digest.update(json.dumps([name, *columns]).encode())
        for row in zip(*columns.values(), strict=True):
            digest.update(json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _write_splits(folder: Path, splits: Mapping[str, Columns]) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    for name, columns in splits.items():
        table = pa.table({column: list(values) for column, values in columns.items()})
        parquet.write_table(table, folder / f"{name}.parquet", compression="zstd")


def _as_json(record: DataFolder) -> str:
    return json.dumps(dataclasses.asdict(record), ensure_ascii=False, indent=1) + "\n"


def _checked_title(title: str) -> str:
    title = " ".join(title.split())
    if not 0 < len(title) <= MAX_TITLE:
        raise InputError(f"A title has 1 to {MAX_TITLE} characters; this one has {len(title)}.")
    return title
