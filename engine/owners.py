"""Whose data, runs and networks are whose: one folder per visitor, each thing in it open to its owner or by its ID.

    visitors/KEY/seen          when the visitor was last here
    visitors/KEY/opened        IDs of what others shared and the visitor opened
    visitors/KEY/KIND/ID/      one data set, run or network; whoever has its ID reads it once a file `shared` lies in it

KEY is made from the visitor's secret, which is never stored; an ID cannot be guessed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from engine.errors import InputError

KINDS = ("data", "runs", "models")
SHARED, SEEN, OPENED = "shared", "seen", "opened"
MAX_OPENED = 50  # what others shared; the oldest gives way
SECONDS_BETWEEN_VISITS = 3600  # a visit is noted so often at most: every click would write a file otherwise
_ID = re.compile(r"[\w-]{16}", re.ASCII)
_KEY = re.compile(r"[0-9a-f]{32}")
_REMOVED = ".removed-"


def runs_folder() -> Path:
    """Return the folder of everything that is trained here: `runs`, or the one that UNROLLED_RUNS names."""
    return Path(os.environ.get("UNROLLED_RUNS") or "runs")


def folder_of(secret: str) -> Path:
    """Return the folder of the visitor with this secret; it need not be there yet, and does not tell the secret."""
    return _visitors() / hashlib.sha256(secret.encode()).hexdigest()[:32]


def new_place(owner: Path, kind: str) -> Path:
    """Return where one more thing of a visitor's is to lie, in a folder whose name is an ID that nobody can guess."""
    return owner / _checked(kind) / secrets.token_urlsafe(12)


def new_folder(owner: Path, kind: str) -> Path:
    """Make an empty folder for one thing of a visitor's and return it; see `new_place`.

    Raises:
        InputError: nothing can be written there.
    """
    folder = new_place(owner, kind)
    try:
        folder.mkdir(parents=True)
    except OSError as problem:
        raise InputError(f"Nothing can be kept here now: {problem.strerror}. Try again later.") from problem
    note_visit(owner)
    return folder


def listed(owner: Path, kind: str) -> list[Path]:
    """Return the folders of a visitor's own things of one kind, the newest first."""
    return [path for _, path in sorted(_folders(owner / _checked(kind)), reverse=True)]


def find(item: str, owner: Path, kinds: tuple[str, ...] = KINDS) -> Path:
    """Return the folder with this ID if the visitor may open it: it is theirs, or its owner shares it.

    Raises:
        InputError: there is none for this visitor. Whether it is somebody else's is not told.
    """
    if _ID.fullmatch(item):
        for kind in map(_checked, kinds):
            if (own := owner / kind / item).is_dir():
                return own
        for _, visitor in _folders(_visitors()):
            for kind in kinds:
                if (visitor / kind / item / SHARED).is_file():
                    return visitor / kind / item
    raise InputError(
        "What this address names is not here: it was removed, or belongs to somebody who does not share it."
    )


def is_own(folder: Path, owner: Path) -> bool:
    """Return whether a folder that `find` gave is the visitor's own."""
    return folder.parent.parent == owner


def share(folder: Path, is_shared: bool = True) -> None:
    """Open one thing to everyone who knows its ID, or close it again."""
    if is_shared:
        (folder / SHARED).touch()
    else:
        (folder / SHARED).unlink(missing_ok=True)


def is_shared(folder: Path) -> bool:
    """Return whether everyone who knows its ID may open it."""
    return (folder / SHARED).is_file()


def remember_opened(owner: Path, item: str) -> None:
    """Note that the visitor opened something of somebody else's, so that it is found again after a reload."""
    known = [each for each in _opened(owner) if each != item]
    owner.mkdir(parents=True, exist_ok=True)
    (owner / OPENED).write_text("\n".join([*known, item][-MAX_OPENED:]), encoding="utf-8")
    note_visit(owner)


def opened(owner: Path, kind: str) -> list[Path]:
    """Return what others share of one kind and the visitor opened, the last one first."""
    found = []
    for item in reversed(_opened(owner)):
        with contextlib.suppress(InputError):  # removed, or not shared any more
            found.append(find(item, owner, (kind,)))
    return [folder for folder in found if not is_own(folder, owner)]


def note_visit(owner: Path) -> None:
    """Note that a visitor who keeps something here is here now."""
    seen = owner / SEEN
    if owner.is_dir() and time.time() - _changed(seen) > SECONDS_BETWEEN_VISITS:
        with contextlib.suppress(OSError):  # a full disk does not keep a page from being shown
            seen.touch()


def remove_left(days: float, now: float | None = None) -> list[Path]:
    """Remove everything of visitors who were not here for so many days, and what removals before left; return the
    folders of those visitors.

    A run that still trains for somebody who left writes its files: nothing goes while that lasts.
    """
    limit = (time.time() if now is None else now) - days * 86_400
    gone = []
    for _, visitor in _folders(_visitors()):
        if _KEY.fullmatch(visitor.name) and _last_change(visitor) < limit:
            with contextlib.suppress(OSError):  # somebody else removes it
                visitor.rename(visitor.with_name(f"{_REMOVED}{visitor.name}-{secrets.token_hex(4)}"))
                gone.append(visitor)
    if _visitors().is_dir():
        for rest in _visitors().glob(f"{_REMOVED}*"):
            shutil.rmtree(rest, ignore_errors=True)
    return gone


def _visitors() -> Path:
    return runs_folder() / "visitors"


def _checked(kind: str) -> str:
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is none of {', '.join(KINDS)}")
    return kind


def _opened(owner: Path) -> list[str]:
    try:
        return (owner / OPENED).read_text(encoding="utf-8").split()
    except (OSError, ValueError):
        return []


def _folders(parent: Path) -> Iterator[tuple[float, Path]]:
    """Yield (time of the last change, folder) of every folder in another that is not hidden, in no order."""
    try:
        with os.scandir(parent) as entries:
            for entry in entries:
                if not entry.name.startswith(".") and entry.is_dir():
                    yield entry.stat().st_mtime, parent / entry.name
    except OSError:  # it is not there, or was just removed
        return


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _last_change(visitor: Path) -> float:
    """Return when a visitor was here last, or something of theirs was written last."""
    items = (item for kind in KINDS for _, item in _folders(visitor / kind))
    files = (entry for item in items for entry in (item, *item.glob("*")))
    return max([_changed(visitor / SEEN), _changed(visitor), *map(_changed, files)])
