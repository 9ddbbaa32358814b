"""Resuming equals not having stopped: weights, best weights, counters, memory, random numbers and place in the data."""

from __future__ import annotations

import dataclasses
import functools
import json
import math
import resource
import shutil
from typing import NamedTuple

import pytest
import safetensors.torch
import torch

from engine.cells import CELLS
from engine.cells.lstm import LSTMState
from engine.errors import ConfigError, ModelError
from engine.models.architectures import ARCHITECTURES
from engine.models.language_model import LanguageModel
from engine.models.translator import Translator
from engine.training import (
    Checkpointed,
    Evaluated,
    Finished,
    StepDone,
    Trainer,
    TrainingSettings,
    checkpoints,
)
from engine.training.language_modelling import LanguageModellingObjective
from engine.training.translation import TranslationObjective

SETTINGS = TrainingSettings(max_steps=14, learning_rate=2e-2, evaluate_every=4, checkpoint_every=3, log_every=1, seed=5)


def read_text(cell="lstm", seed=0):
    torch.manual_seed(seed)
    ids = torch.randint(7, (150,), generator=torch.Generator().manual_seed(1)).tolist()
    return LanguageModel(7, 6, 8, 2, cell, dropout=0.3), LanguageModellingObjective(
        ids, ids[:30], batch_size=2, bptt_length=12
    )


def read_pairs(seed=0):
    torch.manual_seed(seed)
    pairs = [([3 + i % 5, 4, 3], [3 + (i + j) % 6 for j in range(1 + i % 4)]) for i in range(20)]
    marks = {"bos_id": 1, "eos_id": 2, "pad_id": 0}
    objective = TranslationObjective(
        pairs,
        pairs[:6],
        max_steps=14,
        batch_tokens=20,
        teacher_forcing_ratio=0.3,
        teacher_forcing_schedule="linear",
        extra_pairs=[([7], [8, i % 9]) for i in range(9)],
        extra_pairs_per_epoch=4,
        **marks,
    )
    return Translator(9, 6, 8, 1, 2, dropout=0.3), objective


BUILDERS = {name: functools.partial(read_text, name) for name in CELLS.names()} | {"translator": read_pairs}
STREAMING = [name for name, kind in ARCHITECTURES.items() if kind.streams]


def whole_run(build, folder, **changes):
    model, objective = build()
    events = list(Trainer(model, objective, dataclasses.replace(SETTINGS, **changes), folder).run())
    return model, events


def interrupted_run(build, folder, stop_after: int, **changes):
    """Run until a checkpoint, drop everything, and go on from the folder with other weights and other random
    numbers."""
    model, objective = build()
    settings = dataclasses.replace(SETTINGS, **changes)
    for event in Trainer(model, objective, settings, folder).run():
        if isinstance(event, Checkpointed) and event.step == stop_after:
            break
    torch.manual_seed(999)
    torch.rand(17)
    model, objective = build(seed=77)
    return model, list(Trainer(model, objective, settings, folder).run(resume=True))


def comparable(events):
    """Return what events say, without times."""
    return [tuple(v for k, v in sorted(vars(e).items()) if k not in {"elapsed_seconds", "path"}) for e in events]


@pytest.mark.parametrize("kind", BUILDERS)
@pytest.mark.parametrize("stop_after", [3, 9])
@pytest.mark.parametrize("average_decay", [0.0, 0.9])
def test_going_on_equals_never_having_stopped(tmp_path, kind, stop_after, average_decay):
    build = BUILDERS[kind]
    model, events = whole_run(build, tmp_path / "whole", average_decay=average_decay)
    again, rest = interrupted_run(build, tmp_path / "cut", stop_after, average_decay=average_decay)
    for name, value in model.state_dict().items():
        assert torch.equal(again.state_dict()[name], value), name
    after = [e for e in events if e.step > stop_after or isinstance(e, Finished)]
    assert comparable(rest) == comparable(after)
    assert [type(e) for e in rest] == [type(e) for e in after]
    assert rest[-1].best_metrics


def test_a_run_stopped_at_a_step_between_checkpoints_repeats_the_steps_since(tmp_path):
    model, events = whole_run(BUILDERS["lstm"], tmp_path / "whole")
    stopped, objective = BUILDERS["lstm"]()
    for event in Trainer(stopped, objective, SETTINGS, tmp_path / "cut").run():
        if isinstance(event, StepDone) and event.step == 8:
            break
    again, objective = BUILDERS["lstm"](seed=77)
    rest = list(Trainer(again, objective, SETTINGS, tmp_path / "cut").run(resume=True))
    assert rest[0].step == 7
    for name, value in model.state_dict().items():
        assert torch.equal(again.state_dict()[name], value), name
    assert rest[-1].best_step == events[-1].best_step


