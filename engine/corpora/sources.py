"""The three places a corpus can come from, and the one quick question whether the Hub answers at all."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

from engine.errors import DataError

if TYPE_CHECKING:
    from datasets import Dataset

HUB_TIMEOUT_SECONDS = 2.5

_reachable: bool | None = None
_reachable_lock = threading.Lock()


def mirror_folder(name: str) -> Path | None:
    """Return the folder of corpus `name` under UNROLLED_DATA, None where there is none."""
    root = os.environ.get("UNROLLED_DATA", "")
    folder = Path(root) / name
    return folder if root and folder.is_dir() else None


def is_hub_reachable(timeout: float = HUB_TIMEOUT_SECONDS) -> bool:
    """Return whether the Hub accepts a connection; asked once per process, within `timeout` seconds.

    Left alone, `datasets` retries an unreachable Hub for more than 20 s on every call. The look-up runs on a thread
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
    endpoint = urlparse(os.environ.get("HF_ENDPOINT") or "https://huggingface.co")
    port = endpoint.port or (80 if endpoint.scheme == "http" else 443)
    answers: list[bool] = []

    def connect() -> None:
        try:
            socket.create_connection((endpoint.hostname or "", port), timeout=timeout).close()
            answers.append(True)
        except OSError:
            answers.append(False)

    thread = threading.Thread(target=connect, name="hub-check", daemon=True)
    thread.start()
    thread.join(timeout)
    return bool(answers and answers[0])


def read_repository_folder(folder: Path) -> dict[str, Dataset]:
    """Return the splits of a folder laid out like a Hub data set repository.

    Raises:
        DataError: it is missing or its files cannot be read.
    """
    import datasets

    if not folder.is_dir():
        raise DataError(f"There is no corpus folder '{folder.name}'.")
    try:
        with _quiet(datasets):
            loaded = datasets.load_dataset(str(folder))
    except Exception as error:  # `datasets` lets through whatever its readers raise
        raise DataError(f"The corpus folder '{folder.name}' cannot be read: {_first_line(error)}") from error
    return dict(loaded)


def read_hub_split(
    repository: str,
    revision: str,
    config: str | None,
    split: str,
    columns: tuple[str, ...] | None,
    row_limit: int | None,
    adapt: Callable[[dict[str, Any]], dict[str, Any]] | None,
) -> Dataset:
    """Return one split of a Hub data set, streamed so that only the wanted columns and rows are downloaded.

    Raises:
        DataError: the repository, revision or split cannot be read.
    """
    import datasets

    try:
        with _quiet(datasets):
            options = {"columns": list(columns)} if columns else {}
            rows = datasets.load_dataset(
                repository, config, split=split, revision=revision, streaming=True, **options
            )
            taken = rows.take(row_limit) if row_limit else rows
            return datasets.Dataset.from_list([adapt(row) if adapt else row for row in taken])
    except Exception as error:
        raise DataError(f"{repository} (revision {revision}) could not be read from the Hub: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:200]


class _quiet:
    """Switch the progress bars of `datasets` off while a corpus is read."""

    def __init__(self, library: Any) -> None:
        self.library = library

    def __enter__(self) -> None:
        self.library.disable_progress_bars()

    def __exit__(self, *details: object) -> None:
        self.library.enable_progress_bars()
