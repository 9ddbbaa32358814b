"""The machine at this minute: how far two runs of one loop differ, how fast memory and matrix products are."""

from __future__ import annotations

import torch

from engine.training.precision import BFLOAT16, FLOAT32
from tests.benchmarks.machine_limits import products, read_from_cache, read_from_memory
from tests.benchmarks.turns import Contest, item, timed

NOISE = "the same loop twice"
GIBIBYTE = 2**30
IN_CACHE = 2**20


@item("machine", NOISE, "loop")
def noise() -> Contest:
    """Two that cost the same: what their ratio strays is what any ratio of this run strays."""
    matrix, vector = torch.full((1024, 1024), 1 / 1024), torch.ones(1024)
    first, second = (timed(lambda: matrix @ vector) for _ in range(2))
    return Contest.between(first, {"the same": second})


@item("machine", "reading memory", "GiB")
def memory() -> Contest:
    """A GiB out of memory, and of a MiB that stays in the caches."""
    from_cache = read_from_cache(IN_CACHE)
    return Contest.parts(
        {"out of cache": read_from_memory(GIBIBYTE), "from cache": lambda: from_cache() * GIBIBYTE / IN_CACHE}
    )


@item("machine", "matrix products", "billion operations")
def matrices() -> Contest:
    """Products of square matrices in both number formats."""
    return Contest.parts({precision: products(1e9, precision) for precision in (FLOAT32, BFLOAT16)})
