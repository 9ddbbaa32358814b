"""Can gradients predict learning? Networks with different spectra learn one task for a while; did the spectrum before
training say who would
succeed?

Paper: Schoenholz et al. (2017), Deep information propagation, arXiv 1611.01232, and Chen, Pennington and Schoenholz
(2018), Dynamical isometry and a mean field theory of RNNs, arXiv 1806.05394, for the claim that networks near the edge
can be trained.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Generator, Iterator
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from engine.config import JsonObject, validate
from engine.experiments.gradients.clipping import update
from engine.experiments.gradients.trainability_settings import TrainabilitySettings
from engine.inspection.gradients.chain import INPUT_SIZE, ChainSettings, make_weights
from engine.inspection.gradients.connectivity import rank_correlation
from engine.inspection.gradients.jacobians import CellWeights, multiply_back, run_chain
from engine.layers import layer_weights, single_layer
from engine.tasks import TASKS

TASK = "delayed_recall"
JOB = "engine.experiments.gradients.trainability:foretell"
GAINS, LENGTHS = (0.5, 0.8, 1.0, 1.2, 1.6), (5, 15, 30)
BATCH_SIZE, HELD_OUT = 32, 200
LEARNING_RATE, CLIP = 3e-3, 1.0
TRUSTED, NO_USE = 0.7, 0.3  # rank correlations
COLUMNS = ["recurrent_gain", "length", "log10_gain", "accuracy", "loss"]


class BornNetwork(nn.Module):
    """An embedding, one recurrent layer with weights from `engine.inspection.gradients.chain`, and a linear answer."""

    def __init__(self, weights: CellWeights, vocab_size: int, output_size: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, INPUT_SIZE)
        self.layer = single_layer(weights.cell, INPUT_SIZE, weights.hidden_size)
        self.output = nn.Linear(weights.hidden_size, output_size)
        with torch.no_grad():
            for name, weight in layer_weights(self.layer)._asdict().items():
                if weight is not None:
                    weight.copy_(torch.from_numpy(getattr(weights, name)))

    def forward(self, inputs: Tensor) -> Tensor:
        """Return the answers (B, T, O) to tokens (B, T)."""
        return self.output(self.layer(self.embedding(inputs))[0])


def foretell(**settings: Any) -> Generator[JsonObject, None, JsonObject]:  # the fields of TrainabilitySettings
    """Train a network for every recurrent gain and length of the grid; yield a row after each, and return all rows.

    Raises:
        ConfigError: a setting is unknown or out of bounds.
    """
    chosen = TrainabilitySettings(**settings)
    validate(chosen)
    rows = []
    grid = [(gain, length) for length in LENGTHS for gain in GAINS]
    yield {"kind": "start", "progress": 0.0, "message": f"{len(grid)} networks are to be trained"}
    for number, (gain, length) in enumerate(grid, start=1):
        network, log10_gain = draw_network(chosen, gain, length)
        for step in _train(network, chosen, length):
            if step % 20 == 0:
                share = (number - 1 + step / chosen.updates) / len(grid)
                words = f"Network {number} of {len(grid)}: gain {gain:g}, {length} steps"
                yield {"kind": "step", "progress": share, "message": words}
        row = {"recurrent_gain": gain, "length": length, "log10_gain": log10_gain, **_measure(network, length)}
        rows.append(row | {"date": date.today().isoformat()})
        words = f"Network {number} of {len(grid)} is done"
        yield {"kind": "run", "progress": number / len(grid), "message": words, **row}
    return {"rows": rows}


def draw_network(settings: TrainabilitySettings, gain: float, length: int) -> tuple[BornNetwork, float]:
    """Return an untrained network, and the logarithm of its gain from the symbol to the question, over sequences of the
    task."""
    same = {name: getattr(settings, name) for name in ("matrix", "activation", "forget_bias", "hidden_size", "seed")}
    chain = ChainSettings(gain=gain, length=length, **same)
    weights = make_weights(settings.architecture, chain)
    task = TASKS.get(TASK)(length)
    with torch.random.fork_rng():
        torch.manual_seed(settings.seed)
        network = BornNetwork(weights, task.vocab_size, task.output_size)
    read = task.batch(1, torch.Generator().manual_seed(settings.seed)).inputs[0]
    inputs = network.embedding.weight.detach().double().numpy()[read.numpy()]
    run = run_chain(weights, inputs)
    gains = multiply_back(run.jacobians).log10_gain
    return network, float(gains[min(length + 1, run.steps)])


def foretold_frame(rows: list[JsonObject]) -> pd.DataFrame:
    """Return rows of `foretell` as a table: `recurrent_gain`, `length`, `log10_gain` before training, `accuracy` and
    `loss` after training."""
    return pd.DataFrame([{name: row[name] for name in COLUMNS} for row in rows], columns=COLUMNS)


def untrained_grid(settings: TrainabilitySettings) -> pd.DataFrame:
    """Return the grid before any training: `recurrent_gain`, `length`, `log10_gain`.

    Raises:
        ConfigError: a setting is out of bounds.
    """
    validate(settings)
    rows = [(gain, length, draw_network(settings, gain, length)[1]) for length in LENGTHS for gain in GAINS]
    return pd.DataFrame(rows, columns=COLUMNS[:3])


def agreement(frame: pd.DataFrame) -> tuple[float, float]:
    """Return the rank correlation of accuracy with nearness to the edge, over all networks, and its mean within
    lengths.

    The second is the fairer one: longer lags are harder and have smaller gradients whatever the network.
    """
    nearness = -frame["log10_gain"].clip(-300, 300).abs()
    within = [
        rank_correlation(nearness[rows.index].to_numpy(), rows["accuracy"].to_numpy())
        for _, rows in frame.groupby("length")
    ]
    known = [value for value in within if not math.isnan(value)]
    mean = float(np.mean(known)) if known else math.nan
    return rank_correlation(nearness.to_numpy(), frame["accuracy"].to_numpy()), mean


def foretold_sentence(frame: pd.DataFrame) -> str:
    """Return whether the spectrum before training predicted who would learn."""
    overall, within = agreement(frame)
    solved = int((frame["accuracy"] >= 0.99).sum())
    opening = f"{solved} of {len(frame)} networks learnt to remember the symbol. "
    if math.isnan(within):
        return opening + "Networks of the same lag ended alike, so there was nothing to predict between them."
    verdict = (
        "the gradient before training predicted who would learn"
        if within >= TRUSTED
        else "the gradient before training said something about who would learn, but not all"
        if within >= NO_USE
        else "the gradient before training did not predict who would learn"
    )
    total = "" if math.isnan(overall) else f" Over all networks it is {overall:.2f}."
    return (
        f"{opening}Among networks with the same lag, a gradient near 1, neither vanishing nor exploding, and success "
        "have a rank correlation of "
        f"{within:.2f}: {verdict}.{total}"
    )


def _train(network: BornNetwork, settings: TrainabilitySettings, length: int) -> Iterator[int]:
    task = TASKS.get(TASK)(length)
    optimizer = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE)
    for step in range(1, settings.updates + 1):
        batch = task.batch(BATCH_SIZE, torch.Generator().manual_seed(settings.seed * 1_000_003 + step))
        update(network, optimizer, task, batch, CLIP)
        yield step


@torch.no_grad()
def _measure(network: BornNetwork, length: int) -> dict[str, float]:
    task = TASKS.get(TASK)(length)
    batch = task.batch(HELD_OUT, torch.Generator().manual_seed(2_147_483_647))
    outputs = network(batch.inputs)
    return {"accuracy": task.accuracy(outputs, batch), "loss": float(task.loss(outputs, batch))}


def settings_dict(settings: TrainabilitySettings) -> JsonObject:
    """Return the settings as a job takes them."""
    return dataclasses.asdict(settings)
