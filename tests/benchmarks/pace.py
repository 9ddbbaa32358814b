"""How much slower this machine is, at this minute, than the one on which the bounds were measured.

A bound in seconds holds for one machine. Another processor, or a neighbour who takes half of the memory's bandwidth,
misses it though nothing in the code has changed. So the two kinds of work that all measurements here are made of are
timed beside them: interpreted Python, and products of a vector with a matrix larger than the caches. A bound is
multiplied by the worse of the two, and never tightened by a faster machine. `MARGIN` is for what the two do not show:
other caches, another share of each kind. What is guarded is that nothing becomes half as slow again.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

import torch

REFERENCE_MS = {"python": 7.8, "products": 7.0}
"""The least processor time of a chunk of each kind on the machine of the bounds, in milliseconds."""

CHUNKS, MARGIN = 8, 1.5
_MATRIX = torch.full((2048, 2048), 1 / 2048)


def _python() -> None:
    counts: dict[str, int] = {}
    for number in range(60_000):
        key = str(number % 997)
        counts[key] = counts.get(key, 0) + len(key)


def _products() -> None:
    vector = torch.ones(2048)
    for _ in range(12):
        vector = _MATRIX @ vector


WORK: dict[str, Callable[[], None]] = {"python": _python, "products": _products}


def least_ms(work: Callable[[], None], chunks: int = CHUNKS) -> float:
    """Return the least processor time of several runs in milliseconds: that of one which nothing disturbed."""
    times = []
    for _ in range(chunks):
        begun = time.process_time()
        work()
        times.append(1000 * (time.process_time() - begun))
    return min(times)


def allowance() -> float:
    """Return what to multiply a bound by, here and now: `MARGIN` on the machine of the bounds or a faster one."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return MARGIN * max(1.0, *(least_ms(work) / REFERENCE_MS[kind] for kind, work in WORK.items()))
    finally:
        torch.set_num_threads(threads)


def gain_of_two_processes() -> float:
    """Return how many times as much Python two processes run in the same time as one: 2 on two whole, quiet cores."""
    seconds = {}
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as pool:
        for processes in (1, 2, 1, 2):
            list(pool.map(abs, range(2)))  # both are started
            begun = time.perf_counter()
            for future in [pool.submit(_run_python) for _ in range(processes)]:
                future.result()
            spent = time.perf_counter() - begun
            seconds[processes] = min(spent, seconds.get(processes, spent))
    return 2 * seconds[1] / seconds[2]


def _run_python() -> None:
    for _ in range(40):
        _python()
