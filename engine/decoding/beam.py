"""Beam search, many sentences at once, on the step protocol.

Shapes: B sentences still searched, K beam, V vocabulary, S source tokens, T steps so far.

Papers: Graves (2012), arXiv 1211.3711, section 3.5; Wu et al. (2016), arXiv 1609.08144, section 7 (length penalty).
Differs: the penalty is T ** length_penalty. A sentence is done when its best open hypothesis, judged at its present length,
no longer beats the worst kept one, and only endings among the K best candidates count; with `is_exact` it is judged at the
greatest length it could reach and every ending counts, so that with a beam that covers every prefix the result is the true
optimum.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from engine.decoding.hypothesis import Hypothesis, length_normalised
from engine.models.base import select


@dataclass
class _Sentence:
    """One sentence's search: its row in the original batch and the hypotheses that have ended."""

    index: int
    length: int
    ended: list[Hypothesis] = field(default_factory=list)

    def keep(self, hypothesis: Hypothesis, beam_size: int) -> None:
        self.ended.append(hypothesis)
        self.ended.sort(key=lambda ended: (not ended.is_finished, -ended.score))
        del self.ended[beam_size:]


@torch.inference_mode()
def beam(
    model: Any,
    source_ids: Tensor,
    lengths: Tensor,
    *,
    beam_size: int,
    max_new_tokens: int,
    bos_id: int,
    eos_id: int,
    length_penalty: float = 1.0,
    is_exact: bool = False,
) -> list[list[Hypothesis]]:
    """Return for each source (B, S) up to `beam_size` hypotheses, best first."""
    count, width = len(source_ids), beam_size
    sentences = [_Sentence(i, int(lengths[i])) for i in range(count)]
    active = list(sentences)
    state = select(model.start(source_ids, lengths), torch.arange(count).repeat_interleave(width))
    scores = torch.full((count, width), float("-inf"))
    scores[:, 0] = 0.0  # all beams are equal before the first step: only one of them may branch
    token_ids = torch.full((count * width,), bos_id)
    history = torch.empty(count * width, 0, dtype=torch.long)  # (B * K, T)
    steps = torch.empty(count * width, 0)  # log-probability of each step, (B * K, T)
    attention = torch.empty(count * width, 0, source_ids.shape[1])  # (B * K, T, S)

    def hypothesis(sentence: _Sentence, row: int, total: float, ended_by: float | None, weights: Tensor) -> Hypothesis:
        log_probs = steps[row].tolist() + ([ended_by] if ended_by is not None else [])
        seen = torch.cat([attention[row], weights[row][None]]) if ended_by is not None else attention[row]
        score = length_normalised(total, len(log_probs), length_penalty)
        return Hypothesis(history[row].tolist(), log_probs, score, seen[:, : sentence.length], ended_by is not None)

    for time in range(1, max_new_tokens + 1):
        logits, state = model.step(token_ids, state)
        log_probs = logits.float().log_softmax(dim=-1)  # (B * K, V)
        vocab_size = log_probs.shape[-1]
        totals = (scores.flatten()[:, None] + log_probs).view(len(active), -1)  # (B, K * V)
        # Twice the width: even if all K best candidates end here, K others go on.
        top, flat = totals.topk(totals.shape[1] if is_exact else min(2 * width, totals.shape[1]), dim=-1)
        parents, tokens = flat // vocab_size, flat % vocab_size
        keep_rows, keep_tokens, keep_scores, still = [], [], [], []
        for place, sentence in enumerate(active):
            rows, words, values = [], [], []
            found = zip(top[place].tolist(), parents[place].tolist(), tokens[place].tolist(), strict=True)
            for rank, (total, parent, token) in enumerate(found):
                row = place * width + parent
                if total == float("-inf"):
                    break
                if token != eos_id:
                    if len(rows) < width:
                        rows.append(row)
                        words.append(token)
                        values.append(total)
                elif is_exact or rank < width:
                    ended_by = float(log_probs[row, token])
                    sentence.keep(hypothesis(sentence, row, total, ended_by, state.attention_weights), width)
            horizon = max_new_tokens if is_exact else time
            if rows and not _is_decided(sentence, values[0], width, horizon, length_penalty):
                still.append(sentence)
                spare = width - len(rows)  # fewer continuations than beams: fill up with dead ones
                keep_rows += rows + [rows[0]] * spare
                keep_tokens += words + [words[0]] * spare
                keep_scores.append(values + [float("-inf")] * spare)
        active = still
        if not active:
            break
        chosen, token_ids = torch.tensor(keep_rows), torch.tensor(keep_tokens)
        step_log_probs = log_probs[chosen, token_ids]
        state = select(state, chosen)
        scores = torch.tensor(keep_scores)
        history = torch.cat([history[chosen], token_ids[:, None]], dim=1)
        steps = torch.cat([steps[chosen], step_log_probs[:, None]], dim=1)
        attention = torch.cat([attention[chosen], state.attention_weights[:, None].float()], dim=1)
        if time == max_new_tokens:
            for place, sentence in enumerate(active):
                for k in range(width):
                    total = float(scores[place, k])
                    if total > float("-inf") and len(sentence.ended) < width:
                        row = place * width + k
                        sentence.keep(hypothesis(sentence, row, total, None, state.attention_weights), width)
    return [sentence.ended for sentence in sentences]


def _is_decided(sentence: _Sentence, best_open: float, width: int, horizon: int, length_penalty: float) -> bool:
    """Return whether no open hypothesis can still beat the worst kept one within `horizon` steps.

    Log-probabilities only add up downwards, so an open hypothesis scores at most its sum so far over that length.
    """
    if len(sentence.ended) < width:
        return False
    return length_normalised(best_open, horizon, length_penalty) <= sentence.ended[-1].score
