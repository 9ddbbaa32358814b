"""Place your bets: the form, a race that runs, stops, ends, and what became of the bet, with jobs put where a test
wants them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from engine.experiments.findings.verdicts import judge
from engine.experiments.live_race import tally as race_tally
from engine.experiments.live_race.words import verdict_words
from engine.experiments.runs import results
from engine.jobs import JobRunner
from pages.components.computing import cache
from tests.pages.charts import figure
from tests.pages.open import open_page, sentences, written

SOURCE = {"commit": "abc1234", "hardware": "a test", "torch": "0", "date": "2026-01-01"}


class RunnerDouble(JobRunner):
    """A runner whose jobs stand where a test puts them; no cluster is started."""

    def __init__(self) -> None:
        super().__init__()
        self.submitted: list[tuple[str, dict]] = []
        self.cancelled: list[str] = []

    def _connect(self) -> None:
        """Start nothing."""

    def _start_next(self) -> None:
        """Run nothing."""

    def submit(self, function_path: str, kwargs: dict | None = None, **options: float) -> str:
        """Note what was asked and queue it."""
        self.submitted.append((function_path, dict(kwargs or {})))
        return super().submit(function_path, kwargs, **options)

    def cancel(self, job_id: str) -> None:
        """Note who was stopped."""
        self.cancelled.append(job_id)
        super().cancel(job_id)

    def put(self, job_id: str, **facts: object) -> None:
        """Put a job into a state."""
        for name, value in facts.items():
            setattr(self._jobs[job_id], name, value)


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> RunnerDouble:
    """Return the runner the page finds; there are no shipped results, and the tally is a file of its own."""
    double = RunnerDouble()
    monkeypatch.setattr(cache, "job_runner", lambda: double)
    monkeypatch.setattr(results, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(race_tally, "FILE", tmp_path / "tally.sqlite")
    return double


def open_bets(**parameters: str):
    """Return the page with this section open."""
    at = open_page("comparison", section="live_race", **parameters)
    assert not at.exception
    return at


def measured(name: str, seed: int, step: int, accuracy: float, loss: float = 1.0) -> dict:
    """Return a race's event of one measurement."""
    who = {"kind": "evaluation", "architecture": name, "seed": seed, "step": step}
    return who | {
        "loss": loss,
        "accuracy": accuracy,
        "elapsed_seconds": 1.0,
        "progress": 0.5,
        "message": f"{name}, update {step}",
    }


def finished(bet: str = "gru") -> dict:
    """Return the result of a race that the GRU won with every seed."""
    summaries, curves = [], []
    for name in ("rnn", "gru"):
        for seed in range(3):
            is_solved, step = name == "gru", 60 + 20 * seed if name == "gru" else 240
            row = {
                "architecture": name,
                "seed": seed,
                "hidden_size": 9,
                "parameters": 990 + seed,
                "learning_rate": 0.01,
                "step": step,
            }
            summaries.append(
                row
                | {
                    "is_solved": is_solved,
                    "loss": 0.1 if is_solved else 1.9,
                    "accuracy": 0.9,
                    "reason": "",
                    "baseline": 2.0,
                }
            )
            curves += [
                measured(name, seed, 40, 0.5),
                measured(name, seed, step, 1.0 if is_solved else 0.25 + seed / 100),
            ]
    settings = {"task": "delayed_recall", "length": 30, "architectures": ("rnn", "gru"), "parameters": 1000}
    settings |= {"seconds": 20, "max_steps": 600, "seed": 0, "bet": bet}
    baseline = {"baseline": 2.0, "baseline_accuracy": 0.125}
    outcome = {"settings": settings, "updates": 240, "is_complete": True, "seconds": 12.0, "baseline": baseline}
    return outcome | {"summaries": summaries, "curves": curves} | SOURCE


def begin(runner: RunnerDouble, **settings: str) -> tuple:
    """Return the page and the id of the race after a click on Start."""
    at = open_bets(**settings)
    at.button(key="race-start").click().run()
    assert not at.exception
    (job_id,) = runner._jobs
    return at, job_id


