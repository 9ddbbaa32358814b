"""Beam search, many sentences at once, on the step protocol.

Shapes: B sentences still searched, K beam, V vocabulary, S source tokens, T steps so far.

Papers: Graves (2012), arXiv 1211.3711, section 3.5; Wu et al. (2016), arXiv 1609.08144, section 7 (length penalty).
Differs: the penalty is T ** length_penalty. A sentence is done when its best open hypothesis, judged at its present
length, no longer beats the worst kept one, and only endings among the K best candidates count; with `is_exact` it is
judged at the greatest length it could reach and every ending counts, so that with a beam that covers every prefix the
result is the true optimum.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

import torch
from torch import Tensor

from engine.decoding.hypothesis import Hypothesis, length_normalised
from engine.models.base import select
from engine.models.translator import Decoder, DecoderState

GROUPS = 100  # of the words of a large vocabulary, when the best are looked for
KEPT, PRUNED, ENDED, UNCOUNTED = "kept", "pruned", "ended", "uncounted"


class Candidates(NamedTuple):
    """What one step of one sentence's search considered, best first: the 2K likeliest ways to go on.

    Attributes:
        sentence: its row in the batch.
        time: how many tokens each candidate has, its own included.
        parents: which of the beginnings kept at the step before it continues, 0 for the best one.
        token_ids, log_probs: the token it adds, and how likely that is after its beginning.
        totals: log-probability of the whole candidate.
        fates: KEPT (it goes on), PRUNED (K others are likelier), ENDED (the end mark), UNCOUNTED (an end mark too far
            down).
    """

    sentence: int
    time: int
    parents: list[int]
    token_ids: list[int]
    log_probs: list[float]
    totals: list[float]
    fates: list[str]


class _End(NamedTuple):
    """Where a hypothesis stopped: the row it had when step `time` began, and the log-probability of the end mark that
    this step gave it, None where the limit cut it off before."""

    score: float
    time: int
    row: int
    ended_by: float | None

    @property
    def is_finished(self) -> bool:
        return self.ended_by is not None


@dataclass
class _Sentence:
    """One sentence's search: its row in the original batch and the best hypotheses that have ended."""

    index: int
    ended: list[_End] = field(default_factory=list)

    def keep(self, end: _End, beam_size: int) -> None:
        self.ended.append(end)
        self.ended.sort(key=lambda ended: (not ended.is_finished, -ended.score))
        del self.ended[beam_size:]


class _Walked(NamedTuple):
    """What one step left: for each row that goes on, the row it came from, its token and that token's log-probability;
    and where every row of the step looked, (rows, S)."""

    parents: list[int]
    token_ids: list[int]
    log_probs: list[float]
    attention: Tensor


@torch.inference_mode()
def beam(
    model: Decoder,
    source_ids: Tensor,
    lengths: Tensor,
    *,
    beam_size: int,
    max_new_tokens: int,
    bos_id: int,
    eos_id: int,
    length_penalty: float = 1.0,
    is_exact: bool = False,
    prefix_ids: Sequence[int] = (),
    observe: Callable[[Candidates], None] | None = None,
) -> list[list[Hypothesis]]:
    """Return for each source (B, S) up to `beam_size` hypotheses, best first.

    With `prefix_ids` every hypothesis begins with these tokens, whatever their probability, which counts. `observe` is
    told what each step considered and what became of it.
    """
    count, width = len(source_ids), beam_size
    sentences = [_Sentence(i) for i in range(count)]
    active = list(sentences)
    state = model.start(source_ids, lengths)
    given = _ForcedPrefix(torch.empty(count, 0), torch.empty(count, 0, source_ids.shape[1]))
    if prefix_ids:
        given, state = _read_prefix(model, state, bos_id, prefix_ids)
    beams = 1  # before the first step all beams of a sentence are equal: one of them stands for all
    scores = given.log_probs.sum(dim=1)[:, None]  # (B, beams)
    token_ids = torch.full((count,), prefix_ids[-1] if prefix_ids else bos_id)
    walked: list[_Walked] = []
    for time in range(len(prefix_ids) + 1, max_new_tokens + 1):
        logits, state = model.step(token_ids, state)
        log_probs = logits.float().log_softmax(dim=-1)  # (B * beams, V)
        # Twice the width: even if all K best candidates end here, K others go on.
        every = log_probs.shape[-1] * beams
        best, parents, tokens, added = (
            part.tolist() for part in _leading(log_probs, scores, every if is_exact else min(2 * width, every))
        )
        keep_rows, keep_tokens, keep_log_probs, keep_scores, still, left = [], [], [], [], [], []
        for position, sentence in enumerate(active):
            rows: list[int] = []
            words, own, values, fates = [], [], [], []
            for rank, (total, parent, token, log_prob) in enumerate(
                zip(best[position], parents[position], tokens[position], added[position], strict=True)
            ):
                row = position * beams + parent
                if total == float("-inf"):
                    break
                if token != eos_id:
                    fates.append(KEPT if len(rows) < width else PRUNED)
                    if len(rows) < width:
                        rows.append(row)
                        words.append(token)
                        own.append(log_prob)
                        values.append(total)
                    continue
                fates.append(ENDED if is_exact or rank < width else UNCOUNTED)
                if fates[-1] == ENDED:
                    score = length_normalised(total, time, length_penalty)
                    sentence.keep(_End(score, time, row, log_prob), width)
            if observe:
                seen = [part[position][: len(fates)] for part in (parents, tokens, added, best)]
                observe(Candidates(sentence.index, time, seen[0], seen[1], seen[2], seen[3], fates))
            horizon = max_new_tokens if is_exact else time
            if rows and not _is_decided(sentence, values[0], width, horizon, length_penalty):
                still.append(sentence)
                left.append(position)
                spare = width - len(rows)  # fewer continuations than beams: fill up with dead ones
                keep_rows += rows + [rows[0]] * spare
                keep_tokens += words + [words[0]] * spare
                keep_log_probs += own + [own[0]] * spare
                keep_scores.append(values + [float("-inf")] * spare)
        is_whole, active = len(still) == len(active), still
        walked.append(_Walked(keep_rows, keep_tokens, keep_log_probs, state.attention_weights.float()))
        if not active:
            break
        if time == max_new_tokens:
            for position, sentence in enumerate(active):
                for k, total in enumerate(keep_scores[position]):
                    if total > float("-inf") and len(sentence.ended) < width:
                        score = length_normalised(total, time, length_penalty)
                        sentence.keep(_End(score, time + 1, position * width + k, None), width)
            break
        chosen, token_ids = torch.tensor(keep_rows), torch.tensor(keep_tokens)
        if hasattr(state, "reorder_beams"):
            state = state.reorder_beams(chosen, None if is_whole else torch.tensor(left))
        else:
            state = select(state, chosen)
        beams, scores = width, torch.tensor(keep_scores)
    return _read_back(walked, sentences, lengths, given, prefix_ids)


