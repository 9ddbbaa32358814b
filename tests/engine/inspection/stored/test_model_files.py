"""Fingerprints of model files against a hash taken another way."""

from __future__ import annotations

import hashlib
from pathlib import Path

from engine.inspection.stored.model_files import list_files


def test_lists_files_with_size_and_sha256(tmp_path: Path) -> None:
    (tmp_path / "b.bin").write_bytes(b"abc" * 1000)
    (tmp_path / "a.txt").write_text("é")
    (tmp_path / "folder").mkdir()
    frame = list_files(str(tmp_path)).to_pandas()
    assert frame["file"].tolist() == ["a.txt", "b.bin"]
    assert frame["size_kib"].tolist() == [0.0, 2.9]
    assert frame["sha256"].tolist() == [
        hashlib.sha256("é".encode()).hexdigest(),
        hashlib.sha256(b"abc" * 1000).hexdigest(),
    ]
