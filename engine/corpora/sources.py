"""The three places a corpus can come from, and the one quick question whether the Hub answers at all."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import http.client
import json
import logging
import os
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from engine.atomic import check_folder
from engine.config import JsonObject
from engine.errors import DataError, InputError

if TYPE_CHECKING:
    from datasets import Dataset

HUB_TIMEOUT_SECONDS = 2.5
QUESTION = "/api/datasets?limit=1"


class HubFailedError(DataError):
    """The Hub was there, but what was asked of it did not come."""


_reachable: bool | None = None
_reachable_lock = threading.Lock()


@dataclasses.dataclass(frozen=True)
class HubLocation:
    """Where a corpus lives on the Hugging Face Hub.

    Attributes:
        repository: "owner/name"; it must hold Parquet, JSON, CSV or text (no loading scripts since datasets 4).
        revision: commit that is asked for, so that the data cannot change under a model.
        config: name of the configuration, None for the default one.
        files: Parquet files of a split where no configuration names them, such as "data/{split}-*.parquet".
        columns: the columns to read; the others are not downloaded.
        row_limit: rows taken per split, None for all.
        adapt: turns one row of the repository into one row of ours, None where they are the same.
        ranges: of a repository with a training split alone, (first row, number of rows) of each of our splits.
        note: what differs from the corpus our figures were measured on, empty where nothing does.
        is_tried: False for an id that could not be read yet for lack of a network; its revision is the one that others
            cite.
    """

    repository: str
    revision: str
    config: str | None = None
    files: str = ""
    columns: tuple[str, ...] | None = None
    row_limit: int | None = None
    adapt: Callable[[JsonObject], JsonObject] | None = None
    ranges: Mapping[str, tuple[int, int]] = dataclasses.field(default_factory=dict)
    note: str = ""
    is_tried: bool = True


def mirror_folder(name: str) -> Path | None:
    """Return the folder of corpus `name` under UNROLLED_DATA, None where there is none."""
    root = os.environ.get("UNROLLED_DATA", "")
    folder = Path(root) / name
    return folder if root and folder.is_dir() else None


def is_hub_reachable(timeout: float = HUB_TIMEOUT_SECONDS) -> bool:
    """Return whether the Hub answers a request; asked once per process, within `timeout` seconds.

    Left alone, `datasets` retries an unreachable Hub for more than 20 s on every call. The question runs on a thread
    of its own because resolving a host name cannot be given a time limit.
    """
    global _reachable
    with _reachable_lock:
        if _reachable is None:
            _reachable = _ask_hub(timeout)
        return _reachable


def forget_hub_answer() -> None:
    """Ask again at the next call of `is_hub_reachable`."""
    global _reachable
    with _reachable_lock:
        _reachable = None


def _ask_hub(timeout: float) -> bool:
    if os.environ.get("HF_HUB_OFFLINE", "").lower() in {"1", "true", "yes", "on"}:
        return False
    return not _problem_of(QUESTION, timeout)


def _problem_of(question: str, timeout: float) -> str:
    """Return what is wrong with the Hub's answer to a whole request, "" where it came in time and is JSON.

    A connection alone says little: a proxy, or a port that only listens, takes it and answers nothing of use.
    """
    endpoint = (os.environ.get("HF_ENDPOINT") or "https://huggingface.co").rstrip("/")
    found: list[str] = []

    def ask() -> None:
        try:
            with urllib.request.urlopen(f"{endpoint}{question}", timeout=timeout) as answer:
                json.load(answer)
            found.append("")
        except urllib.error.HTTPError as error:
            found.append(f"the Hub answered {error.code} {error.reason}")
        except (OSError, ValueError, http.client.HTTPException):  # ValueError: no URL, or no JSON
            found.append("the Hub gave no answer that can be read")

    thread = threading.Thread(target=ask, name="hub-check", daemon=True)
    thread.start()
    thread.join(timeout)
    return found[0] if found else f"the Hub did not answer within {timeout:g} seconds"


def read_repository_folder(folder: Path) -> dict[str, Dataset]:
    """Return the splits of a folder laid out like a Hub data set repository.

    Raises:
        DataError: it is missing or its files cannot be read.
    """
    import datasets

    if not folder.is_dir():
        raise DataError(f"There is no corpus folder '{folder.name}'.")
    cache = _cache_folder(folder, datasets)
    try:
        check_folder(cache, "Its prepared copy")
    except InputError as problem:
        raise DataError(
            f"The corpus '{folder.name}' cannot be read here. {problem} Set HF_DATASETS_CACHE to a folder that may be "
            "written to."
        ) from problem
    try:
        with quiet(datasets):
            loaded = datasets.load_dataset(str(folder), cache_dir=str(cache))
    except Exception as error:  # `datasets` lets through whatever its readers raise
        empty = next((file.name for file in sorted(folder.rglob("*")) if file.is_file() and _is_empty(file)), "")
        reason = f"{empty} is empty." if empty else first_line(error)
        raise DataError(f"The corpus folder '{folder.name}' cannot be read: {reason}") from error
    return dict(loaded)


def _cache_folder(folder: Path, library: ModuleType) -> Path:
    """Return where the prepared copy of a folder is kept: another place for other files, sizes or dates.

    Left alone, `datasets` names its copy after the folder's name and README only, so that changed data, or another
    folder of the same name, would be answered with the old copy.
    """
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    facts = [(file.relative_to(folder).as_posix(), file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    fingerprint = hashlib.sha256(repr((str(folder.resolve()), facts)).encode()).hexdigest()[:16]
    return Path(library.config.HF_DATASETS_CACHE) / "unrolled" / f"{folder.name}-{fingerprint}"


def _is_empty(file: Path) -> bool:
    import pyarrow.parquet

    try:
        return file.stat().st_size == 0 or (
            file.suffix == ".parquet" and pyarrow.parquet.read_metadata(file).num_rows == 0
        )
    except (OSError, pyarrow.ArrowException):  # not empty but unreadable
        return False


def check_hub_has(repository: str, revision: str) -> None:
    """Ask the Hub for a data set once; left alone, its client asks one that fails again and again, for half a minute.

    Raises:
        HubFailedError: it does not have it, or does not say so in time.
    """
    problem = _problem_of(f"/api/datasets/{repository}/revision/{revision}", HUB_TIMEOUT_SECONDS)
    if problem:
        raise HubFailedError(f"{repository} (revision {revision[:7]}) could not be read: {problem}.")


def read_hub_split(hub: HubLocation, split: str) -> Dataset:
    """Return one split of a Hub data set, streamed so that only the wanted columns and rows are downloaded.

    Raises:
        HubFailedError: the repository, revision or split cannot be read.
    """
    import datasets

    try:
        with quiet(datasets):
            options: JsonObject = {"columns": list(hub.columns)} if hub.columns else {}
            if hub.files:
                url = f"hf://datasets/{hub.repository}@{hub.revision}/{hub.files.format(split=split)}"
                options |= {"path": "parquet", "data_files": {split: url}}
            else:
                options |= {"path": hub.repository, "name": hub.config, "revision": hub.revision}
            first, count = hub.ranges.get(split, (0, hub.row_limit))
            rows = datasets.load_dataset(split="train" if hub.ranges else split, streaming=True, **options)
            taken = rows.skip(first) if first else rows
            taken = taken.take(count) if count else taken
            return datasets.Dataset.from_list([hub.adapt(row) if hub.adapt else row for row in taken])
    except Exception as error:
        reason = first_line(error).replace(os.getcwd(), ".")
        raise HubFailedError(
            f"{hub.repository} (revision {hub.revision[:7]}) could not be read from the Hub: {reason}"
        ) from error


def first_line(error: BaseException) -> str:
    """Return what a library's error says, in one line."""
    if type(error).__name__ == "DatasetGenerationError" and error.__cause__:
        error = error.__cause__  # it only says that something failed; its cause says what
    return (str(error) or type(error).__name__).splitlines()[0][:200]


@contextlib.contextmanager
def quiet(library: ModuleType) -> Iterator[None]:
    """Keep the progress bars and log lines of `datasets`, and those of the Hub's client below it, off the terminal
    while a corpus is read: errors are raised anyway."""
    was_shown, verbosity = library.is_progress_bar_enabled(), library.logging.get_verbosity()
    client = logging.getLogger("huggingface_hub")
    client_level = client.level
    library.disable_progress_bars()
    library.logging.set_verbosity(logging.CRITICAL)
    client.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        client.setLevel(client_level)
        library.logging.set_verbosity(verbosity)
        if was_shown:
            library.enable_progress_bars()
