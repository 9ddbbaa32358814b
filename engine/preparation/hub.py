"""Any data set of the Hugging Face Hub by its id: its revision resolved and pinned, streamed, at most as much as may be
kept. No code of a repository is run.
"""

from __future__ import annotations

import dataclasses
import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from engine.config import JsonObject
from engine.corpora import sources
from engine.corpora.data_folder import UNSTATED
from engine.errors import DataError, InputError
from engine.files.text_file import Cell
from engine.limits import limits
from engine.preparation.division import split_names
from engine.preparation.source_table import SourceTable
from engine.wording import counted, listing

T = TypeVar("T")

ANSWER_SECONDS = 2.5
LIST_SECONDS = 20.0  # to find configurations, splits and columns, which takes several requests
FETCH_SECONDS = 120.0
LONGEST_ID = 96
_ID = re.compile(r"(?:[A-Za-z0-9][\w.-]*/)?[A-Za-z0-9][\w.-]*", re.ASCII)
_REVISION = re.compile(r"[\w./-]{1,100}", re.ASCII)
_MIB = 2**20


@dataclasses.dataclass(frozen=True)
class HubDataset:
    """What is known of a data set on the Hub before its rows are read.

    Attributes:
        revision: the commit that its branch stood at when it was asked for; rows are read at this one.
        configs: by name, the splits of each.
    """

    repository: str
    revision: str
    configs: Mapping[str, tuple[str, ...]]
    licence: str = UNSTATED
    languages: tuple[str, ...] = ()


def check_id(repository: str) -> str:
    """Return an id as the Hub has it.

    Raises:
        InputError: it is an address, a path, or no id at all.
    """
    found = repository.strip()
    if not _ID.fullmatch(found) or ".." in found or "--" in found or len(found) > LONGEST_ID:
        raise InputError(
            f"“{found[:60]}” is no id of a data set: write it as on the Hub, OWNER/NAME, such as stanfordnlp/imdb; no "
            "address and no path."
        )
    return found


def find(repository: str, revision: str = "main") -> HubDataset:
    """Return what the Hub has under an id; says within three seconds where there is no network.

    Raises:
        InputError: the id is none.
        DataError: there is no network, no such data set, or one that cannot be read without an account or its code.
    """
    repository = check_id(repository)
    if not _REVISION.fullmatch(revision) or ".." in revision:
        raise InputError(f"“{revision[:60]}” is no revision: a branch, a tag or a commit.")
    if not sources.is_hub_reachable():
        raise DataError(
            "The Hugging Face Hub cannot be reached from here now, so no data set of it can be read. Bring the data as "
            "a file instead."
        )
    info = _within(ANSWER_SECONDS, lambda: _info(repository, revision), repository)
    if info.gated:
        raise DataError(
            f"{repository} is gated: its owners give it to those who accept their terms with an account. Download it "
            "there and bring it as a file."
        )
    _refuse_scripts(repository, [file.rfilename for file in info.siblings or ()])
    card = info.card_data.to_dict() if info.card_data else {}
    configs = _within(LIST_SECONDS, lambda: list_configs(repository, info.sha), repository)
    return HubDataset(
        repository, info.sha, configs, _listed(card.get("license")) or UNSTATED, _codes(card.get("language"))
    )


def list_configs(location: str, revision: str | None = None) -> dict[str, tuple[str, ...]]:
    """Return the splits of each configuration of a repository, or of a folder laid out like one.

    Raises:
        DataError: it holds no rows that can be read without running code.
    """
    import datasets

    try:
        with sources.quiet(datasets):
            names = datasets.get_dataset_config_names(location, revision=revision)
            return {
                name: tuple(datasets.get_dataset_split_names(location, name, revision=revision)) for name in names[:50]
            }
    except Exception as error:  # `datasets` lets through whatever its readers raise
        raise DataError(_say(location, error)) from error


