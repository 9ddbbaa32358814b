"""A run in this process: it can be left and gone on with as if nothing had been, and says why it ended."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path

import pytest

from engine import runs
from engine.command_line import main
from engine.errors import ConfigError, InputError, TrainingError
from engine.models.folder import load_model
from engine.recipes.own import changed, default_recipe
from engine.runs.job import race, train
from engine.training import Trainer
from engine.training.language_modelling import LanguageModellingObjective
from tests.engine.runs.tiny_runs import finish, losses


def leave_after(folder: Path, step: int, **asked: bool | float) -> None:
    """Train a run, ask something of it at an update, and go on for as long as it does."""
    for event in train(str(folder)):
        if event.get("step") == step:
            runs.ask(folder, **asked)


def test_a_finished_run_says_all_in_its_folder(make):
    folder = make("one")
    assert runs.read(folder).state == "created"
    told = finish(folder)
    run = runs.read(folder)
    assert (run.state, run.step, run.max_steps, run.seconds_left) == ("finished", 12, 12, 0.0)
    assert run.sentence.startswith("All 12 updates are made. The network kept is that of update 12")
    assert run.data["title"] == "Ferries"
    assert (run.data["rows"], len(run.data["fingerprint"])) == ({"train": 36, "validation": 3}, 64)
    assert json.loads((folder / "environment.json").read_text())["torch"]
    curves = runs.metrics(folder)
    assert curves.steps["step"].tolist() == list(range(1, 13))
    assert curves.evaluations["step"].tolist() == [4, 8, 12]
    assert (curves.steps["clipped_gradient_norm"] <= 1.0 + 1e-6).all()
    assert ((curves.steps["gradient_norm"] > 1.0) == (curves.steps["clipped_share"] == 1.0)).all()
    assert (curves.steps["tokens_per_second"] > 0).all()
    assert curves.evaluations["perplexity"].iloc[-1] == pytest.approx(
        math.exp(curves.evaluations["validation_loss"].iloc[-1]), rel=1e-4
    )
    assert run.best["validation_loss"] == curves.evaluations["validation_loss"].min()
    kept = runs.samples(folder)
    assert [each["step"] for each in kept] == [4, 8, 12]
    assert all(len(sample["answered"]) == 160 for each in kept for sample in each["samples"])
    assert [event["progress"] for event in told] == sorted(event["progress"] for event in told)
    loaded = load_model(run.model_folder)
    assert loaded.info.task == "language_model"
    assert loaded.info.config["training"]["steps"] == 12
    assert str(folder) not in (run.model_folder / "README.md").read_text()


@pytest.mark.parametrize("asked", [{"pause": True}, {"stop": True}])
@pytest.mark.parametrize("step", [5, 8])
def test_a_run_that_was_left_ends_as_one_that_was_not(make, asked, step):
    finish(make("whole"))
    folder = make("left")
    leave_after(folder, step, **asked)
    run = runs.read(folder)
    assert (run.state, run.step) == ("paused" if "pause" in asked else "stopped", step)
    assert run.has_model
    assert run.can_resume
    finish(folder)
    assert losses(folder) == losses(folder.with_name("whole"))
    assert runs.samples(folder) == runs.samples(folder.with_name("whole"))
    assert runs.read(folder).best == runs.read(folder.with_name("whole")).best


def test_a_run_whose_process_died_is_found_interrupted_and_ends_as_one_that_did_not(make):
    finish(make("whole"))
    folder = make("killed")
    steps = train(str(folder))
    for event in itertools.takewhile(lambda event: event.get("step") != 7, steps):
        assert event
    assert runs.read(folder).state == "running"
    kept = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    checkpoint = {path.name: path.read_bytes() for path in (folder / "checkpoint").iterdir()}
    steps.close()
    for name, content in kept.items():
        (folder / name).write_bytes(content)
    for name, content in checkpoint.items():
        (folder / "checkpoint" / name).write_bytes(content)
    (folder / "metrics.jsonl").write_bytes(kept["metrics.jsonl"] + b'{"kind": "step", "st')
    run = runs.read(folder)
    assert run.state == "interrupted"
    assert run.sentence.startswith("The process that trained it ended without a word after update")
    finish(folder)
    assert losses(folder) == losses(folder.with_name("whole"))


def test_nobody_else_trains_a_run_that_goes_on(make, monkeypatch):
    monkeypatch.setattr("engine.runs.processes.WAIT_SECONDS", 0.1)
    folder = make("one")
    steps = train(str(folder))
    next(steps), next(steps)
    with pytest.raises(Exception, match="goes on already, in another process"):
        finish(folder)
    with pytest.raises(InputError, match="stop it before you delete it"):
        runs.delete(folder)
    steps.close()


def test_the_learning_rate_can_be_changed_and_the_recipe_repeats_that(make, tmp_path):
    finish(make("whole"))
    folder = make("changed")
    leave_after(folder, 6, learning_rate=0.05)
    curves = runs.metrics(folder)
    before = runs.metrics(folder.with_name("whole"))
    assert curves.steps["training_loss"][:6].tolist() == before.steps["training_loss"][:6].tolist()
    assert curves.steps["learning_rate"].iloc[6] == pytest.approx(before.steps["learning_rate"].iloc[6] * 0.05 / 0.008)
    again = tmp_path / "runs" / "again"
    runs.create(again, runs.read(folder).recipe | {"corpus": str(tmp_path / "data" / "text")})
    finish(again)
    assert losses(again) == losses(folder)
    with pytest.raises(ConfigError, match="at or below 10"):
        runs.ask(folder, learning_rate=math.nan)


def test_the_recipe_file_repeats_a_run_from_the_command_line(make, tmp_path, monkeypatch):
    folder = make("one")
    finish(folder)
    monkeypatch.chdir(tmp_path)
    assert main(["train", "--recipe", str(folder / "recipe.json"), "--output", "out/again"]) == 0
    again = load_model(tmp_path / "out" / "again").info.config["training"]["evaluations"]
    assert [row["loss"] for row in again] == [round(loss, 5) for loss in losses(folder)[1]]


def test_a_finished_run_can_be_continued_and_the_recipe_repeats_that_too(make, tmp_path):
    folder = make("one")
    finish(folder)
    run = runs.go_further(folder, more_steps=8)
    assert (run.state, run.max_steps, run.can_resume) == ("stopped", 20, True)
    finish(folder)
    assert runs.read(folder).step == 20
    rates = runs.metrics(folder).steps["learning_rate"]
    assert rates[14] > 10 * rates[11], "the schedule begins anew"
    again = tmp_path / "runs" / "again"
    runs.create(again, runs.read(folder).recipe | {"corpus": str(tmp_path / "data" / "text")})
    finish(again)
    assert losses(again) == losses(folder)
    with pytest.raises(ConfigError, match="Updates must lie at or below 10000 here"):
        runs.go_further(folder, more_steps=10_000)


def test_a_loss_that_is_no_number_ends_the_run_and_the_last_good_state_stays(make, monkeypatch):
    folder = make("one")
    plain = LanguageModellingObjective.loss

    def lost(self, model, batch, carry):
        loss, state = plain(self, model, batch, carry)
        return (loss * math.nan if lost.calls == 10 else loss), state if (
            setattr(lost, "calls", lost.calls + 1) is None
        ) else state

    lost.calls = 1
    monkeypatch.setattr(LanguageModellingObjective, "loss", lost)
    finish(folder)
    run = runs.read(folder)
    assert (run.state, run.best_step) == ("diverged", 8)
    assert run.sentence == (
        "The run diverged after update 9: its loss is not a finite number. Go on from update 9 with a lower learning "
        "rate. The network kept is that of update 8, the best on validation data."
    )
    assert load_model(run.model_folder)
    monkeypatch.undo()
    runs.go_further(folder, learning_rate=1e-3)
    finish(folder)
    assert runs.read(folder).state == "finished"


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="there is no device that is always full")
def test_a_full_disk_ends_the_run_with_a_sentence_and_what_was_kept_is_whole(make):
    finish(make("whole"))
    folder = make("full")
    leave_after(folder, 6, pause=True)
    (folder / "metrics.jsonl").unlink()
    (folder / "metrics.jsonl").symlink_to("/dev/full")
    with pytest.raises(TrainingError, match="disk is full"):
        finish(folder)
    run = runs.read(folder)
    assert run.state == "failed"
    assert run.sentence.startswith("The disk is full: nothing more could be written.")
    assert not (folder / "reserve").exists()
    assert load_model(run.model_folder)
    (folder / "metrics.jsonl").unlink()
    finish(folder)
    assert [part[-2:] for part in losses(folder)] == [part[-2:] for part in losses(folder.with_name("whole"))]


def test_memory_used_up_is_said(make, monkeypatch):
    def fail(self, resume):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9000000000 bytes.")

    monkeypatch.setattr(Trainer, "run", fail)
    folder = make("one")
    with pytest.raises(RuntimeError):
        finish(folder)
    assert runs.read(folder).sentence.startswith("There is not enough memory for this network and batch")


def test_the_time_limit_leaves_the_run_as_a_stop_does(make, monkeypatch):
    monkeypatch.setattr("engine.runs.job.limits", lambda: type("None", (), {"minutes": 0})())
    folder = make("one")
    finish(folder)
    run = runs.read(folder)
    assert (run.state, run.step) == ("stopped", 1)
    assert "time limit of 0 minutes" in run.sentence


def test_early_stopping_says_so(make):
    folder = make("one", patience=1, learning_rate=0.0, max_steps=40)
    finish(folder)
    run = runs.read(folder)
    assert (run.state, run.step) == ("finished", 8)
    assert run.sentence.startswith("Stopped early: 1 measurements in a row were no better.")


def test_racing_runs_learn_as_they_would_alone(make):
    alone = [make("one", seed=1), make("two", seed=2)]
    for folder in alone:
        finish(folder)
    racing = [make("third", seed=1), make("fourth", seed=2)]
    events = list(race([str(folder) for folder in racing]))
    assert [losses(folder) for folder in racing] == [losses(folder) for folder in alone]
    assert {event["run"] for event in events if "run" in event} == {"third", "fourth"}


def test_own_labels_are_answered_by_their_names(labelled_data, tmp_path):
    small = {"training.max_steps": 160, "training.evaluate_every": 40, "model.hidden_size": 8}
    recipe = changed(default_recipe("classification", "gru", str(labelled_data)), small)
    folder = runs.create(tmp_path / "runs" / "one", recipe).folder
    finish(folder)
    run = runs.read(folder)
    assert run.best["accuracy"] == 1.0
    assert {sample["wanted"] for sample in runs.samples(folder)[-1]["samples"]} == {"calm", "loud", "warm"}
    assert load_model(run.model_folder).info.config["labels"] == ["calm", "loud", "warm"]
