"""Shapes and counts on the page: what torch itself returns and counts, and a sentence for sizes that are not
allowed."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from engine.cells import CELLS
from tests.pages import charts
from tests.pages.open import open_page, sentences, written


def test_shapes_places_and_counts_are_torchs_own() -> None:
    at = open_page(
        "cells", tool="shapes", shapes_kind="gru", shapes_num_layers="3", shapes_batch_first="false", shapes_length="6"
    )
    assert not at.exception
    assert sentences(at) == []
    torch.manual_seed(0)
    layer = nn.GRU(3, 4, 3, bidirectional=True)
    output, h_n = layer(torch.randn(6, 2, 3))
    shown = at.dataframe[0].value.set_index("tensor")["shape"].to_dict()
    assert shown == {"input": "(6, 2, 3)", "output": str(tuple(output.shape)), "h_n": str(tuple(h_n.shape))}
    positions = at.dataframe[1].value.set_index(["left", "right"])["equal"].to_dict()
    assert torch.equal(output[0, :, 4:], h_n[-1])
    assert positions["output[0, :, 4:]", "h_n[-1]"] == "yes"
    assert positions["output[-1, :, 4:]", "h_n[-1]"] == "no"
    assert sum(answer == "yes" for answer in positions.values()) == len(positions) - 1
    counted = {bar["y"][0]: bar["x"][0] for bar in charts.figure(at, "shapes-counts")["data"]}
    own = sum(weight.numel() for weight in layer.parameters())
    assert counted.items() >= {"RNN": own // 3, "GRU": own, "LSTM": own // 3 * 4}.items()
    assert list(counted) == sorted(counted, key=counted.get)
    assert set(counted) == {cell.title for _, cell in CELLS.items()}
    assert f"counted in the layer: {own:,}, the same" in written(at)
    assert any("layer = nn.GRU(input_size=3, hidden_size=4, num_layers=3" in code.value for code in at.code)


@pytest.mark.parametrize("size", ["0", "10000", "-3", "many", "inf"])
def test_a_hidden_size_that_is_not_allowed_gets_a_sentence_and_the_page_stays(size: str) -> None:
    at = open_page("cells", tool="shapes", shapes_hidden_size=size)
    assert not at.exception
    (sentence,) = sentences(at)
    assert "hidden_size" in sentence
    assert at.number_input(key="shapes_hidden_size").value == 4
