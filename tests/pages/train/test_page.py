"""The Train page: what is chosen becomes a run of this visitor's, is watched, and is used elsewhere."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine import owners, runs
from engine.corpora import data_folder
from engine.corpora.labelled_texts import LABELLED_TEXTS
from engine.errors import EngineError
from engine.jobs import JobStatus
from engine.jobs.worker import find_function
from engine.limits import limits
from engine.runs.job import train
from pages.components.computing import cache
from tests.pages.open import notes, open_page, sentences, written

ANNA, BRUNO = "anna" + 18 * "a", "bruno" + 17 * "b"
SMALL = {"hidden_size": "8", "max_steps": "6", "evaluate_every": "2", "batch_size": "2", "bptt_length": "8"}


class IdleRunner:
    """A runner whose jobs wait until the test does them itself."""

    def __init__(self) -> None:
        self.jobs: list[tuple[str, dict]] = []
        self.cancelled: list[str] = []

    def submit(self, function_path: str, kwargs: dict, **options: object) -> str:
        """Take a job and return its number."""
        self.jobs.append((function_path, kwargs))
        return str(len(self.jobs) - 1)

    def status(self, job_id: str, since: int = 0) -> JobStatus:
        """Return that a job waits."""
        return JobStatus(job_id, "queued", 0.0, "", [], None, "", 1, 0.0)

    def give_up(self, job_id: str) -> None:
        """Let a job end by itself: it was asked to."""

    def cancel(self, job_id: str, *, grace_seconds: float = 0.0) -> None:
        """Note that a job was taken out of the queue."""
        self.cancelled.append(job_id)


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> IdleRunner:
    """Return the runner the pages find."""
    idle = IdleRunner()
    monkeypatch.setattr(cache, "job_runner", lambda: idle)
    return idle


def press(at: AppTest, label: str) -> AppTest:
    """Press the button with this label."""
    return next(each for each in at.button if each.label == label).click().run()


def bars(at: AppTest) -> str:
    """Return what the bars of the runs say."""
    return " ".join(bar.proto.text for bar in at.get("progress")).replace("\\", "")


def own_runs(secret: str) -> list[runs.Run]:
    """Return the runs of the visitor with this secret."""
    return runs.listed(owners.folder_of(secret) / "runs")


def train_now(run: runs.Run) -> runs.Run:
    """Train a run here, as the worker would, and return it as it stands then."""
    for _ in train(str(run.folder)):
        pass
    return runs.read(run.folder)


def test_first_visit_sees_four_settings_with_defaults_for_the_data() -> None:
    at = open_page("train")
    assert not at.exception
    assert [box.label for box in at.number_input][:4] == ["Hidden units", "Updates", "Learning rate", "Dropout"]
    assert all(box.help for box in at.number_input)
    assert "Saltmarsh stories, shipped with this project" in written(at)
    assert "Rows: 8,747 train, 632 validation, 605 test." in written(at), "as the Data page counts them"


@pytest.mark.parametrize(
    ("data", "architecture", "noun"),
    [
        ("saltmarsh", "transformer", "language models"),
        ("opinions", "gru", "classifiers"),
        ("phrasebook_en_fr", "rnn", "translators"),
        ("visits", "lstm", "taggers"),
    ],
)
def test_every_kind_of_data_has_its_task_and_settings(data: str, architecture: str, noun: str) -> None:
    at = open_page("train", data=data, architectures=architecture)
    assert not at.exception
    assert sentences(at) == []
    assert f"one of your {noun}" in written(at)


def test_what_was_chosen_is_what_is_trained(runner: IdleRunner) -> None:
    at = press(open_page("train", secret=ANNA, title="Mine", learning_rate="0.02", **SMALL), "Train")
    assert not at.exception
    (run,) = own_runs(ANNA)
    assert (run.title, run.state) == ("Mine", "queued")
    assert run.recipe["model"]["hidden_size"] == 8
    assert run.recipe["training"]["max_steps"] == 6
    assert run.recipe["training"]["learning_rate"] == 0.02
    given = {"folder": str(run.folder.resolve()), "job_id": run.job_id}
    assert runner.jobs[-1] == ("engine.runs.job:train", given)
    assert at.query_params["run"] in (run.id, [run.id])
    assert "number 1 in the queue" in bars(at)


def test_figures_on_the_page_are_those_in_the_folder(runner: IdleRunner) -> None:
    press(open_page("train", secret=ANNA, **SMALL), "Train")
    (queued,) = own_runs(ANNA)
    run = train_now(queued)
    assert run.state == "finished"
    at = open_page("train", secret=ANNA, run=run.id)
    assert not at.exception
    lines = [json.loads(line) for line in (run.folder / "metrics.jsonl").read_text().splitlines()]
    measured = [line for line in lines if line["kind"] == "evaluation"]
    table = next(each.value for each in at.dataframe if "validation_loss" in each.value)
    assert table["step"].tolist() == [line["step"] for line in measured] == [2, 4, 6]
    assert table["validation_loss"].tolist() == [line["validation_loss"] for line in measured]
    assert f"validation loss {min(line['validation_loss'] for line in measured):.3f}" in bars(at)
    said = json.loads((run.folder / "samples.jsonl").read_text().splitlines()[-1])["samples"]
    assert [text.value for text in at.text if text.value in [each["answered"] for each in said]]


def test_network_is_used_on_other_pages_while_it_still_learns(runner: IdleRunner) -> None:
    press(open_page("train", secret=ANNA, title="Mine", **SMALL), "Train")
    (run,) = own_runs(ANNA)
    training = train(str(run.folder))
    while not runs.read(run.folder).has_model:
        next(training)
    at = open_page("train", secret=ANNA, run=run.id)
    assert "training" in bars(at)
    links = [link.proto for link in at.get("page_link")]
    assert {link.label for link in links} >= {"Use it on Generation", "Use it on Cells", "Use it on Gradients"}
    training.close()
    assert "Mine (yours)" in written(open_page("generation", secret=ANNA, models=f"own-{run.id}"))


def test_stop_pause_and_another_rate_are_asked_of_the_run(runner: IdleRunner) -> None:
    press(open_page("train", secret=ANNA, **SMALL), "Train")
    (run,) = own_runs(ANNA)
    training = train(str(run.folder))
    next(training)
    next(training)
    at = press(open_page("train", secret=ANNA, run=run.id), "Pause")
    assert json.loads((run.folder / "control.json").read_text())["pause"] is True
    list(training)
    assert runs.read(run.folder).state == "paused"
    at = open_page("train", secret=ANNA, run=run.id)
    assert "paused" in bars(at)
    press(at, "Resume")
    assert runner.jobs[-1][0] == "engine.runs.job:train"
    assert train_now(run).state == "finished"


def test_run_that_waits_is_taken_out_of_the_queue(runner: IdleRunner) -> None:
    at = press(press(open_page("train", secret=ANNA, **SMALL), "Train"), "Stop")
    (run,) = own_runs(ANNA)
    assert run.state == "stopped"
    assert runner.cancelled
    assert "Taken out of the queue" in written(at)


def test_race_trains_each_on_the_same_data_and_updates(runner: IdleRunner) -> None:
    at = open_page("train", secret=ANNA, **SMALL)
    at.session_state["architectures"] = ["rnn", "gru"]
    at = press(at.run(), "Race of 2")
    assert not at.exception
    found = own_runs(ANNA)
    assert {run.architecture for run in found} == {"rnn", "gru"}
    assert len({run.recipe["corpus"] for run in found}) == len({run.max_steps for run in found}) == 1
    job, given = runner.jobs[-1]
    assert job == "engine.runs.job:race"
    assert set(given["folders"]) == {str(run.folder.resolve()) for run in found}
    assert set(at.query_params["run"]) == {run.id for run in found}


def test_nobody_else_watches_a_run_unless_it_is_shared(runner: IdleRunner) -> None:
    press(open_page("train", secret=ANNA, title="CANARY", **SMALL), "Train")
    (run,) = own_runs(ANNA)
    at = open_page("train", secret=BRUNO, run=run.id)
    assert "CANARY" not in bars(at) + written(at)
    assert any("does not share it" in said for said in sentences(at))
    owners.share(run.folder)
    at = open_page("train", secret=BRUNO, run=run.id)
    assert "CANARY" in bars(at)
    assert not [each for each in at.button if each.label in ("Stop", "Pause", "Resume")], "it is not his to stop"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("hidden_size", str(limits().hidden_size + 1)),
        ("max_steps", str(limits().steps + 1)),
        ("num_layers", "9"),
        ("learning_rate", "inf"),
        ("batch_size", "1000000"),
        ("dropout", "2"),
        ("data", "own-AAAAAAAAAAAAAAAA"),
        ("data", "../../etc"),
        ("architectures", "quantum"),
        ("run", "../../x"),
        ("no_such_setting", "1"),
    ],
)
def test_bad_value_in_the_address_is_said_and_trains_nothing(runner: IdleRunner, name: str, value: str) -> None:
    at = open_page("train", secret=ANNA, **{name: value})
    assert not at.exception
    if name == "batch_size":  # only together with the length of a window
        at = press(at, "Train")
    assert sentences(at), "nothing is said"
    assert all(run.recipe["model"]["hidden_size"] <= limits().hidden_size for run in own_runs(ANNA))
    assert not any(job.endswith(":train") for job, _ in runner.jobs)


def test_more_runs_than_may_go_on_at_once_are_refused(runner: IdleRunner) -> None:
    for _ in range(limits().jobs_per_visitor):
        press(open_page("train", secret=ANNA, **SMALL), "Train")
    at = press(open_page("train", secret=ANNA, **SMALL), "Train")
    assert any("at once" in said for said in sentences(at))
    assert len(own_runs(ANNA)) == limits().jobs_per_visitor


def test_limits_stand_on_the_page() -> None:
    table = next(each.value for each in open_page("train").dataframe if "at most" in each.value)
    assert dict(zip(table["limit"], table["at most"], strict=True))["Hidden units"] == limits().hidden_size


def test_folder_of_a_run_that_is_gone_is_said(runner: IdleRunner, tmp_path: Path) -> None:
    at = open_page("train", secret=ANNA, run="AAAAAAAAAAAAAAAA")
    assert any("not here" in said for said in sentences(at))
    assert [each for each in at.button if each.label == "Train"], "another can still be trained"
    assert notes(at) == []


def own_data(secret: str) -> str:
    """Keep a data set of three labels for the visitor with this secret; return its name."""
    folder = owners.new_place(owners.folder_of(secret), "data")
    rows = [("the tide is high", 0), ("a train is late", 1), ("it rains again", 2)] * 20
    columns = {"text": [text for text, _ in rows], "label": [label for _, label in rows]}
    data_folder.write(
        folder,
        dict.fromkeys(("train", "validation", "test"), columns),
        title="CANARY data",
        content=LABELLED_TEXTS,
        source={"kind": "paste"},
        labels=["sea", "rail", "weather"],
    )
    return f"own-{folder.name}"


def test_own_data_are_trained_on_and_the_network_says_their_labels(runner: IdleRunner, models: Path) -> None:
    name = own_data(ANNA)
    small = {"hidden_size": "8", "embedding_dim": "8", "max_steps": "6", "evaluate_every": "2"}
    at = open_page("train", secret=ANNA, data=name, **small)
    assert not at.exception
    assert at.selectbox[0].value == name
    assert "CANARY data (yours)" in at.selectbox[0].options
    press(at, "Train")
    (queued,) = own_runs(ANNA)
    run = train_now(queued)
    assert run.state == "finished", run.sentence
    assert str(owners.runs_folder()) not in run.model_folder.joinpath("README.md").read_text(), "a path in the card"
    shown = open_page("sentiment", secret=ANNA, network=f"own-{run.id}", text="the tide is high")
    assert not shown.exception
    assert set(shown.dataframe[0].value["label"]) == {"sea", "rail", "weather"}


def test_nobody_else_trains_on_own_data_unless_they_are_shared(runner: IdleRunner) -> None:
    name = own_data(ANNA)
    at = open_page("train", secret=BRUNO, data=name)
    assert "CANARY" not in str(at.selectbox[0].options) + written(at)
    owners.share(owners.find(name.removeprefix("own-"), owners.folder_of(ANNA)))
    assert "CANARY data (shared with you)" in open_page("train", secret=BRUNO, data=name).selectbox[0].options


def test_finished_run_goes_on_with_more_updates(runner: IdleRunner) -> None:
    press(open_page("train", secret=ANNA, **SMALL), "Train")
    run = train_now(own_runs(ANNA)[0])
    at = open_page("train", secret=ANNA, run=run.id)
    next(box for box in at.number_input if box.label == "More updates").set_value(4)
    press(at, "Go on")
    assert runs.read(run.folder).max_steps == 10
    again = train_now(run)
    assert (again.state, again.step) == ("finished", 10)


def test_it_may_start_from_a_shipped_network_of_its_kind(runner: IdleRunner) -> None:
    at = open_page("train", secret=ANNA, begin_with="small-lstm", max_steps="6")
    assert not at.exception
    assert at.selectbox(key="begin_with").value == "small-lstm"
    press(at, "Train")
    (run,) = own_runs(ANNA)
    assert run.recipe["start_from"] == "small-lstm"
    assert run.recipe["model"]["hidden_size"] == 12


def test_closed_run_is_no_longer_watched_and_a_deleted_one_is_no_fault(runner: IdleRunner) -> None:
    at = press(press(open_page("train", secret=ANNA, **SMALL), "Train"), "Stop")
    run = own_runs(ANNA)[0]
    runs.delete(run.folder)
    del at.query_params["run"]
    assert sentences(at.run()) == []
    runs.restore(run.folder)
    at = press(open_page("train", secret=ANNA, run=run.id), "Close")
    assert not at.exception
    assert bars(at) == ""
    assert not [each for each in at.query_params.get("run", []) if each]


class MeasuringRunner(IdleRunner):
    """A runner that does every job at once."""

    def status(self, job_id: str, since: int = 0) -> JobStatus:
        """Return what became of a job."""
        function_path, kwargs = self.jobs[int(job_id)]
        try:
            result, error = _do(find_function(function_path)(**kwargs)), ""
        except EngineError as problem:
            result, error = None, str(problem)
        return JobStatus(job_id, "failed" if error else "finished", 1.0, "", [], result, error, 0, 1.0)


def _do(steps: Generator) -> object:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def test_cost_is_said_before_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    measuring = MeasuringRunner()
    monkeypatch.setattr(cache, "job_runner", lambda: measuring)
    monkeypatch.setattr(cache, "is_worker_ready", lambda: True)
    at = open_page("train", secret=ANNA, **SMALL)
    assert not at.exception
    parameters = measuring.status("0").result["parameters"]
    assert f"{parameters:,} parameters; about" in written(at)
    assert len(measuring.jobs) == 1, "measured once"


@pytest.mark.parametrize(("name", "value"), [("data", "own-aaaaaaaaaaaaaaaa"), ("hidden_size", "-3")])
def test_what_the_address_cannot_have_is_said_once(name: str, value: str) -> None:
    at = open_page("train", **{name: value})
    assert not at.exception
    assert [sentence.split(",")[0] for sentence in sentences(at)] == [f"The address asked for {name} = {value}"]
