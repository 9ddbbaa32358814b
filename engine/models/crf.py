"""A linear-chain conditional random field: the tags of a sentence are scored together, not one by one.

score(tags) = start[y_1] + sum_t emissions[t, y_t] + sum_t transitions[y_t, y_t+1] + end[y_T]; the probability of a
sequence is its exponential over that of all K^T sequences, which the forward algorithm sums in T steps.

Shapes: B batch, T time, K tags. Real words stand first in every row, padding behind them.

Papers: Lafferty, McCallum and Pereira (2001); on recurrent networks Huang, Xu and Yu (2015), arXiv 1508.01991, and
Lample et al. (2016), arXiv 1603.01360, section 2.2.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from engine.models.base import mask_from_lengths
from engine.text.bio import is_legal

ILLEGAL_AT_FIRST = -4.0  # where the score of a transition that BIO forbids begins to be learnt from


class ConditionalRandomField(nn.Module):
    """Transitions (K, K) [from, to], and scores (K,) of the first and of the last tag."""

    def __init__(self, labels: Sequence[str]) -> None:
        super().__init__()
        allowed = torch.tensor([[is_legal(before, after) for after in labels] for before in labels])
        first = torch.tensor([is_legal("", label) for label in labels])
        self.transitions = nn.Parameter(torch.where(allowed, 0.0, ILLEGAL_AT_FIRST))
        self.start = nn.Parameter(torch.where(first, 0.0, ILLEGAL_AT_FIRST))
        self.end = nn.Parameter(torch.zeros(len(labels)))

    def score(self, emissions: Tensor, tags: Tensor, lengths: Tensor) -> Tensor:
        """Return the scores (B,) of tag sequences (B, T); what stands on padding does not count."""
        mask = mask_from_lengths(lengths, tags.shape[1])
        tags = tags.where(mask, 0)
        emitted = emissions.gather(2, tags[:, :, None]).squeeze(2)  # (B, T)
        moved = self.transitions[tags[:, :-1], tags[:, 1:]]  # (B, T - 1)
        last = tags.gather(1, lengths[:, None] - 1).squeeze(1)
        return self.start[tags[:, 0]] + (emitted * mask).sum(1) + (moved * mask[:, 1:]).sum(1) + self.end[last]

    def log_partition(self, emissions: Tensor, lengths: Tensor) -> Tensor:
        """Return the logarithm of the sum over all sequences of exp(score), (B,), by the forward algorithm."""
        mask = mask_from_lengths(lengths, emissions.shape[1])
        forward = self.start + emissions[:, 0]  # (B, K)
        for time in range(1, emissions.shape[1]):
            reached = torch.logsumexp(forward[:, :, None] + self.transitions, dim=1) + emissions[:, time]
            forward = torch.where(mask[:, time, None], reached, forward)
        return torch.logsumexp(forward + self.end, dim=1)

    def log_likelihood(self, emissions: Tensor, tags: Tensor, lengths: Tensor) -> Tensor:
        """Return the logarithm of the probability of the tag sequences, (B,)."""
        return self.score(emissions, tags, lengths) - self.log_partition(emissions, lengths)

    @torch.no_grad()
    def decode(self, emissions: Tensor, lengths: Tensor) -> list[list[int]]:
        """Return the tags of the likeliest sequence of every row, by Viterbi's algorithm."""
        mask = mask_from_lengths(lengths, emissions.shape[1])
        best = self.start + emissions[:, 0]  # (B, K)
        stay = torch.arange(best.shape[1]).expand_as(best)
        origins = []
        for time in range(1, emissions.shape[1]):
            scores, origin = (best[:, :, None] + self.transitions).max(dim=1)
            best = torch.where(mask[:, time, None], scores + emissions[:, time], best)
            origins.append(torch.where(mask[:, time, None], origin, stay))
        tags = [(best + self.end).argmax(dim=1)]
        for origin in reversed(origins):
            tags.append(origin.gather(1, tags[-1][:, None]).squeeze(1))
        paths = torch.stack(tags[::-1], dim=1)
        return [path[:length] for path, length in zip(paths.tolist(), lengths.tolist(), strict=True)]
