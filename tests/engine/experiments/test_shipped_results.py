"""What is shipped: a recipe that covers everything at equal size, and a table that is complete and true when a run is
repeated here."""

from __future__ import annotations

import dataclasses
import json

import pytest

from engine.config import from_dict
from engine.experiments import COMPARISONS, RunSpec, run_condition
from engine.experiments.base import LEARNING_RATES, TRIAL_SEED
from engine.experiments.costs.cost_tables import GROWS, growth, stored_costs
from engine.experiments.findings.literature import published
from engine.experiments.findings.rate_trials import all_trials
from engine.experiments.runs import results
from engine.experiments.sweeps.checks import Range
from engine.models.architectures import ARCHITECTURES
from engine.models.sequence_predictor import count_parameters
from engine.tasks import TASKS

KEY = ["task", "architecture", "length", "equal", "seed"]
needs_long_table = pytest.mark.skipif(
    "adding_600" not in results.list_results(), reason="data/results/adding_600.parquet is not there yet"
)
needs_table = pytest.mark.skipif(
    "shipped" not in results.list_results(), reason="data/results/shipped.parquet is not there yet"
)


@pytest.fixture(scope="module")
def specs():
    return COMPARISONS.get("shipped").specs()


@pytest.fixture(scope="module")
def frame():
    return results.load_results("shipped")


def test_the_recipe_holds_every_task_and_architecture_that_go_together_with_five_seeds_at_two_lengths(specs):
    held = {(spec.task, spec.architecture) for spec in specs}
    names = COMPARISONS.get("shipped").architectures
    together = {(task, name) for task, kind in TASKS.items() for name in names if kind.compatible(name)}
    assert held == together
    assert {name for _, name in held} == set(names) <= set(ARCHITECTURES.names())
    for pair in held:
        own = [spec for spec in specs if (spec.task, spec.architecture) == pair and spec.equal == "parameters"]
        assert len({spec.length for spec in own}) >= 2
        assert len({spec.seed for spec in own}) >= 5
        assert len(own) == len({(spec.length, spec.seed) for spec in own})


def test_networks_compared_are_equal_in_size_within_two_percent(specs):
    sizes: dict[tuple[str, int], set[int]] = {}
    for spec in specs:
        task = TASKS.get(spec.task)(spec.length)
        if spec.equal == "parameters":
            count = count_parameters(
                spec.architecture, task.input_size, task.vocab_size, task.output_size, spec.hidden_size
            )
            sizes.setdefault((spec.task, spec.length), set()).add(count)
        else:
            assert spec.hidden_size == COMPARISONS.get("shipped").hidden_size
    assert all(max(counts) / min(counts) < 1.02 for counts in sizes.values())


def test_every_learning_rate_is_chosen_from_the_same_grid_with_a_seed_of_its_own(specs):
    trials = COMPARISONS.get("shipped").trials()
    for tuned in {(spec.task, spec.architecture, spec.length) for spec in specs}:
        own = [spec for spec in trials if (spec.task, spec.architecture, spec.length) == tuned]
        assert tuple(spec.learning_rate for spec in own) == LEARNING_RATES
        assert {spec.seed for spec in own} == {TRIAL_SEED}
        assert len({dataclasses.replace(spec, learning_rate=1.0) for spec in own}) == 1
    assert TRIAL_SEED not in {spec.seed for spec in specs}


def test_the_long_adding_problem_is_an_lstm_of_128_units_and_batches_of_50():
    specs = COMPARISONS.get("adding_600").specs()
    chrono = [spec for spec in specs if spec.architecture == "lstm_chrono"]
    assert {(spec.length, spec.hidden_size, spec.batch_size) for spec in chrono} == {(600, 128, 50)}
    assert len({spec.max_steps for spec in specs}) == 1


@needs_table
def test_every_run_of_the_recipe_is_there_once_with_its_origin(frame, specs):
    summaries = frame[frame["kind"] == "summary"]
    there = list(zip(*(summaries[name] for name in KEY), strict=True))
    assert sorted(there) == sorted(tuple(getattr(spec, name) for name in KEY) for spec in specs)
    for column in ("commit", "hardware", "torch", "date", "parameters", "settings", "memory_bytes"):
        assert summaries[column].notna().all()
    assert not summaries["commit"].isin(["", "unknown"]).any()
    assert {"curve", "tuning", "timing"} <= set(frame["kind"])


