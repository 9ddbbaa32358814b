"""What shipped networks keep of a text that they write, against the sizes of their tensors."""

from __future__ import annotations

import pandas as pd
import pytest

from engine.experiments.costs.state_size import text_state_sentence, text_states
from engine.models.folder import list_models

NAMES = {"shakespeare-transformer", "shakespeare-lstm", "shakespeare-rnn"}


@pytest.mark.skipif(
    not {info.name for info in list_models() if not info.error} >= NAMES, reason="the networks are not here"
)
def test_a_transformer_keeps_its_window_and_an_lstm_two_vectors_per_layer() -> None:
    states = text_states()
    kept = states.set_index("model")["bytes"]
    config = next(info.config for info in list_models() if info.name == "shakespeare-lstm")
    # Four blocks, keys and values, a window of 256 tokens of 176 numbers of 4 bytes; and how many tokens are kept.
    assert kept["shakespeare-transformer"] == 4 * 2 * 256 * 176 * 4 + 4
    assert kept["shakespeare-lstm"] == config["num_layers"] * 2 * config["hidden_size"] * 4
    assert states["bytes"].is_monotonic_decreasing


def test_the_sentence_names_both_ends() -> None:
    states = pd.DataFrame({"model": ["wide", "middle", "narrow"], "architecture": "rnn", "bytes": [2**21, 2048, 512]})
    assert text_state_sentence(states) == (
        "Of each text that is being written, wide keeps 2 MiB in this server's memory and narrow 512 bytes."
    )
    assert text_state_sentence(states[:1]) == ""
