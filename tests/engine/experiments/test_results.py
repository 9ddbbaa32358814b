"""Results summed up: worked by hand on rows whose answers are known."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from engine.errors import DataError
from engine.experiments import results

SOURCE = {"schema": 2, "commit": "abc", "hardware": "a machine", "cores": 2, "torch": "2.13", "date": "2026-11-21T00:00:00Z"}


def summary(architecture, length, seed, loss, solved_step=math.nan, task="adding"):
    return {
        "kind": "summary", "task": task, "architecture": architecture, "length": length, "equal": "parameters", "seed": seed, "step": 100,
        "max_steps": 100, "loss": loss, "accuracy": 1 - loss, "is_solved": not math.isnan(solved_step),
        "solved_step": solved_step, "hidden_size": 8, "parameters": 100, "baseline": 0.5, "baseline_accuracy": 0.1,
        "seconds_per_step": 0.01, "elapsed_seconds": 2.0, "learning_rate": 0.003, **SOURCE,
    }  # fmt: skip


def point(architecture, seed, step, loss):
    where = {"kind": "curve", "task": "adding", "length": 10, "equal": "parameters"}
    return where | {"architecture": architecture, "seed": seed, "step": step, "loss": loss, "accuracy": 1 - loss} | SOURCE


def timing(architecture, equal, hidden_size, layer_parameters, seconds):
    return {
        "kind": "timing", "task": "", "architecture": architecture, "length": 10, "equal": equal, "batch_size": 4,
        "hidden_size": hidden_size, "parameters": layer_parameters + 5, "formula_parameters": layer_parameters + 5,
        "layer_parameters": layer_parameters, "seconds_per_step": seconds, "seconds_per_streamed_step": seconds / 10,
        **SOURCE,
    }  # fmt: skip


ROWS = [
    summary("lstm", 10, 0, 0.1, 40), summary("lstm", 10, 1, 0.3, 60), summary("rnn", 10, 0, 0.5), summary("rnn", 10, 1, 0.4),
    summary("lstm", 50, 0, 0.2, 90), summary("lstm", 50, 1, 0.4), summary("rnn", 50, 0, 0.45), summary("rnn", 50, 1, 0.47),
    point("lstm", 0, 20, 0.6), point("lstm", 0, 40, 0.1), point("lstm", 1, 20, 0.8), point("lstm", 1, 40, 0.5),
    point("lstm", 1, 60, 0.3), point("rnn", 0, 20, 0.7),
    timing("lstm", "hidden_size", 8, 400, 0.004), timing("rnn", "hidden_size", 8, 100, 0.001),
    timing("lstm", "parameters", 4, 105, 0.002), timing("rnn", "parameters", 8, 100, 0.001),
]  # fmt: skip


@pytest.fixture
def frame(tmp_path):
    pd.DataFrame(ROWS).to_parquet(tmp_path / "known.parquet")
    return results.load_results("known", tmp_path)


def test_mean_and_spread_over_seeds(frame):
    table = results.summarise(frame)
    assert list(zip(table["length"], table["architecture"], strict=True)) == [
        (10, "rnn"), (10, "lstm"), (50, "rnn"), (50, "lstm"),
    ]  # fmt: skip
    row = table[(table["architecture"] == "lstm") & (table["length"] == 10)].iloc[0]
    assert (row["runs"], row["solved_runs"], row["solved_step_median"]) == (2, 2, 50)
    assert (row["loss_mean"], row["loss_min"], row["loss_max"]) == pytest.approx((0.2, 0.1, 0.3))
    assert (row["loss_median"], row["accuracy_median"], row["learning_rate"]) == pytest.approx((0.2, 0.8, 0.003))
    assert row["loss_std"] == pytest.approx(0.1 * math.sqrt(2))
    assert (row["accuracy_mean"], row["accuracy_min"], row["accuracy_max"]) == pytest.approx((0.8, 0.7, 0.9))
    assert pd.isna(table.iloc[0]["solved_step_median"])


def test_curves_carry_the_value_of_runs_that_have_stopped(frame):
    curves = results.loss_curves(frame, "adding", 10)
    assert curves["architecture"].tolist() == ["rnn", "lstm", "lstm", "lstm"]
    lstm = curves[curves["architecture"] == "lstm"]
    assert lstm["step"].tolist() == [20, 40, 60]
    assert lstm["running"].tolist() == [2, 2, 1]
    assert lstm["loss_mean"].tolist() == pytest.approx([0.7, 0.3, 0.2])
    assert lstm["loss_min"].tolist() == pytest.approx([0.6, 0.1, 0.1])
    assert lstm["loss_max"].tolist() == pytest.approx([0.8, 0.5, 0.3])
    with pytest.raises(DataError, match="no curves for adding at length 11"):
        results.loss_curves(frame, "adding", 11)


def test_findings_follow_from_the_rows(frame):
    sentences = [finding.sentence for finding in results.findings(frame)]
    assert sentences == [
        "RNN: solved none of the lengths 10 and 50 with all 2 seeds.",
        "LSTM: solved length 10 with all 2 seeds, and not 50; 1 of 2 seeds did at 50.",
        "At the longest length, 50, the LSTM has the lowest mean loss (0.3, 60% of the memoryless one), and no seed of another "
        "comes near.",
        "At the same hidden size (8) the recurrent layers' parameters stand as RNN 1, LSTM 4.",
        "At about 100 parameters, one training update at length 10 takes: RNN 1 ms, LSTM 2 ms.",
    ]


def test_findings_change_with_the_rows(frame):
    overlapping = frame.copy()
    is_it = (overlapping["architecture"] == "rnn") & (overlapping["length"] == 50) & (overlapping["kind"] == "summary")
    overlapping.loc[is_it, "loss"] = 0.39
    assert any("no clear winner" in finding.sentence for finding in results.findings(overlapping))
    hopeless = frame.copy()
    hopeless.loc[(hopeless["length"] == 50) & (hopeless["kind"] == "summary"), "loss"] = 0.5
    assert any("none does better than a guess" in finding.sentence for finding in results.findings(hopeless))


def test_between_architectures_that_solve_a_task_the_steps_decide(frame):
    def at_longest(rnn_steps, lstm_steps):
        changed = frame[(frame["length"] == 50) & (frame["kind"] == "summary")].copy()
        for name, steps in (("rnn", rnn_steps), ("lstm", lstm_steps)):
            changed.loc[changed["architecture"] == name, "solved_step"] = pd.array(steps, dtype="Int64")
            changed.loc[changed["architecture"] == name, "is_solved"] = [step is not pd.NA for step in steps]
        rest = frame[frame["kind"] != "summary"]
        return [finding.sentence for finding in results.findings(pd.concat([changed, rest]))][2]

    assert at_longest([200, 300], [80, 90]) == (
        "At the longest length, 50, two solve the task with every seed, the LSTM first: LSTM after 85 steps (between 80 and 90), "
        "RNN after 250 steps (between 200 and 300)."
    )
    assert "no clear winner: LSTM after 85 steps" in at_longest([85, 300], [80, 90])
    assert at_longest([pd.NA, 300], [80, 80]) == (
        "At the longest length, 50, only the LSTM solves the task with every seed, after 80 steps."
    )


def test_timings_give_the_ratio_of_parameters_at_equal_hidden_size(frame):
    table = results.timings(frame)
    same_size = table[table["equal"] == "hidden_size"].set_index("architecture")
    assert same_size["ratio_to_rnn"].to_dict() == {"rnn": 1.0, "lstm": 4.0}


def test_what_is_in_a_table_and_where_it_came_from(frame):
    assert results.tasks(frame) == ["adding"]
    assert results.architectures(frame) == ["rnn", "lstm"]
    assert results.lengths(frame, "adding") == [10, 50]
    assert results.receipt(frame, "known") == {
        "commit": "abc", "hardware": "a machine", "cores": "2", "torch": "2.13", "date": "2026-11-21T00:00:00Z", "seeds": "0, 1",
        "runs": 8, "elapsed_seconds": 16.0, "command": "python -m engine compare --recipe known",
    }  # fmt: skip


def test_networks_of_equal_hidden_size_are_summed_up_apart(frame):
    other = frame[(frame["kind"] == "summary") & (frame["length"] == 10)].assign(equal="hidden_size", loss=0.01)
    both = pd.concat([frame, other], ignore_index=True)
    assert results.summarise(both)["loss_median"].tolist() == results.summarise(frame)["loss_median"].tolist()
    same_size = results.summarise(both, "hidden_size")
    assert same_size["architecture"].tolist() == ["rnn", "lstm"]
    assert same_size["loss_median"].tolist() == [0.01, 0.01]


def test_missing_damaged_foreign_and_older_tables_are_refused_in_words(frame, tmp_path):
    again = "python -m engine compare --recipe"
    with pytest.raises(DataError, match=rf"no results called 'other' \(there: known\).*{again} other"):
        results.load_results("other", tmp_path)
    pd.DataFrame({"bleu": [1.0]}).to_parquet(tmp_path / "foreign.parquet")
    with pytest.raises(DataError, match="lacks the columns schema, kind, task"):
        results.load_results("foreign", tmp_path)
    rows = pd.DataFrame(ROWS)
    rows.drop(columns=["loss", "equal"]).to_parquet(tmp_path / "gaps.parquet")
    with pytest.raises(DataError, match=rf"lacks the columns equal, loss; make it anew with: {again} gaps"):
        results.load_results("gaps", tmp_path)
    for number, table in ((1, rows.drop(columns="schema")), (3, rows.assign(schema=3))):
        table.to_parquet(tmp_path / "other.parquet")
        with pytest.raises(DataError, match=rf"has schema {number}, and this version reads schema 2; make it anew with: {again} other"):
            results.load_results("other", tmp_path)
    whole = (tmp_path / "known.parquet").read_bytes()
    for broken in (whole[:500], whole[:100] + bytes(600) + whole[700:]):  # cut off; and a good end after a bad beginning
        (tmp_path / "half.parquet").write_bytes(broken)
        with pytest.raises(DataError, match="cannot be read as Parquet"):
            results.load_results("half", tmp_path)
    assert "known" in results.list_results(tmp_path)
    assert not {"foreign", "gaps", "other"} & set(results.list_results(tmp_path))
