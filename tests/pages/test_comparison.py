"""The comparison page: charts and words are those of the measured rows; a race can be watched and stopped."""

from __future__ import annotations

import time
from pathlib import Path

import pandas as pd
import pytest

from engine.experiments import results
from engine.jobs import JobRunner
from engine.tasks import TASKS
from pages.components import cache
from tests.pages.charts import figure
from tests.pages.open import alternative_texts, open_page, sentences, written

ARCHITECTURES = ("rnn", "lstm", "gru")
ACCURACY = {"rnn": 0.3, "lstm": 0.98, "gru": 1.0}


def made_up_rows() -> pd.DataFrame:
    """Return a table as `python -m engine compare` writes it: two tasks, two lengths, three seeds."""
    source = {
        "commit": "abc1234",
        "hardware": "a test",
        "cores": 2,
        "torch": "0",
        "date": "2026-01-01T00:00:00Z",
    }
    rows = []
    for name in ARCHITECTURES:
        for equal, hidden_size in (("hidden_size", 16), ("parameters", 20)):
            layer = {"rnn": 1, "lstm": 4, "gru": 3}[name] * hidden_size * 34
            sizes = {"parameters": layer + 100, "formula_parameters": layer + 100, "layer_parameters": layer}
            times = {"seconds_per_step": 0.01, "seconds_per_streamed_step": 0.0001, "batch_size": 32}
            for length in (10, 40):
                own = {"kind": "timing", "task": "", "architecture": name, "length": length, "equal": equal}
                rows.append(own | {"hidden_size": hidden_size} | sizes | times | source)
        for task in ("adding", "delayed_recall"):
            known = TASKS.get(task)(10)
            for length in (10, 40):
                for seed in range(3):
                    loss = known.baseline * (1 - ACCURACY[name]) + 0.01 * (1 + seed)
                    own = {
                        "task": task,
                        "architecture": name,
                        "length": length,
                        "seed": seed,
                        "hidden_size": 16,
                    }
                    last = {
                        "loss": loss,
                        "accuracy": ACCURACY[name] - 0.05 * seed,
                        "step": 100,
                        "parameters": 5000,
                    }
                    is_solved = name == "gru" and length == 10
                    summary = {
                        "kind": "summary",
                        "max_steps": 100,
                        "final_loss": loss,
                        "is_solved": is_solved,
                    }
                    summary |= {
                        "solved_step": 60.0 if is_solved else None,
                        "reason": "max_steps",
                        "batch_size": 32,
                    }
                    summary |= {"baseline": known.baseline, "baseline_accuracy": known.baseline_accuracy}
                    summary |= {"learning_rate": 0.01, "seconds_per_step": 0.01, "elapsed_seconds": 60.0}
                    rows.append(own | last | summary | source)
                    for step, share in ((50, 2.0), (100, 1.0)):
                        measured = {
                            "kind": "curve",
                            "step": step,
                            "loss": loss * share,
                            "elapsed_seconds": step / 10,
                        }
                        rows.append(own | {"accuracy": 0.5} | measured | source)
    return pd.DataFrame(rows)