def fetch(
    found: HubDataset,
    config: str,
    splits: Sequence[str] = (),
    watch: Callable[[int], None] | None = None,
    location: str = "",
) -> SourceTable:
    """Return the first rows of a configuration, as many as may be kept, of all columns that hold text or labels.

    Args:
        splits: of which; by default those that are ours, or the first one.
        watch: is told how many rows have come.
        location: a folder laid out like the repository, to read in its place.

    Raises:
        DataError: it cannot be read, or has no such split or column.
    """
    if config not in found.configs:
        raise DataError(
            f"{found.repository} has no configuration “{config[:60]}”: choose {listing(found.configs, ' or ')}."
        )
    has = found.configs[config]
    wanted = tuple(splits) or tuple(split_names(has).values()) or has[:1]
    unknown = [split for split in wanted if split not in has]
    if unknown:
        raise DataError(f"{found.repository} has no split “{unknown[0][:60]}”: choose {listing(has, ' or ')}.")
    where = location or found.repository
    revision = None if location else found.revision
    rows, names = _within(FETCH_SECONDS, lambda: _read(where, revision, config, wanted, watch), found.repository)
    columns = tuple(dict.fromkeys(column for part, _ in rows.values() for row in part[:1] for column in row))
    if not columns:
        raise DataError(f"{found.repository} has no column of text or labels in its configuration “{config}”.")
    taken = {
        split: [tuple(row.get(column, "") for column in columns) for row in part] for split, (part, _) in rows.items()
    }
    cut = [split for split, (_, is_whole) in rows.items() if not is_whole]
    said = f"{counted(limits().rows, 'row')} and {limits().mebibytes:,} MiB"
    notes = (f"Of {listing(cut)} the first rows are used: at most {said} are kept here.",) if cut else ()
    total = sum(map(len, taken.values()))
    return SourceTable(
        columns,
        taken,
        f"Read from {found.repository}, configuration {config}, revision {found.revision[:7]}: {counted(total, 'row')} "
        f"in {listing(taken)}.",
        {"kind": "hub", "repository": found.repository, "revision": found.revision, "config": config},
        class_names=names,
        licence=found.licence,
        origin=f"{found.repository} on the Hugging Face Hub",
        notes=notes,
    )


Rows = dict[str, tuple[list[dict[str, Cell]], bool]]


def _read(
    where: str, revision: str | None, config: str, splits: Sequence[str], watch: Callable[[int], None] | None
) -> tuple[Rows, dict[str, tuple[str, ...]]]:
    """Return of each split its rows and whether these are all, and the names of classes by column."""
    import datasets

    allowed, rows, names, came, size = limits(), {}, {}, 0, 0
    try:
        with sources.quiet(datasets):
            for position, split in enumerate(splits):
                stream = _stream(where, config, revision, split)
                for column, feature in (stream.features or {}).items():
                    inner = getattr(feature, "feature", feature)
                    if isinstance(inner, datasets.ClassLabel):
                        names[column] = tuple(inner.names)
                # Training comes first and may take most; what follows still needs some.
                left = (allowed.rows - came, allowed.mebibytes * _MIB - size)
                share = 1.0 if position == len(splits) - 1 else 0.8 if position == 0 else 0.5
                part, is_whole, taken = _take(stream, int(left[0] * share), int(left[1] * share), watch, came)
                rows[split], came, size = (part, is_whole), came + len(part), size + taken
    except DataError:
        raise
    except Exception as error:  # as above
        raise DataError(_say(where, error)) from error
    return rows, names


def _take(
    stream: Any,  # of the library's, which has no types
    most_rows: int,
    most_bytes: int,
    watch: Callable[[int], None] | None,
    came: int,
) -> tuple[list[dict[str, Cell]], bool, int]:
    rows: list[dict[str, Cell]] = []
    size = 0
    for row in stream:
        cells = dict(_cells(row))
        size += sum(len(cell) if isinstance(cell, str) else sum(map(len, cell)) for cell in cells.values())
        if len(rows) >= most_rows or size > most_bytes:
            return rows, False, size
        rows.append(cells)
        if watch and len(rows) % 500 == 0:
            watch(came + len(rows))
    return rows, True, size


def _stream(where: str, config: str, revision: str | None, split: str) -> Any:  # as `_take`
    """Return a stream of rows without pictures, sounds and vectors; of Parquet these are not downloaded at all."""
    import datasets

    options: JsonObject = {"revision": revision, "split": split, "streaming": True}
    stream = datasets.load_dataset(where, config, **options)
    features = stream.features or {}
    kept = [name for name, feature in features.items() if _is_text(feature)]
    if len(kept) == len(features):
        return stream
    try:
        return datasets.load_dataset(where, config, columns=kept, **options)
    except ValueError:  # only Parquet's reader takes columns
        return stream.select_columns(kept)


