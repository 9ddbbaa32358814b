"""The forecaster: recurrent layers read a window of a series and say its next values, each with a band.

Direct: one linear map from the last state to all values of the horizon. Recursive: one value from each state, which is
then read like a true one. What is said is a difference to a reference, to the last value or to the value one season
before, so that a network of zeros repeats that.

Shapes: B batch, T window, H horizon, K columns known beforehand, U hidden units; 3 = the value and the ends of its
band.

Papers: Lai et al. (2018), Modeling long- and short-term temporal patterns with deep neural networks, section 3.5 (a
linear layer beside the recurrent ones); Zeng et al. (2023), Are transformers effective for time series forecasting?
(NLinear: differences to the last value); Salinas et al. (2020), DeepAR (recursive, with what is known of the time
ahead; a scale of each window).
Differs: the ends of the band are quantiles at so much above and below the value, so that they never cross.
"""

from __future__ import annotations

import dataclasses
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.cells import CELLS
from engine.config import option
from engine.errors import ConfigError
from engine.models.base import MODELS, PretrainedModel
from engine.models.hyperparameters import dropout_option, forget_bias_option
from engine.models.recurrent import MAX_LAYERS, build_layers, check_layers, run_layer, step_layer, zero_state

LINEAR = "linear"  # the `cell` of a forecaster without any: one linear layer over the window
LEVELS = (0.1, 0.9)  # of the ends of a band
DIRECT, RECURSIVE = STRATEGIES = ("direct", "recursive")
NOTHING, LAST, SEASON = REFERENCES = ("nothing", "last", "season")
TRAINING, WINDOW = SCALES = ("training", "window")
MOST_READ, MOST_SAID = 2000, 500  # steps
FARTHEST = 30.0  # in units of the scale; beyond it no window of the training lies


@dataclasses.dataclass(frozen=True)
class ForecasterConfig:
    """The hyper-parameters of a `Forecaster`."""

    model: ClassVar[str] = "forecaster"

    hidden_size: int = option(32, label="Hidden units", help="Units of each layer.", minimum=0)
    num_layers: int = option(
        1, label="Layers", help="Recurrent layers on top of one another.", minimum=0, maximum=MAX_LAYERS
    )
    cell: str = option("gru", label="Cell", help="What one unit does at every step.", choices=(*CELLS.names(), LINEAR))
    window: int = option(168, label="Window", help="Past steps that are read.", minimum=2, maximum=MOST_READ)
    horizon: int = option(24, label="Horizon", help="Steps that are forecast.", minimum=1, maximum=MOST_SAID)
    season: int = option(24, label="Season", help="Steps after which the series repeats itself.", minimum=1)
    strategy: str = option(
        DIRECT,
        label="Strategy",
        help="All values at once, or one after the other, each read before the next.",
        choices=STRATEGIES,
    )
    reference: str = option(
        LAST, label="Difference to", help="What a forecast is said as a difference to.", choices=REFERENCES
    )
    scaled_by: str = option(
        TRAINING, label="Scaled by", help="The training part as a whole, or each window.", choices=SCALES
    )
    skip: bool = option(False, label="Linear layer beside", help="A linear layer that reads the window as well.")
    dropout: float = dropout_option(0.0)
    forget_bias: float = forget_bias_option(1.0)


class Frame(NamedTuple):
    """A window as it is read: (B, T), what was taken off it and what it was divided by, (B, 1) each."""

    values: Tensor
    level: Tensor
    scale: Tensor


