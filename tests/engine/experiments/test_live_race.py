"""The live race: three networks in turns, told as plain values, also from a worker process."""

from __future__ import annotations

import json

import pytest

from engine.errors import ConfigError
from engine.experiments.live import JOB, LiveSettings, race, race_frame
from engine.jobs import JobRunner

SHORT = {"task": "delayed_recall", "length": 2, "max_steps": 40, "seed": 1}


def watch(**settings):
    events, running = [], race(**settings)
    while True:
        try:
            events.append(next(running))
        except StopIteration as end:
            return events, end.value


def test_a_race_takes_turns_and_ends_with_every_networks_rows():
    events, result = watch(**SHORT)
    json.dumps([events, result])  # plain values only
    assert events[0]["kind"] == "start"
    evaluations = [event for event in events if event["kind"] == "evaluation"]
    assert [event["architecture"] for event in evaluations[:3]] == ["rnn", "lstm", "gru"]
    assert [event["step"] for event in evaluations[:6]] == [20, 20, 20, 40, 40, 40]
    progress = [event["progress"] for event in events]
    assert progress == sorted(progress)
    assert progress[-1] == 1
    assert {event["architecture"] for event in events if event["kind"] == "done"} == {"rnn", "lstm", "gru"}
    sizes = {row["architecture"]: row["parameters"] for row in result["summaries"]}
    assert max(sizes.values()) / min(sizes.values()) < 1.06
    frame = race_frame(events)
    assert frame["loss"].tolist() == [event["loss"] for event in evaluations]
    assert race_frame([]).empty


def test_the_same_seed_is_the_same_race():
    assert race_frame(watch(**SHORT)[0])["loss"].tolist() == race_frame(watch(**SHORT)[0])["loss"].tolist()


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [({"length": 500}, "between 2 and 60"), ({"task": "juggling"}, "one of"), ({"max_steps": 10**6}, "between 20 and 1000")],
)
def test_settings_out_of_bounds_are_refused_in_words(settings, sentence):
    with pytest.raises(ConfigError, match=sentence):
        next(race(**settings))


def test_the_race_runs_as_a_job():
    runner = JobRunner()
    try:
        status = runner.wait(runner.submit(JOB, SHORT), 150)
        assert (status.state, status.error) == ("finished", "")
        assert len(race_frame(status.events)) == 6
        assert [row["architecture"] for row in status.result["summaries"]] == ["rnn", "lstm", "gru"]
    finally:
        runner.close()


def test_defaults_are_within_bounds():
    from engine.config import validate

    validate(LiveSettings())
