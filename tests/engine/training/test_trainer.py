"""The trainer: it learns, says what it does, clips, stops early, keeps the best weights, and repeats itself exactly."""

from __future__ import annotations

import copy
import dataclasses
import json
import math

import pytest
import torch
from torch import nn

from engine.cells import CELLS
from engine.config import from_dict
from engine.errors import ConfigError
from engine.models.language_model import LanguageModel
from engine.models.translator import Translator
from engine.training import Checkpointed, Evaluated, Finished, StepDone, Trainer, TrainingSettings, precision
from engine.training import trainer as trainer_module
from engine.training.language_modelling import LanguageModellingObjective
from engine.training.translation import TranslationObjective

SETTINGS = TrainingSettings(max_steps=6, learning_rate=1e-2, evaluate_every=3, log_every=1)


class Line:
    """Find the slope that makes the square error least; validation losses are given beforehand."""

    def __init__(self, validation=(), losses=None) -> None:
        self.validation, self.losses = list(validation), losses
        self.asked, self.carries, self.modes = [], [], []

    def batch(self, position):
        self.asked.append(position)
        return torch.tensor([1.0, 2.0]), torch.tensor([3.0, 6.0])

    def loss(self, model, batch, carry):
        self.carries.append(carry)
        self.modes.append(model.training)
        inputs, goals = batch
        loss = ((model(inputs[:, None])[:, 0] - goals) ** 2).mean()
        if self.losses:
            loss = loss * self.losses[len(self.carries) - 1]
        return loss, len(self.carries)

    def evaluate(self, model):
        assert not model.training
        assert not torch.is_grad_enabled()
        if self.validation:
            return {"loss": self.validation.pop(0), "other": 5.0}
        return {"loss": (model.weight - 3).abs().item()}


def slope(start: float = 0.0) -> nn.Linear:
    model = nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        model.weight.fill_(start)
    return model


def train(objective, model=None, **changes):
    return list(Trainer(model or slope(), objective, dataclasses.replace(SETTINGS, **changes)).run())


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


# Events


def test_events_come_in_order_with_what_they_say():
    objective = Line()
    events = train(objective)
    kinds = [(type(event).__name__, event.step) for event in events]
    assert kinds == [
        *(("StepDone", i) for i in (1, 2, 3)),
        ("Evaluated", 3),
        *(("StepDone", i) for i in (4, 5, 6)),
        ("Evaluated", 6),
        ("Finished", 6),
    ]
    assert objective.asked == [0, 1, 2, 3, 4, 5]
    assert objective.carries == [None, 1, 2, 3, 4, 5]
    assert all(objective.modes)
    assert events[-1].reason == "max_steps"
    assert all(event.max_steps == 6 for event in of(StepDone, events))
    seconds = [event.elapsed_seconds for event in events]
    assert seconds == sorted(seconds)
    assert seconds[0] >= 0


def test_the_loss_said_is_the_mean_since_the_last_time_and_the_last_step_is_always_said():
    one = [event.loss for event in of(StepDone, train(Line(), max_steps=5))]
    some = of(StepDone, train(Line(), max_steps=5, log_every=2))
    assert [event.step for event in some] == [2, 4, 5]
    assert [event.loss for event in some] == pytest.approx([(one[0] + one[1]) / 2, (one[2] + one[3]) / 2, one[4]])


def test_the_last_step_is_always_measured():
    assert [event.step for event in of(Evaluated, train(Line(), max_steps=5, evaluate_every=2))] == [2, 4, 5]
    assert [event.step for event in of(Evaluated, train(Line(), max_steps=2, evaluate_every=100))] == [2]


def test_the_learning_rate_follows_the_schedule_from_the_first_step():
    rates = [event.learning_rate for event in of(StepDone, train(Line(), max_steps=10, warmup_fraction=0.5))]
    falling = [0.005 * (1 + math.cos(math.pi * i / 5)) for i in range(5)]
    assert rates == pytest.approx([1e-5, 0.002, 0.004, 0.006, 0.008, *falling], rel=1e-6)
    flat = of(StepDone, train(Line(), max_steps=4, schedule="constant", warmup_fraction=0.0))
    assert [event.learning_rate for event in flat] == [0.01] * 4


