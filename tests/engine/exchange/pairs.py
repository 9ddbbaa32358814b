"""Encoder-decoders as tutorials write them, in plain torch: what an import is compared with.

Sources (S, B) and targets (T, B) have the time first, as those tutorials have them; answers are (B, T, V).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

SOURCE, TARGET, WIDTH, SIZE = 10, 9, 5, 6


class Half(nn.Module):
    """An embedding and recurrent layers."""

    def __init__(self, vocabulary: int, kind: str, read: int, layers: int, name: str, both_ways: bool = False) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, WIDTH if name == "rnn" else SIZE)
        setattr(self, name, getattr(nn, kind)(read, SIZE, layers, bidirectional=both_ways))


class Plain(nn.Module):
    """bentrevett's first: the decoder goes on from the encoder's states."""

    def __init__(self, kind: str = "LSTM", layers: int = 2) -> None:
        super().__init__()
        self.encoder = Half(SOURCE, kind, WIDTH, layers, "rnn")
        self.decoder = Half(TARGET, kind, WIDTH, layers, "rnn")
        self.decoder.fc_out = nn.Linear(SIZE, TARGET)

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """Return logits."""
        _, state = self.encoder.rnn(self.encoder.embedding(source))
        outputs, _ = self.decoder.rnn(self.decoder.embedding(target), state)
        return self.decoder.fc_out(outputs).transpose(0, 1)


class ReadsContext(nn.Module):
    """bentrevett's second: the encoder's state is read at every step, by the layer and by the output."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = Half(SOURCE, "GRU", WIDTH, 1, "rnn")
        self.decoder = Half(TARGET, "GRU", WIDTH + SIZE, 1, "rnn")
        self.decoder.fc_out = nn.Linear(WIDTH + 2 * SIZE, TARGET)

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """Return logits."""
        _, context = self.encoder.rnn(self.encoder.embedding(source))
        hidden, said = context, []
        for now in target:
            embedded = self.decoder.embedding(now)[None]
            _, hidden = self.decoder.rnn(torch.cat((embedded, context), dim=2), hidden)
            said.append(self.decoder.fc_out(torch.cat((embedded[0], hidden[0], context[0]), dim=1)))
        return torch.stack(said, dim=1)


class Attends(nn.Module):
    """bentrevett's third and fourth: additive attention, asked with the state before the step."""

    def __init__(self) -> None:
        super().__init__()
        size = 7
        self.encoder = Half(SOURCE, "GRU", WIDTH, 1, "rnn", both_ways=True)
        self.encoder.fc = nn.Linear(2 * SIZE, size)
        self.decoder = nn.Module()
        self.decoder.embedding = nn.Embedding(TARGET, WIDTH)
        self.decoder.rnn = nn.GRU(2 * SIZE + WIDTH, size)
        self.decoder.fc_out = nn.Linear(2 * SIZE + size + WIDTH, TARGET)
        self.decoder.attention = nn.Module()
        self.decoder.attention.attn = nn.Linear(2 * SIZE + size, size)
        self.decoder.attention.v = nn.Linear(size, 1, bias=False)

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """Return logits."""
        outputs, last = self.encoder.rnn(self.encoder.embedding(source))
        hidden = torch.tanh(self.encoder.fc(torch.cat((last[-2], last[-1]), dim=1)))
        outputs, said = outputs.permute(1, 0, 2), []
        for now in target:
            repeated = hidden[:, None].repeat(1, outputs.shape[1], 1)
            energy = torch.tanh(self.decoder.attention.attn(torch.cat((repeated, outputs), dim=2)))
            weights = self.decoder.attention.v(energy).squeeze(2).softmax(dim=1)
            weighted = torch.bmm(weights[:, None], outputs).permute(1, 0, 2)
            embedded = self.decoder.embedding(now)[None]
            output, new = self.decoder.rnn(torch.cat((embedded, weighted), dim=2), hidden[None])
            hidden = new[0]
            said.append(self.decoder.fc_out(torch.cat((output[0], weighted[0], embedded[0]), dim=1)))
        return torch.stack(said, dim=1)


class Tutorial(nn.Module):
    """PyTorch's tutorial without attention: the embedding is cut off at 0."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.decoder = Half(SOURCE, "GRU", SIZE, 1, "gru"), Half(TARGET, "GRU", SIZE, 1, "gru")
        self.decoder.out = nn.Linear(SIZE, TARGET)

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """Return log-probabilities."""
        _, state = self.encoder.gru(self.encoder.embedding(source))
        outputs, _ = self.decoder.gru(functional.relu(self.decoder.embedding(target)), state)
        return self.decoder.out(outputs).log_softmax(-1).transpose(0, 1)


class TutorialAttends(nn.Module):
    """The same tutorial with Bahdanau's attention."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.decoder = Half(SOURCE, "GRU", SIZE, 1, "gru"), Half(TARGET, "GRU", 2 * SIZE, 1, "gru")
        self.decoder.attention = nn.Module()
        self.decoder.attention.Wa, self.decoder.attention.Ua = nn.Linear(SIZE, SIZE), nn.Linear(SIZE, SIZE)
        self.decoder.attention.Va = nn.Linear(SIZE, 1)
        self.decoder.out = nn.Linear(SIZE, TARGET)

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """Return log-probabilities."""
        outputs, hidden = self.encoder.gru(self.encoder.embedding(source))
        keys, attention, said = outputs.transpose(0, 1), self.decoder.attention, []
        for now in target:
            query = hidden.permute(1, 0, 2)
            scores = attention.Va(torch.tanh(attention.Wa(query) + attention.Ua(keys))).squeeze(2)[:, None]
            context = torch.bmm(scores.softmax(-1), keys)
            read = torch.cat((self.decoder.embedding(now)[:, None], context), dim=2)
            output, hidden = self.decoder.gru(read.transpose(0, 1), hidden)
            said.append(self.decoder.out(output[0]))
        return torch.stack(said, dim=1).log_softmax(-1)


class Chatbot(nn.Module):
    """PyTorch's chatbot tutorial: dot attention asked with the state after the step, the encoder's directions added."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = Half(SOURCE, "GRU", SIZE, 2, "gru", both_ways=True)
        self.decoder = Half(TARGET, "GRU", SIZE, 2, "gru")
        self.decoder.concat, self.decoder.out = nn.Linear(2 * SIZE, SIZE), nn.Linear(SIZE, TARGET)

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """Return log-probabilities."""
        outputs, hidden = self.encoder.gru(self.encoder.embedding(source))
        outputs, hidden, said = outputs[:, :, :SIZE] + outputs[:, :, SIZE:], hidden[:2], []
        for now in target:
            output, hidden = self.decoder.gru(self.decoder.embedding(now)[None], hidden)
            weights = torch.sum(output * outputs, dim=2).t().softmax(dim=1)[:, None]
            context = weights.bmm(outputs.transpose(0, 1))[:, 0]
            said.append(self.decoder.out(torch.tanh(self.decoder.concat(torch.cat((output[0], context), 1)))))
        return torch.stack(said, dim=1).log_softmax(-1)
