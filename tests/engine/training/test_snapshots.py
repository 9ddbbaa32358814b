"""Snapshots: closest together at the beginning, harmless to the run, the same after a stop, and the stages they
leave."""

from __future__ import annotations

import dataclasses
import json
import math
import shutil

import pytest
import safetensors.torch
import torch

from engine.errors import ModelError
from engine.models.folder import load_model
from engine.models.language_model import LanguageModelConfig
from engine.models.training_snapshots import list_stages, load_stage
from engine.recipes import RECIPES
from engine.recipes.language_model_recipe import LanguageModelRecipe
from engine.recipes.run import train_recipe
from engine.training import Checkpointed, Snapshotted, StepDone, Trainer, TrainingSettings
from engine.training.language_modelling import LanguageModellingObjective
from engine.training.trainer import snapshot_steps

TRAINING = TrainingSettings(max_steps=12, evaluate_every=5, checkpoint_every=3, log_every=1, snapshots=5, seed=3)
STEPS = [0, 1, 2, 5, 12]


@pytest.mark.parametrize("max_steps", [28, 40, 2000, 10**6])
def test_steps_begin_at_nothing_end_at_the_end_and_spread_evenly_in_their_logarithm(max_steps):
    steps = snapshot_steps(28, max_steps)
    assert (len(steps), steps[0], steps[-1]) == (28, 0, max_steps)
    assert steps == sorted(set(steps))
    assert all(step <= max_steps for step in steps)
    if max_steps == 10**6:
        late = [math.log(b / a) for a, b in zip(steps[12:], steps[13:], strict=False)]
        assert max(late) - min(late) < 0.01


def test_few_many_and_no_snapshots():
    assert snapshot_steps(0, 10) == []
    assert snapshot_steps(1, 10) == [0]
    assert snapshot_steps(2, 10) == [0, 10]
    assert snapshot_steps(3, 100) == [0, 1, 100]
    assert snapshot_steps(99, 4) == [0, 1, 2, 3, 4]
    assert snapshot_steps(5, 12) == STEPS


def build(seed: int = 0):
    from engine.models.language_model import LanguageModel

    torch.manual_seed(seed)
    ids = torch.randint(7, (150,), generator=torch.Generator().manual_seed(1)).tolist()
    return LanguageModel(7, 6, 8, 1, "lstm", dropout=0.3), LanguageModellingObjective(
        ids, ids[:30], batch_size=2, bptt_length=12
    )


@pytest.mark.parametrize("average_decay", [0.0, 0.9])
def test_a_snapshot_changes_nothing_and_its_losses_are_those_of_the_run(average_decay):
    settings = dataclasses.replace(TRAINING, average_decay=average_decay)
    quiet, objective = build()
    losses = [
        e.loss
        for e in Trainer(quiet, objective, dataclasses.replace(settings, snapshots=0)).run()
        if isinstance(e, StepDone)
    ]
    model, objective = build()
    seen = []
    for event in Trainer(model, objective, settings).run():
        if isinstance(event, Snapshotted):
            seen.append(event)
            with torch.no_grad():  # the model holds the weights that were measured
                assert objective.evaluate(model) == event.metrics
    for name, value in quiet.state_dict().items():
        assert torch.equal(model.state_dict()[name], value), name
    assert [event.step for event in seen] == STEPS
    assert seen[0].training_loss is None
    for event, before in zip(seen[1:], STEPS, strict=False):
        part = losses[before : event.step]
        assert event.training_loss == pytest.approx(sum(part) / len(part))


@pytest.fixture
def run(monkeypatch, mirror):
    """Return a function that trains a tiny recipe with snapshots."""
    recipe = LanguageModelRecipe(
        "tiny-run",
        "Tiny",
        "tiny_shakespeare",
        LanguageModelConfig(6, 8, 1, dropout=0.3),
        training=TRAINING,
        batch_size=2,
        bptt_length=16,
    )
    monkeypatch.setitem(RECIPES._entries, recipe.name, recipe)
    return lambda folder, **options: train_recipe("tiny-run", folder, **options)


def files(folder):
    return {file.name: file.read_bytes() for file in sorted((folder / "stages").iterdir())}


def test_stages_are_written_as_they_come_and_load_as_the_model_was(run, tmp_path):
    texts = {}
    for event in run(tmp_path / "made"):
        if isinstance(event, Snapshotted):
            assert [stage.step for stage in list_stages(tmp_path / "made")] == STEPS[: len(texts) + 1]
            texts[event.step] = event
    finished = load_model(tmp_path / "made")
    stages = list_stages(tmp_path / "made")
    assert [(s.step, s.validation_loss, s.training_loss, s.error) for s in stages] == [
        (e.step, e.metrics["loss"], e.training_loss, "") for e in texts.values()
    ]
    ids = torch.tensor([finished.tokenizer.encode("A dog, a log")])
    logits = [load_stage(finished, step).model(ids)[0] for step in STEPS]
    assert torch.equal(logits[-1], finished.model(ids)[0]), "the last stage is the finished model"
    assert not torch.equal(logits[0], logits[1])
    again = RECIPES.get("tiny-run").prepare(TRAINING).model.eval()
    assert torch.allclose(logits[0], again(ids)[0], atol=1e-2), "the first stage is the untrained model"