def test_the_rate_is_the_one_the_optimiser_uses():
    """Adam's first step is as long as the rate, whatever the gradient."""
    for warmup_fraction, rate in ((0.0, 0.01), (0.5, 1e-5)):
        model = slope()
        settings = dataclasses.replace(SETTINGS, warmup_fraction=warmup_fraction)
        assert next(Trainer(model, Line(), settings).run()).step == 1
        assert model.weight.item() == pytest.approx(rate, rel=1e-3)


# Clipping and decay


def spied_step(monkeypatch):
    """Return a list that grows by the gradient norm each time the optimiser steps."""
    norms = []
    real = torch.optim.AdamW.step

    def step(self, *rest):
        gradients = [p.grad for group in self.param_groups for p in group["params"]]
        norms.append(float(torch.cat([g.flatten() for g in gradients]).norm()))
        return real(self, *rest)

    monkeypatch.setattr(torch.optim.AdamW, "step", step)
    return norms


def test_gradients_are_clipped_to_the_norm_and_the_norm_before_is_said(monkeypatch):
    norms = spied_step(monkeypatch)
    said = [event.grad_norm for event in of(StepDone, train(Line(), max_grad_norm=0.5))]
    assert min(said) > 1
    assert norms == pytest.approx([0.5] * 6, rel=1e-4)


def test_clipping_at_zero_clips_nothing(monkeypatch):
    norms = spied_step(monkeypatch)
    said = [event.grad_norm for event in of(StepDone, train(Line(), max_grad_norm=0.0))]
    assert norms == pytest.approx(said)
    assert min(norms) > 1


def test_matrices_decay_and_biases_do_not():
    model = nn.Linear(2, 2)
    before = {name: value.clone() for name, value in model.state_dict().items()}

    class Nothing(Line):
        def loss(self, model, batch, carry):
            return sum((p * 0).sum() for p in model.parameters()), None

        def evaluate(self, model):
            return {"loss": 1.0}

    train(Nothing(), model, max_steps=1, weight_decay=5.0, schedule="constant", warmup_fraction=0.0)
    torch.testing.assert_close(model.weight.detach(), before["weight"] * (1 - 0.01 * 5))
    assert torch.equal(model.bias.detach(), before["bias"])


# Stopping, and the best weights


def test_it_stops_when_patience_is_over_and_the_best_weights_come_back():
    model = slope()
    seen = []
    trainer = Trainer(
        model,
        Line([5.0, 4.0, 4.5, 4.0, 9.0, 1.0]),
        dataclasses.replace(SETTINGS, max_steps=99, evaluate_every=2, patience=2),
    )
    for event in trainer.run():
        if isinstance(event, Evaluated):
            seen.append((event.step, event.is_best, model.weight.item()))
    assert [(step, is_best) for step, is_best, _ in seen] == [(2, True), (4, True), (6, False), (8, False)]
    assert event == Finished(8, "early_stopping", 4, {"loss": 4.0, "other": 5.0}, event.elapsed_seconds)
    assert model.weight.item() == seen[1][2] != seen[3][2]
    assert not model.training


def test_biases_are_trained_and_do_not_decay():
    models = []
    for weight_decay in (0.0, 10.0):
        torch.manual_seed(0)
        models.append(nn.Linear(1, 1))
        before = models[-1].bias.item()
        train(Line(), models[-1], max_steps=1, weight_decay=weight_decay, warmup_fraction=0.0)
        assert models[-1].bias.item() != before
    assert models[0].bias.item() == models[1].bias.item()
    assert models[0].weight.item() != models[1].weight.item()


def test_an_improvement_refills_the_patience_and_no_patience_never_stops():
    losses = [5.0, 6.0, 4.0, 6.0, 3.0, 6.0]
    events = train(Line(losses), max_steps=6, evaluate_every=1, patience=2)
    assert (events[-1].reason, events[-1].best_step) == ("max_steps", 5)
    rising = [float(i) for i in range(6)]
    assert train(Line(rising), max_steps=6, evaluate_every=1, patience=0)[-1].reason == "max_steps"
    stopped = train(Line(rising), max_steps=6, evaluate_every=1, patience=1)[-1]
    assert (stopped.step, stopped.reason, stopped.best_step) == (2, "early_stopping", 1)


@pytest.mark.parametrize("trouble", [math.nan, math.inf])
def test_a_run_that_diverges_stops_and_keeps_the_best_weights(trouble):
    model = slope()
    losses = [1.0, 1.0, 1.0, 1.0, trouble, 1.0]
    events = train(Line(losses=losses), model, evaluate_every=2)
    assert isinstance(events[-1], Finished)
    assert (events[-1].reason, events[-1].step, events[-1].best_step) == ("diverged", 4, 4)
    assert math.isfinite(model.weight.item())
    at_once = train(Line(losses=[trouble] * 6), model)
    assert (at_once[-1].reason, at_once[-1].best_step, at_once[-1].best_metrics) == ("diverged", 0, {})
    assert math.isfinite(model.weight.item())


