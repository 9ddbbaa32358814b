"""What commands show beside their result, on standard error: notes and progress."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

DELAY_SECONDS = 0.05

T = TypeVar("T")


def show_notes(notes: Iterable[str]) -> None:
    """Print what is to be known beside the result, a line each on standard error."""
    for note in notes:
        print(f"note: {note}", file=sys.stderr)


def show_progress(items: Iterable[T], total: int, unit: str) -> Iterator[T]:
    """Yield items with a bar on a terminal's standard error, and no bar anywhere else."""
    from tqdm import tqdm

    return iter(tqdm(items, total=total, unit=unit, dynamic_ncols=True, disable=not sys.stderr.isatty()))


def show_shares(shares: Iterable[float]) -> None:
    """Run through the shares, 0 to 1, of a long computation, with a bar on standard error."""
    from tqdm import tqdm

    with tqdm(total=100, unit="%", dynamic_ncols=True, delay=DELAY_SECONDS) as bar:
        for share in shares:
            bar.update(round(100 * share) - bar.n)
