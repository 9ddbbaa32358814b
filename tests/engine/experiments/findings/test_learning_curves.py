"""Learning curves: runs that have stopped keep their loss, two runs are compared at equal updates, thresholds have
their time."""

from __future__ import annotations

import math

import pytest

from engine.errors import ConfigError, DataError
from engine.experiments.findings.learning_curves import (
    RunName,
    compare_runs,
    median_curves,
    read_run,
    run_names,
    seed_curves,
)
from tests.engine.experiments.measured_rows import run, table

WHERE = ("parameters", "delayed_recall", 10)


@pytest.fixture(scope="module")
def frame():
    """Return three LSTM runs, of which two stop early, and a GRU run; every curve is a straight line from a loss of
    2."""
    return table(
        run("lstm", 0, 0.0, 1.0, 40),
        run("lstm", 1, 1.0, 0.5),
        run("lstm", 2, 0.5, 1.0, 60),
        run("gru", 7, 0.2, 0.9, pace=0.03),
    )


def test_medians_carry_runs_that_have_stopped(frame):
    rows = median_curves(frame, *WHERE)
    lstm = rows[rows["architecture"] == "lstm"]
    assert lstm["step"].tolist() == [20, 40, 60, 80, 100]
    assert lstm["sequences"].tolist() == [640, 1280, 1920, 2560, 3200]
    assert lstm["running"].tolist() == [3, 3, 2, 1, 1]
    assert lstm["loss_median"].tolist() == pytest.approx(
        [1.5, 1.0, 0.5, 0.5, 0.5]
    )  # of 1, 1.8, 1.5; 0, 1.6, 1; 0, 1.4, 0.5; ...
    assert lstm["loss_min"].tolist() == pytest.approx([1.0, 0, 0, 0, 0])
    assert lstm["loss_max"].tolist() == pytest.approx([1.8, 1.6, 1.4, 1.2, 1.0])
    assert lstm["seconds"].tolist() == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert rows["architecture"].unique().tolist() == ["lstm", "gru"]
    with pytest.raises(DataError, match="no curves for delayed_recall at length 11"):
        median_curves(frame, "parameters", "delayed_recall", 11)


def test_every_seed_is_there_with_its_own_times(frame):
    rows = seed_curves(frame, *WHERE)
    own = rows[rows["seed"] == 7]
    assert own["seconds"].tolist() == pytest.approx([0.6, 1.2, 1.8, 2.4, 3.0])
    assert len(rows) == 2 + 5 + 3 + 5


def test_two_runs_at_equal_updates_and_their_times_to_a_threshold(frame):
    pair = compare_runs(frame, *WHERE, "lstm-2", "gru-7", 75.0)
    assert pair.threshold == pytest.approx(1.5)
    assert pair.table["step"].tolist() == [20, 40, 60, 80, 100]
    assert pair.table["loss_one"].tolist() == pytest.approx([1.5, 1.0, 0.5, 0.5, 0.5])
    assert pair.table["loss_other"].tolist() == pytest.approx([1.64, 1.28, 0.92, 0.56, 0.2])
    assert pair.table["difference"].tolist() == pytest.approx([0.14, 0.28, 0.42, 0.06, -0.3])
    assert pair.thresholds == (pytest.approx((20, 0.2)), pytest.approx((40, 1.2)))
    assert pair.sentence == (
        "B (GRU, seed 7) has the lower loss at 1 of 5 measurements, A (LSTM, seed 2) at 4. A loss of 1.5: A gets "
        "there after 20 updates, "
        "0.2 s of processor time; B gets there after 40 updates, 1.2 s of processor time."
    )
    never = compare_runs(frame, *WHERE, "lstm-1", "lstm-0", 10.0)
    assert never.thresholds[0] == (math.inf, math.inf)
    assert "A never gets there; B gets there after 40 updates" in never.sentence


def test_runs_have_names_that_can_stand_in_an_address(frame):
    names = run_names(frame, *WHERE)
    assert [str(name) for name in names] == ["lstm-0", "lstm-1", "lstm-2", "gru-7"]
    assert [read_run(str(name)) for name in names] == list(names)
    assert RunName("lstm_chrono", 3).label == "LSTM, chrono, seed 3"
    for text in ("lstm", "lstm-x", "-3", ""):
        with pytest.raises(ConfigError, match="such as lstm-0"):
            read_run(text)
    with pytest.raises(DataError, match="no run rnn-0 .* choose one of: lstm-0"):
        compare_runs(frame, *WHERE, "rnn-0", "gru-7", 50.0)
