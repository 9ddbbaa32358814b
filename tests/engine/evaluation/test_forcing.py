"""Measuring the ways to be taught: losses piece by piece with the model's own step, and a table that keeps every seed
once."""

from __future__ import annotations

import json
import math
import shutil

import pandas as pd
import pytest
import sacrebleu
import torch

from engine import command_line
from engine.decoding.text import translate_lines
from engine.errors import DataError, ModelError
from engine.evaluation.forcing import add_regime, free_loss, measure_regime
from engine.inspection.translation.regimes import CURVE, FINAL, read_regimes
from engine.models.folder import LoadedModel, load_model
from tests.engine.conftest import TINY_PAIRS

EVALUATIONS = [
    {"step": 10, "elapsed_seconds": 1.5, "loss": 4.2, "nats_per_token": 4.0, "free_nats_per_token": 4.5},
    {"step": 20, "elapsed_seconds": 3.0, "loss": 3.2, "nats_per_token": 3.0, "free_nats_per_token": 4.1},
]


@pytest.fixture
def taught(translator_folder, tmp_path, change_config):
    """Return a function that makes a folder of a translator that says how it was taught."""

    def make(name: str = "taught", label: str = "Always forced", seed: int = 1, **changes) -> LoadedModel:
        folder = shutil.copytree(translator_folder, tmp_path / "models" / name)
        training = {
            "recipe": "en-fr-forced",
            "steps": 20,
            "settings": {"seed": seed},
            "evaluations": EVALUATIONS,
        } | changes
        change_config(folder, label=label, training=training)
        return load_model(folder)

    return make


def test_the_free_loss_is_that_of_a_decoder_that_reads_its_own_words(interpreter):
    sources, references = zip(*TINY_PAIRS, strict=True)
    tokenizer, nats, pieces = interpreter.tokenizer, 0.0, 0
    for source, reference in TINY_PAIRS:  # one by one, without padding
        ids = tokenizer.encode(source)
        state, token = interpreter.model.start(torch.tensor([ids]), torch.tensor([len(ids)])), tokenizer.bos_id
        for given in [*tokenizer.encode(reference), tokenizer.eos_id]:
            with torch.no_grad():
                logits, state = interpreter.model.step(torch.tensor([token]), state)
            nats -= float(logits[0].double().log_softmax(-1)[given])
            pieces += 1
            token = int(logits.argmax())
    assert free_loss(interpreter, sources, references) == pytest.approx(nats / pieces, abs=1e-4)


def test_a_model_is_measured_and_its_curve_kept(taught, mirror):
    loaded = taught(seed=3)
    frame = measure_regime(loaded)
    final = frame[frame["kind"] == FINAL].iloc[0]
    outputs = dict(translate_lines(loaded, [source for source, _ in TINY_PAIRS], beam_size=1))
    outputs = [outputs[i] for i in range(len(TINY_PAIRS))]
    references = [[reference for _, reference in TINY_PAIRS]]
    assert final["bleu_greedy"] == pytest.approx(sacrebleu.corpus_bleu(outputs, references).score, abs=0.01)
    assert final["chrf_greedy"] == pytest.approx(sacrebleu.corpus_chrf(outputs, references).score, abs=0.01)
    assert (final["label"], final["seed"], final["sentences"]) == ("Always forced", 3, len(TINY_PAIRS))
    assert math.isfinite(final["forced_loss"])
    assert "tok:13a" in final["signature"]
    curve = frame[frame["kind"] == CURVE]
    assert list(curve["step"]) == [10, 20]
    assert list(curve["free_loss"]) == [4.5, 4.1]


def test_the_command_adds_a_folder_outside_and_measuring_again_replaces_it(taught, mirror, tmp_path, capsys):
    table = tmp_path / "results" / "teacher_forcing.parquet"
    taught("one")
    taught("two", seed=2)
    taught("three", label="Scheduled")
    for name in ("one", "two", "three", "one"):
        folder = tmp_path / "models" / name
        assert command_line.main(["evaluate", "--model", str(folder), "--dry-run", "--regimes", str(table)]) == 0
        assert json.loads(capsys.readouterr().out)["beam_size"] == 5
    frame = read_regimes(table)
    assert len(frame) == 3 * 3
    assert set(zip(frame["label"], frame["seed"], strict=True)) == {
        ("Always forced", 1),
        ("Always forced", 2),
        ("Scheduled", 1),
    }
    assert list(table.parent.iterdir()) == [table], "no draft is left"


@pytest.mark.parametrize(
    "changes", [{"evaluations": []}, {"settings": {}}, {"evaluations": [{"step": 1, "nats_per_token": 2.0}]}]
)
def test_a_model_that_says_too_little_is_refused_in_a_sentence(taught, mirror, changes):
    with pytest.raises(ModelError, match="lacks a label, a seed or a learning curve"):
        measure_regime(taught(**changes))


def test_a_table_that_is_none_is_found_out_before_anything_is_measured(taught, tmp_path):
    (tmp_path / "no.parquet").write_text("no table")
    with pytest.raises(DataError, match="damaged"):
        add_regime(taught(), tmp_path / "no.parquet")
    pd.DataFrame({"label": ["x"]}).to_parquet(tmp_path / "other.parquet")
    with pytest.raises(DataError, match="lacks the columns"):
        add_regime(taught("again"), tmp_path / "other.parquet")
