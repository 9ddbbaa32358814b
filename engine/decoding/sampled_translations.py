"""Drawing a translation: each token by chance, as likely as the decoder holds it; one sentence at a time."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.decoding.hypothesis import Hypothesis
from engine.decoding.sampling import Draws, draw
from engine.models.translator import Decoder


@torch.inference_mode()
def drawn(
    model: Decoder,
    source_ids: Tensor,
    lengths: Tensor,
    *,
    max_new_tokens: int,
    bos_id: int,
    eos_id: int,
    seeds: list[int],
    temperature: float = 1.0,
    top_k: int = 0,
    top_p: float = 1.0,
) -> list[Hypothesis]:
    """Return one hypothesis per seed for one source (1, S); its score is the sum of its log-probabilities.

    The log-probabilities are the model's own, before temperature and cuts. Each seed has a generator of its own, so the
    same seed gives the same text whatever else is drawn.
    """
    begun = model.start(source_ids, lengths)
    found = []
    for seed in seeds:
        draws = Draws(seed)
        state, token = begun, torch.tensor([bos_id])
        tokens: list[int] = []
        log_probs: list[float] = []
        attention, is_finished = [], False
        while len(log_probs) < max_new_tokens and not is_finished:
            logits, state = model.step(token, state)
            token = torch.from_numpy(draw(logits.numpy(), draws, temperature, top_k, top_p))
            log_probs.append(float(logits.log_softmax(dim=-1)[0, token]))
            attention.append(state.attention_weights[0])
            is_finished = int(token) == eos_id
            if not is_finished:
                tokens.append(int(token))
        found.append(Hypothesis(tokens, log_probs, sum(log_probs), torch.stack(attention), is_finished))
    return found
