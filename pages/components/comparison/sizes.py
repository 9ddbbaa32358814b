"""Parameters by formula and by count, at the same hidden size: where the 1 : 3 : 4 comes from."""

from __future__ import annotations

import streamlit as st

from engine.experiments.costs.layer_sizes import layer_sizes, ratio_sentence
from engine.plotting.comparison.comparisons import parameter_bars
from pages.components.comparison.context import ComparisonContext
from pages.components.comparison.receipts import receipt
from pages.components.drawing import figures, notices


def show(context: ComparisonContext) -> None:
    """Draw the bars of all architectures that are switched on above."""
    table = context.ask(layer_sizes)
    sentence = ratio_sentence(table)
    shown = table[table["architecture"].isin(context.architectures)]
    if shown.empty:
        notices.note("None of the architectures switched on above was counted.")
        return
    notices.say(sentence)
    figures.show(
        parameter_bars(shown, mode=figures.mode()),
        name="parameters",
        alt=f"Parameters of one recurrent layer, counted and by the formula. {sentence}",
        table=lambda: table.round(4),
        receipt=receipt(context, layer_sizes),
    )
    st.caption(
        "Formula: G × H × (I + H + 2) with H hidden units, I inputs and two biases; G is 1 for an RNN, 3 for a GRU "
        "(two gates and the new content) and 4 for an LSTM (three gates and the new content). A minGRU's gates do "
        "not look at the hidden state: each of its layers has 2 × H × (I + 1). Two layers or two directions have the "
        "LSTM's formula twice, each with half of H."
    )