@pytest.mark.parametrize("stop_after", [3, 9])
def test_a_resumed_run_has_the_stages_of_one_that_never_stopped(run, tmp_path, stop_after):
    list(run(tmp_path / "whole"))
    for event in run(tmp_path / "cut"):
        if isinstance(event, Checkpointed) and event.step == stop_after:
            break
    assert [stage.step for stage in list_stages(tmp_path / "cut")] == [step for step in STEPS if step <= stop_after]
    list(run(tmp_path / "cut", resume=True))
    assert files(tmp_path / "cut") == files(tmp_path / "whole")


def test_a_run_stopped_between_checkpoints_writes_the_stages_since_again(run, tmp_path):
    list(run(tmp_path / "whole"))
    for event in run(tmp_path / "cut"):
        if isinstance(event, Snapshotted) and event.step == 5:
            break
    list(run(tmp_path / "cut", resume=True))
    assert files(tmp_path / "cut") == files(tmp_path / "whole")


def test_a_new_run_leaves_nothing_of_an_older_longer_one(run, tmp_path):
    list(run(tmp_path / "made", overrides={"max_steps": 40}))
    list(run(tmp_path / "made", overwrite=True))
    list(run(tmp_path / "fresh"))
    assert files(tmp_path / "made") == files(tmp_path / "fresh")


def test_a_model_without_snapshots_has_no_stages(run, tmp_path):
    list(run(tmp_path / "made", overrides={"snapshots": 0, "max_steps": 2}))
    with pytest.raises(ModelError, match="list of stages of 'made' .* is missing or damaged"):
        list_stages(tmp_path / "made")


# Damage


@pytest.fixture
def made(run, tmp_path):
    list(run(tmp_path / "made"))
    return tmp_path / "made"


def damage(folder, kind):
    file = folder / "stages" / "step-000002.safetensors"
    if kind == "missing":
        file.unlink()
    elif kind == "cut short":
        file.write_bytes(file.read_bytes()[:-9])
    elif kind == "empty":
        file.write_bytes(b"")
    elif kind == "of another model":
        safetensors.torch.save_file({"a": torch.ones(3)}, file)
    return file


@pytest.mark.parametrize("kind", ["missing", "cut short", "empty", "of another model"])
def test_a_damaged_stage_is_one_sentence_and_the_others_go_on(made, kind):
    damage(made, kind)
    finished = load_model(made)
    with pytest.raises(ModelError, match=r"^The (stage|weights of the stage) after 2 updates .*\.$"):
        load_stage(finished, 2)
    errors = {stage.step: stage.error for stage in list_stages(made)}
    if kind != "of another model":  # which shows only when it is loaded
        assert "after 2 updates" in errors.pop(2)
    for step in (0, 1, 5, 12):
        assert errors[step] == ""
        assert load_stage(finished, step).model is not None


@pytest.mark.parametrize("step", [3, -1, 99])
def test_a_stage_that_never_was_is_one_sentence(made, step):
    with pytest.raises(ModelError, match=f"There is no stage after {step} updates in 'made'"):
        load_stage(load_model(made), step)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "{}",
        "[3]",
        '[{"step": "../../x"}]',
        "[[]]",
        '[{"step": -1, "validation_loss": 1, "training_loss": null}]',
        '[{"step": true, "validation_loss": 1, "training_loss": null}]',
        '[{"step": 1, "validation_loss": NaN, "training_loss": null}]',
        '[{"step": "1/../2", "validation_loss": 1, "training_loss": null}]',
        "null",
        '[{"step": 1, "validation_loss": 1, "training_loss": null}, {"step": 1, "validation_loss": 2, '
        '"training_loss": null}]',
    ],
)
def test_a_damaged_list_of_stages_is_one_sentence(made, text):
    (made / "stages" / "stages.json").write_text(text)
    with pytest.raises(
        ModelError, match=r"^The list of stages of 'made' \(stages/stages.json\) is missing or damaged\.$"
    ):
        list_stages(made)


def test_stages_travel_with_a_copied_folder(made, tmp_path):
    shutil.copytree(made, tmp_path / "elsewhere")
    assert [stage.error for stage in list_stages(tmp_path / "elsewhere")] == [""] * 5
    assert len(json.loads((made / "stages" / "stages.json").read_text())) == 5
