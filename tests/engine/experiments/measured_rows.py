"""Rows as a sweep writes them, made up so that every median, winner and time can be worked out by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd

SOURCE = {
    "schema": 2,
    "commit": "abc1234",
    "hardware": "a test",
    "cores": 2,
    "torch": "0",
    "date": "2026-01-01T00:00:00Z",
}
BASELINES = {
    "adding": (1 / 6, 0.1),
    "delayed_recall": (2.0, 0.125),
    "parity": (0.7, 0.5),
    "characters": (3.0, 0.2),
    "sentences": (0.7, 0.5),
}
PARAMETERS = {"rnn": 5000, "lstm": 5050, "gru": 4950, "transformer": 5020, "average": 4990}
EVERY = 20


def run(
    architecture: str,
    seed: int,
    loss: float,
    accuracy: float,
    solved: int | None = None,
    *,
    task: str = "delayed_recall",
    length: int = 10,
    equal: str = "parameters",
    updates: int = 100,
    pace: float = 0.01,
) -> list[dict[str, Any]]:
    """Return the rows of one run: its summary, and measurements every 20 updates on a straight line from the baseline
    to its loss.

    `solved` is the update at which it solved the task and stopped; `pace` is the processor seconds of an update.
    """
    baseline, baseline_accuracy = BASELINES[task]
    last = updates if solved is None else solved
    whose = {
        "task": task,
        "architecture": architecture,
        "length": length,
        "equal": equal,
        "seed": seed,
        "hidden_size": 16,
        "parameters": PARAMETERS.get(architecture, 5000) * (1 if equal == "parameters" else 2),
        **SOURCE,
    }
    summary = {
        "kind": "summary",
        "step": last,
        "updates": last,
        "max_steps": updates,
        "loss": loss,
        "accuracy": accuracy,
        "final_loss": loss,
        "is_solved": solved is not None,
        "solved_step": solved,
        "reason": "max_steps" if solved is None else "solved",
        "baseline": baseline,
        "baseline_accuracy": baseline_accuracy,
        "learning_rate": 0.01,
        "batch_size": 32,
        "seconds_per_step": pace,
        "elapsed_seconds": pace * last,
    }
    rows = [whose | summary]
    for step in range(EVERY, last + 1, EVERY):
        share = step / last
        measured = {
            "loss": baseline + (loss - baseline) * share,
            "accuracy": accuracy * share,
            "elapsed_seconds": pace * step,
        }
        rows.append(whose | {"kind": "curve", "step": step} | measured)
    return rows


def timing(architecture: str, layer: int, seconds: float, equal: str = "hidden_size") -> dict[str, Any]:
    """Return the row of one architecture's size and time; 100 parameters lie outside of the layer."""
    size = {"hidden_size": 64, "parameters": layer + 100, "formula_parameters": layer + 100, "layer_parameters": layer}
    times = {
        "seconds_per_step": seconds,
        "seconds_per_streamed_step": seconds / 100,
        "batch_size": 32,
        "mode": "training",
    }
    return {
        "kind": "timing",
        "task": "",
        "architecture": architecture,
        "length": 20,
        "equal": equal,
        **size,
        **times,
        **SOURCE,
    }


def trial(
    architecture: str, rate: float, loss: float, task: str = "delayed_recall", length: int = 10
) -> dict[str, Any]:
    """Return the row of one trial of a learning rate."""
    whose = {
        "kind": "tuning",
        "task": task,
        "architecture": architecture,
        "length": length,
        "equal": "parameters",
        "seed": 900,
    }
    whose |= {"step": 50, "reason": "max_steps"}
    return whose | {"learning_rate": rate, "validation_loss": loss, **SOURCE}


def table(*rows: list[dict[str, Any]] | dict[str, Any]) -> pd.DataFrame:
    """Return runs and single rows as one table, in the types a reader gives them."""
    flat = [row for part in rows for row in (part if isinstance(part, list) else [part])]
    return pd.DataFrame(flat)


def small_comparison() -> pd.DataFrame:
    """Return two tasks at two lengths, three architectures and seeds: the GRU solves first, the RNN never.

    Delayed recall, length 10: GRU after 40 to 60 updates, LSTM after 80 to 100, RNN 30 % right or less. Length 40: only
    the GRU solves, with every seed. Adding: the same, by loss. The same runs stand at equal hidden size, RNN and LSTM
    only.
    """
    rows: list[list[dict[str, Any]] | dict[str, Any]] = []
    for task in ("adding", "delayed_recall"):
        guess = BASELINES[task][0]
        for length in (10, 40):
            where = {"task": task, "length": length}
            for seed in range(3):
                rows.append(run("gru", seed, 0.001 * (seed + 1), 1.0, (40, 40, 60)[seed], pace=0.03, **where))
                lstm = (80, 80, 100)[seed] if length == 10 else None
                rows.append(
                    run(
                        "lstm",
                        seed,
                        0.002 if lstm else guess * (0.2 + 0.1 * seed),
                        0.995 if lstm else 0.9 - 0.05 * seed,
                        lstm,
                        pace=0.02,
                        **where,
                    )
                )
                rows.append(run("rnn", seed, guess * (0.97 - 0.05 * seed), 0.3 - 0.05 * seed, pace=0.01, **where))
                for name in ("lstm", "rnn"):
                    rows.append(run(name, seed, guess * 0.5, 0.5, equal="hidden_size", **where))
    rows += [timing("rnn", 5_248, 0.001), timing("lstm", 20_992, 0.004), timing("gru", 15_744, 0.003)]
    rows += [
        trial(name, rate, loss)
        for name in ("rnn", "lstm", "gru")
        for rate, loss in ((0.001, 0.5), (0.003, 0.2), (0.01, 0.9))
    ]
    return table(*rows)
