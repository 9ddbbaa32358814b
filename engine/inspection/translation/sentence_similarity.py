"""Two sentences beside each other: how far their encoder states and their decoder states lie apart, place by place.

Shapes: S source pieces, T target pieces, H hidden.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from engine.decoding.text import Translation, encode_sources
from engine.inspection.translation.alignment import align, first_difference
from engine.inspection.translation.search import SearchReport
from engine.models.folder import LoadedModel
from engine.models.translator import Encoded, Translator
from engine.text.piece_labels import END


@dataclass(frozen=True)
class StateComparison:
    """Two rows of pieces put under each other, and the cosine of the states at each place (None where one has no
    piece)."""

    first: list[str | None]
    second: list[str | None]
    cosines: list[float | None]

    @property
    def parting(self) -> int | None:
        """The first place where the pieces differ, from 0; None where they are the same."""
        return first_difference(self.first, self.second)

    @property
    def lowest(self) -> int | None:
        """The place where the states lie farthest apart; None where no places can be compared."""
        known = {position: cosine for position, cosine in enumerate(self.cosines) if cosine is not None}
        return min(known, key=known.__getitem__, default=None)


@dataclass(frozen=True)
class SentenceSimilarity:
    """Two sentences, their translations, and their states compared.

    Attributes:
        encoder: what the encoder says at each piece of the source (its last layer).
        decoder: the decoder's last layer just before it writes each piece, the end mark included.
        summary_cosine: between the vectors that the encoder leaves at the end.
    """

    first: Translation
    second: Translation
    encoder: StateComparison
    decoder: StateComparison
    summary_cosine: float


def compare_sentences(loaded: LoadedModel, first: SearchReport, second: SearchReport) -> SentenceSimilarity:
    """Return two sentences compared state by state, each with the translation that its search found."""
    reports = [first.best, second.best]
    encoded, summaries, decoded = zip(*(trace_states(loaded, report) for report in reports), strict=True)
    written = [[*report.target_pieces, *[END] * report.is_finished] for report in reports]
    return SentenceSimilarity(
        first.best,
        second.best,
        encoder=_compare([report.source_pieces for report in reports], encoded),
        decoder=_compare(written, decoded),
        summary_cosine=_cosine(*summaries),
    )


@torch.inference_mode()
def trace_states(loaded: LoadedModel, report: Translation) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the encoder's outputs (S, H), what it leaves at the end (H,), and the decoder's last layer before each
    piece (T, H)."""
    model, tokenizer = loaded.model, loaded.tokenizer
    encoded = model.encode(*encode_sources(loaded, [report.source]))
    read = [tokenizer.bos_id, *report.target_ids]
    rows = decoder_states(model, encoded, torch.tensor([read if report.is_finished else read[:-1]]))
    return encoded.outputs[0].numpy(), encoded.final[-1][0].numpy(), rows[0].numpy()


def decoder_states(model: Translator, encoded: Encoded, read: Tensor) -> Tensor:
    """Return the decoder's last layer (B, T, H) after each token that it reads, (B, T)."""
    state, rows = model.start_from(encoded), []
    for now in read.unbind(1):
        _, state = model.step(now, state)
        last = state.layers[-1]
        rows.append(last[0] if isinstance(last, tuple) else last)
    return torch.stack(rows, dim=1)


def similarity_sentence(found: SentenceSimilarity) -> str:
    """Return in plain words where the two sentences part, on the way in and on the way out."""
    if found.encoder.parting is None:
        return "Both sentences are the same, so every state is the same: change a word in the second one."
    touched = sum(
        cosine is not None and cosine < 0.999 and one == two
        for one, two, cosine in zip(found.encoder.first, found.encoder.second, found.encoder.cosines, strict=True)
    )
    equal = sum(one == two for one, two in zip(found.encoder.first, found.encoder.second, strict=True))
    at = found.encoder.parting
    reading = (
        f"The sentences first differ at token {at + 1}, “{found.encoder.first[at] or '–'}” and "
        f"“{found.encoder.second[at] or '–'}”. "
        f"Of the {equal} tokens they share, {touched} are read differently because of it (cosine below 0.999)."
    )
    parting = found.decoder.parting
    if parting is None:
        return f"{reading} The translations are the same."
    one, two = found.decoder.first[parting], found.decoder.second[parting]
    return f"{reading} The translations first differ at token {parting + 1}: “{one or '–'}” and “{two or '–'}”."


def comparison_table(found: StateComparison) -> pd.DataFrame:
    """Return one row per place: both pieces and the cosine of the states."""
    cosines = [None if cosine is None else round(cosine, 4) for cosine in found.cosines]
    positions = range(1, len(cosines) + 1)
    return pd.DataFrame({"position": positions, "first": found.first, "second": found.second, "cosine": cosines})


def _compare(rows: Sequence[Sequence[str]], states: Sequence[np.ndarray]) -> StateComparison:
    pairs = align(*rows)
    return StateComparison(
        [None if i is None else rows[0][i] for i, _ in pairs],
        [None if j is None else rows[1][j] for _, j in pairs],
        [None if i is None or j is None else _cosine(states[0][i], states[1][j]) for i, j in pairs],
    )


def _cosine(one: np.ndarray, two: np.ndarray) -> float:
    return float(one @ two / max(float(np.linalg.norm(one) * np.linalg.norm(two)), 1e-12))