@needs_table
def test_every_run_has_the_rate_that_its_trials_chose_as_the_page_marks_it(frame):
    trials = all_trials(frame)
    chosen = trials[trials["is_chosen"]].set_index(["task", "architecture", "length"])["learning_rate"].to_dict()
    runs = frame[frame["kind"] == "summary"]
    assert [chosen[run.task, run.architecture, run.length] for run in runs.itertuples()] == runs[
        "learning_rate"
    ].tolist()


@needs_table
def test_lstm_and_gru_solve_adding_at_200_where_the_rnn_stays_at_the_baseline(frame):
    rows = frame[
        (frame["kind"] == "summary")
        & (frame["equal"] == "parameters")
        & (frame["task"] == "adding")
        & (frame["length"] == 200)
    ]
    for name in ("lstm", "gru"):
        runs = rows[rows["architecture"] == name]
        assert (len(runs), runs["seed"].nunique()) == (5, 5)
        assert runs["is_solved"].all()
        assert runs["loss"].max() < 1e-3
    rnn = rows[rows["architecture"] == "rnn"]
    assert len(rnn) == 5
    assert not rnn["is_solved"].any()
    assert (rnn["loss"] > 0.8 * rnn["baseline"]).all()


@needs_table
@pytest.mark.parametrize("equal", ["parameters", "hidden_size"])
@pytest.mark.parametrize("column", ["seconds", "memory_bytes"])
def test_a_streamed_token_costs_more_later_for_the_transformer_only(frame, equal, column):
    ratios = growth(stored_costs(frame, "streaming", equal), column).set_index("architecture")["ratio"]
    assert set(ratios.index) == set(COMPARISONS.get("shipped").architectures) - {"lstm_bidirectional"}
    assert ratios["transformer"] >= GROWS
    assert (ratios.drop("transformer") < GROWS).all()


@needs_table
def test_parity_at_40_is_solved_by_the_gated_networks_and_by_no_transformer(frame):
    rows = frame[
        (frame["kind"] == "summary")
        & (frame["equal"] == "parameters")
        & (frame["task"] == "parity")
        & (frame["length"] == 40)
    ]
    solved = rows.groupby("architecture")["is_solved"].sum()
    assert (solved[["lstm", "gru"]] == 5).all()
    assert solved["transformer"] == 0


@needs_long_table
def test_the_lstm_with_chrono_biases_solves_adding_at_600_where_a_published_lstm_does_not():
    rows = results.load_results("adding_600")
    rows = (
        rows[rows["kind"] == "summary"]
        .assign(is_solved=lambda found: found["is_solved"].astype(bool))
        .set_index("architecture")
    )
    assert set(rows["length"]) == {600}
    chrono = rows.loc["lstm_chrono"]
    assert chrono["seed"].nunique() == 3
    assert chrono["is_solved"].all()
    assert chrono["loss"].max() < 1e-3
    for name in ("lstm", "rnn"):
        rest = rows.loc[[name]]
        assert not rest["is_solved"].any()
        assert (rest["loss"] > 0.8 * rest["baseline"]).all()
    figures = published()
    published_lstm = figures[
        figures["source"].str.startswith("Bai") & (figures["our_task"] == "adding") & (figures["label"] == "LSTM")
    ]
    assert published_lstm["length"].tolist() == [600]
    assert (chrono["loss"] < published_lstm["value"].item()).all()


@needs_table
@pytest.mark.parametrize("architecture", ["lstm", "min_gru"])
def test_a_run_repeated_here_gives_the_shipped_numbers_within_their_spread(frame, architecture):
    rows = frame[(frame["kind"] == "summary") & (frame["equal"] == "parameters")]
    rows = rows[(rows["task"] == "delayed_recall") & (rows["length"] == 20) & (rows["architecture"] == architecture)]
    spec = from_dict(RunSpec, json.loads(rows.iloc[0]["settings"]))
    solved = rows[rows["is_solved"].astype(bool)]["solved_step"]
    steps = (float(solved.min()), float(solved.max())) if len(solved) else None
    shipped = Range((float(rows["loss"].min()), float(rows["loss"].max())), steps, len(solved), len(rows))
    assert shipped.holds(list(run_condition(spec))[-1].summary, spec.evaluate_every)
