"""Batches by position where every pass over the data is planned anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

T = TypeVar("T")


class Passes(Generic[T]):
    """The batches of one pass after the other; `plan` gives those of pass 0, 1, 2, ..."""

    def __init__(self, plan: Callable[[int], list[T]]) -> None:
        self._plan = plan
        self._batches: list[T] = []
        self.start, self.epoch = 0, -1  # of the pass that is planned

    def __getitem__(self, position: int) -> T:
        """Return the batch of update `position`; passes before it are planned again if need be."""
        if position < self.start:
            self._batches, self.start, self.epoch = [], 0, -1
        while position >= self.start + len(self._batches):
            self.start += len(self._batches)
            self.epoch += 1
            self._batches = self._plan(self.epoch)
        return self._batches[position - self.start]


def fill_batches(items: Iterable[T], width: Callable[[T], int], limit: int) -> list[list[T]]:
    """Return items, sorted by width, in batches: so many that their number times the widest stays within `limit`."""
    batches: list[list[T]] = [[]]
    for item in items:
        if batches[-1] and (len(batches[-1]) + 1) * width(item) > limit:
            batches.append([])
        batches[-1].append(item)
    return batches
