"""Learning to forecast: windows of series, the value and the ends of its band.

Shapes: B batch, T window, H horizon, K columns known beforehand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from engine.errors import DataError
from engine.models.forecaster import LEVELS, Forecaster

SQUARED, ABSOLUTE = LOSSES = ("squared", "absolute")
MOST_VALIDATED = 800  # windows, spread evenly
TOGETHER = 256  # windows that are measured side by side


class ScaledSeries(NamedTuple):
    """One series as it is read: its values, (length,), what is known of each time, (length, K), and the places behind
    its last training and validation value."""

    values: Tensor
    known: Tensor
    train_end: int
    validation_end: int


class WindowBatch(NamedTuple):
    """Windows (B, T), what is known of their times and those ahead (B, T + H, K), and the values ahead (B, H)."""

    values: Tensor
    known: Tensor
    ahead: Tensor


class ForecastingObjective:
    """The error of every value ahead, and the pinball loss of the ends of its band; see
    `engine.training.trainer.Objective`.

    Errors are in the units of the window's frame, so that every series counts alike.

    Args:
        loss: "squared" or "absolute": the best value is then the mean or the median.
        band_weight: how much the band counts beside the value; no gradient of it reaches the value itself.
        teacher_forcing_ratio: share of updates in which a recursive forecaster reads true values, not its own.

    Raises:
        DataError: no series is long enough for a window and what lies ahead of it.

    Paper: Koenker and Bassett (1978), Regression quantiles (the pinball loss).
    """

    def __init__(
        self,
        series: Sequence[ScaledSeries],
        *,
        window: int,
        horizon: int,
        batch_size: int,
        loss: str = ABSOLUTE,
        band_weight: float = 0.5,
        teacher_forcing_ratio: float = 0.0,
        seed: int = 0,
    ) -> None:
        self.window, self.horizon, self.batch_size, self.seed = window, horizon, batch_size, seed
        self.point_loss, self.band_weight = loss, band_weight
        self.teacher_forcing_ratio = teacher_forcing_ratio
        size = window + horizon
        self.series = [one for one in series if one.train_end >= size]
        origins = [
            (number, origin)
            for number, one in enumerate(series)
            for origin in range(max(window, one.train_end), one.validation_end - horizon + 1)
        ]
        if not self.series or not origins:
            raise DataError(
                f"No series is long enough: {window} steps that are read and {horizon} ahead of them must lie in its "
                f"training part, and {horizon} in the part it is validated on."
            )
        self.validated = origins[:: max(1, len(origins) // MOST_VALIDATED)]
        self._all = series

    def batch(self, position: int) -> WindowBatch:
        """Return the batch of update `position`: every series is as likely as any other, and so is every window in
        it."""
        draw = torch.Generator().manual_seed(self.seed * 100_003 + position)
        rows = []
        for number in torch.randint(len(self.series), (self.batch_size,), generator=draw).tolist():
            most = self.series[number].train_end - self.horizon
            origin = int(torch.randint(self.window, most + 1, (1,), generator=draw))
            rows.append((self.series[number], origin))
        return self.collate(rows)

    def collate(self, rows: Sequence[tuple[ScaledSeries, int]]) -> WindowBatch:
        """Return the windows before each origin of a series, and what lies behind it."""
        size, ahead = self.window, self.horizon
        return WindowBatch(
            torch.stack([one.values[origin - size : origin] for one, origin in rows]),
            torch.stack([one.known[origin - size : origin + ahead] for one, origin in rows]),
            torch.stack([one.values[origin : origin + ahead] for one, origin in rows]),
        )

    def count_tokens(self, batch: WindowBatch) -> int:
        """Return how many values a batch reads."""
        return batch.values.numel()

    def loss(self, model: Forecaster, batch: WindowBatch, carry: None) -> tuple[Tensor, None]:
        """Return the mean loss per value ahead; nothing is carried."""
        frame = model.frame(batch.values)
        ahead = (batch.ahead - frame.level) / frame.scale
        is_given = self.teacher_forcing_ratio > float(torch.rand(()))
        said = model.framed(frame, batch.known, ahead if is_given else None).float()
        loss = self._point(said[:, :, 0], ahead)
        value = said[:, :, 0].detach()
        for place, level in enumerate(LEVELS, start=1):
            end = value + (said[:, :, place] - said[:, :, 0])
            loss = loss + self.band_weight * pinball(end, ahead, level)
        return loss, None

    def evaluate(self, model: Forecaster) -> dict[str, float]:
        """Return the loss of the value on validation windows ("loss"), their mean absolute error, both in scaled units,
        and the share of values inside the band."""
        total = {"loss": 0.0, "mae": 0.0, "coverage": 0.0}
        for start in range(0, len(self.validated), TOGETHER):
            rows = [(self._all[number], origin) for number, origin in self.validated[start : start + TOGETHER]]
            batch = self.collate(rows)
            frame = model.frame(batch.values)
            said = model.framed(frame, batch.known).float()
            ahead = (batch.ahead - frame.level) / frame.scale
            share = len(rows) / len(self.validated)
            total["loss"] += share * float(self._point(said[:, :, 0], ahead))
            total["mae"] += share * float((said[:, :, 0] - ahead).abs().mean())
            total["coverage"] += share * float(((said[:, :, 1] <= ahead) & (ahead <= said[:, :, 2])).float().mean())
        return total

    def _point(self, said: Tensor, ahead: Tensor) -> Tensor:
        return functional.mse_loss(said, ahead) if self.point_loss == SQUARED else functional.l1_loss(said, ahead)


def pinball(said: Tensor, true: Tensor, level: float) -> Tensor:
    """Return the mean pinball loss of the quantile `level`."""
    error = true - said
    return torch.maximum(level * error, (level - 1) * error).mean()
