"""Medians, ranges, rules, sizes and fronts of made-up runs whose numbers are worked out by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from engine.errors import DataError
from engine.experiments.costs.layer_sizes import layer_sizes, ratio_sentence
from engine.experiments.findings.aggregates import (
    aggregate_runs,
    contents,
    divergence_sentence,
    gain_of_gates,
    opening_task,
    standings,
    telling_length,
)
from engine.experiments.findings.protocol import protocol
from engine.experiments.findings.tradeoff import front_sentence, pareto_front, tradeoff
from engine.experiments.runs import results
from engine.experiments.runs.task_facts import known_tasks, task_facts
from engine.tasks import TASKS
from tests.engine.experiments.measured_rows import run, small_comparison, table, timing, trial


@pytest.fixture(scope="module")
def frame(tmp_path_factory) -> pd.DataFrame:
    """Return the small comparison as it is read from a file."""
    folder = tmp_path_factory.mktemp("results")
    small_comparison().to_parquet(folder / "small.parquet")
    return results.load_results("small", folder)


def test_what_a_table_holds(frame):
    held = contents(frame)
    assert held.equalities == ("parameters", "hidden_size")
    assert held.tasks == {name: ("adding", "delayed_recall") for name in held.equalities}
    assert held.architectures == ("rnn", "lstm", "gru")
    assert held.lengths[("hidden_size", "adding")] == (10, 40)


def test_medians_and_ranges_not_means():
    runs = [
        run("lstm", seed, loss, accuracy, solved)
        for seed, (loss, accuracy, solved) in enumerate([(0.1, 1.0, 40), (0.2, 0.9, None), (1.5, 0.2, 80)])
    ]
    rows = standings(aggregate_runs(table(*runs)), "parameters", "delayed_recall")
    (row,) = rows.to_dict("records")
    assert (row["loss_median"], row["loss_min"], row["loss_max"]) == (0.2, 0.1, 1.5)
    assert (row["error_median"], row["error_min"], row["error_max"]) == pytest.approx((10, 0, 80))
    assert (row["runs"], row["solved_runs"], row["updates_median"], row["updates_min"], row["updates_max"]) == (
        3,
        2,
        80,
        40,
        80,
    )
    assert row["baseline_error"] == pytest.approx(87.5)


def test_errors_are_counted_as_the_task_needs():
    def of(task):
        return standings(aggregate_runs(table(run("gru", 0, 0.5, 0.8, task=task))), "parameters", task).iloc[0]

    assert of("delayed_recall")["error_median"] == pytest.approx(20)  # per cent wrong
    assert (of("adding")["error_median"], of("adding")["baseline_error"]) == pytest.approx(
        (300, 100)
    )  # a guess has a loss of 1/6
    assert (of("characters")["error_median"], of("characters")["baseline_error"]) == pytest.approx(
        (0.5, 3.0)
    )  # the loss itself


def test_a_run_that_diverged_counts_as_worse_than_any_other():
    lost = [run("rnn", seed, float("nan"), 0.1) for seed in (0, 1)]
    runs = [
        *lost,
        run("rnn", 2, 1.5, 0.2),
        run("gru", 0, 0.1, 0.9),
        run("gru", 1, 0.2, 0.8),
        run("gru", 2, float("nan"), 0.1),
    ]
    rows = standings(aggregate_runs(table(*runs)), "parameters", "delayed_recall").set_index("architecture")
    assert rows["diverged_runs"].to_dict() == {"rnn": 2, "gru": 1}
    assert pd.isna(rows.loc["rnn", "error_median"])
    assert (rows.loc["rnn", "error_min"], rows.loc["rnn", "error_max"]) == pytest.approx((80, 80))
    assert (
        rows.loc["gru", "error_median"],
        rows.loc["gru", "error_min"],
        rows.loc["gru", "error_max"],
    ) == pytest.approx((20, 10, 20))
    assert divergence_sentence(rows.reset_index()) == (
        "Diverged before the first measurement: RNN with 2 of 3 seeds at length 10; GRU with 1 of 3 seeds at length "
        "10. Such a run counts as worse than any other."
    )
    front = tradeoff(table(*runs), "parameters", "delayed_recall", 10, "seconds in all").set_index("architecture")
    assert front["is_on_front"].to_dict() == {"rnn": False, "gru": True}
    assert (
        divergence_sentence(standings(aggregate_runs(table(run("gru", 0, 0.1, 0.9))), "parameters", "delayed_recall"))
        == ""
    )


def test_rows_come_by_length_and_in_the_order_of_legends(frame):
    rows = standings(aggregate_runs(frame), "parameters", "adding")
    assert list(zip(rows["length"], rows["architecture"], strict=True)) == [
        (n, name) for n in (10, 40) for name in ("rnn", "lstm", "gru")
    ]
    with pytest.raises(DataError, match="no runs of parity at equal parameters"):
        standings(aggregate_runs(frame), "parameters", "parity")


def test_the_telling_length_is_where_errors_lie_furthest_apart():
    rows = [
        run("rnn", 0, 1.0, 0.5, length=10),
        run("gru", 0, 0.1, 0.9, length=10),
        run("rnn", 0, 1.0, 0.8, length=40),
        run("gru", 0, 0.1, 0.9, length=40),
    ]
    assert telling_length(aggregate_runs(table(*rows)), "parameters", "delayed_recall") == 10


def test_the_page_opens_with_the_memory_task_on_which_gates_are_worth_most():
    def pair(task, rnn, lstm):
        return [run("rnn", 0, rnn, 1 - rnn, task=task), run("lstm", 0, lstm, 1 - lstm, task=task)]

    little, much = pair("delayed_recall", 0.8, 0.7), pair("adding", 0.16, 0.01)
    no_memory_task, against = pair("parity", 0.5, 0.0), pair("delayed_recall", 0.1, 0.9)
    assert opening_task(aggregate_runs(table(*little, *much, *no_memory_task)), "parameters") == "adding"
    assert opening_task(aggregate_runs(table(*against, *pair("adding", 0.1, 0.1))), "parameters") == "adding"
    assert gain_of_gates(aggregate_runs(table(*against)), "parameters", "delayed_recall") < 0
    assert opening_task(aggregate_runs(table(*no_memory_task)), "parameters") == "parity"


def test_the_shipped_comparison_opens_where_the_plain_rnn_guesses_and_the_lstm_solves():
    aggregates = aggregate_runs(results.load_results("shipped"))
    task = opening_task(aggregates, "parameters")
    assert task == "adding"
    assert gain_of_gates(aggregates, "parameters", task) > 0.9


def test_words_of_tasks_are_those_of_their_classes():
    assert set(known_tasks()) == set(TASKS.names()), (
        "add the new task to engine/experiments/runs/task_facts.py, so that the page needs no torch"
    )
    for name in known_tasks():
        task, facts = TASKS.get(name), task_facts(name)
        assert (facts.title, facts.length_words, facts.solved_text, facts.family) == (
            task.title,
            task.length_words,
            task.solved_text,
            task.family,
        )
        assert (facts.measure == "left") == (task.kind == "regression")
    assert task_facts("juggling").title == "Juggling"


def test_the_rules_are_read_off_the_rows(frame):
    rules = protocol(frame, "parameters")
    assert rules.learning_rates == (0.001, 0.003, 0.01)
    assert rules.is_tuned
    assert set(rules.trials[rules.trials["is_chosen"]]["learning_rate"]) == {0.003}
    assert rules.at_edges == (0, 0)
    assert not rules.is_tuned_at_each_length  # at length 10 only, on one task of two
    assert rules.runs == 36
    assert rules.budgets.set_index("task").loc["adding", ["lengths", "max_steps", "batch_size", "seeds"]].tolist() == [
        "10, 40",
        "100",
        "32",
        "3",
    ]
    assert rules.largest_difference_percent == pytest.approx(1.0)  # 4,950 to 5,050 around 5,000
    assert protocol(frame, "hidden_size").largest_difference_percent == pytest.approx(50 / 100.5)


def test_the_rules_say_where_the_grid_may_have_been_too_narrow_and_whether_each_length_had_its_trials():
    rows = [run(name, 0, 0.5, 0.9, length=length) for name in ("rnn", "gru") for length in (10, 40)]
    losses = {("rnn", 10): (0.1, 0.9), ("rnn", 40): (0.9, 0.1), ("gru", 10): (0.9, 0.1), ("gru", 40): (0.9, 0.2)}
    trials = [
        trial(name, rate, loss, length=length)
        for (name, length), own in losses.items()
        for rate, loss in zip((0.001, 0.01), own, strict=True)
    ]
    rules = protocol(table(*rows, *trials), "parameters")
    assert rules.at_edges == (1, 3)
    assert rules.is_tuned_at_each_length
    assert not protocol(table(*rows, *trials[:2], *trials[4:]), "parameters").is_tuned_at_each_length


def test_the_rules_say_how_the_gates_started_where_the_runs_say_it(frame):
    assert protocol(frame, "parameters").memory_biases == {}
    biases = {"adding": 4.0, "delayed_recall": 1.0}
    told = frame.assign(
        settings=[f'{{"memory_bias": {biases.get(task, 1.0)}, "max_grad_norm": 1.0}}' for task in frame["task"]]
    )
    rules = protocol(told, "parameters")
    assert rules.memory_biases == {1.0: ("delayed_recall",), 4.0: ("adding",)}
    assert rules.max_grad_norms == (1.0,)


def test_layers_stand_one_to_three_to_four(frame):
    sizes = layer_sizes(frame)
    assert sizes.set_index("architecture")["ratio_to_rnn"].to_dict() == {"rnn": 1, "lstm": 4, "gru": 3}
    assert sizes["counted"].tolist() == sizes["by_formula"].tolist() == [5_248, 20_992, 15_744]
    assert "agree for all" in ratio_sentence(sizes)
    assert "half each where there are two" in ratio_sentence(sizes), "why two layers have fewer than one"
    odd = timing("gru", 300, 1.0) | {"parameters": 401}
    assert "differ for GRU" in ratio_sentence(layer_sizes(table(timing("rnn", 100, 1.0), odd)))
    with pytest.raises(DataError, match="no sizes at equal hidden size"):
        layer_sizes(table(run("gru", 0, 0.1, 1.0)))


points = some.lists(some.tuples(some.integers(0, 6), some.integers(0, 6)), min_size=1, max_size=12)


@settings(max_examples=50)
@given(points)
def test_the_front_is_who_nobody_beats_in_both(found):
    def is_beaten(mine):
        return any(cost <= mine[0] and error <= mine[1] and (cost, error) != mine for cost, error in found)

    costs, errors = (pd.Series([point[position] for point in found], dtype=float) for position in (0, 1))
    assert pareto_front(costs, errors) == [not is_beaten(point) for point in found]


def test_costs_are_parameters_an_update_or_the_whole_training(frame):
    def median(cost):
        return (
            tradeoff(frame, "parameters", "delayed_recall", 10, cost).set_index("architecture")["cost_median"].to_dict()
        )

    assert median("parameters") == {"rnn": 5000, "lstm": 5050, "gru": 4950}
    assert median("seconds per update") == pytest.approx({"rnn": 0.01, "lstm": 0.02, "gru": 0.03})
    assert median("seconds in all") == pytest.approx({"rnn": 1.0, "lstm": 1.6, "gru": 1.2})  # 100, 80 and 40 updates
    rows = tradeoff(frame, "parameters", "delayed_recall", 10, "seconds in all")
    assert rows["is_on_front"].tolist() == [True, False, True]
    assert front_sentence(rows) == (
        "On the front, from the cheapest to the one with the fewest errors: RNN, GRU. For each of LSTM another costs "
        "no more and errs no more."
    )
    assert tradeoff(frame, "parameters", "delayed_recall", 10, "parameters", ("rnn",))["architecture"].tolist() == [
        "rnn"
    ]


def test_a_table_without_a_column_or_without_runs_is_refused_in_words(frame):
    with pytest.raises(DataError, match="lacks the columns solved_step, baseline;"):
        contents(frame.drop(columns=["solved_step", "baseline"]))
    with pytest.raises(DataError, match="holds no finished runs"):
        contents(frame[frame["kind"] == "timing"])
