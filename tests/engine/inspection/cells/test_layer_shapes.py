"""Shapes, places and counts against torch itself, the documentation's formulas written out, and the printed lines."""

from __future__ import annotations

import contextlib
import io

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from engine.errors import ConfigError
from engine.inspection.cells.layer_shapes import LayerSettings, count_by_formula, measure_layer, python_lines

SETTINGS = st.builds(
    LayerSettings,
    kind=st.sampled_from(["rnn", "lstm", "gru"]),
    input_size=st.integers(1, 5),
    hidden_size=st.integers(1, 5),
    num_layers=st.integers(1, 3),
    bidirectional=st.booleans(),
    batch_first=st.booleans(),
    batch_size=st.integers(1, 3),
    length=st.integers(1, 4),
)


@settings(max_examples=25, deadline=None)
@given(SETTINGS)
def test_shapes_are_those_torch_documents_and_every_place_holds(choice: LayerSettings) -> None:
    found = measure_layer(choice)
    layers, batch, time, hidden = choice.num_layers, choice.batch_size, choice.length, choice.hidden_size
    ways = 2 if choice.bidirectional else 1
    assert found.shapes["output"] == (
        (batch, time, ways * hidden) if choice.batch_first else (time, batch, ways * hidden)
    )
    assert found.shapes["h_n"] == (ways * layers, batch, hidden)  # never batch first
    assert found.shapes.get("c_n") == ((ways * layers, batch, hidden) if choice.kind == "lstm" else None)
    assert all(position.is_equal for position in found.positions if not position.is_trap)
    assert not any(position.is_equal for position in found.positions if position.is_trap)
    assert found.cell_difference < 1e-5
    assert found.formula == found.parameters
    assert sum(weight.count for weight in found.weights) == found.parameters[choice.kind]


@settings(max_examples=15, deadline=None)
@given(SETTINGS)
def test_printed_lines_print_what_was_measured(choice: LayerSettings) -> None:
    found, printed = measure_layer(choice), io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(python_lines(choice), {})  # noqa: S102 - lines made from checked numbers
    shapes, count, *equal = printed.getvalue().splitlines()
    wanted = [found.shapes[name] for name in ("output", "h_n", "c_n") if name in found.shapes]
    assert shapes == " ".join(map(str, wanted))
    assert int(count) == found.parameters[choice.kind]
    assert equal == ["True"] * (2 if choice.bidirectional else 1)


def test_counts_are_one_to_three_to_four() -> None:
    counts = measure_layer(LayerSettings(input_size=10, hidden_size=7, num_layers=1, bidirectional=False)).parameters
    assert counts["rnn"] == 7 * 10 + 7 * 7 + 7 + 7
    assert counts["gru"] == 3 * counts["rnn"]
    assert counts["lstm"] == 4 * counts["rnn"]
    two_ways = LayerSettings(input_size=10, hidden_size=7, num_layers=2, bidirectional=True)
    assert count_by_formula("gru", two_ways) == sum(
        weight.numel() for weight in nn.GRU(10, 7, 2, bidirectional=True).parameters()
    )


def test_measuring_leaves_the_random_numbers_alone() -> None:
    torch.manual_seed(3)
    wanted = torch.rand(2)
    torch.manual_seed(3)
    measure_layer(LayerSettings())
    assert torch.equal(torch.rand(2), wanted)


@pytest.mark.parametrize("wrong", [{"hidden_size": 0}, {"hidden_size": 10_000}, {"kind": "perceptron"}, {"length": 21}])
def test_settings_out_of_bounds_are_refused(wrong: dict) -> None:
    with pytest.raises(ConfigError, match=str(next(iter(wrong.values())))):
        measure_layer(LayerSettings(**wrong))