@pytest.fixture(autouse=True)
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the path of the table the page finds instead of the shipped one."""
    monkeypatch.setattr(results, "RESULTS", tmp_path / "results")
    results.RESULTS.mkdir()
    made_up_rows().to_parquet(results.RESULTS / "synthetic.parquet")
    return results.RESULTS / "synthetic.parquet"


def test_opens_with_who_wins_computed_from_the_rows(table: Path) -> None:
    at = open_page("comparison")
    assert not at.exception
    assert [title.value for title in at.title] == ["Comparison"]
    frame = results.load_results("synthetic", table.parent)
    for finding in results.findings(frame):
        if finding.task in ("adding", ""):
            assert finding.sentence in written(at)
    drawn = {line.get("name"): line["y"] for line in figure(at, "error-by-length")["data"]}
    own = frame[(frame["kind"] == "summary") & (frame["task"] == "adding") & (frame["architecture"] == "rnn")]
    assert drawn["RNN"][0] == pytest.approx(
        100 * 6 * own["loss"].mean()
    )  # a guess at the sum has a loss of 1/6


def test_a_task_can_be_chosen_by_its_name_in_the_address() -> None:
    at = open_page("comparison", task="delayed_recall")
    assert "must name the first" in written(at)
    chart = figure(at, "error-by-length")
    assert chart["layout"]["shapes"][0]["y0"] == pytest.approx(87.5)
    drawn = {line.get("name"): line["y"] for line in chart["data"]}
    assert drawn["RNN"] == pytest.approx([75, 75])  # means of 30 %, 25 % and 20 % right
    assert drawn["GRU"] == pytest.approx([5, 5])


def test_curves_are_those_of_the_chosen_length(table: Path) -> None:
    at = open_page("comparison", task="adding", adding_length="10")
    curves = results.loss_curves(results.load_results("synthetic", table.parent), "adding", 10)
    own = curves[curves["architecture"] == "lstm"]
    drawn = figure(at, "loss-by-step")
    (line,) = [trace for trace in drawn["data"] if trace.get("name") == "LSTM"]
    assert line["y"] == pytest.approx(list(own["loss_mean"]))
    assert "mean squared error" in drawn["layout"]["yaxis"]["title"]["text"]
    assert drawn["layout"]["shapes"][0]["y0"] == pytest.approx(1 / 6)
    assert any("of length 10 " in text for text in alternative_texts(at))


def test_parameters_stand_one_to_three_to_four() -> None:
    bars = figure(open_page("comparison"), "parameters")["data"][0]
    rnn, lstm, gru = bars["y"]
    assert bars["x"] == ["RNN", "LSTM", "GRU"]
    assert (lstm / rnn, gru / rnn) == (4, 3)


def test_receipts_carry_commit_seeds_and_command() -> None:
    at = open_page("comparison")
    facts = "\n".join(text.value for text in at.text)
    assert "abc1234" in facts
    assert "0, 1, 2" in facts
    assert any("engine compare --recipe synthetic" in code.value for code in at.code)


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("task", "chess", "Adding problem, Delayed recall"),
        ("adding_length", "7", "10, 40"),
        ("race_length", "100000", "between 2 and 60"),
        ("race_max_steps", "inf", "a whole number"),
        ("race_seed", "-1", "between 0 and 9999"),
        ("race_task", "../x", "Delayed recall"),
    ],
)
def test_a_bad_address_is_named_and_the_default_used(name: str, value: str, allowed: str) -> None:
    at = open_page("comparison", **{name: value})
    assert not at.exception
    (sentence,) = [sentence for sentence in sentences(at) if f"{name} = " in sentence]
    assert allowed in sentence
    assert "error-by-length-chart" in str([chart.proto.id for chart in at.get("plotly_chart")])


@pytest.mark.parametrize(("damage", "words"), [("missing", "engine compare"), ("half", "synthetic.parquet")])
def test_without_usable_results_one_sentence_and_the_race_remain(
    table: Path, damage: str, words: str
) -> None:
    if damage == "missing":
        table.unlink()
    else:
        table.write_bytes(table.read_bytes()[:1000])
    at = open_page("comparison")
    assert not at.exception
    assert len([sentence for sentence in sentences(at) if words in sentence]) == 1
    assert at.button(key="race-start")


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
def runner(monkeypatch: pytest.MonkeyPatch) -> RunnerDouble:
    """Return the runner the page finds."""
    double = RunnerDouble()
    monkeypatch.setattr(cache, "job_runner", lambda: double)
    return double


def measured(name: str, step: int, accuracy: float) -> dict:
    """Return a race's event of one measurement."""
    return {
        "kind": "evaluation",
        "architecture": name,
        "step": step,
        "loss": 1.0,
        "accuracy": accuracy,
        "elapsed_seconds": 1.0,
        "progress": 0.5,
        "message": f"{name.upper()}, step {step}",
    }