def test_a_race_is_queued_with_the_settings_and_the_bet_and_stop_stops_it(runner: RunnerDouble) -> None:
    choices = {"race_first": "lstm", "race_second": "Transformer", "race_third": "", "race_bet": "lstm"}
    at, job_id = begin(
        runner,
        race_task="copying",
        race_length="7",
        race_max_steps="60",
        race_seed="3",
        race_parameters="3000",
        **choices,
    )
    asked = {"task": "copying", "length": 7, "architectures": ("lstm", "transformer"), "parameters": 3000}
    asked |= {"seconds": 45, "max_steps": 60, "seed": 3, "bet": "lstm"}
    assert runner.submitted == [("engine.experiments.live_race.race:race", asked)]
    assert at.query_params["race"] in (job_id, [job_id])
    assert at.button(key="race-start").disabled
    start = {
        "kind": "start",
        "updates": 40,
        "expected_seconds": 20.0,
        "baseline": 2.0,
        "baseline_accuracy": 0.125,
        "progress": 0.0,
        "message": "",
    }
    events = [start] + [measured("lstm", 3 + seed, 20, 0.1 * (1 + seed)) for seed in range(3)]
    runner.put(
        job_id, state="running", started=time.monotonic() - 10, progress=0.25, message="lstm, update 20", events=events
    )
    at = open_bets(race=job_id)
    assert "LSTM: median error 80 at update 20." in written(at)
    drawn = {line["name"]: line["y"] for line in figure(at, "race")["data"] if line.get("name")}
    assert drawn["LSTM"] == pytest.approx([80])
    assert drawn["Without memory"] == pytest.approx([87.5, 87.5])
    at.button(key="race-stop").click().run()
    assert runner.cancelled == [job_id]
    runner.put(job_id, state="cancelled")
    at = open_bets(race=job_id)
    assert any("Stopped after" in note.value for note in at.info)
    assert "median error 80" in written(at)
    assert not at.button(key="race-start").disabled


def test_a_finished_race_says_who_won_by_the_rule_and_joins_the_history_once(runner: RunnerDouble) -> None:
    _, job_id = begin(runner)
    result = finished(bet="rnn")
    runner.put(job_id, state="finished", result=result)
    at = open_bets(race=job_id)
    assert verdict_words(judge(result["summaries"])) in written(at)
    assert "GRU wins: solved after 80 updates (60 to 100)" in written(at)
    assert "You bet on RNN: you were wrong." in written(at)
    drawn = {line["name"]: line for line in figure(at, "race")["data"] if line.get("name")}
    assert drawn["GRU"]["y"] == pytest.approx([50, 50, 0, 0])  # a seed that has solved keeps what it reached
    assert drawn["RNN"]["y"] == pytest.approx([50, 74])
    at.run()
    (history,) = [frame.value for frame in at.dataframe if "outcome" in frame.value]
    assert history[["bet", "winner", "outcome"]].values.tolist() == [["rnn", "gru", "wrong"]]
    assert len(race_tally.tally("delayed_recall")) == 1
    assert "1 race; clear wins: GRU 1; 0 of 1 decided bet right" in written(at)
    assert any("repeat(240" in code.value and "length=30" in code.value for code in at.code)


def test_a_bad_address_is_named_and_the_defaults_used(runner: RunnerDouble) -> None:
    asked = {
        "race_length": "0",
        "race_task": "../x",
        "race_max_steps": "inf",
        "race_first": "abacus",
        "race_bet": "transformer",
        "race": "<b>nobody</b>",
    }
    at = open_bets(**asked)
    said = sentences(at)
    for words in ("between 1 and 5000", "Delayed recall", "a whole number", "LSTM, chrono", "No bet", "not known"):
        assert len([sentence for sentence in said if words in sentence]) == 1, words
    assert not at.button(key="race-start").disabled


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"race_length": "100000", "race_parameters": "40"}, ("between 1 and 5000", "Asked for were 40")),
        ({"race_second": "rnn"}, ("chosen twice: rnn",)),
        ({"race_task": "digits", "race_length": "20"}, ("not 20",)),
    ],
)
def test_what_cannot_be_raced_is_one_sentence_and_cannot_be_started(
    runner: RunnerDouble, settings: dict, words: tuple
) -> None:
    at = open_bets(**settings)
    assert [len([sentence for sentence in sentences(at) if word in sentence]) for word in words] == [1] * len(words)
    assert at.button(key="race-start").disabled


def test_a_full_queue_and_a_failed_race_are_one_sentence_each(runner: RunnerDouble) -> None:
    at, job_id = begin(runner)
    runner.put(job_id, state="failed", error="The process that ran this job died.")
    for _ in range(8):
        runner.submit("engine.experiments.live_race.race:race", {})
    at = open_bets(race=job_id)
    assert "The process that ran this job died." in sentences(at)
    at.button(key="race-start").click().run()
    assert len([sentence for sentence in sentences(at) if "places are taken" in sentence]) == 1
