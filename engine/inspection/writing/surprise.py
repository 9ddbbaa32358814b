"""How surprised a language model is by every token of a text, in nats, and where two models differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

from engine.decoding.limits import check_surprise_text
from engine.decoding.scoring import logits_stream
from engine.decoding.text import start_id
from engine.errors import InputError
from engine.models.folder import LoadedModel
from engine.plotting.writing.text_grid import spoken_token
from engine.wording import percent

ALTERNATIVES = 4


@dataclass(frozen=True)
class Surprise:
    """A text as one model met it, from its first character on.

    Attributes:
        frame: one row per token: `token` (the characters it stands for), `nats` (-log of the chance it was given),
            `probability`, `position` (1: the likeliest), `is_unknown`, and `expected`, the likeliest tokens in words.
        character_nats: (characters,) nats per character; a token of several characters spreads its own evenly, and
            characters that no token stands for have nan.
    """

    frame: pd.DataFrame
    character_nats: np.ndarray

    @property
    def total_nats(self) -> float:
        """Nats of all tokens together."""
        return float(self.frame["nats"].sum())

    @property
    def nats_per_character(self) -> float:
        """Mean nats per character of the text."""
        return self.total_nats / len(self.character_nats)

    @property
    def unknown_count(self) -> int:
        """Number of tokens the model has never seen."""
        return int(self.frame["is_unknown"].sum())


def surprise(loaded: LoadedModel, text: str) -> Surprise:
    """Return how surprised `loaded` is by each token of `text`, which it reads in one pass as after a line break.

    The nats of an unknown token say how unexpected an unknown character was at this place, not which one it was.

    Raises:
        InputError: the text is empty or too long, or the model reads nothing of it.
    """
    check_surprise_text(text)
    tokenizer = loaded.tokenizer
    token_ids = torch.tensor(tokenizer.encode(text), dtype=torch.long)
    if not len(token_ids):
        raise InputError("The text has nothing in it that the model reads.")
    parts = [_chunk(logits, labels) for logits, labels in logits_stream(loaded.model, token_ids, start_id(loaded))]
    nats, positions, best, best_shares = (np.concatenate(part) for part in zip(*parts, strict=True))
    spans = tokenizer.spans(text)
    frame = pd.DataFrame(
        {
            "token": [text[start:stop] for start, stop in spans],
            "nats": nats,
            "probability": np.exp(-nats),
            "position": positions,
            "is_unknown": token_ids.numpy() == tokenizer.unk_id,
            "expected": [
                ", ".join(f"{spoken_token(token)} {percent(share)}" for token, share in zip(row, shares, strict=True))
                for row, shares in zip(map(tokenizer.tokens, best.tolist()), best_shares.tolist(), strict=True)
            ],
        }
    )
    character_nats = np.full(len(text), np.nan)
    for (start, stop), value in zip(spans, nats, strict=True):
        if stop > start:
            character_nats[start:stop] = value / (stop - start)
        elif start:  # one of several tokens that stand for one character
            character_nats[start - 1] += value
    return Surprise(frame, character_nats)


def hover_lines(found: Surprise) -> list[str]:
    """Return for each token what a person should know who points at it, in two lines."""
    return [
        f"{spoken_token(row.token)}: {row.nats:.2f} nats, {100 * row.probability:.2g} %, number {row.position} on the "
        "list\n"
        f"expected: {row.expected}" + ("\nnever seen in training" if row.is_unknown else "")
        for row in found.frame.itertuples()
    ]


def differences(text: str, one: Surprise, other: Surprise) -> pd.DataFrame:
    """Return one row per character: `character`, `nats`, `other_nats` and `difference` (above 0: `one` was more
    surprised)."""
    return pd.DataFrame(
        {
            "character": list(text),
            "nats": one.character_nats,
            "other_nats": other.character_nats,
            "difference": one.character_nats - other.character_nats,
        }
    )


def _chunk(logits: torch.Tensor, labels: torch.Tensor) -> tuple[np.ndarray, ...]:
    """Return nats, place, the likeliest tokens and their chances, for the logits (C, V) of the tokens (C,)."""
    log_probs = logits.log_softmax(dim=-1)
    own = log_probs.gather(1, labels[:, None])
    positions = 1 + (log_probs > own).sum(dim=1)
    best = log_probs.topk(min(ALTERNATIVES, log_probs.shape[1]), dim=1)
    return -own[:, 0].double().numpy(), positions.numpy(), best.indices.numpy(), best.values.exp().double().numpy()
