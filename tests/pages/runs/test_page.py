"""The Runs page: the list, comparing, what becomes of a run, and that nobody sees another's."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import NumberInput

from engine import owners, runs
from engine.jobs import JobStatus
from engine.recipes.own import changed, default_recipe
from engine.runs.folder import write_status
from engine.runs.job import train
from pages.components.computing import cache
from tests.pages.open import alternative_texts, notes, open_page, sentences, written

ANNA, BRUNO = "anna" + 18 * "a", "bruno" + 17 * "b"
SMALL = {
    "model.hidden_size": 8,
    "training.max_steps": 6,
    "training.evaluate_every": 2,
    "training.checkpoint_every": 2,
    "training.log_every": 1,
    "training.precision": "float32",
    "batch_size": 2,
    "bptt_length": 8,
}


class Runner:
    """A runner that takes note of what is begun."""

    def __init__(self) -> None:
        self.jobs: list[tuple[str, dict]] = []

    def submit(self, function_path: str, kwargs: dict, **options: object) -> str:
        """Take a job."""
        self.jobs.append((function_path, kwargs))
        return "job"

    def status(self, job_id: str, since: int = 0) -> JobStatus:
        """Return that a job waits."""
        return JobStatus(job_id, "queued", 0.0, "", [], None, "", 1, 0.0)


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> Runner:
    noted = Runner()
    monkeypatch.setattr(cache, "job_runner", lambda: noted)
    monkeypatch.setattr(cache, "is_worker_ready", lambda: True)
    return noted


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two finished runs that differ in their rate."""
    root = tmp_path_factory.mktemp("trained")
    for title, rate in (("Slow", 0.001), ("Fast", 0.02)):
        recipe = changed(
            default_recipe("language_model", "lstm", "saltmarsh"), SMALL | {"training.learning_rate": rate}
        )
        folder = runs.create(root / f"{title.lower()}{'x' * (16 - len(title))}", recipe, title).folder
        for _ in train(str(folder)):
            pass
    return root


@pytest.fixture
def anna(trained: Path, runner: Runner) -> Path:
    """Anna's folder of runs, with copies of both."""
    root = owners.folder_of(ANNA) / "runs"
    shutil.copytree(trained, root)
    return root


def press(at: AppTest, label: str) -> AppTest:
    """Press the button with this label."""
    return next(each for each in at.button if each.label == label).click().run()


def box(at: AppTest, label: str) -> NumberInput:
    """Return the box for a number with this label."""
    return next(each for each in at.number_input if each.label == label)


def listed(at: AppTest) -> list[str]:
    """Return the titles in the list."""
    return next(each.value for each in at.dataframe if "architecture" in each.value)["title"].tolist()


def test_whoever_trained_nothing_is_led_to_training(runner: Runner) -> None:
    at = open_page("runs")
    assert not at.exception
    assert "You have trained nothing yet" in notes(at)[0]


def test_the_newest_run_is_looked_at_and_the_list_says_how_far_each_is(anna: Path) -> None:
    at = open_page("runs", secret=ANNA)
    assert not at.exception
    assert sentences(at) == []
    rows = next(each.value for each in at.dataframe if "architecture" in each.value)
    assert rows["title"].tolist() == ["Fast", "Slow"]
    assert rows["updates"].tolist() == ["6 of 6", "6 of 6"]
    best = [runs.read(anna / name).best["validation_loss"] for name in ("fast" + 12 * "x", "slow" + 12 * "x")]
    assert rows["validation loss"].tolist() == [round(loss, 4) for loss in best]
    assert alternative_texts(at)[0].startswith("Fast: the training loss went from")


def test_runs_are_searched(anna: Path) -> None:
    assert listed(open_page("runs", secret=ANNA, search="slow")) == ["Slow"]
    assert notes(open_page("runs", secret=ANNA, search="nothing like it")) == [
        "No run fits this: search for less, or choose All."
    ]
    assert notes(open_page("runs", secret=ANNA, state="Going on")) == [
        "No run fits this: search for less, or choose All."
    ]


