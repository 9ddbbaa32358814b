"""What is in a model folder: each file with its size and its SHA-256, so that a copy can be compared."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow as pa

from engine.models.folder import LoadedModel


def list_files(folder: str) -> pa.Table:
    """Return one row per file of a model folder: name, size in KiB, SHA-256."""
    files = sorted(path for path in Path(folder).iterdir() if path.is_file())
    return pa.table(
        {
            "file": [path.name for path in files],
            "size_kib": [round(path.stat().st_size / 1024, 1) for path in files],
            "sha256": [_sha256(path) for path in files],
        }
    )


def weights_of(loaded: LoadedModel) -> str:
    """Return the first 12 digits of the SHA-256 of a model's weights."""
    files: dict[str, str] = {row["file"]: row["sha256"] for row in list_files(str(loaded.info.path)).to_pylist()}
    return files.get("model.safetensors", "")[:12]


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