@pytest.mark.parametrize(("measured", "reason"), [(224.0, "max_steps"), (226.0, "diverged"), (3e30, "diverged")])
def test_a_measured_loss_ten_times_the_first_one_has_diverged_and_is_no_checkpoint(measured, reason, tmp_path):
    settings = dataclasses.replace(SETTINGS, max_steps=6, evaluate_every=2, checkpoint_every=2)
    events = list(Trainer(slope(), Line([2.0, measured, 1.0]), settings, tmp_path).run())
    end = events[-1]
    assert end.reason == reason
    assert [event.step for event in of(Checkpointed, events)] == ([2] if reason == "diverged" else [2, 4, 6])
    assert end.lost == (f"its loss has grown from 22.5 to {measured:.3g}" if reason == "diverged" else "")


def test_a_validation_loss_that_is_no_number_is_never_best():
    events = train(Line([math.nan, 2.0]))
    assert [event.is_best for event in of(Evaluated, events)] == [False, True]
    assert events[-1].best_step == 6


# Learning


def text_objective(seed=0):
    ids = [1, 2, 3, 4, 5, 3, 6, 0] * 40
    return LanguageModellingObjective(ids, ids[:40], batch_size=4, bptt_length=8, seed=seed)


def reader(cell="lstm", seed=0, **options):
    torch.manual_seed(seed)
    return LanguageModel(7, 8, 16, 2, cell, **options)


class OneBatch:
    """The same batch at every position, measured on itself."""

    def __init__(self, objective) -> None:
        self.objective, self.only = objective, objective.batch(0)

    def batch(self, position):
        return self.only

    def loss(self, model, batch, carry):
        return self.objective.loss(model, batch, None)

    def evaluate(self, model):
        return {"loss": float(self.objective.loss(model, self.only, None)[0])}


@pytest.mark.parametrize("cell", CELLS.names())
def test_a_language_model_overfits_one_batch(cell):
    torch.manual_seed(3)
    ids = torch.randint(7, (200,)).tolist()
    objective = OneBatch(LanguageModellingObjective(ids, ids[:9], batch_size=3, bptt_length=8))
    events = train(objective, reader(cell), max_steps=150, learning_rate=0.02, log_every=150, evaluate_every=150)
    assert events[-1].best_metrics["loss"] < 0.02


@pytest.mark.parametrize("attention", ["dot", "none"])
def test_a_translator_overfits_one_batch(attention):
    torch.manual_seed(3)
    pairs = [([3 + i, 4, 5 + i], [8 - i, 3 + i, 4]) for i in range(4)]
    objective = OneBatch(
        TranslationObjective(pairs, pairs, bos_id=1, eos_id=2, pad_id=0, max_steps=150, label_smoothing=0.0)
    )
    model = Translator(9, 12, 16, 1, 1, attention=attention, dropout=0.0)
    events = train(objective, model, max_steps=150, learning_rate=0.02, log_every=150, evaluate_every=150)
    assert events[-1].best_metrics["loss"] < 0.02


def test_a_pattern_is_learnt_and_carried_memory_pays():
    events = train(text_objective(), reader(), max_steps=120, learning_rate=0.02, log_every=120, evaluate_every=120)
    assert events[-1].best_metrics["loss"] < 0.1


@pytest.mark.parametrize("asked", ["float32", "bfloat16"])
def test_the_same_seed_makes_the_same_losses_and_another_seed_others(asked):
    def losses(seed):
        model = reader(dropout=0.3)
        events = train(text_objective(), model, seed=seed, max_steps=5, learning_rate=0.01, precision=asked)
        return [event.loss for event in of(StepDone, events)], [p.clone() for p in model.parameters()]

    (one, weights), (two, again), (other, _) = losses(1), losses(1), losses(2)
    assert one == two
    assert all(torch.equal(a, b) for a, b in zip(weights, again, strict=True))
    assert one != other  # dropout fell elsewhere
    assert {p.dtype for p in weights} == {torch.float32}


