"""Folders and files that are replaced as a whole: whoever reads finds the old one or the new one, never a mixture.

A draft is made beside the folder and takes its place in one call of the system (Linux; elsewhere two renames, between
which there is no folder). A process that dies on the way leaves its draft, which the next one clears away.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from engine.errors import InputError

T = TypeVar("T")

PREFIX = ".half-written-"
ASIDE = ".deleted-"
SECONDS_ASIDE = 24 * 3600  # that what was deleted can be brought back
CURRENT_FOLDER = -100  # AT_FDCWD
EXCHANGE = 2  # RENAME_EXCHANGE


def check_folder(folder: Path, what: str) -> None:
    """Find out before the work that what is its result could not be written into a folder, which need not be there yet.

    Raises:
        InputError: naming `what` cannot be written, and which place is in the way.
    """
    _check_name(folder, what)
    # What is replaced as a whole is made beside its folder.
    beside = next((path for path in folder.absolute().parents if path.exists()), folder)
    for position in (beside, folder):
        if position.exists() and not _takes_files(position):
            raise InputError(
                f"{what} cannot be written to {folder}: {position} is not a folder that may be written to."
            )


def check_file(file: Path, what: str) -> None:
    """Find out before the work that what is its result could not be written to a file.

    Raises:
        InputError: naming `what` cannot be written, and which place is in the way.
    """
    _check_name(file, what)
    if file.is_dir():
        raise InputError(f"{what} cannot be written to {file}: it is a folder; name a file in it.")
    if is_no_file(file):
        raise InputError(f"{what} cannot be written to {file}: it is a device, which a file would take the place of.")
    if file.exists() and not os.access(file, os.W_OK):
        raise InputError(f"{what} cannot be written to {file}: the file may not be written to.")
    beside = next(path for path in file.absolute().parents if path.exists())
    if not _takes_files(beside):
        raise InputError(f"{what} cannot be written to {file}: {beside} is not a folder that may be written to.")


def _check_name(path: Path, what: str) -> None:
    try:
        str(path).encode()
        path.resolve()
    except UnicodeEncodeError as error:
        raise InputError(f"{what} cannot be written to {path}: the name has bytes in it that are not UTF-8.") from error
    except (OSError, RuntimeError) as error:  # RuntimeError: of a link that leads to itself
        raise InputError(
            f"{what} cannot be written to {path}: the name is too long, or a link in it leads to itself."
        ) from error


def is_no_file(path: Path) -> bool:
    """Return whether there is something that is neither a file nor a folder: a device, a pipe, a socket."""
    return path.exists() and not path.is_file() and not path.is_dir()


def _takes_files(folder: Path) -> bool:
    """Return whether a file can be made in a folder: rights alone do not say so on a disk that is read-only."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


@contextlib.contextmanager
def replaced(folder: Path, without: tuple[str, ...] = ()) -> Iterator[Path]:
    """Yield a draft that holds what `folder` holds, but for the files in `without`; it becomes `folder` when the block
    ends, and is thrown away where that raises.

    What the draft takes over is linked, not copied: write files anew, never into one that is there.
    """
    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    _clear_away_drafts(folder)
    draft = folder.parent / f"{PREFIX}{folder.name}-{secrets.token_hex(4)}"
    draft.mkdir()
    with _locked(draft):
        try:
            if folder.exists():
                _take_over(folder, draft, without)
            yield draft
            _put_in_position(draft, folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


@contextlib.contextmanager
def replaced_file(file: Path) -> Iterator[Path]:
    """Yield a draft beside `file` that becomes it when the block ends, and is thrown away where that raises.

    Raises:
        InputError: `file` is a device or the like, which is not replaced.
    """
    if is_no_file(file):
        raise InputError(f"{file} is no file that could be replaced.")
    draft = file.with_name(f"{PREFIX}{file.name}-{secrets.token_hex(4)}")
    try:
        yield draft
        os.replace(draft, file)
    finally:
        draft.unlink(missing_ok=True)


def set_aside(folder: Path) -> None:
    """Delete a folder so that `put_back` can bring it back for a day; what was deleted before that goes for good.

    Raises:
        InputError: it is not there, or cannot be moved.
    """
    for old in folder.parent.glob(f"{ASIDE}*"):
        with contextlib.suppress(OSError):  # just gone
            if time.time() - old.stat().st_ctime > SECONDS_ASIDE:  # moved then
                shutil.rmtree(old, ignore_errors=True)
    try:
        folder.rename(folder.with_name(f"{ASIDE}{folder.name}"))
    except OSError as problem:
        raise InputError(f"This cannot be deleted: {problem.strerror}.") from problem


def put_back(folder: Path) -> None:
    """Bring back what `set_aside` deleted.

    Raises:
        InputError: it is gone.
    """
    try:
        folder.with_name(f"{ASIDE}{folder.name}").rename(folder)
    except OSError as problem:
        raise InputError("This cannot be brought back: it was removed for good.") from problem


def read_unchanged(folder: Path, read: Callable[[], T]) -> T:
    """Return `read()`, read again where `folder` was replaced meanwhile."""
    while True:
        before = _identity(folder)
        try:
            result = read()
        except Exception:
            if _identity(folder) == before:
                raise
            continue
        if _identity(folder) == before:
            return result


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        known = folder.stat()
    except OSError:
        return None
    return known.st_dev, known.st_ino


def _put_in_position(draft: Path, folder: Path) -> None:
    """Let two folders change places, so that the draft is the one to throw away."""
    if not folder.exists():
        os.rename(draft, folder)
        return
    paths = os.fsencode(draft), os.fsencode(folder)
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):  # not Linux
        is_done = False
    else:
        is_done = call(CURRENT_FOLDER, paths[0], CURRENT_FOLDER, paths[1], EXCHANGE) == 0
    if not is_done:  # the file system cannot
        old = draft.with_name(f"{draft.name}.old")
        os.rename(folder, old)
        os.rename(draft, folder)
        os.rename(old, draft)


def _take_over(folder: Path, draft: Path, without: tuple[str, ...]) -> None:
    def left_out(inside: str, names: list[str]) -> set[str]:
        return set(without) if Path(inside) == folder else set()

    def link(source: str, target: str) -> None:
        try:
            os.link(source, target)
        except OSError:  # a file system without links
            shutil.copy2(source, target)

    shutil.copytree(folder, draft, symlinks=True, ignore=left_out, copy_function=link, dirs_exist_ok=True)


@contextlib.contextmanager
def _locked(draft: Path) -> Iterator[None]:
    """Hold a draft, so that others know it is being written."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    descriptor = os.open(draft, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _clear_away_drafts(folder: Path) -> None:
    """Remove what processes that died left of drafts of `folder`."""
    try:
        import fcntl
    except ImportError:
        return
    for draft in folder.parent.iterdir():
        if not draft.name.startswith(f"{PREFIX}{folder.name}-"):
            continue
        try:
            descriptor = os.open(draft, os.O_RDONLY)
        except OSError:  # just gone
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(draft, ignore_errors=True)
        except BlockingIOError:
            pass
        finally:
            os.close(descriptor)
