"""The live race: networks in turns, told as plain values, within its time, and the same runs as those of the shipped
results."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from engine.errors import ConfigError
from engine.experiments.live_race import race as live_race
from engine.experiments.live_race.race import RacePace, plan_updates, race, race_frame, repeat
from engine.experiments.live_race.settings import JOB, LiveSettings, check
from engine.experiments.runs.run import RunRows, run_condition
from engine.jobs import JobRunner
from engine.tasks import TASKS

SHORT = {
    "task": "delayed_recall",
    "length": 2,
    "max_steps": 40,
    "seed": 1,
    "architectures": ["gru", "rnn"],
    "parameters": 1000,
    "seconds": 60,
}
STEADY = RacePace(update_seconds=0.001, evaluation_seconds=0.001)


def watch(**settings):
    events, running = [], race(**settings)
    while True:
        try:
            events.append(next(running))
        except StopIteration as end:
            return events, end.value


@pytest.fixture(scope="module")
def raced():
    """Return the events and the result of one race on a machine whose pace is always the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live_race, "measure_pace", lambda *_: STEADY)
        return watch(**SHORT)


def test_a_race_takes_turns_and_ends_with_every_run_s_rows(raced):
    events, result = raced
    json.dumps([events, result])  # plain values only
    assert [event["kind"] for event in events[:4]] == ["waking", "pace", "pace", "start"]
    evaluations = [event for event in events if event["kind"] == "evaluation"]
    assert [(event["architecture"], event["seed"]) for event in evaluations[:7]] == [
        ("gru", 1),
        ("rnn", 1),
        ("gru", 2),
        ("rnn", 2),
        ("gru", 3),
        ("rnn", 3),
        ("gru", 1),
    ]
    assert [event["step"] for event in evaluations[:7]] == [2, 2, 2, 2, 2, 2, 4]
    progress = [event["progress"] for event in events]
    assert progress == sorted(progress)
    assert progress[-1] == 1
    assert len(result["summaries"]) == 6
    assert (result["updates"], result["is_complete"]) == (40, True)
    sizes = {row["architecture"]: row["parameters"] for row in result["summaries"]}
    assert max(sizes.values()) / min(sizes.values()) < 1.1
    assert race_frame([]).empty


def test_a_race_s_runs_are_those_of_the_shipped_results(raced):
    _, result = raced
    chosen = LiveSettings(**SHORT | {"architectures": tuple(SHORT["architectures"])})
    task = TASKS.get("delayed_recall")(2)
    spec = live_race.specs_of(chosen, task, result["updates"])[3]  # second seed, second runner
    (alone,) = [event for event in run_condition(spec) if isinstance(event, RunRows)]
    raced_rows = [
        row for row in result["curves"] if (row["architecture"], row["seed"]) == (spec.architecture, spec.seed)
    ]
    assert [(row["step"], row["loss"]) for row in raced_rows] == [(row["step"], row["loss"]) for row in alone.curve]
    again = repeat(
        result["updates"], **{name: SHORT[name] for name in ("task", "length", "architectures", "parameters", "seed")}
    )
    order = ["architecture", "seed", "step"]
    told = pd.DataFrame(result["curves"]).sort_values(order)
    assert again.sort_values(order)["loss"].tolist() == told["loss"].tolist()


def test_as_many_updates_as_fit():
    chosen = LiveSettings(seconds=10, max_steps=5000)
    slow = {name: RacePace(0.01, 0.005) for name in chosen.architectures}
    updates = plan_updates(chosen, slow, 10)
    assert 9 * (updates * 0.01 + 20 * 0.005) <= 10  # three networks, three seeds
    assert 9 * (updates * 0.01 + 20 * 0.005) > 8
    assert plan_updates(LiveSettings(max_steps=30), slow, 45) == 30
    with pytest.raises(ConfigError, match=r"only 0 fit into 10 s .* shorter length"):
        plan_updates(chosen, {name: RacePace(1.0, 0.1) for name in chosen.architectures}, 10)
    busy = {name: RacePace(1.0, 0.1, processor_share=0.01) for name in chosen.architectures}
    assert plan_updates(chosen, busy, 10) == 20  # a free core would have time for more


def test_when_the_time_is_up_all_have_made_the_same_updates(monkeypatch):
    """The clock is the test's: it moves one second whenever a network is about to take its turn."""
    ticks = iter(range(10_000))
    monkeypatch.setattr(live_race.time, "monotonic", lambda: float(next(ticks)))
    monkeypatch.setattr(live_race, "measure_pace", lambda *_: RacePace(1e-6, 1e-6))
    _, result = watch(**SHORT | {"seconds": 20})
    assert not result["is_complete"]
    assert len({row["step"] for row in result["summaries"]}) == 1
    assert {row["reason"] for row in result["summaries"]} == {"time"}
    assert 0 < result["summaries"][0]["step"] < 40
    assert max(row["step"] for row in result["curves"]) == result["summaries"][0]["step"]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"length": 0}, "between 1 and 5000"),
        ({"length": 100_000}, "between 1 and 5000"),
        ({"task": "juggling"}, "one of"),
        ({"max_steps": 10**6}, "between 20 and 5000"),
        ({"parameters": 40}, "Asked for were 40"),
        ({"architectures": ("rnn",)}, "needs 2 to 4"),
        ({"architectures": ("rnn", "rnn")}, "chosen twice: rnn"),
        ({"architectures": ("rnn", "abacus")}, "one of"),
        ({"bet": "transformer"}, "does not run"),
        ({"speed": 1}, "no setting called speed"),
    ],
)
def test_settings_out_of_bounds_are_refused_in_words(settings, sentence):
    with pytest.raises(ConfigError, match=sentence):
        next(race(**settings))


def test_the_race_runs_as_a_job():
    runner = JobRunner()
    try:
        status = runner.wait(
            runner.submit(JOB, SHORT | {"bet": "rnn", "seconds": 5}), 290
        )  # a busy machine needs minutes to start a process
        assert (status.state, status.error) == ("finished", "")
        assert status.result["settings"]["bet"] == "rnn"
        assert len(status.result["summaries"]) == 6
    finally:
        runner.close()


def test_defaults_are_within_bounds():
    check(LiveSettings())
