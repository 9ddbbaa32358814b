"""Peers of classifiers and taggers: one text at a time through `nn.LSTM`, and batches packed as PyTorch's manual does.

They read the engine's weights and nothing else of it: no sorting by length, no reversal of whole batches, no CRF.

Shapes: B batch, T time, H hidden, K tags.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

from engine.models.classifier import Classifier
from engine.models.crf import ConditionalRandomField


def stacked(layers: Sequence[nn.Module]) -> nn.LSTM:
    """Return one `nn.LSTM` with the weights of layers that read one another."""
    first = layers[0]
    whole = nn.LSTM(first.input_size, first.hidden_size, num_layers=len(layers), batch_first=True)
    whole.load_state_dict(
        {
            name.replace("_l0", f"_l{position}"): weight
            for position, layer in enumerate(layers)
            for name, weight in layer.state_dict().items()
        }
    )
    return whole.eval()


class PlainClassifier:
    """A classifier with a stack of layers for each direction that keeps the largest output of each unit over time."""

    def __init__(self, trained: Classifier) -> None:
        self._trained = trained
        self._ways = [stacked(list(layers)) for layers in (trained.forward_layers, trained.backward_layers)]

    @torch.no_grad()
    def one_by_one(self, rows: Sequence[Sequence[int]]) -> Tensor:
        """Return the probabilities (B, L) of texts given as word ids, read one after another."""
        return torch.cat(
            [
                self._decide(
                    [way(each[None])[0].amax(dim=1) for way, each in zip(self._ways, self._read(row), strict=True)]
                )
                for row in rows
            ]
        )

    @torch.no_grad()
    def packed(self, rows: Sequence[Sequence[int]]) -> Tensor:
        """Return the same of a packed batch."""
        lengths, features = torch.tensor([len(row) for row in rows]), []
        for way, each in zip(self._ways, zip(*map(self._read, rows), strict=True), strict=True):
            padded = pad_sequence(list(each), batch_first=True)
            packed = pack_padded_sequence(padded, lengths, batch_first=True, enforce_sorted=False)
            outputs, _ = pad_packed_sequence(way(packed)[0], batch_first=True, padding_value=-torch.inf)
            features.append(outputs.amax(dim=1))
        return self._decide(features)

    def _read(self, row: Sequence[int]) -> tuple[Tensor, Tensor]:
        """Return what each direction reads, (T, E)."""
        embedded = self._trained.embedding(torch.tensor(row))
        return embedded, embedded.flip(0)

    def _decide(self, features: Sequence[Tensor]) -> Tensor:
        return self._trained.output(torch.cat(list(features), dim=-1)).softmax(dim=-1)


@torch.no_grad()
def plain_viterbi(crf: ConditionalRandomField, emissions: Tensor) -> list[int]:
    """Return the likeliest tags of one sentence, (T, K), as tutorials write it: tag after tag at every word."""
    best, origins = crf.start + emissions[0], []
    for emission in emissions[1:]:
        reached, origin = [], []
        for tag in range(len(emission)):
            candidates = best + crf.transitions[:, tag]
            before = int(candidates.argmax())
            origin.append(before)
            reached.append(candidates[before])
        best = torch.stack(reached) + emission
        origins.append(origin)
    tags = [int((best + crf.end).argmax())]
    for origin in reversed(origins):
        tags.append(origin[tags[-1]])
    return tags[::-1]
