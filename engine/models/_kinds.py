from typing import NamedTuple
import torch
from torch import Tensor, nn
from engine.registry import Registry

KINDS = Registry("cell")
class LSTMState(NamedTuple):
    hidden: Tensor
    cell: Tensor
@KINDS.register("rnn")
class R:
    torch_layer = nn.RNN; state_parts = 1
    @staticmethod
    def zero_state(b, h, like): return like.new_zeros(b, h)
    @staticmethod
    def torch_step(x, s, *w):
        h = torch.rnn_tanh_cell(x, s, *w); return h, h
@KINDS.register("gru")
class G(R):
    torch_layer = nn.GRU
    @staticmethod
    def torch_step(x, s, *w):
        h = torch.gru_cell(x, s, *w); return h, h
@KINDS.register("lstm")
class L:
    torch_layer = nn.LSTM; state_parts = 2
    @staticmethod
    def zero_state(b, h, like): return LSTMState(like.new_zeros(b, h), like.new_zeros(b, h))
    @staticmethod
    def torch_step(x, s, *w):
        s = LSTMState(*torch.lstm_cell(x, tuple(s), *w)); return s.hidden, s
