"""Gates over time: what they do on average at each token, units sorted by how they behave, and how often they are quite
shut or open.

Paper: Karpathy, Johnson and Li (2015), Visualizing and understanding recurrent networks, arXiv 1506.02078, section 4.2:
a gate is left-saturated where it is below 0.1 and right-saturated where it is above 0.9.

Shapes: T time, H hidden.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.cells import is_switch
from engine.inspection.cells.steps import Strand

SHUT, OPEN = 0.1, 0.9
ORDERS = {
    "number": "their number",
    "mean": "their mean",
    "variance": "how much they vary",
    "similarity": "similarity",
    "peak": "when they peak first",
}


def gates_of_strand(strand: Strand) -> list[str]:
    """Return the gates of a layer that lie between 0 (shut) and 1 (open); an RNN has none."""
    return [part for part in strand.parts if is_switch(part)]


def gate_averages(strand: Strand, tokens: list[str]) -> pd.DataFrame:
    """Return each gate's mean over the units at each token (an RNN's mean size of h): columns position, token, part,
    mean, shut, open."""
    shown = {part: strand.parts[part] for part in gates_of_strand(strand)} or {"hidden": np.abs(strand.parts["hidden"])}
    tokens_read = {"position": np.arange(len(tokens)), "token": tokens}
    frames = [
        pd.DataFrame(tokens_read | {"part": part, "mean": values.mean(axis=1)} | _saturated(values, 1))
        for part, values in shown.items()
    ]
    return pd.concat(frames, ignore_index=True)


def saturation(strand: Strand) -> pd.DataFrame:
    """Return for every unit and gate the share of the tokens at which it is shut (left-saturated) and open: columns
    part, unit, shut, open."""
    frames = [
        pd.DataFrame({"part": part, "unit": np.arange(strand.hidden_size)} | _saturated(strand.parts[part], 0))
        for part in gates_of_strand(strand)
    ]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["part", "unit", "shut", "open"])


def _saturated(values: np.ndarray, axis: int) -> dict[str, np.ndarray]:
    return {"shut": (values < SHUT).mean(axis=axis), "open": (values > OPEN).mean(axis=axis)}


def order_units(values: np.ndarray, order: str) -> np.ndarray:
    """Return the units of a part (T, H) in one of the `ORDERS`, (H,).

    By similarity: the courses of all units, without their means, are laid out in the plane that shows most of their
    differences (two principal directions), and sorted by the direction they lie in there.
    """
    if order == "mean":
        return np.argsort(-values.mean(axis=0), kind="stable")
    if order == "variance":
        return np.argsort(-values.var(axis=0), kind="stable")
    if order == "peak":
        return np.argsort(np.abs(values).argmax(axis=0), kind="stable")
    if order == "similarity" and len(values) > 2:
        courses = (values - values.mean(axis=0)).T.astype(np.float64)  # (H, T)
        _, directions = np.linalg.eigh(courses.T @ courses if len(values) <= values.shape[1] else courses @ courses.T)
        plane = courses @ directions[:, -2:] if len(values) <= values.shape[1] else directions[:, -2:]
        return np.argsort(np.arctan2(plane[:, 0], plane[:, 1]), kind="stable")
    return np.arange(values.shape[1])
