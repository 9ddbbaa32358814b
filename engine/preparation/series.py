"""Series of a table: looked at here; a visitor's own are forecast on the Forecasting page, in the order of time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from engine.corpora.base import Corpus
from engine.corpora.series import SERIES, Series
from engine.errors import InputError
from engine.preparation.shapes import SHAPES, ColumnMapping, ColumnRole, Count, Cutter, Made, Shape
from engine.preparation.source_table import SourceTable

DIGITS = 5  # of a value, as its text


def _values(texts: Sequence[str]) -> tuple[Count, None]:
    return lambda rows: Counter(rows), None


class SeriesShape(Shape):
    """Numbers in the order of their times, which a network learns to go on with."""

    content = SERIES
    title = "Series"
    meaning = "a network learns how they go on"
    roles = (ColumnRole("value", "Value", "The numbers, one a row, in the order of their times."),)
    order = 9
    cutter = Cutter("Values as they are", "value", _values)
    least_compared = 10_000  # a value comes again in any series
    unit = "digits"

    def guess(self, table: SourceTable) -> dict[str, str] | None:
        return None  # a table of numbers is not prepared here

    def fallback(self, table: SourceTable) -> dict[str, str]:
        return {"value": table.columns[-1]}

    def make(self, table: SourceTable, mapping: ColumnMapping) -> Made:
        raise InputError("A series of your own is forecast on the Forecasting page, under “Your series”.")

    def texts(self, found: list[Series], columns: Sequence[str]) -> dict[str, list[str]]:
        return {"value": [f"{value:.{DIGITS}g}" for one in found for value in one.values]}

    def count_rows(self, corpus: Corpus, split: str) -> int:
        return sum(len(one) for one in corpus.read(SERIES, split))

    def length(self, text: str) -> int:
        return len(text)


SHAPES.register("series")(SeriesShape())
