"""Influence of the past: the token d steps back is replaced; how much does that change what a network predicts now?

This is influence on the next prediction. What the state still holds may last longer without being used now.

Two curves over the distance d, d = 1 being the token read last. One is measured: the divergence between what the
network expects with the true token and with another in its place. The other is computed without changing anything: the
gradient of the next token's log-probability by the embedding of the token d steps back, squared, because a divergence
grows with the square of a small change. A gradient sees infinitely small changes, a replacement is a large one, so the
two may disagree; where they do is part of the result.

Shapes: B windows times (1 + R), P windows (places in the text), R replacements, D distances, E embedding, V vocabulary.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from engine.aggregation import MEAN_AND_QUARTILES, ROOT_MEAN_SQUARE_AND_QUARTILES
from engine.decoding.limits import check_characters
from engine.decoding.text import prompt_ids
from engine.errors import InputError
from engine.inspection.gradients.connectivity import rank_correlation, with_vectors
from engine.models.base import AnyState, map_tensors, select
from engine.models.folder import LoadedModel

FARTHEST = 200
OVER_PLACES = {"kl": MEAN_AND_QUARTILES, "gradient": ROOT_MEAN_SQUARE_AND_QUARTILES}
LEAST_TOKENS, MOST_TOKENS = 8, 4000
MOST_SPREAD = 50  # windows begin within so many tokens of each other, so that a text of 250 has room for 200 distances
MOST_PLACES, MOST_REPLACEMENTS = 64, 32
NEIGHBOURS = (
    1.25  # distances within this factor of each other are compared together, so that single tokens decide nothing
)
DISAGREEMENT = 3.0  # curves, each a share of its value at distance 1, that differ by more than this factor disagree
FLOOR = 1e-6  # shares below this count as this much when they are compared
NOTICEABLE = 1e-3  # nats; a smaller change of the prediction counts as none
FITTED_ABOVE = 1e-9  # nats; smaller divergences are rounding and take no part in the fit

Network = Any  # a language model of any class; which parts it has, it is asked


@dataclass(frozen=True)
class Stretch:
    """Neighbouring distances at which the two curves disagree; `gradient_says_more` than the replacement did."""

    first: int
    last: int
    gradient_says_more: bool


@dataclass(frozen=True)
class HalfLife:
    """How far back a token influences one network's prediction, in tokens; a distance is None where it is beyond those
    measured.

    Attributes:
        frame: one row per distance 1..D: `distance`; `kl` (nats, mean over places and replacements of KL(true ||
            replaced)), `kl_low` and `kl_high` (quartiles over places), `kl_share` (of its value at distance 1);
            `gradient_norm` (root of the mean square over places, nats per unit of embedding), `gradient_low` and
            `gradient_high` (quartiles), `gradient_share` (its square, of that at distance 1); `ratio` (gradient_share /
            kl_share, each the mean of distances up to a quarter longer or shorter and at least 1e-6) and `disagrees`
            (beyond a factor of 3). The gradient's columns are nan for a model that has none, such as an n-gram model.
        half_life, gradient_half_life: distance at which a share first falls to 1/2, between tokens by a straight line.
        hundredth, gradient_hundredth: distance at which it first falls to 1/100.
        fitted_half_life, fit_r2: where the exponential that fits `kl` best (least squares in the logarithm) has halved
            since distance 1, and the share of the logarithm's variance that it explains; None and nan where it does not
            fall.
        rank_correlation: Spearman's, of `kl` and `gradient_norm` over the distances; nan without a gradient.
        processor_seconds: of this measurement, on one thread.
    """

    frame: pd.DataFrame
    half_life: float | None
    hundredth: float | None
    fitted_half_life: float | None
    fit_r2: float
    gradient_half_life: float | None
    gradient_hundredth: float | None
    rank_correlation: float
    positions: int
    replacements: int
    tokens: int
    characters_per_token: float
    processor_seconds: float

    @property
    def farthest_noticeable(self) -> int:
        """The farthest distance at which replacing the token changes the prediction by 0.001 nats or more, 0 where
        none does."""
        felt = self.frame.loc[self.frame["kl"] >= NOTICEABLE, "distance"]
        return 0 if felt.empty else int(felt.max())

    @property
    def stretches(self) -> list[Stretch]:
        """Where the curves disagree, as runs of neighbouring distances."""
        return disagreement(self.frame)


def half_life(
    loaded: LoadedModel, text: str, farthest: int = FARTHEST, seed: int = 0, positions: int = 8, replacements: int = 4
) -> HalfLife:
    """Return how far back a token of `text` influences what `loaded` predicts, at distances up to `farthest` or as many
    as the text has room for.

    At each of several places of the text the token is replaced, by tokens drawn from what the network expects on
    average over the text (its own unigram distribution, the true token left out); then both texts are read on, and the
    expectations compared after every token. What comes before the place is read once, since it is the same for all.
    Other networks draw with the same random numbers.

    Raises:
        InputError: the text is too short or too long, or a number is out of bounds.
    """
    started = time.thread_time()
    ids = _check(loaded, text, farthest, seed, positions, replacements)
    tokens = len(ids) - 1
    spread = min(MOST_SPREAD, tokens // 4)
    distances = min(farthest, tokens - spread)
    room = tokens - distances  # windows may begin at tokens 1..room, and one token always follows them
    begins = sorted({1 + round(step) for step in np.linspace(0, room - 1, min(positions, room))})
    states, expected = _read(loaded.model, ids, begins)
    state = map_tensors(states[0], lambda *parts: torch.cat(parts), *states[1:])  # one of all windows
    windows = torch.tensor([ids[begin : begin + distances] for begin in begins])  # (P, D)
    others = draw_replacements(expected, windows[:, 0].numpy(), replacements, seed)
    kl = _divergences(loaded.model, windows, state, others).numpy()  # (P, D)
    following = torch.tensor([ids[begin + distances] for begin in begins])
    gradient = _gradient_norms(loaded.model, windows, state, following)
    frame = curves(kl, None if gradient is None else gradient.numpy())
    fitted, fit_r2 = fit_half_life(frame["kl"].to_numpy())
    has_gradient = gradient is not None
    return HalfLife(
        frame=frame,
        half_life=falls_to(frame["kl_share"].to_numpy(), 1 / 2),
        hundredth=falls_to(frame["kl_share"].to_numpy(), 1 / 100),
        fitted_half_life=fitted,
        fit_r2=fit_r2,
        gradient_half_life=falls_to(frame["gradient_share"].to_numpy(), 1 / 2) if has_gradient else None,
        gradient_hundredth=falls_to(frame["gradient_share"].to_numpy(), 1 / 100) if has_gradient else None,
        rank_correlation=rank_correlation(frame["kl"], frame["gradient_norm"]),
        positions=len(begins),
        replacements=replacements,
        tokens=tokens,
        characters_per_token=len(text) / tokens,
        processor_seconds=time.thread_time() - started,
    )


def curves(kl: np.ndarray, gradient: np.ndarray | None) -> pd.DataFrame:
    """Return `HalfLife.frame` from divergences (P, D) and gradient norms (P, D), or None where there is no gradient."""
    frame = pd.DataFrame({"distance": np.arange(1, kl.shape[1] + 1)})
    frame["kl"], frame["kl_low"], frame["kl_high"] = OVER_PLACES["kl"].over(kl)
    frame["kl_share"] = _share(frame["kl"].to_numpy())
    if gradient is None:
        names = ["gradient_norm", "gradient_low", "gradient_high", "gradient_share", "ratio"]
        return frame.assign(**dict.fromkeys(names, math.nan), disagrees=False)
    names = ["gradient_norm", "gradient_low", "gradient_high"]
    frame[names] = np.stack(OVER_PLACES["gradient"].over(gradient), axis=1)
    frame["gradient_share"] = _share(frame["gradient_norm"].to_numpy() ** 2)
    smooth_gradient, smooth_kl = (_smooth(frame[name].to_numpy()) for name in ("gradient_share", "kl_share"))
    frame["ratio"] = np.maximum(smooth_gradient, FLOOR) / np.maximum(smooth_kl, FLOOR)
    frame["disagrees"] = np.abs(np.log(frame["ratio"])) > math.log(DISAGREEMENT)
    return frame


def falls_to(shares: np.ndarray, level: float) -> float | None:
    """Return the distance (1 for the first share) at which the shares first fall to `level`, None where they never
    do."""
    below = np.flatnonzero(shares <= level)
    if not len(below):
        return None
    position = int(below[0])
    if position == 0:
        return 1.0
    above, under = shares[position - 1], shares[position]
    return position + float((above - level) / (above - under))


def fit_half_life(kl: np.ndarray) -> tuple[float | None, float]:
    """Return where the best exponential has halved since distance 1, and the R squared of its straight line in the
    logarithm."""
    distances = np.arange(1, len(kl) + 1)
    is_used = kl > FITTED_ABOVE
    if is_used.sum() < 3:
        return None, math.nan
    logarithms = np.log(kl[is_used])
    slope, start = np.polyfit(distances[is_used], logarithms, 1)
    left = logarithms - (start + slope * distances[is_used])
    variance = ((logarithms - logarithms.mean()) ** 2).sum()
    r2 = float(1 - (left**2).sum() / variance) if variance > 0 else math.nan
    return (1 + math.log(2) / -slope if slope < 0 else None), r2


def disagreement(frame: pd.DataFrame) -> list[Stretch]:
    """Return the runs of neighbouring distances at which the curves of `frame` disagree in the same direction."""
    found: list[Stretch] = []
    for row in frame[frame["disagrees"]].itertuples():
        says_more = bool(row.ratio > 1)
        last = found[-1] if found else None
        if last and last.last == row.distance - 1 and last.gradient_says_more == says_more:
            found[-1] = Stretch(last.first, int(row.distance), says_more)
        else:
            found.append(Stretch(int(row.distance), int(row.distance), says_more))
    return found


def draw_replacements(expected: np.ndarray, true_ids: np.ndarray, replacements: int, seed: int) -> np.ndarray:
    """Return token ids (P, R) drawn from `expected` (V,), each row without its true token; the same numbers for all
    networks."""
    uniform = np.random.default_rng(seed).random((len(true_ids), replacements))
    drawn = np.empty(uniform.shape, dtype=np.int64)
    for position, true_id in enumerate(true_ids):
        chances = expected.astype(np.float64).copy()
        chances[true_id] = 0.0
        cumulative = chances.cumsum()
        found = cumulative.searchsorted(uniform[position] * cumulative[-1], side="right")
        drawn[position] = np.minimum(found, np.flatnonzero(chances)[-1])
    return drawn


def _check(loaded: LoadedModel, text: str, farthest: int, seed: int, positions: int, replacements: int) -> list[int]:
    limits = {
        "The farthest distance": (farthest, 1, FARTHEST),
        "The seed": (seed, 0, 2**31 - 1),
        "The number of places": (positions, 1, MOST_PLACES),
        "The number of replacements": (replacements, 1, MOST_REPLACEMENTS),
    }
    for name, (value, least, most) in limits.items():
        if not least <= value <= most:
            raise InputError(f"{name} must lie between {least} and {most:,}, not {value:,}.")
    check_characters("The text", text)
    if loaded.model.vocab_size < 2:
        raise InputError("This network knows a single token, so there is nothing to replace one with.")
    ids = prompt_ids(loaded, text)
    if not LEAST_TOKENS <= len(ids) - 1 <= MOST_TOKENS:
        raise InputError(
            f"The text has {len(ids) - 1:,} tokens for this network; it needs {LEAST_TOKENS} to {MOST_TOKENS:,}, "
            f"and {FARTHEST + MOST_SPREAD} for all {FARTHEST} distances."
        )
    return ids


@torch.no_grad()
def _read(model: Network, ids: list[int], begins: list[int]) -> tuple[list[AnyState], np.ndarray]:
    """Return the state in front of each of `begins`, and the mean distribution (V,) that is expected over the whole
    text."""
    states, chances, state, stop = [], torch.zeros(()), model.start(1), 0
    for begin in [*begins, len(ids)]:
        logits, state = model(torch.tensor([ids[stop:begin]]), state)
        chances = chances + logits[0].double().softmax(-1).sum(0)
        states.append(state)
        stop = begin
    return states[:-1], (chances / len(ids)).numpy()


@torch.no_grad()
def _divergences(model: Network, windows: Tensor, state: AnyState, others: np.ndarray) -> Tensor:
    """Return KL(true || replaced) (P, D) in nats after each token of the windows, the mean over replacements of their
    first."""
    positions, distances = windows.shape
    rows = windows[:, None].repeat(1, 1 + others.shape[1], 1)  # (P, 1 + R, D)
    rows[:, 1:, 0] = torch.from_numpy(others)
    which = torch.arange(positions).repeat_interleave(rows.shape[1])
    logits, _ = model(rows.flatten(0, 1), select(state, which))  # (B, D, V)
    result = torch.empty(positions, distances, dtype=torch.float64)
    for position, found in enumerate(
        logits.view(positions, rows.shape[1], distances, -1)
    ):  # one at a time, to bound memory
        log_probs = found.double().log_softmax(-1)  # (1 + R, D, V)
        gap = torch.where(log_probs[:1] == log_probs[1:], 0.0, log_probs[:1] - log_probs[1:])
        result[position] = (log_probs[:1].exp() * gap).sum(-1).mean(0).clamp(min=0)
    return result


def _gradient_norms(model: Network, windows: Tensor, state: AnyState, following: Tensor) -> Tensor | None:
    """Return the norms (P, D) of d log p(following) / d embedding, the token read last first; None without an
    embedding."""
    if not isinstance(getattr(model, "embedding", None), nn.Embedding):
        return None
    with torch.enable_grad():
        vectors = model.embedding.weight.detach()[windows].requires_grad_()  # (P, D, E)
        logits, _ = with_vectors(model, vectors)(windows, state)
        log_probs = logits[:, -1].double().log_softmax(-1).gather(1, following[:, None])
        # With respect to the vectors alone, so that nothing is added to the gradients of the shared weights.
        (gradient,) = torch.autograd.grad(log_probs.sum(), vectors)
    return gradient.double().norm(dim=-1).flip(1)


def _share(values: np.ndarray) -> np.ndarray:
    return values / values[0] if values[0] > 0 else np.zeros_like(values)


def _smooth(shares: np.ndarray) -> np.ndarray:
    """Return the mean of the shares at distances within a factor of `NEIGHBOURS`."""
    sums, distances = np.append(0.0, shares.cumsum()), np.arange(1, len(shares) + 1)
    first = np.ceil(distances / NEIGHBOURS).astype(int) - 1
    after = np.minimum(np.floor(distances * NEIGHBOURS).astype(int), len(shares))
    return (sums[after] - sums[first]) / (after - first)