def _read_back(
    walked: Sequence[_Walked],
    sentences: Sequence[_Sentence],
    lengths: Tensor,
    given: _ForcedPrefix,
    prefix_ids: Sequence[int],
) -> list[list[Hypothesis]]:
    """Return the hypotheses of each sentence, read from their ends back to their beginnings.

    A step keeps where each row came from and copies nothing of what lies before it: only what has won is put together.
    """
    starts = list(accumulate((len(step.attention) for step in walked), initial=0))
    attention = torch.cat([step.attention for step in walked]) if walked else None  # (rows of all steps, S)

    def hypothesis(sentence: _Sentence, end: _End) -> Hypothesis:
        token_ids, log_probs, looked, row = [], [], [], end.row
        if end.ended_by is not None:
            log_probs.append(end.ended_by)
            looked.append(starts[end.time - len(prefix_ids) - 1] + row)
        for position in range(end.time - len(prefix_ids) - 2, -1, -1):
            step = walked[position]
            token_ids.append(step.token_ids[row])
            log_probs.append(step.log_probs[row])
            row = step.parents[row]
            looked.append(starts[position] + row)
        before = given.attention[sentence.index]  # (T, S) of the prefix
        seen = before if attention is None else torch.cat([before, attention[looked[::-1]]])
        return Hypothesis(
            [*prefix_ids, *token_ids[::-1]],
            given.log_probs[sentence.index].tolist() + log_probs[::-1],
            end.score,
            seen[:, : int(lengths[sentence.index])],
            end.is_finished,
        )

    return [[hypothesis(sentence, end) for end in sentence.ended] for sentence in sentences]


def _leading(log_probs: Tensor, scores: Tensor, wanted: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return the `wanted` best continuations of each sentence, best first, (B, wanted) each.

    They are their summed log-probabilities, which of the sentence's beams they continue, their tokens, and these
    tokens' own log-probabilities. The words of a large vocabulary are dealt into groups: the best so many continuations
    stand in the so many groups with the best highest ones, so that only these need to be sorted.

    Args:
        log_probs: (B * beams, V).
        scores: (B, beams).
    """
    count, beams = scores.shape
    groups = GROUPS if log_probs.shape[-1] % GROUPS == 0 and wanted <= GROUPS else log_probs.shape[-1]
    table = log_probs.view(count, beams, -1, groups)  # (B, beams, V / groups, groups)
    highest = (table.amax(dim=2) + scores[:, :, None]).view(count, -1)  # (B, beams * groups)
    chosen = highest.topk(wanted, dim=-1).indices  # (B, wanted)
    parents, group = chosen // groups, chosen % groups
    own = table[torch.arange(count)[:, None], parents, :, group]  # (B, wanted, V / groups)
    totals = own + scores.gather(1, parents)[:, :, None]
    best, positions = totals.view(count, -1).topk(wanted, dim=-1)
    which, inside = positions // totals.shape[2], positions % totals.shape[2]
    tokens = inside * groups + group.gather(1, which)
    return best, parents.gather(1, which), tokens, own.view(count, -1).gather(1, positions)


class _ForcedPrefix(NamedTuple):
    """What a prefix of T tokens cost and where the decoder looked: (B, T) and (B, T, S)."""

    log_probs: Tensor
    attention: Tensor


def _read_prefix(
    model: Decoder, state: DecoderState, bos_id: int, prefix_ids: Sequence[int]
) -> tuple[_ForcedPrefix, DecoderState]:
    """Return what the prefix cost, and the state before its last token is read."""
    log_probs, attention = [], []
    for read, due in zip((bos_id, *prefix_ids), prefix_ids, strict=False):
        logits, state = model.step(torch.full((len(state.attention_weights),), read), state)
        log_probs.append(logits.float().log_softmax(dim=-1)[:, due])
        attention.append(state.attention_weights.float())
    return _ForcedPrefix(torch.stack(log_probs, dim=1), torch.stack(attention, dim=1)), state


def _is_decided(sentence: _Sentence, best_open: float, width: int, horizon: int, length_penalty: float) -> bool:
    """Return whether no open hypothesis can still beat the worst kept one within `horizon` steps.

    Log-probabilities only add up downwards, so an open hypothesis scores at most its sum so far over that length.
    """
    if len(sentence.ended) < width:
        return False
    return length_normalised(best_open, horizon, length_penalty) <= sentence.ended[-1].score
