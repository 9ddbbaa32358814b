"""What a step costs: states counted by hand, a measurement told as rows, and sentences that follow from made-up
rows."""

from __future__ import annotations

import json

import pandas as pd
import pytest
import torch

from engine.cells import CELLS
from engine.errors import ConfigError
from engine.experiments.costs import live_costs
from engine.experiments.costs.cost_tables import (
    as_points,
    growth,
    growth_sentence,
    size_words,
    stored_costs,
    time_words,
)
from engine.experiments.costs.live_costs import measure_costs
from engine.experiments.costs.state_size import formulas, overtaken_after, state_curves, state_table
from engine.plotting.comparison.costs import cost_lines
from tests.plotly_figures import as_plotly


def finish(running):
    events = []
    while True:
        try:
            events.append(next(running))
        except StopIteration as end:
            return events, end.value


@pytest.mark.parametrize(("hidden_size", "tokens"), [(8, 1), (48, 20)])
def test_what_is_held_is_what_the_formula_says(hidden_size, tokens):
    table = state_table(hidden_size, tokens).set_index("architecture")
    assert (table["measured_bytes"] == table["formula_bytes"]).all()
    by_hand = {
        "rnn": hidden_size,
        "gru": hidden_size,
        "min_gru": hidden_size,
        "min_lstm": hidden_size,
        "lstm": 2 * hidden_size,
        "transformer": 2 * 2 * tokens * hidden_size,
    }
    assert table["floats"].to_dict().items() >= by_hand.items()
    assert set(table.index) == {*CELLS.names(), "transformer"}
    assert table.loc["transformer", "bytes_at_start"] == 0
    recurrent = table.drop(index="transformer")
    assert (recurrent["bytes_at_start"] == recurrent["measured_bytes"]).all()


def test_torch_s_own_lstm_holds_as_much():
    _, (hidden, cell) = torch.nn.LSTM(16, 32, batch_first=True)(torch.zeros(1, 9, 16))
    assert (
        4 * (hidden.numel() + cell.numel())
        == state_table(32, 9).set_index("architecture").loc["lstm", "measured_bytes"]
    )


def test_the_curve_meets_the_table_and_the_transformer_overtakes():
    curves = state_curves(16, 40, points=5)
    at_end = curves[curves["position"] == 40].set_index("architecture")["memory_bytes"]
    assert at_end.to_dict() == state_table(16, 40).set_index("architecture")["formula_bytes"].to_dict()
    after = overtaken_after(16, "lstm")
    held = {tokens: formulas()["transformer"].floats(16, tokens) for tokens in (after - 1, after)}
    assert held[after - 1] <= formulas()["lstm"].floats(16, 1) < held[after]


@pytest.mark.parametrize("when", live_costs.WHEN)
def test_measuring_here_tells_plain_rows_of_every_architecture(when, monkeypatch):
    monkeypatch.setattr(live_costs, "POSITIONS", 200)
    monkeypatch.setattr(live_costs, "LENGTHS", (3, 12))
    events, result = finish(measure_costs(when, 8, 60.0))
    json.dumps([events, result])
    points = as_points(pd.DataFrame(result["rows"]), when)
    positions = [100.0, 200.0] if when == "streaming" else [3.0, 12.0]
    assert result["is_complete"]
    found = {name: own["at"].tolist() for name, own in points.groupby("architecture")}
    assert found == dict.fromkeys(formulas(), positions)
    assert (points["seconds"] > 0).all()
    memory = growth(points, "memory_bytes").set_index("architecture")["ratio"]
    if when == "streaming":
        assert memory.to_dict() == dict.fromkeys(CELLS.names(), 1) | {"transformer": 2}
    else:
        assert (memory > 2).all()
    _, cut = finish(measure_costs(when, 8, 0.0))
    assert (cut["rows"], cut["is_complete"]) == ([], False)


def test_an_unknown_measurement_is_refused():
    with pytest.raises(ConfigError, match="training or streaming"):
        next(measure_costs("sleeping"))


def rows(**times):
    """Return timing rows: seconds per token by architecture, at positions 100, 200, 300; memory grows for the
    Transformer."""
    return pd.DataFrame(
        [
            {
                "kind": "timing",
                "mode": "streaming",
                "equal": "parameters",
                "architecture": name,
                "position": 100 * (position + 1),
                "seconds": value,
                "memory_bytes": 512.0 * (position + 1 if name == "transformer" else 1),
            }
            for name, values in times.items()
            for position, value in enumerate(values)
        ]
    )


