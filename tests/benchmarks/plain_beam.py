"""Beam search as a good tutorial writes it: one sentence, one hypothesis and one step of `nn.LSTM` at a time, in plain
Python; and as a better one does, which makes the step of all hypotheses of a sentence at once (`batched_beam`).

What the engine's batched search is measured against. It reads the engine's weights and nothing else of it: no state
protocol, no batch, no shared work between hypotheses. It stops by the engine's rule, so that both must find the same
sentences.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass
class Beginning:
    """One hypothesis: the tokens so far (the beginning mark first), their log-probabilities, and each layer's state."""

    tokens: list[int]
    log_probs: list[float]
    states: list[tuple[Tensor, Tensor]]

    @property
    def total(self) -> float:
        return sum(self.log_probs)


class PlainTranslator(nn.Module):
    """An encoder-decoder of `nn.LSTM` layers with dot attention or none, for one sentence at a time."""

    def __init__(self, trained: nn.Module) -> None:
        super().__init__()
        self.trained = trained

    def encode(self, source: list[int]) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
        """Return the encoder's outputs (S, H) and the decoder's first states."""
        model = self.trained
        hidden = model.embedding(torch.tensor([source]))
        finals = []
        for index, ahead in enumerate(model.encoder_forward):
            output, (last, _) = ahead(hidden)
            summary = last[0]
            if model.encoder_backward is not None:
                back, (last_back, _) = model.encoder_backward[index](hidden.flip(1))
                output = torch.cat([output, back.flip(1)], dim=-1)
                summary = torch.cat([summary, last_back[0]], dim=-1)
            hidden = hidden + output if hidden.shape == output.shape else output
            finals.append(summary)
        states = []
        for index, bridge in enumerate(model.bridge):
            first = torch.tanh(bridge(finals[min(index, len(finals) - 1)]))
            states.append((first[:, : model.hidden_size][None], first[:, model.hidden_size :][None]))
        self.summary = finals[-1]
        return hidden[0], states

    def step(
        self, token: int, states: list[tuple[Tensor, Tensor]], outputs: Tensor
    ) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
        """Return the log-probabilities (V,) of the next token and the states after reading `token`."""
        log_probs, after = self.step_many(torch.tensor([token]), states, outputs)
        return log_probs[0], after

    def step_many(
        self, tokens: Tensor, states: list[tuple[Tensor, Tensor]], outputs: Tensor
    ) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
        """Return the log-probabilities (K, V) of the next tokens and the states after reading `tokens` (K,)."""
        model = self.trained
        hidden = model.embedding(tokens[:, None])
        after = []
        for layer, state in zip(model.decoder, states, strict=True):
            output, state = layer(hidden, state)
            hidden = hidden + output if hidden.shape == output.shape else output
            after.append(state)
        query = hidden[:, 0]  # (K, H)
        context = (
            (query @ outputs.T).softmax(dim=-1) @ outputs if model.has_attention else self.summary.expand_as(query)
        )
        combined = torch.tanh(model.combine(torch.cat([query, context], dim=-1)))
        logits = combined @ model.embedding.weight.T + model.output_bias
        return logits.log_softmax(dim=-1), after


@torch.inference_mode()
def plain_beam(
    translator: PlainTranslator,
    source: list[int],
    *,
    beam_size: int,
    length_penalty: float,
    max_new_tokens: int,
    bos_id: int,
    eos_id: int,
) -> list[tuple[list[int], float]]:
    """Return up to `beam_size` (tokens without marks, score), best first."""
    outputs, states = translator.encode(source)
    beam = [Beginning([bos_id], [], states)]
    ended: list[tuple[list[int], float]] = []
    for time in range(1, max_new_tokens + 1):
        candidates = []
        for beginning in beam:
            log_probs, after = translator.step(beginning.tokens[-1], beginning.states, outputs)
            best, tokens = log_probs.topk(2 * beam_size)
            for log_prob, token in zip(best.tolist(), tokens.tolist(), strict=True):
                candidates.append(Beginning([*beginning.tokens, token], [*beginning.log_probs, log_prob], after))
        candidates.sort(key=lambda candidate: -candidate.total)
        beam = []
        for rank, candidate in enumerate(candidates[: 2 * beam_size]):
            if candidate.tokens[-1] != eos_id:
                beam.append(candidate)
            elif rank < beam_size:
                ended.append((candidate.tokens[1:-1], candidate.total / time**length_penalty))
        beam = beam[:beam_size]
        ended = sorted(ended, key=lambda found: -found[1])[:beam_size]
        if len(ended) == beam_size and beam[0].total / time**length_penalty <= ended[-1][1]:
            break
    unfinished = [(b.tokens[1:], b.total / len(b.log_probs) ** length_penalty) for b in beam]
    return ended + unfinished[: beam_size - len(ended)]


@torch.inference_mode()
def batched_beam(
    translator: PlainTranslator,
    source: list[int],
    *,
    beam_size: int,
    length_penalty: float,
    max_new_tokens: int,
    bos_id: int,
    eos_id: int,
) -> list[tuple[list[int], float]]:
    """Return what `plain_beam` does, with one step for all hypotheses of a sentence."""
    outputs, states = translator.encode(source)
    beam, totals = [[bos_id]], torch.zeros(1)
    ended: list[tuple[list[int], float]] = []
    for time in range(1, max_new_tokens + 1):
        log_probs, after = translator.step_many(torch.tensor([tokens[-1] for tokens in beam]), states, outputs)
        best, places = (totals[:, None] + log_probs).flatten().topk(2 * beam_size)
        kept, rows, scores = [], [], []
        for rank, (total, place) in enumerate(zip(best.tolist(), places.tolist(), strict=True)):
            row, token = divmod(place, log_probs.shape[1])
            if token != eos_id:
                kept.append([*beam[row], token])
                rows.append(row)
                scores.append(total)
            elif rank < beam_size:
                ended.append((beam[row][1:], total / time**length_penalty))
        beam, rows, scores = kept[:beam_size], torch.tensor(rows[:beam_size]), scores[:beam_size]
        totals, states = torch.tensor(scores), [tuple(part[:, rows] for part in state) for state in after]
        ended = sorted(ended, key=lambda found: -found[1])[:beam_size]
        if len(ended) == beam_size and scores[0] / time**length_penalty <= ended[-1][1]:
            break
    unfinished = [
        (tokens[1:], total / (len(tokens) - 1) ** length_penalty) for tokens, total in zip(beam, scores, strict=True)
    ]
    return ended + unfinished[: beam_size - len(ended)]
