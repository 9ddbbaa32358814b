"""Networks as tutorials write them, in plain torch: what an import is compared with."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class WordLanguageModel(nn.Module):
    """As pytorch/examples has it: encoder, rnn, decoder; log-probabilities."""

    def __init__(self, kind: str, vocabulary: int, width: int, hidden: int, layers: int, tied: bool = False) -> None:
        super().__init__()
        self.encoder = nn.Embedding(vocabulary, width)
        self.rnn = getattr(nn, kind)(width, hidden, layers)
        self.decoder = nn.Linear(hidden, vocabulary)
        if tied:
            self.decoder.weight = self.encoder.weight

    def forward(self, ids: Tensor) -> Tensor:
        """Return log-probabilities (B, T, V)."""
        return self.decoder(self.rnn(self.encoder(ids.T))[0]).log_softmax(-1).transpose(0, 1)


class Sentiment(nn.Module):
    """As bentrevett's first edition: the last layer's final states, forward before backward."""

    order = (-2, -1)

    def __init__(self, kind: str, answers: int, layers: int = 2, bidirectional: bool = True, name: str = "rnn") -> None:
        super().__init__()
        self.name = name
        self.embedding = nn.Embedding(9, 5, padding_idx=1)
        setattr(self, name, getattr(nn, kind)(5, 6, layers, bidirectional=bidirectional, dropout=0.5))
        self.fc = nn.Linear(6 * (1 + bidirectional), answers)

    def forward(self, ids: Tensor) -> Tensor:
        """Return logits (B, L)."""
        layers = getattr(self, self.name)
        _, last = layers(self.embedding(ids.T))
        hidden = last[0] if isinstance(last, tuple) else last
        order = self.order if layers.bidirectional else (-1,)
        return self.fc(torch.cat([hidden[position] for position in order], dim=-1))


class LaterSentiment(Sentiment):
    """As bentrevett's second edition: backward before forward."""

    order = (-1, -2)


class Bag(nn.Module):
    """As bentrevett's neural bag of words."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding, self.fc = nn.Embedding(9, 5), nn.Linear(5, 3)

    def forward(self, ids: Tensor) -> Tensor:
        """Return logits (B, L)."""
        return self.fc(self.embedding(ids).mean(dim=1))


class NameClassifier(nn.Module):
    """As PyTorch's character RNN, whose letters are one-hot."""

    def __init__(self, answers: int = 4) -> None:
        super().__init__()
        self.rnn, self.h2o = nn.RNN(9, 6), nn.Linear(6, answers)

    def forward(self, ids: Tensor) -> Tensor:
        """Return log-probabilities (B, L)."""
        return self.h2o(self.rnn(functional.one_hot(ids.T, 9).float())[1][0]).log_softmax(-1)


class LinearNameClassifier(nn.Module):
    """As the same tutorial wrote it before: linear layers."""

    def __init__(self) -> None:
        super().__init__()
        self.i2h, self.h2h, self.h2o = nn.Linear(9, 6), nn.Linear(6, 6), nn.Linear(6, 4)

    def forward(self, ids: Tensor) -> Tensor:
        """Return log-probabilities (B, L)."""
        hidden = torch.zeros(len(ids), 6)
        for letter in functional.one_hot(ids.T, 9).float():
            hidden = torch.tanh(self.i2h(letter) + self.h2h(hidden))
        return self.h2o(hidden).log_softmax(-1)


class TutorialTagger(nn.Module):
    """As PyTorch's tutorial on sequence models; with several layers and directions as bentrevett's tagger."""

    def __init__(self, layers: int = 1, bidirectional: bool = False) -> None:
        super().__init__()
        self.word_embeddings = nn.Embedding(9, 5)
        self.lstm = nn.LSTM(5, 6, layers, bidirectional=bidirectional)
        self.hidden2tag = nn.Linear(6 * (1 + bidirectional), 3)

    def forward(self, ids: Tensor) -> Tensor:
        """Return logits (B, T, K)."""
        return self.hidden2tag(self.lstm(self.word_embeddings(ids.T))[0]).transpose(0, 1)