def test_patience_and_the_best_weights_survive_a_stop(tmp_path):
    """The best measurement lies before the stop, the end of the patience after it."""
    losses = {4: 1.0, 8: 2.0, 12: 3.0, 16: 4.0}

    def build(seed=0):
        model, objective = read_text(seed=seed)
        objective.evaluate = lambda m: {"loss": losses[measured.pop(0)]}
        return model, objective

    changes = {"max_steps": 99, "patience": 3}
    measured = [4, 8, 12, 16]
    model, events = whole_run(build, tmp_path / "whole", **changes)
    measured = [4, 8, 12, 16]
    again, rest = interrupted_run(build, tmp_path / "cut", 9, **changes)
    end = rest[-1]
    assert (end.step, end.reason, end.best_step, end.best_metrics) == (16, "early_stopping", 4, {"loss": 1.0})
    assert comparable(events[-1:]) == comparable(rest[-1:])
    for name, value in model.state_dict().items():
        assert torch.equal(again.state_dict()[name], value), name


def test_elapsed_time_goes_on_from_where_it_was(tmp_path):
    _, objective = read_text()
    whole_run(BUILDERS["gru"], tmp_path)
    file = tmp_path / "checkpoint" / "state.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"elapsed_seconds": 1000.0}))
    model, objective = BUILDERS["gru"]()
    first = next(iter(Trainer(model, objective, SETTINGS, tmp_path).run(resume=True)))
    assert first.elapsed_seconds > 1000


def test_without_a_checkpoint_a_resumed_run_starts_at_the_beginning(tmp_path):
    model, events = whole_run(BUILDERS["lstm"], tmp_path / "whole")
    again, objective = BUILDERS["lstm"]()
    rest = list(Trainer(again, objective, SETTINGS, tmp_path / "new").run(resume=True))
    assert comparable(rest) == comparable(events)


def test_a_run_that_is_not_resumed_starts_over_beside_an_old_checkpoint(tmp_path):
    _, events = whole_run(BUILDERS["lstm"], tmp_path)
    model, again = whole_run(BUILDERS["lstm"], tmp_path)
    assert comparable(again) == comparable(events)


def test_a_finished_run_resumed_has_nothing_left_but_the_best_weights(tmp_path):
    model, events = whole_run(BUILDERS["lstm"], tmp_path, checkpoint_every=14)
    again, objective = BUILDERS["lstm"](seed=77)
    rest = list(
        Trainer(again, objective, dataclasses.replace(SETTINGS, checkpoint_every=14), tmp_path).run(resume=True)
    )
    assert comparable(rest) == comparable(events[-1:])
    for name, value in model.state_dict().items():
        assert torch.equal(again.state_dict()[name], value), name


def test_checkpoints_are_said_and_only_the_last_is_kept(tmp_path):
    _, events = whole_run(BUILDERS["lstm"], tmp_path)
    said = [e for e in events if isinstance(e, Checkpointed)]
    assert [e.step for e in said] == [3, 6, 9, 12]
    assert {e.path for e in said} == {tmp_path / "checkpoint"}
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]
    assert sorted(file.name for file in (tmp_path / "checkpoint").iterdir()) == [
        "state.json",
        "state.safetensors",
    ]
    order = [type(e).__name__ for e in events if e.step == 12]
    assert order == ["StepDone", "Evaluated", "Checkpointed"]


# Damage


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    whole_run(BUILDERS["lstm"], folder)
    return folder


@pytest.mark.parametrize(
    "damage", ["cut short", "empty", "no weights", "not JSON", "no step", "other carry", "no random state"]
)
def test_a_damaged_checkpoint_is_one_sentence(tmp_path, checkpoint, damage):
    folder = shutil.copytree(checkpoint / "checkpoint", tmp_path / "checkpoint")
    tensors, plain = folder / "state.safetensors", folder / "state.json"
    state = json.loads(plain.read_text())
    if damage == "cut short":
        tensors.write_bytes(tensors.read_bytes()[:-9])
    elif damage == "empty":
        tensors.write_bytes(b"")
    elif damage == "no weights":
        tensors.unlink()
    elif damage == "not JSON":
        plain.write_text(plain.read_text()[:-4])
    elif damage == "no step":
        plain.write_text(json.dumps({"stop": 3}))
    elif damage == "other carry":
        plain.write_text(json.dumps(state | {"carry": {"kind": "tuple", "parts": ["tensor"] * 99}}))
    else:
        stored = safetensors.torch.load_file(tensors)
        safetensors.torch.save_file({name: value for name, value in stored.items() if name != "random"}, tensors)
    model, objective = BUILDERS["lstm"]()
    with pytest.raises(ModelError, match=r"^The checkpoint in checkpoint is damaged or belongs to another model\.$"):
        next(iter(Trainer(model, objective, SETTINGS, tmp_path).run(resume=True)))


