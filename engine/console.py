"""What commands show beside their result, on standard error: notes and progress."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from engine.errors import InputError

DELAY_SECONDS = 0.05
LINES_AT_ONCE = 64  # as many as are translated together anyway
PROBLEMS_SHOWN = 20

S = TypeVar("S")
T = TypeVar("T")


def show_notes(notes: Iterable[str]) -> None:
    """Print what is to be known beside the result, a line each on standard error."""
    for note in notes:
        print(f"note: {note}", file=sys.stderr)


def read_rows(
    lines: Sequence[S], read: Callable[[S], T | None], numbers: Sequence[int] = ()
) -> tuple[list[T | None], int]:
    """Return what each line is read as, None where it is empty or cannot be read, and how many cannot.

    Which those are, and why, is said on standard error; the others are answered all the same. `numbers` are those of
    the lines in the input, where they are others than 1, 2, 3.
    """
    rows: list[T | None] = []
    problems = 0
    for number, line in zip(numbers or itertools.count(1), lines, strict=False):
        try:
            rows.append(read(line))
        except InputError as error:
            rows.append(None)
            problems += 1
            if problems <= PROBLEMS_SHOWN:
                print(f"line {number}: {error}", file=sys.stderr)
    if problems > PROBLEMS_SHOWN:
        print(f"and {problems - PROBLEMS_SHOWN:,} more lines that cannot be read", file=sys.stderr)
    return rows, problems


def print_answers(rows: Sequence[T | None], answer: Callable[[list[T]], Iterable[str]]) -> None:
    """Print one line for each row, in order, as soon as its part of LINES_AT_ONCE rows is answered; None is an empty
    line.

    A bar tells the time left where standard error is a terminal and the lines themselves do not show the progress.
    """
    from tqdm import tqdm

    is_shown = sys.stderr.isatty() and not sys.stdout.isatty()
    with tqdm(total=len(rows), unit="line", dynamic_ncols=True, disable=not is_shown) as bar:
        for start in range(0, len(rows), LINES_AT_ONCE):
            part = rows[start : start + LINES_AT_ONCE]
            given = [row for row in part if row is not None]
            answers = iter(answer(given) if given else ())
            for row in part:
                print("" if row is None else next(answers))
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