def test_two_runs_are_compared_in_one_chart_and_by_what_differs(anna: Path) -> None:
    at = open_page("runs", secret=ANNA, run=["fast" + 12 * "x", "slow" + 12 * "x"])
    assert not at.exception
    assert "Fast: the training loss went" in alternative_texts(at)[0]
    assert "Slow: the training loss went" in alternative_texts(at)[0]
    table = next(each.value for each in at.dataframe if "setting" in each.value)
    assert table[table[""] == "≠"]["setting"].tolist() == ["Learning rate"]
    assert {"Hidden units", "Truncated BPTT length", "Learning rate changes"} <= set(table["setting"])
    assert not [name for name in table["setting"] if "_" in name or "." in name]
    assert "They differ in 1 setting." in written(at)
    assert table[["Fast", "Slow"]].iloc[0].tolist() == ["0.02", "0.001"]


def test_a_run_is_renamed_shared_deleted_and_brought_back(anna: Path) -> None:
    at = open_page("runs", secret=ANNA)
    name = "fast" + 12 * "x"
    at.text_input(key=f"runs-title-{name}").set_value("Quick").run()
    at = press(at, "Save")
    assert listed(at) == ["Quick", "Slow"]
    at.toggle(key=f"runs-share-{name}").set_value(True).run()
    assert owners.find(name, owners.folder_of(BRUNO)) == anna / name
    at = press(at, "Delete")
    assert listed(at) == ["Slow"]
    at = press(at, "Undo")
    assert listed(at) == ["Quick", "Slow"]


def test_a_finished_run_is_continued(anna: Path, runner: Runner) -> None:
    at = open_page("runs", secret=ANNA)
    assert [button.label for button in at.button if button.label in ("Go on", "Train on", "Close")] == ["Go on"]
    box(at, "More updates").set_value(3)
    at = press(at, "Go on")
    assert not at.exception
    folder = anna / ("fast" + 12 * "x")
    assert runs.read(folder).max_steps == 9
    given = {"folder": str(folder.resolve()), "job_id": runs.read(folder).job_id}
    assert runner.jobs == [("engine.runs.job:train", given)]


def test_what_is_typed_for_one_run_is_not_kept_for_another(anna: Path) -> None:
    at = open_page("runs", secret=ANNA, run="fast" + 12 * "x")
    box(at, "More updates").set_value(3).run()
    at = at.multiselect[0].set_value(["slow" + 12 * "x"]).run()
    assert at.get("progress")[0].proto.text.startswith("Slow")
    assert box(at, "More updates").value == 6
    assert box(at, "Learning rate from now on").value == 0.001


def test_a_run_that_diverged_is_offered_a_lower_rate_than_it_had_last(anna: Path) -> None:
    folder = anna / ("fast" + 12 * "x")
    assert box(open_page("runs", secret=ANNA), "Learning rate from now on").value == 0.02
    runs.go_further(folder, more_steps=2, learning_rate=0.03)
    write_status(folder, state="finished")
    assert box(open_page("runs", secret=ANNA), "Learning rate from now on").value == 0.03
    write_status(folder, state="diverged")
    assert box(open_page("runs", secret=ANNA), "Learning rate from now on").value == pytest.approx(0.01)


def test_interrupted_runs_are_offered_to_be_resumed(anna: Path, runner: Runner) -> None:
    folder = anna / ("slow" + 12 * "x")
    write_status(folder, state="running", step=4)
    at = open_page("runs", secret=ANNA)
    assert "One of your runs was interrupted" in notes(at)[0]
    press(at, "Resume")
    given = {"folder": str(folder.resolve()), "job_id": runs.read(folder).job_id}
    assert runner.jobs == [("engine.runs.job:train", given)]


def test_nobody_sees_anothers_run_unless_it_is_shared(anna: Path) -> None:
    name = "fast" + 12 * "x"
    at = open_page("runs", secret=BRUNO, run=name)
    assert not at.exception
    assert "Fast" not in written(at) + " ".join(alternative_texts(at))
    assert sentences(at)
    owners.share(anna / name)
    at = open_page("runs", secret=BRUNO, run=name)
    assert listed(at) == ["Fast"]
    assert "Somebody shared this with you" in written(at)
    labels = {each.label for each in at.button}
    assert not labels & {"Delete", "Save", "Go on"}
