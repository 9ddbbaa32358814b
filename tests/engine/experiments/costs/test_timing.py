"""What a step costs: every row that charts need, sizes that add up, and memory that is known by formula. No pace is
asserted."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
import torch

from engine.experiments.costs import timing
from engine.experiments.recipes import COMPARISONS
from engine.models.architectures import ARCHITECTURES
from engine.models.architectures.transformer import LAYERS, widths


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "TIMES_AS_LONG": 4,
            "STRETCHES": 2,
            "PASSES": 1,
            "SHORT": 10,
            "BLOCKS": 1,
            "UPDATES": 1,
        }.items():
            patch.setattr(timing, name, value)
        comparison = dataclasses.replace(
            COMPARISONS.get("quick"),
            parameters=20_000,
            batch_size=2,
            timing_lengths=(5, 10),
            timing_hidden_size=16,
            architectures=tuple(ARCHITECTURES.names()),
        )
        return pd.DataFrame(timing.timing_rows(comparison))


def test_there_is_a_row_for_every_length_and_for_every_stretch_of_whoever_streams(rows: pd.DataFrame) -> None:
    for name in ARCHITECTURES.names():
        for equal in ("parameters", "hidden_size"):
            own = rows[(rows["architecture"] == name) & (rows["equal"] == equal)]
            assert list(own[own["mode"] == "training"]["length"]) == [5, 10]
            assert list(own[own["mode"] == "streaming"]["position"]) == (
                [20, 40] if ARCHITECTURES.get(name).streams else []
            )
    assert (rows["seconds"] >= 0).all()
    assert rows["memory_bytes"].min() > 0
    assert rows[rows["mode"] == "training"]["seconds"].equals(rows[rows["mode"] == "training"]["seconds_per_step"])
    assert rows[["commit", "hardware", "cores", "torch", "date"]].notna().all(axis=None)


def test_sizes_are_matched_and_shown(rows: pd.DataFrame) -> None:
    assert (rows["parameters"] == rows["formula_parameters"]).all()
    assert (rows[rows["equal"] == "parameters"]["parameters"] / 20_000 - 1).abs().max() < 0.02
    assert set(rows[rows["equal"] == "hidden_size"]["hidden_size"]) == {16}
    layers = (
        rows[rows["equal"] == "hidden_size"]
        .drop_duplicates("architecture")
        .set_index("architecture")["layer_parameters"]
    )
    assert [layers[name] / layers["rnn"] for name in ("rnn", "gru", "lstm")] == [1, 3, 4]


def test_held_memory_is_that_of_the_formulas(rows: pd.DataFrame) -> None:
    streaming = rows[(rows["mode"] == "streaming") & (rows["equal"] == "hidden_size")].set_index(
        ["architecture", "position"]
    )
    held = streaming["memory_bytes"].to_dict()
    width = widths(16)[0]
    floats = {
        "rnn": 16,
        "irnn": 16,
        "gru": 16,
        "lstm": 32,
        "lstm_chrono": 32,
        "lstm_stacked": 32,
        "min_gru": 16,
        "average": 17,
    }
    for position in (20, 40):
        for name, count in floats.items():
            assert held[name, position] == 4 * count
        assert held["transformer", position] == 4 * 2 * LAYERS * width * position


def test_kept_memory_grows_with_the_length_by_what_a_step_adds(rows: pd.DataFrame) -> None:
    network = timing.build("average", 16, 10)
    short, long = (timing.kept_bytes(network, torch.randn(2, length, 16)) for length in (50, 100))
    # tanh's output, its mean, the layer's output and the output layer's input, B * T * H each, besides what has one row
    # in all
    assert (long - short) % (2 * 50 * 4) == 0
    assert 2 * 50 * 16 * 4 * 2 <= long - short <= 2 * 50 * 16 * 4 * 5
    training = rows[(rows["mode"] == "training") & (rows["equal"] == "parameters")].set_index(
        ["architecture", "length"]
    )["memory_bytes"]
    for name in ARCHITECTURES.names():
        assert 1.5 < training[name, 10] / training[name, 5] <= 2.01, name


def test_blocks_give_their_middle_one_and_threads_are_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter([0, 10, 100, 102, 200, 203, 300, 309, 400, 401])
    monkeypatch.setattr(timing.time, "thread_time", lambda: next(ticks))
    before, inside = torch.get_num_threads(), []
    assert timing.median_block(lambda: inside.append(torch.get_num_threads()), calls=2) == 1.5
    assert set(inside) == {1}
    assert len(inside) == 1 + 2 * timing.BLOCKS
    assert torch.get_num_threads() == before