@MODELS.register(ForecasterConfig.model, title="Forecaster")
class Forecaster(PretrainedModel):
    """Says the next `horizon` values of a series from `window` past ones and what is known of each time.

    `vocab_size` is the number of columns that are read: the series itself, and those known beforehand.
    """

    task = "forecasting"
    without_weights = frozenset({"window", "horizon", "season"})

    def __init__(
        self,
        vocab_size: int = 1,
        hidden_size: int = ForecasterConfig.hidden_size,
        num_layers: int = ForecasterConfig.num_layers,
        cell: str = ForecasterConfig.cell,
        window: int = ForecasterConfig.window,
        horizon: int = ForecasterConfig.horizon,
        season: int = ForecasterConfig.season,
        strategy: str = ForecasterConfig.strategy,
        reference: str = ForecasterConfig.reference,
        scaled_by: str = ForecasterConfig.scaled_by,
        skip: bool = ForecasterConfig.skip,
        dropout: float = ForecasterConfig.dropout,
        forget_bias: float = ForecasterConfig.forget_bias,
    ) -> None:
        super().__init__()
        if not (2 <= window <= MOST_READ and 1 <= horizon <= MOST_SAID and season >= 1):
            raise ConfigError(
                f"window must lie between 2 and {MOST_READ}, horizon between 1 and {MOST_SAID} and season be positive, "
                f"not {window}, {horizon} and {season}."
            )
        is_linear = cell == LINEAR
        if is_linear and (num_layers or hidden_size or strategy != DIRECT):
            raise ConfigError("A linear forecaster has no layers and no hidden units, and says all values at once.")
        if not is_linear:
            check_layers(num_layers=num_layers)
        if SEASON in (reference, scaled_by) or scaled_by == WINDOW:
            _check_season(season, window)
        self._inputs = vocab_size
        self.cell, self.hidden_size, self.num_layers = cell, hidden_size, num_layers
        self.window, self.horizon, self.season = window, horizon, season
        self.strategy, self.reference, self.scaled_by = strategy, reference, scaled_by
        known = vocab_size - 1
        said = 1 if strategy == RECURSIVE else horizon
        read = 1 + known + (strategy == RECURSIVE and reference == SEASON)
        self.layers = build_layers(cell, read, hidden_size, num_layers, forget_bias=forget_bias) if num_layers else None
        self.dropout = nn.Dropout(dropout)
        self.output = _zero_linear(hidden_size, 3 * said) if hidden_size else None
        self.widths = nn.Parameter(torch.zeros(said, 2)) if is_linear else None
        self.ahead = _zero_linear(horizon * known, horizon) if known and strategy == DIRECT else None
        self.linear = _zero_linear(window, horizon) if is_linear or (skip and strategy == DIRECT) else None

    @property
    def vocab_size(self) -> int:
        """Number of columns that are read."""
        return self._inputs

    def forward(self, values: Tensor, known: Tensor, given: Tensor | None = None) -> Tensor:
        """Return the next values with the ends of their bands, (B, H, 3), of windows (B, T).

        Args:
            known: (B, T + H, K) what is known of each time of window and horizon.
            given: (B, H) true values that a recursive forecaster reads in place of its own; None for its own.
        """
        frame = self.frame(values)
        if given is not None:
            given = (given - frame.level) / frame.scale
        return self.framed(frame, known, given) * frame.scale[:, :, None] + frame.level[:, :, None]

    def frame(self, values: Tensor) -> Frame:
        """Return windows (B, T) as they are read."""
        level, scale = torch.zeros_like(values[:, -1:]), torch.ones_like(values[:, -1:])
        if self.scaled_by == WINDOW:
            change = (values[:, self.season :] - values[:, : -self.season]).abs().mean(1, keepdim=True)
            size = values.abs().mean(1, keepdim=True)
            scale = change + 0.1 * values.std(1, keepdim=True) + 1e-6 * size + 1e-6
        if self.reference == LAST:
            level = values[:, -1:]
        elif self.reference == SEASON or self.scaled_by == WINDOW:
            level = values[:, -self.season :].mean(1, keepdim=True)
        return Frame(((values - level) / scale).clamp(-FARTHEST, FARTHEST), level, scale)

    def framed(self, frame: Frame, known: Tensor, given: Tensor | None = None) -> Tensor:
        """Return what `forward` does in the units of the frame; `given` is in them too."""
        said = self._recursive(frame, known, given) if self.strategy == RECURSIVE else self._direct(frame, known)
        value, below, above = said.unbind(2)
        return torch.stack([value, value - functional.softplus(below), value + functional.softplus(above)], dim=2)

    def _direct(self, frame: Frame, known: Tensor) -> Tensor:
        values, batch = frame.values, len(frame.values)
        said = values.new_zeros(batch, self.horizon, 3)
        if self.layers is not None and self.output is not None:
            hidden, _ = self._read(torch.cat([values[:, :, None], known[:, : self.window]], dim=2))
            said = said + self.output(hidden).view(batch, self.horizon, 3)
        value, widths = said[:, :, 0], said[:, :, 1:]
        if self.widths is not None:
            widths = widths + self.widths
        if self.linear is not None:
            value = value + self.linear(values)
        if self.ahead is not None:
            value = value + self.ahead(known[:, self.window :].flatten(1))
        if self.reference == SEASON:
            rounds = -(-self.horizon // self.season)
            value = value + values[:, -self.season :].repeat(1, rounds)[:, : self.horizon]
        return torch.cat([value[:, :, None], widths], dim=2)

    def _recursive(self, frame: Frame, known: Tensor, given: Tensor | None) -> Tensor:
        first = self.season - 1 if self.reference == SEASON else 0
        inputs = [frame.values[:, first:, None], known[:, first + 1 : self.window + 1]]
        if self.reference == SEASON:
            inputs.insert(1, frame.values[:, : self.window - first, None])
        hidden, state = self._read(torch.cat(inputs, dim=2))
        past, said = list(frame.values.unbind(1)), []
        assert self.output is not None
        for step in range(self.horizon):
            out = self.output(hidden)  # (B, 3)
            if self.reference == LAST:
                out = out + functional.pad(past[-1][:, None], (0, 2))
            elif self.reference == SEASON:
                out = out + functional.pad(past[-self.season][:, None], (0, 2))
            said.append(out)
            past.append(out[:, 0] if given is None else given[:, step])
            if step + 1 < self.horizon:
                row = [past[-1][:, None], known[:, self.window + step + 1]]
                if self.reference == SEASON:
                    row.insert(1, past[-self.season][:, None])
                hidden, state = self._step(torch.cat(row, dim=1).clamp(-FARTHEST, FARTHEST), state)
        return torch.stack(said, dim=1)

    def _read(self, inputs: Tensor) -> tuple[Tensor, list[object]]:
        """Return the last layer's output at the last step, (B, U), and the state of each layer."""
        assert self.layers is not None
        outputs, states = inputs, []
        for position, layer in enumerate(self.layers):
            outputs = self.dropout(outputs) if position else outputs
            outputs, state = run_layer(layer, outputs, zero_state(self.cell, len(inputs), self.hidden_size, inputs))
            states.append(state)
        return self.dropout(outputs[:, -1]), states

    def _step(self, inputs: Tensor, states: list[object]) -> tuple[Tensor, list[object]]:
        assert self.layers is not None
        hidden, after = inputs, []
        for layer, state in zip(self.layers, states, strict=True):
            hidden, new = step_layer(self.cell, layer, hidden, state)
            after.append(new)
        return self.dropout(hidden), after


def _zero_linear(inputs: int, outputs: int) -> nn.Linear:
    """Return a linear layer that says zero until it has learnt something."""
    layer = nn.Linear(inputs, outputs)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


def _check_season(season: int, window: int) -> None:
    if not season < window:
        raise ConfigError(f"window must be longer than the season, {season}, not {window}.")
