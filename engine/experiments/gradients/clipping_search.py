"""The search that the default threshold of clipping comes from: the highest with which every network still learns.

`python -m engine.experiments.gradients.clipping_search` repeats it and writes its table. A high threshold leaves most
gradients as they are and clips the few that would undo what was learnt; where it is too high, it does not save the run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd

from engine.atomic import replaced_file
from engine.experiments.gradients.clipping_settings import ClippingSettings

TABLE = Path(__file__).resolve().parents[3] / "data" / "results" / "clipping_thresholds.csv"
THRESHOLDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
SEEDS = (0, 1, 2, 3, 4)
LEARNT = 0.1  # nats: the mean loss of the last ten updates of a network that answers nearly always right


def search_thresholds(thresholds: Sequence[float] = THRESHOLDS, seeds: Sequence[int] = SEEDS) -> pd.DataFrame:
    """Return a row per threshold and seed: the loss in nats after both runs, whether the one without clipping diverges,
    and the share of gradients clipped."""
    from engine.experiments.gradients.clipping import CLIPPED, FREE, first_divergence, run_clipping

    rows = []
    for threshold in thresholds:
        for seed in seeds:
            frame = run_clipping(replace(ClippingSettings(), threshold=threshold, seed=seed))
            clipped, free = (frame[frame["run"] == name] for name in (CLIPPED, FREE))
            rows.append(
                {
                    "threshold": threshold,
                    "seed": seed,
                    "clipped_share": float((clipped["norm_before"] > threshold).mean()),
                    "loss": round(float(clipped["loss"].iloc[-10:].mean()), 4),
                    "loss_without": float(f"{free['loss'].iloc[-10:].mean():.4g}"),
                    "diverges_without": first_divergence(frame, FREE) is not None,
                }
            )
    return pd.DataFrame(rows)


def highest_that_learns(found: pd.DataFrame) -> float:
    """Return the highest threshold with which the network of every seed learns the task."""
    worst = found.groupby("threshold")["loss"].max()
    return float(worst[worst < LEARNT].index.max())


@cache
def stored_search() -> pd.DataFrame:
    """Return the table of the search as it was made."""
    return pd.read_csv(TABLE)


def say_search(found: pd.DataFrame) -> str:
    """Return in a sentence where the default threshold comes from."""
    chosen = highest_that_learns(found)
    rows = found[found["threshold"] == chosen]
    seeds, tried = found["seed"].nunique(), found["threshold"].nunique()
    learn = int((rows["loss_without"] < LEARNT).sum())
    diverge = int(rows["diverges_without"].sum())
    return (
        f"The default threshold was searched for: of {tried} from {found['threshold'].min():g} to "
        f"{found['threshold'].max():g}, {chosen:g} is the highest with which the networks of all {seeds} seeds learn "
        f"the task. It clips {rows['clipped_share'].mean():.0%} of their gradients; without clipping {learn or 'none'} "
        f"of the {seeds} learn it, and {diverge or 'none'} of these runs diverge{'s' if diverge == 1 else ''}."
    )


if __name__ == "__main__":
    table = search_thresholds()
    with replaced_file(TABLE) as draft:
        table.to_csv(draft, index=False)
    print(table.to_string(), say_search(table), sep="\n")
