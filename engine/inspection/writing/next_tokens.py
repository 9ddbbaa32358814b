"""What a language model expects next, before and after the sampling settings, as a table and as numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.decoding.sampling import next_distribution
from engine.decoding.writing import logits_along_text, next_logits
from engine.models.folder import LoadedModel
from engine.wording import percent

_NAMES = {" ": "a space", "\n": "a new line", "\n\n": "an empty line", "\t": "a tab"}


@dataclass(frozen=True)
class NextTokens:
    """The distribution of the next token after a text.

    Attributes:
        frame: one row per token: `token`, `probability_before` (softmax of the logits), `probability_after` (what is
            sampled from), `is_kept`, and the stages between: `probability_temperature` (after temperature alone) and
            `probability_top_k` (after top-k as well); likeliest first.
        entropy_before, entropy_after: in nats.
        mass_cut: the share of probability, after temperature, that top-k and top-p took away.
        stages: one row per stage ("network", "temperature", "top_k", "top_p"): `tokens` that can still be drawn,
            `entropy` in nats, `largest` probability, and `mass_cut`, the share of the chances before it that the stage
            took away.
    """

    frame: pd.DataFrame
    entropy_before: float
    entropy_after: float
    mass_cut: float
    stages: pd.DataFrame

    def outcome(self, token: str) -> str:
        """Return in one sentence how likely the token that did follow had been."""
        name = _NAMES.get(token, f"“{token}”")
        row = self.frame[self.frame["token"] == token]
        if row.empty:
            return f"Here followed {name}, which the network has never seen."
        before, after = float(row["probability_before"].iloc[0]), float(row["probability_after"].iloc[0])
        position = int(row.index[0]) + 1
        return (
            f"Here followed {name}: number {position} on the network's list with {percent(before)}, "
            f"{percent(after)} after your settings."
        )


def next_tokens(loaded: LoadedModel, text: str, temperature: float, top_k: int, top_p: float) -> NextTokens:
    """Return what `loaded` expects after `text`, which is read as generation reads it."""
    numbers = next_logits(loaded, text)
    after, uncut = next_distribution(numbers, temperature, top_k, top_p), next_distribution(numbers, temperature)
    stages = {
        "network": next_distribution(numbers),
        "temperature": uncut,
        "top_k": next_distribution(numbers, temperature, top_k),
        "top_p": after,
    }
    by_stage = {name: chances.astype(np.float64) for name, chances in stages.items()}
    frame = pd.DataFrame(
        {
            "token": loaded.tokenizer.tokens(range(len(numbers))),
            "probability_before": by_stage["network"],
            "probability_after": by_stage["top_p"],
            "probability_temperature": by_stage["temperature"],
            "probability_top_k": by_stage["top_k"],
        }
    )
    frame["is_kept"] = frame["probability_after"] > 0
    frame = frame.sort_values("probability_before", ascending=False, ignore_index=True)
    return NextTokens(
        frame=frame,
        entropy_before=entropy(by_stage["network"]),
        entropy_after=entropy(by_stage["top_p"]),
        mass_cut=float(uncut[after == 0].sum()),
        stages=_stage_frame(by_stage),
    )


def token_around(loaded: LoadedModel, text: str, position: int) -> tuple[int, str]:
    """Return where the token begins that the character after `position` belongs to, and the token's text; "" at the
    end.

    A character is itself; of a piece the network has to see all or nothing.
    """
    for start, stop in loaded.tokenizer.spans(text):
        if start <= position < stop:
            return start, text[start:stop]
    return min(position, len(text)), ""


def choices_along(loaded: LoadedModel, text: str, temperature: float, top_k: int, top_p: float) -> pd.DataFrame:
    """Return how open the choice was at each place of `text`: one row per token, and one for what would follow.

    Columns: `position` (characters read so far), `entropy_before` and `entropy_after` the settings in nats, `mass_cut`
    (the share of the chances, after temperature, that top-k and top-p took away).
    """
    logits = logits_along_text(loaded, text)  # (T + 1, V)
    after, uncut = next_distribution(logits, temperature, top_k, top_p), next_distribution(logits, temperature)
    return pd.DataFrame(
        {
            "position": [0, *(end for _, end in loaded.tokenizer.spans(text))],
            "entropy_before": row_entropies(next_distribution(logits)),
            "entropy_after": row_entropies(after),
            "mass_cut": (uncut * (after == 0)).sum(axis=-1).astype(np.float64),
        }
    )


def row_entropies(probabilities: np.ndarray) -> np.ndarray:
    """Return the entropy of each row (..., V) in nats."""
    exact = probabilities.astype(np.float64)
    return -(exact * np.log(exact, out=np.zeros_like(exact), where=exact > 0)).sum(axis=-1)


def _stage_frame(by_stage: dict[str, np.ndarray]) -> pd.DataFrame:
    rows, before = [], None
    for name, chances in by_stage.items():
        # Temperature takes nothing away: what is too small for a float32 there was not cut.
        is_cut = chances == 0 if name in ("top_k", "top_p") else np.zeros(len(chances), dtype=bool)
        rows.append(
            {
                "stage": name,
                "tokens": int((chances > 0).sum()),
                "entropy": entropy(chances),
                "largest": float(chances.max()),
                "mass_cut": 0.0 if before is None else float(before[is_cut].sum()),
            }
        )
        before = chances
    return pd.DataFrame(rows)


def entropy(probabilities: np.ndarray) -> float:
    """Return the entropy of a distribution in nats."""
    positive = probabilities[probabilities > 0]
    return max(0.0, float(-(positive * np.log(positive)).sum()))
