"""What the structure of a network lets it compute."""

from __future__ import annotations

from engine.claims import rows
from engine.claims.claim import BELOW, CLAIMS, Claim
from engine.claims.measures import ERROR, LSTM, TRANSFORMER, Beside, Quantity, Side, solved_by

_PARITY = ("comparison", (("task", "parity"),), "Parity")
_MEANS = ("comparison", (("section", "findings"),), "What it means")

CLAIMS.register("transformer_counts_not")(
    Claim(
        "A Transformer does not track a state",
        "A small Transformer cannot say whether the number of ones so far is odd or even; a recurrent network can.",
        "Hahn (2020); Deletang et al. (2022)",
        "Structure",
        why="A recurrent network flips one number at each one it reads. A Transformer has a fixed number of layers in "
        "which to look at all bits, and must learn the count itself.",
        changes="More layers, or more updates: few bits a Transformer can learn by heart.",
        tool=_PARITY,
        tables=("shipped",),
        prepare=rows.transformer_parity,
        measure=solved_by(TRANSFORMER),
        says=BELOW,
    )
)
CLAIMS.register("parallel_gates_count_not")(
    Claim(
        "Gates that do not see the state cannot track it",
        "A network whose gates look at the input alone, so that it can be trained in parallel (minGRU), cannot compute "
        "parity.",
        "Merrill et al. (2024); Grazzi et al. (2024)",
        "Structure",
        why="Its state is a weighted sum of what it read, with weights that lie between nought and one: it can fade, "
        "and never flip.",
        changes="A second layer, or gates that reach below nought.",
        tool=_PARITY,
        tables=("shipped",),
        prepare=rows.min_gru_parity,
        measure=solved_by(Side("minGRU", "min_gru")),
        says=BELOW,
    )
)
CLAIMS.register("attention_copies")(
    Claim(
        "Attention copies, a state cannot",
        "Repeating a list word for word is easy with attention and hard for a network that must hold it in one state.",
        "Jelassi et al. (2024); Graves et al. (2014)",
        "Structure",
        why="Ten symbols, a wait, and then all ten again. Attention looks each of them up; a state must have written "
        "them into its numbers without mixing them.",
        changes="A larger state or a larger budget of updates.",
        tool=("comparison", (("task", "copying"),), "Copying memory"),
        tables=("shipped",),
        prepare=rows.copying_runs,
        measure=Beside(Quantity("error", "Wrong answers (%)", "{:.3g} %"), TRANSFORMER, LSTM),
        says=BELOW,
    )
)
CLAIMS.register("second_layer")(
    Claim(
        "A second layer helps",
        "Two recurrent layers are better than one, even at the same number of parameters.",
        "Graves et al. (2013); many courses (two to four layers are enough)",
        "Structure",
        why="One layer of the LSTM against two narrower ones. More than two layers are not measured yet.",
        changes="Harder tasks and larger networks: on these one layer is often enough.",
        tool=_MEANS,
        tables=("shipped",),
        prepare=rows.runs,
        measure=Beside(ERROR, Side("LSTM, two layers", "lstm_stacked"), Side("LSTM, one layer", "lstm")),
        says=BELOW,
    )
)
CLAIMS.register("tanh_not_relu")(
    Claim(
        "tanh rather than ReLU",
        "A plain RNN should use tanh and not ReLU, with which it explodes.",
        "Goodfellow, Bengio and Courville (2016); against it Le et al. (2015)",
        "Structure",
        why="The network with ReLU measured here is the IRNN, whose recurrent matrix starts as the identity; with "
        "another start ReLU was not measured, so start and function cannot be told apart.",
        changes="ReLU with the usual start, and tanh with the identity.",
        tool=_MEANS,
        tables=("shipped",),
        prepare=rows.runs,
        measure=Beside(ERROR, Side("tanh (plain RNN)", "rnn"), Side("ReLU (IRNN)", "irnn")),
        says=BELOW,
    )
)
