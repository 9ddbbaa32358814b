"""Clipping: the same training run with and without a ceiling on the gradient, update by update.

Paper: Pascanu, Mikolov and Bengio (2013), On the difficulty of training recurrent neural networks, arXiv 1211.5063,
section 3.2 and algorithm 1; Le, Jaitly and Hinton (2015), arXiv 1504.00941, for the network, whose recurrent matrix
begins as the identity.
"""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Iterator
from typing import Any

import pandas as pd
import torch
from torch import nn

from engine.config import JsonObject, from_dict, validate
from engine.experiments.gradients.clipping_settings import ClippingSettings
from engine.tasks import TASKS, Task, TaskBatch
from engine.wording import chance_level

TASK = "delayed_recall"
FREE, CLIPPED = "free", "clipped"
DIVERGED = 10.0  # times the loss before the first update
EMBEDDING_DIM, BATCH_SIZE = 16, 32
JOB, SECONDS_BETWEEN_EVENTS = "engine.experiments.gradients.clipping:train_both", 0.1
COLUMNS = ["run", "step", "loss", "norm_before", "norm_after"]


class ReLUNetwork(nn.Module):
    """An embedding, an RNN with ReLU whose recurrent matrix begins as a multiple of the identity, and a linear
    answer."""

    def __init__(self, vocab_size: int, output_size: int, hidden_size: int, gain: float) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, EMBEDDING_DIM)
        self.layer = nn.RNN(EMBEDDING_DIM, hidden_size, nonlinearity="relu", batch_first=True)
        self.output = nn.Linear(hidden_size, output_size)
        with torch.no_grad():
            self.layer.get_parameter("weight_hh_l0").copy_(gain * torch.eye(hidden_size))
            self.layer.get_parameter("bias_ih_l0").zero_()
            self.layer.get_parameter("bias_hh_l0").zero_()

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return the answers (B, T, O) to tokens (B, T)."""
        return self.output(self.layer(self.embedding(inputs))[0])


def train_twice(settings: ClippingSettings) -> Iterator[dict[str, float | int | str]]:
    """Yield one row per update of both runs, in turns: `run`, `step`, `loss`, and the gradient's norm before and after
    clipping.

    Both begin with the same weights and read the same sequences. A run ends where its loss or its gradient is no
    number.

    Raises:
        ConfigError: a setting is out of bounds.
    """
    validate(settings)
    task = TASKS.get(TASK)(settings.length)
    runs = {}
    for name in (FREE, CLIPPED):
        with torch.random.fork_rng():
            torch.manual_seed(settings.seed)
            network = ReLUNetwork(task.vocab_size, task.output_size, settings.hidden_size, settings.gain)
        runs[name] = network, torch.optim.SGD(network.parameters(), lr=settings.learning_rate)
    for step in range(1, settings.updates + 1):
        batch = task.batch(BATCH_SIZE, torch.Generator().manual_seed(settings.seed * 1_000_003 + step))
        for name in list(runs):
            row = update(*runs[name], task, batch, settings.threshold if name == CLIPPED else math.inf)
            if not math.isfinite(row["loss"]) or not math.isfinite(row["norm_before"]):
                del runs[name]
            yield {"run": name, "step": step, **row}
        if not runs:
            return


def clipping_frame(rows: list[dict[str, float | int | str]]) -> pd.DataFrame:
    """Return what `train_twice` yielded as a table."""
    return pd.DataFrame(rows, columns=COLUMNS)


def run_clipping(settings: ClippingSettings) -> pd.DataFrame:
    """Return the table of both whole runs.

    Raises:
        ConfigError: a setting is out of bounds.
    """
    return clipping_frame(list(train_twice(settings)))


def train_both(**given: Any) -> Generator[JsonObject, None, JsonObject]:  # the fields of `ClippingSettings`
    """Train both runs as a job: yield how far they are with the rows since the last
    time, ten times a second at most; return all rows, how many seconds they took, and the day."""
    settings, begun, told = from_dict(ClippingSettings, given), time.perf_counter(), 0.0
    rows: list[JsonObject] = []
    count = 0
    for row in train_twice(settings):
        rows.append(row)
        now = time.perf_counter()
        if now - told >= SECONDS_BETWEEN_EVENTS:
            message = f"Update {row['step']} of {settings.updates}"
            yield {"progress": float(row["step"]) / settings.updates, "message": message, "rows": rows[count:]}
            told, count = now, len(rows)
    return {"rows": rows, "seconds": time.perf_counter() - begun, "day": time.strftime("%Y-%m-%d")}


def first_divergence(frame: pd.DataFrame, run: str) -> int | None:
    """Return the first update of a run whose loss is ten times its first one, or no number; None where there is
    none."""
    rows = frame[frame["run"] == run]
    if rows.empty:
        return None
    lost = ~(rows["loss"] <= DIVERGED * rows["loss"].iloc[0]) | ~rows["norm_before"].map(math.isfinite)
    return int(rows["step"][lost].iloc[0]) if lost.any() else None


def clipping_sentence(frame: pd.DataFrame, settings: ClippingSettings) -> str:
    """Return how both runs went, in words."""
    parts = []
    for name, label in ((FREE, "Without clipping"), (CLIPPED, f"Clipped at {settings.threshold:g}")):
        rows = frame[frame["run"] == name]
        if rows.empty:
            continue
        lost, last = first_divergence(frame, name), rows["loss"].iloc[-10:].mean()
        largest = rows["norm_before"].max()
        norm = "infinity" if not math.isfinite(largest) else f"{largest:.3g}"
        if lost is not None:
            how = f"the run diverges at update {lost}, after gradients of up to {norm}"
        else:
            how = (
                f"the loss goes from {rows['loss'].iloc[0]:.2f} to {last:.2f} nats, with gradients of up to {norm} "
                "before clipping"
            )
            how = how if name == CLIPPED else how.removesuffix(" before clipping")
        if name == CLIPPED:
            clipped = int((rows["norm_before"] > settings.threshold).sum())
            how += f"; {clipped} of {len(rows)} were clipped"
        parts.append(f"{label} {how}.")
    guess = TASKS.get(TASK)(settings.length).baseline
    return f"{' '.join(parts)} {chance_level(guess)}"


def clipping_meaning(frame: pd.DataFrame, settings: ClippingSettings) -> str:
    """Return what clipping did, by how many gradients of the clipped run were above the threshold."""
    rows = frame[frame["run"] == CLIPPED]
    clipped = int((rows["norm_before"] > settings.threshold).sum())
    if not clipped:
        return "No gradient was above the threshold, so nothing was clipped and both runs are the same."
    if clipped > len(rows) / 2:
        return (
            "With so low a threshold most gradients are clipped: most updates have the same length, the learning rate "
            "times the threshold. Clipping then does more than stop single bad updates; it sets the size of every one."
        )
    return (
        "Most gradients are below the threshold and stay as they are; clipping keeps the few large ones from undoing "
        "what was learnt."
    )


def update(
    network: nn.Module, optimizer: torch.optim.Optimizer, task: Task, batch: TaskBatch, threshold: float
) -> dict[str, float]:
    """Make one update, none where the gradient is no number; return the loss, and the gradient's norm before and after
    it was held below `threshold`."""
    with torch.enable_grad():
        loss = task.loss(network(batch.inputs), batch)
        optimizer.zero_grad()
        loss.backward()
    before = float(nn.utils.clip_grad_norm_(network.parameters(), threshold))
    if math.isfinite(before):
        optimizer.step()
    return {"loss": loss.item(), "norm_before": before, "norm_after": min(before, threshold)}
