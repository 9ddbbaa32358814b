"""Learning labels: it is learnt, a stopped run goes on as if it had not been, rare words are hidden more often."""

from __future__ import annotations

import dataclasses
import math

import pytest
import safetensors.torch
import torch

from engine.errors import DataError
from engine.models.classifier import Classifier
from engine.training import Checkpointed, Finished, Trainer, TrainingSettings
from engine.training.classification import ClassificationObjective, LabelledTexts

SETTINGS = TrainingSettings(
    max_steps=40, learning_rate=3e-2, weight_decay=0.0, evaluate_every=10, checkpoint_every=20, log_every=10, seed=5
)
ORDERED = LabelledTexts([[3, 4], [4, 3], [3, 5, 4], [4, 5, 3], [5, 3, 4], [5, 4, 3], [3, 4, 5], [4, 3, 5]], [0, 1] * 4)


def build(cell="lstm", dropout=0.0, direction_weight=0.3, texts=ORDERED, **options):
    torch.manual_seed(1)
    shape = (
        {"hidden_size": 0, "num_layers": 0, "bidirectional": False}
        if cell == "average"
        else {"hidden_size": 8, "num_layers": 1}
    )
    model = Classifier(6, 5, cell=cell, dropout=dropout, embedding_dropout=dropout, weight_dropout=dropout, **shape)
    hiding = {"form_ids": torch.arange(6), "word_dropout": torch.zeros(6)} | options
    return model, ClassificationObjective(
        texts, texts, batch_size=4, direction_weight=direction_weight, seed=2, **hiding
    )


def test_the_order_of_two_words_is_learnt_but_not_by_averaging():
    for cell, accuracy in (("lstm", 1.0), ("average", 0.5)):
        model, objective = build(cell)
        *_, finished = Trainer(model, objective, dataclasses.replace(SETTINGS, max_steps=25, learning_rate=5e-2)).run()
        with torch.no_grad():
            assert objective.evaluate(model)["accuracy"] == accuracy, cell
    assert isinstance(finished, Finished)


def test_a_stopped_run_goes_on_to_the_same_weights(tmp_path):
    settings = dataclasses.replace(SETTINGS, max_steps=24)
    model, objective = build(dropout=0.3)
    list(Trainer(model, objective, settings).run())
    stopped, objective = build(dropout=0.3)
    for event in Trainer(stopped, objective, settings, tmp_path).run():
        if isinstance(event, Checkpointed):
            break
    torch.manual_seed(77)
    resumed, objective = build(dropout=0.3)
    list(Trainer(resumed, objective, settings, tmp_path).run(resume=True))
    whole, again = (safetensors.torch.save(dict(m.state_dict())) for m in (model, resumed))
    assert whole == again


def test_every_text_is_read_once_a_pass_with_neighbours_in_length():
    texts = LabelledTexts([[3] * (1 + i % 7) for i in range(90)], [0] * 90)
    _, objective = build(texts=texts)
    for epoch in (0, 1):
        batches = objective.plan(epoch)
        assert sorted(position for batch in batches for position in batch) == list(range(90))
        assert len(batches) == math.ceil(90 / objective.batch_size)
        assert all(len(texts.rows[batch[-1]]) - len(texts.rows[batch[0]]) <= 1 for batch in batches)
    assert objective.plan(0) != objective.plan(1)


def test_words_are_hidden_as_their_form_with_their_own_probability():
    texts = LabelledTexts([[2, 3, 4]] * 1000, [0] * 1000)
    share = torch.tensor([0, 0, 0.0, 1.0, 0.25, 0])
    _, objective = build(texts=texts, form_ids=torch.tensor([0, 1, 2, 1, 5, 5]), word_dropout=share)
    objective.batch_size = 1000
    ids = objective.batch(0).input_ids
    assert (ids[:, 0] == 2).all()
    assert (ids[:, 1] == 1).all()
    assert set(ids[:, 2].tolist()) == {4, 5}
    assert float((ids[:, 2] == 5).float().mean()) == pytest.approx(0.25, abs=0.05)
    assert torch.equal(objective.batch(0).input_ids, ids)
    assert not torch.equal(objective.batch(1).input_ids, ids)


def test_long_texts_weigh_more_and_the_mean_weight_is_one():
    texts = LabelledTexts([[3], [3, 4, 3, 4]], [0, 1])
    model, objective = build("average", texts=texts, direction_weight=0.0, length_weight=0.5)
    parts = [objective.loss(model, objective.collate(texts, [position]), None)[0] for position in (0, 1)]
    plain = build("average", texts=texts, direction_weight=0.0)[1]
    expected = [plain.loss(model, plain.collate(texts, [position]), None)[0] for position in (0, 1)]
    assert (parts[0] / expected[0]).item() == pytest.approx(1 / 1.5)
    assert (parts[1] / expected[1]).item() == pytest.approx(2 / 1.5)


def test_nothing_to_learn_from_is_refused():
    with pytest.raises(DataError, match="no labelled text"):
        build(texts=LabelledTexts([], []))