def test_the_sentence_follows_the_rows():
    table = rows(lstm=(1e-4, 1e-4, 1.1e-4), transformer=(1e-4, 3e-4, 4e-4))
    points = stored_costs(table, "streaming", "parameters")
    assert points["architecture"].tolist() == ["lstm"] * 3 + ["transformer"] * 3
    sentence = growth_sentence(points, "streaming")
    assert "time per token grows with the position for Transformer from 100 µs to 400 µs" in sentence
    assert "time per token stays about the same for LSTM: 100 µs to 110 µs" in sentence
    assert "memory grows with the position for Transformer from 512 bytes to 1.5 KiB" in sentence
    swapped = table.assign(architecture=table["architecture"].map({"lstm": "transformer", "transformer": "lstm"}))
    assert "grows with the position for LSTM from 100 µs to 400 µs" in growth_sentence(
        as_points(swapped, "streaming"), "streaming"
    )
    assert stored_costs(table, "training", "parameters").empty
    assert stored_costs(table, "streaming", "parameters", ("gru",)).empty
    assert stored_costs(table, "streaming", "hidden_size").empty


def test_many_networks_are_counted_and_not_named():
    steady = {name: (1e-4, 1e-4, 1.1e-4) for name in ("rnn", "lstm", "gru", "min_gru")}
    said = growth_sentence(
        stored_costs(rows(transformer=(1e-4, 3e-4, 4e-4), **steady), "streaming", "parameters"), "streaming"
    )
    assert "time per token stays about the same for the other 4 networks: 100 µs to 110 µs" in said
    growing = {
        name: (1e-4, 2e-4, 2e-4 + position * 1e-4)
        for position, name in enumerate(("rnn", "lstm", "gru", "transformer"))
    }
    said = growth_sentence(stored_costs(rows(**growing), "streaming", "parameters"), "streaming")
    assert (
        "time per token grows with the position for all 4 networks, 2 to 5 times; most for Transformer, from 100 µs "
        "to 500 µs." in said
    )
    said = growth_sentence(
        stored_costs(rows(average=(1e-4, 1e-4, 1e-4), **growing), "streaming", "parameters"), "streaming"
    )
    assert "grows with the position for 4 of 5 networks, 2 to 5 times; most for Transformer" in said
    assert "stays about the same for Average: 100 µs to 100 µs" in said


def test_old_rows_without_a_mode_are_of_training():
    old = pd.DataFrame(
        {
            "kind": ["timing"],
            "equal": ["parameters"],
            "architecture": ["gru"],
            "length": [20],
            "seconds_per_step": [0.5],
        }
    )
    points = stored_costs(old, "training", "parameters")
    assert points[["at", "seconds"]].to_numpy().tolist() == [[20, 0.5]]
    assert growth_sentence(points, "training") == "The time per update stays about the same for GRU: 500 ms to 500 ms."


def test_numbers_as_people_say_them():
    assert [size_words(count) for count in (512, 2048, 409_600, 3 * 2**20)] == [
        "512 bytes",
        "2 KiB",
        "400 KiB",
        "3 MiB",
    ]
    assert [time_words(seconds) for seconds in (2.5, 0.0125, 31e-6)] == ["2.5 s", "12 ms", "31 µs"]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_lines_are_stored_rows_and_open_marks_those_of_now(mode):
    stored = stored_costs(rows(lstm=(1e-4, 2e-4, 3e-4)), "streaming", "parameters")
    now = stored.assign(seconds=5e-4)
    look = {"column": "seconds", "mode": mode, "x_title": "Position", "y_title": "Time"}
    figure = cost_lines(stored, now=now, is_log_y=True, **look)
    line, marks, key = as_plotly(figure).data
    assert list(line.y) == pytest.approx([0.1, 0.2, 0.3])  # milliseconds
    assert list(marks.y) == pytest.approx([0.5] * 3)
    assert (line.mode, marks.mode, marks.marker.symbol, key.name) == (
        "lines+markers",
        "markers",
        "circle-open",
        "measured here and now",
    )
    assert as_plotly(figure).layout.yaxis.type == "log"
    assert len(as_plotly(cost_lines(stored, **look)).data) == 1
