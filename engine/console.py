"""What commands read and show: files and standard input as text, progress on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from engine.errors import InputError

DELAY_SECONDS = 0.05
LINES_AT_ONCE = 64  # as many as are translated together anyway

T = TypeVar("T")


def read_text(file: str) -> str:
    """Return the text of a file, or of standard input where `file` is "-".

    Raises:
        InputError: it cannot be read or is not UTF-8.
    """
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise InputError(f"The file {file} cannot be read: {error.strerror}.") from error
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{'Standard input' if file == '-' else file} is not UTF-8 text (byte {error.start})."
        ) from error


def read_lines() -> list[str]:
    """Return the lines of standard input; what follows the last line break is no line.

    Raises:
        InputError: it is not UTF-8.
    """
    lines = read_text("-").split("\n")
    return lines if lines[-1] else lines[:-1]


def print_answers(rows: Sequence[T], answer: Callable[[Sequence[T]], Iterable[str]]) -> None:
    """Print one line for each row, in order, as soon as its part of LINES_AT_ONCE rows is answered.

    A bar tells the time left where standard error is a terminal and the lines themselves do not show the progress.
    """
    from tqdm import tqdm

    is_shown = sys.stderr.isatty() and not sys.stdout.isatty()
    with tqdm(total=len(rows), unit="line", dynamic_ncols=True, disable=not is_shown) as bar:
        for start in range(0, len(rows), LINES_AT_ONCE):
            part = rows[start : start + LINES_AT_ONCE]
            for line in answer(part):
                print(line)
            sys.stdout.flush()
            bar.update(len(part))


def show_progress(items: Iterable[T], total: int, what: str) -> Iterator[T]:
    """Yield items; where standard error is a terminal, a bar tells how many are done and the time left."""
    from tqdm import tqdm

    return iter(tqdm(items, what, total, leave=False, dynamic_ncols=True, disable=not sys.stderr.isatty()))


def show_shares(shares: Iterable[float]) -> None:
    """Run through the shares, 0 to 1, of a long computation, with a bar on standard error."""
    from tqdm import tqdm

    with tqdm(total=100, unit="%", dynamic_ncols=True, delay=DELAY_SECONDS) as bar:
        for share in shares:
            bar.update(round(100 * share) - bar.n)