def test_half_precision_is_used_when_asked_for():
    dtypes = []

    class Spy(Line):
        def loss(self, model, batch, carry):
            dtypes.append(model(batch[0][:, None]).dtype)
            return super().loss(model, batch, carry)

    train(Spy(), max_steps=1, precision="bfloat16")
    train(Spy(), max_steps=1)
    assert dtypes == [torch.bfloat16, torch.float32]


@pytest.mark.parametrize(("margin", "chosen"), [(math.inf, "float32"), (0.0, "bfloat16")])
def test_a_run_that_chooses_its_precision_equals_one_that_was_told_it(monkeypatch, margin, chosen):
    monkeypatch.setattr(precision, "MARGIN", margin)
    runs = []
    for asked in ("auto", chosen):
        model = reader(dropout=0.3)
        settings = dataclasses.replace(SETTINGS, max_steps=3, precision=asked)
        trainer = Trainer(model, text_objective(), settings)
        losses = [event.loss for event in of(StepDone, list(trainer.run()))]
        runs.append((losses, [p.clone() for p in model.parameters()]))
        assert trainer.precision == chosen
    (one, weights), (two, again) = runs
    assert one == two
    assert all(torch.equal(a, b) for a, b in zip(weights, again, strict=True))


def test_a_run_that_goes_on_keeps_the_precision_it_chose(tmp_path, monkeypatch):
    monkeypatch.setattr(trainer_module, "faster_precision", lambda model, objective: "bfloat16")
    settings = dataclasses.replace(SETTINGS, max_steps=4, precision="auto", checkpoint_every=2)
    for event in Trainer(reader(), text_objective(), settings, tmp_path).run():
        if isinstance(event, Checkpointed):
            break
    monkeypatch.setattr(trainer_module, "faster_precision", lambda model, objective: "float32")
    resumed = Trainer(reader(), text_objective(), settings, tmp_path)
    list(resumed.run(resume=True))
    assert resumed.precision == "bfloat16"


def test_a_checkpoint_written_before_there_was_a_choice_is_gone_on_with(tmp_path):
    settings = dataclasses.replace(SETTINGS, max_steps=4, precision="bfloat16", checkpoint_every=2)
    for event in Trainer(reader(), text_objective(), settings, tmp_path).run():
        if isinstance(event, Checkpointed):
            break
    file = tmp_path / "checkpoint" / "state.json"
    stored = json.loads(file.read_text())
    del stored["precision"]
    file.write_text(json.dumps(stored))
    resumed = Trainer(reader(), text_objective(), settings, tmp_path)
    assert [event.step for event in of(StepDone, list(resumed.run(resume=True)))] == [3, 4]
    assert resumed.precision == "bfloat16"


def test_settings_on_cards_of_before_are_still_read():
    known = {"max_steps": 3000, "precision": "bfloat16", "threads": 1, "learning_rate": 0.002}
    assert from_dict(TrainingSettings, known).precision == "bfloat16"


@pytest.mark.parametrize(
    "change",
    [{"max_steps": 0}, {"schedule": "cosine"}, {"precision": "float16"}, {"learning_rate": math.nan}],
)
def test_settings_out_of_bounds_are_refused_before_anything_runs(change):
    with pytest.raises(ConfigError):
        Trainer(slope(), Line(), dataclasses.replace(SETTINGS, **change))


def test_without_a_folder_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert of(Checkpointed, train(Line(), checkpoint_every=1)) == []
    assert list(tmp_path.iterdir()) == []


def test_the_number_of_threads_is_set_when_asked_for(monkeypatch):
    asked = []
    monkeypatch.setattr(torch, "set_num_threads", asked.append)
    train(Line(), max_steps=1)
    train(Line(), max_steps=1, threads=3)
    assert asked == [3]


def test_averaged_weights_are_what_is_measured_and_kept():
    """After two updates the average is the one computed by hand from the weights after each update."""
    settings = TrainingSettings(max_steps=2, learning_rate=0.1, evaluate_every=2, average_decay=0.9, log_every=1)
    seen = []
    model, objective = slope(), Line()
    start = copy.deepcopy(model.state_dict())
    for event in Trainer(model, objective, settings).run():
        if isinstance(event, StepDone):
            seen.append(copy.deepcopy(model.state_dict()))
    for name, average in start.items():
        for step, weights in enumerate(seen, start=1):
            average = torch.lerp(average, weights[name], 1 - min(0.9, step / (step + 10)))
        assert torch.allclose(model.state_dict()[name], average), name
        assert not torch.equal(average, seen[-1][name])