def _is_text(feature: Any) -> bool:  # as `_take`
    kind = type(feature).__name__
    if kind == "Value":
        return not str(feature.dtype).startswith(("binary", "large_binary"))
    if isinstance(feature, dict):
        return all(map(_is_text, feature.values()))
    inner = getattr(feature, "feature", None)
    return kind in ("ClassLabel", "Translation") or (
        inner is not None and kind in ("List", "LargeList") and _is_text(inner)
    )


def _cells(record: JsonObject, within: str = "") -> Iterator[tuple[str, Cell]]:
    for key, value in record.items():
        name = f"{within}.{key}" if within else str(key)
        if isinstance(value, dict):
            yield from _cells(value, name)
        elif isinstance(value, list):
            yield name, tuple(str(part) for part in value)
        elif value is not None and not isinstance(value, bytes):
            yield name, str(value)
        else:
            yield name, ""


def _info(repository: str, revision: str) -> Any:  # huggingface_hub's DatasetInfo
    from huggingface_hub import HfApi

    endpoint = os.environ.get("HF_ENDPOINT") or None
    return HfApi(endpoint=endpoint, token=False).dataset_info(repository, revision=revision, timeout=ANSWER_SECONDS)


def _refuse_scripts(repository: str, files: Sequence[str]) -> None:
    """Refuse what has a loading script and no rows beside it; `datasets` would say so after more requests."""
    script = f"{repository.rpartition('/')[2]}.py"
    rows = (".parquet", ".csv", ".tsv", ".json", ".jsonl", ".txt", ".gz", ".zip", ".arrow")
    if script in files and not any(file.endswith(rows) for file in files):
        raise DataError(_scripted(repository))


def _scripted(repository: str) -> str:
    return (
        f"{repository} holds a loading script in place of rows, and no code of others is run here. Look for a Parquet "
        "version of it, or bring the data as a file."
    )


def _say(repository: str, error: BaseException) -> str:
    """Return the sentence for what a library raised."""
    name = os.path.basename(repository) if os.sep in repository and os.path.isabs(repository) else repository
    told = sources.first_line(error)
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if "script" in told.lower():
        return _scripted(name)
    if kinds & {"GatedRepoError", "DisabledRepoError"}:
        return f"{name} is gated: it is given only to those who accept its terms with an account."
    status = getattr(getattr(error, "response", None), "status_code", None)
    if kinds & {"RepositoryNotFoundError", "DatasetNotFoundError"} or status == 401:
        return f"The Hub has no public data set {name}: look at how it is spelt; a private one cannot be read here."
    if kinds & {"RevisionNotFoundError"}:
        return f"{name} has no such revision."
    if kinds & {"EmptyDatasetError", "DataFilesNotFoundError"}:
        return f"{name} holds no rows that can be read: Parquet, CSV, JSON or text."
    return f"{name} could not be read from the Hub: {f'it answered {status}.' if status else told}"


def _within(seconds: float, do: Callable[[], T], repository: str) -> T:
    """Return what `do` returns, on a thread of its own: not every wait in it can be given a limit.

    Raises:
        DataError: it took too long, or as `_say`.
    """
    found: list[T] = []
    problems: list[BaseException] = []

    def run() -> None:
        try:
            found.append(do())
        except BaseException as error:  # raised again by who waits
            problems.append(error)

    thread = threading.Thread(target=run, name="hub", daemon=True)
    thread.start()
    thread.join(seconds)
    if found:
        return found[0]
    if not problems:
        raise DataError(f"The Hub did not send {repository} within {seconds:g} seconds. Try again later.")
    problem = problems[0]
    raise problem if isinstance(problem, DataError) else DataError(_say(repository, problem))


def _listed(value: Any) -> str:  # a text or a list, as its card has it
    return ", ".join(value) if isinstance(value, list) else str(value or "")


def _codes(value: Any) -> tuple[str, ...]:  # as above
    return tuple(value) if isinstance(value, list) else (str(value),) if value else ()
