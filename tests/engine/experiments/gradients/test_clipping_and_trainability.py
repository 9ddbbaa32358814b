"""Training while one watches: updates by hand, divergence, and networks whose spectra are measured before they
learn."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import torch

from engine.errors import ConfigError
from engine.experiments.gradients.clipping import (
    CLIPPED,
    FREE,
    ReLUNetwork,
    clipping_frame,
    clipping_meaning,
    clipping_sentence,
    first_divergence,
    run_clipping,
)
from engine.experiments.gradients.clipping_search import (
    LEARNT,
    highest_that_learns,
    say_search,
    search_thresholds,
    stored_search,
)
from engine.experiments.gradients.clipping_settings import ClippingSettings
from engine.experiments.gradients.trainability import (
    LENGTHS,
    agreement,
    draw_network,
    foretell,
    foretold_frame,
    foretold_sentence,
    untrained_grid,
)
from engine.experiments.gradients.trainability_settings import TrainabilitySettings
from engine.tasks import TASKS


def test_updates_are_gradient_descent_with_a_ceiling_worked_out_by_hand() -> None:
    settings = ClippingSettings(updates=10, length=5, hidden_size=8, threshold=0.5, gain=1.0, seed=0)
    frame = run_clipping(settings)
    task = TASKS.get("delayed_recall")(5)
    for name, ceiling in ((FREE, math.inf), (CLIPPED, 0.5)):
        with torch.random.fork_rng():
            torch.manual_seed(0)
            network = ReLUNetwork(task.vocab_size, task.output_size, 8, 1.0)
        rows = frame[frame["run"] == name].set_index("step")
        for step in (1, 2, 3):
            batch = task.batch(32, torch.Generator().manual_seed(step))
            loss = torch.nn.functional.cross_entropy(network(batch.inputs)[:, -1], batch.targets[:, -1])
            grads = torch.autograd.grad(loss, list(network.parameters()))
            norm = math.sqrt(sum(float(grad.square().sum()) for grad in grads))
            assert rows.loc[step, ["loss", "norm_before"]].tolist() == pytest.approx([loss.item(), norm], rel=1e-4)
            assert rows.loc[step, "norm_after"] == pytest.approx(min(norm, ceiling), rel=1e-4)
            with torch.no_grad():
                for parameter, grad in zip(network.parameters(), grads, strict=True):
                    parameter -= settings.learning_rate * grad * min(1.0, ceiling / norm)


def test_the_default_run_explodes_and_the_clipped_one_learns() -> None:
    settings = ClippingSettings()
    frame = run_clipping(settings)
    lost = first_divergence(frame, FREE)
    assert lost is not None
    assert first_divergence(frame, CLIPPED) is None
    assert frame[frame["run"] == CLIPPED]["loss"].iloc[-10:].mean() < math.log(8) / 2  # well below a guess
    assert f"diverges at update {lost}" in clipping_sentence(frame, settings)
    clipped = int((frame[frame["run"] == CLIPPED]["norm_before"] > settings.threshold).sum())
    assert f"{clipped} of {settings.updates} were clipped" in clipping_sentence(frame, settings)
    assert 0 < clipped < settings.updates / 2
    assert "keeps the few large ones" in clipping_meaning(frame, settings)


def test_the_default_threshold_is_the_one_that_the_search_found() -> None:
    found = stored_search()
    assert highest_that_learns(found) == ClippingSettings().threshold
    assert "2 is the highest with which the networks of all 5 seeds learn" in say_search(found)
    again = search_thresholds([2.0], [1]).iloc[0]
    stored = found[(found["threshold"] == 2.0) & (found["seed"] == 1)].iloc[0]
    assert again["clipped_share"] == pytest.approx(stored["clipped_share"], abs=0.05)
    assert again["loss"] < LEARNT < again["loss_without"]
    assert again["diverges_without"]
    assert "none of the 5 learn it, and 1 of these runs diverges" in say_search(found)


def test_what_clipping_did_is_said_by_how_many_gradients_it_clipped() -> None:
    norms = [1.0, 2.0, 3.0, 50.0]
    rows = [{"run": CLIPPED, "step": n, "loss": 1.0, "norm_before": x, "norm_after": x} for n, x in enumerate(norms, 1)]
    frame = clipping_frame(rows)
    for threshold, words in ((0.5, "most gradients are clipped"), (10.0, "the few large ones"), (99.0, "nothing was")):
        assert words in clipping_meaning(frame, ClippingSettings(threshold=threshold))


def test_divergence_by_hand() -> None:
    losses = [2.0, 5.0, 19.0, 21.0]
    frame = clipping_frame(
        [{"run": FREE, "step": n, "loss": x, "norm_before": 1.0, "norm_after": 1.0} for n, x in enumerate(losses, 1)]
    )
    assert first_divergence(frame, FREE) == 4
    assert first_divergence(frame.assign(norm_before=[1.0, math.inf, 1.0, 1.0]), FREE) == 2
    assert first_divergence(frame.assign(loss=[2.0, 3.0, math.nan, 1.0]), FREE) == 3
    assert first_divergence(frame, CLIPPED) is None
    with pytest.raises(ConfigError, match="hidden_size"):
        run_clipping(ClippingSettings(hidden_size=10_000))


def test_the_gain_at_birth_is_autograds_on_the_network_that_will_learn() -> None:
    for architecture in ("rnn", "gru"):
        settings = TrainabilitySettings(architecture=architecture, hidden_size=6)
        network, log10_gain = draw_network(settings, 1.2, 5)
        read = TASKS.get("delayed_recall")(5).batch(1, torch.Generator().manual_seed(0)).inputs
        network = network.double()
        features = network.embedding(read).detach()
        _, after_symbol = network.layer(features[:, :1])
        jacobian = torch.autograd.functional.jacobian(
            lambda state: network.layer(features[:, 1:], state)[1], after_symbol
        )
        assert 10**log10_gain == pytest.approx(math.sqrt(float(jacobian.square().sum()) / 6), rel=1e-6)
    assert untrained_grid(settings)["length"].unique().tolist() == list(LENGTHS)


def test_the_job_trains_the_whole_grid_and_the_sentence_follows_the_numbers() -> None:
    run = foretell(hidden_size=4, updates=20)
    events = []
    while True:
        try:
            events.append(next(run))
        except StopIteration as end:
            result = end.value
            break
    rows = [event for event in events if event["kind"] == "run"]
    assert len(rows) == len(result["rows"]) == 15
    assert events[-1]["progress"] == 1.0
    assert foretold_frame(rows).equals(foretold_frame(result["rows"]))
    frame = pd.DataFrame(
        {
            "recurrent_gain": [0.5, 1.0, 2.0] * 2,
            "length": [5] * 3 + [30] * 3,
            "log10_gain": [-9.0, -1.0, 3.0] * 2,
            "accuracy": [0.1, 1.0, 0.5, 0.1, 0.9, 0.5],
            "loss": 1.0,
        }
    )
    assert agreement(frame)[1] == pytest.approx(1.0)
    assert "1 of 6 networks learnt" in foretold_sentence(frame)
    assert "predicted who would learn" in foretold_sentence(frame)
    assert "did not predict" in foretold_sentence(frame.assign(accuracy=[1.0, 0.1, 0.5] * 2))
    assert "nothing to predict" in foretold_sentence(frame.assign(accuracy=1.0))
    assert np.isnan(agreement(frame.assign(accuracy=1.0))[0])