def test_the_checkpoint_of_another_model_is_refused(checkpoint):
    for kind in ("gru", "translator"):
        model, objective = BUILDERS[kind]()
        with pytest.raises(ModelError, match="damaged or belongs to another model"):
            next(iter(Trainer(model, objective, SETTINGS, checkpoint).run(resume=True)))


def test_a_disk_that_is_full_while_writing_leaves_the_last_checkpoint_whole(tmp_path, checkpoint):
    shutil.copytree(checkpoint / "checkpoint", tmp_path / "checkpoint")
    model, objective = BUILDERS["lstm"]()
    optimizer = torch.optim.AdamW(model.parameters())

    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, most[1]))  # the system refuses more, as a full disk does
    try:
        with pytest.raises(OSError, match="File too large"):
            checkpoints.write(tmp_path, model, optimizer, checkpoints.Progress(step=99))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
    assert checkpoints.exists(tmp_path)
    assert json.loads((tmp_path / "checkpoint" / "state.json").read_text())["step"] == 12
    rest = list(Trainer(model, objective, SETTINGS, tmp_path).run(resume=True))
    assert rest[0].step == 13


def test_a_crash_before_the_new_checkpoint_is_in_its_place_leaves_the_last_one_whole(tmp_path, checkpoint, monkeypatch):
    """The new one is complete, but nobody finds it: the last one is read, and nothing stays beside it."""
    shutil.copytree(checkpoint / "checkpoint", tmp_path / "checkpoint")
    model, objective = BUILDERS["lstm"]()

    def fail(*arguments):
        raise OSError("no such call")

    monkeypatch.setattr("engine.atomic._put_in_position", fail)
    with pytest.raises(OSError, match="no such call"):
        checkpoints.write(tmp_path, model, torch.optim.AdamW(model.parameters()), checkpoints.Progress(step=99))
    monkeypatch.undo()
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]
    assert next(iter(Trainer(model, objective, SETTINGS, tmp_path).run(resume=True))).step == 13


def test_weights_that_are_no_numbers_are_no_checkpoint(tmp_path):
    """A run that blew up in the last update before a checkpoint goes on from the one before."""
    model, objective = BUILDERS["lstm"]()
    reached = []
    for event in Trainer(model, objective, SETTINGS, tmp_path).run():
        if isinstance(event, Checkpointed):
            reached.append(event.step)
        elif isinstance(event, StepDone) and event.step == 6:
            with torch.no_grad():
                next(model.parameters()).fill_(math.inf)
    assert reached == [3]
    assert json.loads((tmp_path / "checkpoint" / "state.json").read_text())["step"] == 3


# States as plain values


@pytest.mark.parametrize(
    "state",
    [
        None,
        torch.ones(2, 3),
        (torch.ones(1), torch.zeros(2)),
        (LSTMState(torch.ones(1), torch.zeros(1)), LSTMState(torch.full((1,), 2.0), torch.full((1,), 3.0))),
        (torch.ones(1), (LSTMState(torch.ones(1), torch.zeros(1)),), None),
        *(ARCHITECTURES.get(name)(3, 8).start(2) for name in STREAMING),
        read_pairs()[0].eval().start(torch.tensor([[3, 4, 5]]), torch.tensor([3])),
    ],
)
def test_a_nested_state_is_taken_apart_and_put_together_again(state):
    shape, tensors = checkpoints.flatten(state)
    back = checkpoints.unflatten(json.loads(json.dumps(shape)), list(tensors))

    def same(one, other):
        assert type(one) is type(other)
        if isinstance(one, torch.Tensor):
            assert torch.equal(one, other)
        elif isinstance(one, tuple):
            for a, b in zip(one, other, strict=True):
                same(a, b)

    same(back, state)


def test_a_state_that_could_not_be_put_together_again_is_refused_before_it_is_written():
    class Unheard(NamedTuple):
        hidden: torch.Tensor

    with pytest.raises(ConfigError, match="Unknown state 'Unheard'"):
        checkpoints.flatten((Unheard(torch.ones(1)),))


def test_evaluations_are_counted_across_a_stop(tmp_path):
    events = interrupted_run(BUILDERS["gru"], tmp_path, 6)[1]
    assert [e.step for e in events if isinstance(e, Evaluated)] == [8, 12, 14]
