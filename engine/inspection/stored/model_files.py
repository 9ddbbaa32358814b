"""What is in a model folder: each file with its size and its SHA-256, so that a copy can be compared."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

WEIGHTS = "model.safetensors"


def list_files(folder: str) -> pa.Table:
    """Return one row per file of a model folder: name, size in KiB, SHA-256."""
    import pyarrow as pa  # loaded for tables alone: Home needs none

    files = sorted(path for path in Path(folder).iterdir() if path.is_file())
    return pa.table(
        {
            "file": [path.name for path in files],
            "size_kib": [round(path.stat().st_size / 1024, 1) for path in files],
            "sha256": [_sha256(path, path.stat().st_mtime_ns) for path in files],
        }
    )


def weights_in(folder: str | Path, digits: int = 12) -> str:
    """Return the first digits of the SHA-256 of a model folder's weights, "" where it has none."""
    path = Path(folder) / WEIGHTS
    return digest(path, digits) if path.is_file() else ""


def digest(path: Path, digits: int = 12) -> str:
    """Return the first digits of a file's SHA-256, read again only when it was written."""
    return _sha256(path, path.stat().st_mtime_ns)[:digits]


@functools.lru_cache(maxsize=256)
def _sha256(path: Path, version: int) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
