"""How several values become one mark and its reach, and how that is said: a chart and its explanation ask the same
object."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

ROOT_MEAN_SQUARE = "root mean square"


@dataclass(frozen=True)
class Aggregation:
    """A middle value and how far the values reach.

    Attributes:
        middle: "mean", "median" or ROOT_MEAN_SQUARE.
        low, high: quantiles between which the values are said to lie; 0 and 1 are the smallest and the largest.
    """

    middle: str
    low: float = 0.0
    high: float = 1.0

    @property
    def functions(self) -> tuple[str, str, str]:
        """The pandas functions for a middle value and the whole range."""
        if self.middle == ROOT_MEAN_SQUARE or (self.low, self.high) != (0, 1):
            raise ValueError(f"pandas has no names for {self}")
        return self.middle, "min", "max"

    def over(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return middle, low and high over the first axis; what is missing (NaN) does not count."""
        import numpy as np

        if self.middle == ROOT_MEAN_SQUARE:
            middle = np.sqrt(np.nanmean(values**2, axis=0))
        else:
            middle = (np.nanmean if self.middle == "mean" else np.nanmedian)(values, axis=0)
        low, high = np.nanquantile(values, [self.low, self.high], axis=0)
        return middle, low, high

    def middle_over(self, values: str) -> str:
        """Return "the median over the seeds" for "the seeds"."""
        return f"the {self.middle} over {values}"

    def reach(self, smallest: str = "smallest", largest: str = "largest") -> str:
        """Return "from the smallest to the largest", or which share lies inside."""
        if (self.low, self.high) == (0, 1):
            return f"from the {smallest} to the {largest}"
        return f"round the middle {100 * (self.high - self.low):.0f} % of them"


MEDIAN_AND_RANGE = Aggregation("median")
MEAN_AND_RANGE = Aggregation("mean")
MEAN_AND_QUARTILES = Aggregation("mean", 0.25, 0.75)
ROOT_MEAN_SQUARE_AND_QUARTILES = Aggregation(ROOT_MEAN_SQUARE, 0.25, 0.75)


def wilson(hits: int, count: int, z: float = 1.96) -> tuple[float, float]:
    """Return the 95 % interval of a share of `hits` in `count`.

    Paper: Wilson (1927), Probable inference, the law of succession, and statistical inference.
    """
    if not count:
        return 0.0, 1.0
    share, scale = hits / count, 1 + z * z / count
    middle = (share + z * z / (2 * count)) / scale
    reach = z / scale * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(0.0, middle - reach), min(1.0, middle + reach)
