"""Which attention would have written another word: weights found by gradient ascent on the word's log-probability.

Shapes: R starts, S source pieces, V vocabulary.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from engine.decoding.attention_edits import read_prefix
from engine.decoding.attention_settings import MAX_WORD_CHARACTERS
from engine.decoding.text import encode_sources
from engine.errors import InputError
from engine.inspection.translation.attention_ablation import Trial, label_after
from engine.models.base import select
from engine.models.folder import LoadedModel
from engine.wording import percent

EVALUATIONS = 30  # of the decoder's output, all starts at once
LEARNING_RATE = 0.5
STARTS = 4
LOGIT_SPREAD = 6.0  # a start on one piece gives it e**6 times the weight of the others, so that it can still move


@dataclass(frozen=True)
class FoundAttention:
    """The attention under which a piece is likeliest, as far as the search found.

    Attributes:
        own_weights, found_weights: (S,).
        own_log_prob, found_log_prob: of the wanted piece, nats.
        winner, winner_log_prob: the likeliest piece under the found weights: the wanted one where the search succeeded.
        rank: place of the wanted piece under its own attention, 1 the likeliest.
        curve: the best log-probability after each evaluation.
    """

    wanted: str
    own_weights: np.ndarray
    found_weights: np.ndarray
    own_log_prob: float
    found_log_prob: float
    winner: str
    winner_log_prob: float
    rank: int
    curve: list[float]
    source_pieces: list[str]

    @property
    def is_reached(self) -> bool:
        """Whether the network would write the piece under the found attention."""
        return self.winner == self.wanted


def first_piece(loaded: LoadedModel, word: str) -> int:
    """Return the id of the first piece of a word that a visitor typed.

    Raises:
        InputError: nothing was typed, it is too long, or the vocabulary cannot spell it.
    """
    text = word.strip()
    if not text:
        raise InputError("Type the word that the network should have written.")
    if len(text) > MAX_WORD_CHARACTERS:
        raise InputError(f"The word has {len(text):,} characters; at most {MAX_WORD_CHARACTERS} are looked for.")
    ids = loaded.tokenizer.encode(text)
    if not ids or loaded.tokenizer.unk_id in ids:
        raise InputError(
            f"The network has no subword tokens to spell “{text}” with: it cannot write it under any attention."
        )
    return ids[0]


def find_attention(loaded: LoadedModel, trial: Trial, step: int, wanted_id: int) -> FoundAttention:
    """Return the attention at a step of a translation, from 1, under which the piece `wanted_id` is likeliest after the
    pieces before it.

    The logits of the weights climb by Adam from several starts side by side: the network's own weights, even ones, and
    the source pieces that favour the word most when looked at alone. The weights stay a distribution over real source
    pieces.

    Paper (gradient-based search in a network's inputs): Simonyan, Vedaldi and Zisserman (2014), arXiv 1312.6034,
    section 2.

    Raises:
        InputError: there is no such step or piece.
    """
    translation = trial.translation
    token_ids = translation.target_ids
    if not 1 <= step <= len(token_ids):
        raise InputError(f"The translation has {len(token_ids)} steps; there is no step {step}.")
    if not 0 <= wanted_id < loaded.model.vocab_size:
        raise InputError(f"The network has no token number {wanted_id}.")
    source_ids, lengths = encode_sources(loaded, [translation.source])
    prefix = list(token_ids[: step - 1])
    read_id, state = read_prefix(loaded.model, source_ids, lengths, prefix, loaded.tokenizer.bos_id)
    # Tensors made in inference mode cannot take part in a gradient: copies can.
    state = select(state, torch.zeros(1, dtype=torch.long))
    with torch.inference_mode():
        logits, after = loaded.model.step(read_id, state)
        own = logits[0].float().log_softmax(dim=-1)
        own_weights = after.attention_weights[0].clone()

    def log_probs_of(weights: Tensor) -> Tensor:
        """Return the log-probabilities (R, V) of the next piece under weights (R, S)."""
        rows = torch.zeros(len(weights), dtype=torch.long)
        found, _ = loaded.model.step(read_id[rows], select(state, rows), lambda _: weights[:, None])
        return found.float().log_softmax(dim=-1)

    best, curve = _climb(log_probs_of, own_weights.clone(), wanted_id)
    with torch.inference_mode():
        reached = log_probs_of(best[None])[0]
    winner = int(reached.argmax())
    return FoundAttention(
        wanted=label_after(loaded, prefix, wanted_id),
        own_weights=own_weights.numpy(),
        found_weights=best.numpy(),
        own_log_prob=float(own[wanted_id]),
        found_log_prob=float(reached[wanted_id]),
        winner=label_after(loaded, prefix, winner),
        winner_log_prob=float(reached[winner]),
        rank=1 + int((own > own[wanted_id]).sum()),
        curve=curve,
        source_pieces=translation.source_pieces,
    )


def _climb(log_probs_of: Callable[[Tensor], Tensor], own: Tensor, wanted_id: int) -> tuple[Tensor, list[float]]:
    """Return the best weights (S,) met on the way up from every start, and their log-probability after each evaluation.

    Weights under which the piece is the likeliest of all come before any under which it is not.
    """
    corners = torch.eye(len(own))  # all weight on one piece

    def score(log_probs: Tensor) -> list[tuple[bool, float]]:
        """Return for each row whether the piece would be written, and its log-probability: what is compared, in this
        order."""
        wins = log_probs.argmax(dim=-1) == wanted_id
        return list(zip(wins.tolist(), log_probs[:, wanted_id].tolist(), strict=True))

    with torch.no_grad():
        at_corners = log_probs_of(corners)
    best_score, position = max((value, row) for row, value in enumerate(score(at_corners)))
    best, curve = corners[position], [best_score[1]]
    likeliest = at_corners[:, wanted_id].topk(min(STARTS - 2, len(own))).indices
    starts = [own.clamp_min(1e-6).log(), torch.zeros_like(own), *(LOGIT_SPREAD * corners[likeliest])]
    logits = torch.stack(starts).requires_grad_()  # (R, S)
    climber = torch.optim.Adam([logits], lr=LEARNING_RATE)
    for _ in range(EVALUATIONS):
        weights = logits.softmax(dim=-1)
        log_probs = log_probs_of(weights)
        here, row = max((value, row) for row, value in enumerate(score(log_probs.detach())))
        if here > best_score:
            best_score, best = here, weights[row].detach().clone()
        curve.append(best_score[1])
        # Not `backward`: it would leave gradients on the network's weights, which all visitors share.
        (slope,) = torch.autograd.grad(-log_probs[:, wanted_id].sum(), [logits])
        logits.grad = slope
        climber.step()
    return best, curve


def search_sentence(found: FoundAttention, word: str = "") -> str:
    """Return in plain words whether an attention was found under which the network writes the wanted piece.

    `word` is what the visitor typed, where the piece is only its beginning.
    """
    wanted = f"“{found.wanted}”" + (f", the beginning of “{word}”," if word and word != found.wanted else "")
    own, reached = math.exp(found.own_log_prob), math.exp(found.found_log_prob)
    odds = (
        f"{percent(own)} with its own attention (place {found.rank:,}), {percent(reached)} with the best that was found"
    )
    position = int(found.found_weights.argmax())
    focus = f"{percent(found.found_weights[position], 0)} of it on “{found.source_pieces[position]}”"
    if found.is_reached and found.rank == 1:
        return f"{wanted} is what the network writes anyway: {odds}, {focus}."
    if found.is_reached:
        return f"Yes: another look would have made the network write {wanted}: {odds}, {focus}."
    return (
        f"No attention that was found makes the network write {wanted}: {odds}, {focus}; even then “{found.winner}” is "
        f"likelier, {percent(math.exp(found.winner_log_prob))}. What it has already written, or knows of the language, "
        "speaks against the word."
    )