def begin(runner: RunnerDouble, **settings: str) -> tuple:
    """Return the page and the id of the race after a click on Start."""
    at = open_page("comparison", **settings)
    at.button(key="race-start").click().run()
    assert not at.exception
    (job_id,) = runner._jobs
    return at, job_id


def test_a_race_is_queued_with_the_settings_and_its_id_is_in_the_address(runner: RunnerDouble) -> None:
    at, job_id = begin(runner, race_task="copying", race_length="7", race_max_steps="60", race_seed="3")
    asked = {"task": "copying", "length": 7, "max_steps": 60, "seed": 3}
    assert runner.submitted == [("engine.experiments.live:race", asked)]
    assert at.query_params["race"] in (job_id, [job_id])
    assert at.button(key="race-start").disabled
    assert at.button(key="race-stop")


def test_a_running_race_is_found_again_by_its_address(runner: RunnerDouble) -> None:
    _, job_id = begin(runner)
    events = [measured("rnn", 20, 0.25), measured("lstm", 20, 0.5)]
    runner.put(job_id, state="running", started=time.monotonic() - 10, progress=0.25, events=events)
    at = open_page("comparison", race=job_id)
    assert "75 % wrong at step 20" in written(at)
    drawn = {line["name"]: line["y"] for line in figure(at, "race")["data"]}
    assert (drawn["RNN"], drawn["LSTM"]) == ([75.0], [50.0])


def test_a_finished_race_shows_its_result_even_where_the_last_events_are_late(runner: RunnerDouble) -> None:
    _, job_id = begin(runner)
    source = {"commit": "abc1234", "hardware": "a test", "torch": "0", "date": "2026-01-01"}
    asked = {"task": "adding", "length": 30, "max_steps": 240, "seed": 5}
    summaries = [{"architecture": "gru", "is_solved": True, "step": 60} | source | asked]
    curves = [measured("gru", 40, 0.5), measured("gru", 60, 1.0)]
    runner.put(job_id, state="finished", result={"summaries": summaries, "curves": curves}, events=curves[:1])
    at = open_page("comparison", race=job_id)
    assert "GRU solved at step 60." in written(at)
    drawn = figure(at, "race")
    assert {line["name"]: line["y"] for line in drawn["data"]}["GRU"] == [
        600.0,
        600.0,
    ]  # a loss of 1, a guess's is 1/6
    assert drawn["layout"]["xaxis"]["range"][1] == pytest.approx(240 * 1.02)
    assert any("length=30" in code.value and "seed=5" in code.value for code in at.code)


def test_stop_cancels_the_race_and_keeps_what_was_measured(runner: RunnerDouble) -> None:
    at, job_id = begin(runner)
    at.button(key="race-stop").click().run()
    assert runner.cancelled == [job_id]
    runner.put(job_id, state="cancelled", events=[measured("gru", 40, 0.75)])
    at = open_page("comparison", race=job_id)
    assert any("Stopped after" in note.value for note in at.info)
    assert "25 % wrong at step 40" in written(at)
    assert not at.button(key="race-start").disabled


@pytest.mark.parametrize("place", ["nobody-knows-this", "../../etc/passwd", "<b>x</b>"])
def test_an_unknown_race_is_one_sentence(runner: RunnerDouble, place: str) -> None:
    at = open_page("comparison", race=place)
    assert not at.exception
    assert len([sentence for sentence in sentences(at) if "not known" in sentence]) == 1
    assert not at.button(key="race-start").disabled


def test_a_full_queue_is_one_sentence(runner: RunnerDouble) -> None:
    for _ in range(8):
        runner.submit("engine.experiments.live:race", {})
    at = open_page("comparison")
    at.button(key="race-start").click().run()
    assert len([sentence for sentence in sentences(at) if "places are taken" in sentence]) == 1


def test_a_failed_race_says_why(runner: RunnerDouble) -> None:
    _, job_id = begin(runner)
    runner.put(job_id, state="failed", error="The process that ran this job died.")
    assert "The process that ran this job died." in sentences(open_page("comparison", race=job_id))
