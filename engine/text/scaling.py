"""What stands in for a tokeniser where a network reads numbers: how each column is scaled before it is read.

Mean and deviation are those of the training part alone: were those of the test part in them, every forecast would know
something of what it is to foretell.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from engine.config import JsonObject
from engine.errors import ModelError
from engine.text.base import TOKENIZERS, Tokenizer


@dataclass(frozen=True)
class ScaledColumn:
    """One column that is read: its name, and what is taken off it and what it is then divided by."""

    name: str
    mean: float = 0.0
    deviation: float = 1.0

    def scale(self, values: np.ndarray) -> np.ndarray:
        """Return values as they are read."""
        return (values - self.mean) / self.deviation

    def unscale(self, values: np.ndarray) -> np.ndarray:
        """Return what was read as values."""
        return values * self.deviation + self.mean

    @classmethod
    def of(cls, name: str, values: np.ndarray) -> ScaledColumn:
        """Return the scaling by the mean and the deviation of values; a constant column is only shifted."""
        return cls(name, float(values.mean()), float(values.std()) or 1.0)


@TOKENIZERS.register("scaling")
class SeriesScaling(Tokenizer):
    """How the columns of a series are scaled; the first is the series itself. An "id" of its vocabulary is a column."""

    kind: ClassVar[str] = "scaling"
    noun: ClassVar[str] = "value"

    def __init__(self, columns: Sequence[ScaledColumn]) -> None:
        self.columns = tuple(columns)
        self.pad_id = self.bos_id = self.eos_id = self.unk_id = None

    @classmethod
    def from_stored(cls, stored: JsonObject) -> SeriesScaling:
        """Return the scaling that a tokenizer.json holds.

        Raises:
            ModelError: it is damaged.
        """
        try:
            columns = [ScaledColumn(str(c["name"]), float(c["mean"]), float(c["deviation"])) for c in stored["columns"]]
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError("The tokenizer.json of this forecaster is damaged: a column lacks its scaling.") from error
        if not columns or not all(np.isfinite([c.mean, c.deviation]).all() and c.deviation for c in columns):
            raise ModelError("The tokenizer.json of this forecaster is damaged: a scaling is no number.")
        return cls(columns)

    @property
    def vocab_size(self) -> int:
        """Number of columns that are read."""
        return len(self.columns)

    @property
    def value(self) -> ScaledColumn:
        """The column that is forecast."""
        return self.columns[0]

    @property
    def known(self) -> tuple[ScaledColumn, ...]:
        """The columns that are known of the time ahead as well."""
        return self.columns[1:]

    def scale_known(self, columns: np.ndarray) -> np.ndarray:
        """Return columns that are known of the time ahead, (T, K), as they are read."""
        parts = [column.scale(columns[:, place]) for place, column in enumerate(self.known)]
        return np.stack(parts, axis=1) if parts else columns

    def save(self, path: Path | str) -> None:
        """Write it as one JSON file."""
        columns = [{"name": c.name, "mean": c.mean, "deviation": c.deviation} for c in self.columns]
        Path(path).write_text(json.dumps({"kind": self.kind, "columns": columns}), encoding="utf-8")
