"""Time and memory on the page: stored rows, a measurement put where the test wants it, and the calculator, against the
engine's numbers."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from engine.experiments.costs.cost_tables import as_points, growth_sentence
from engine.experiments.costs.state_size import state_table
from engine.experiments.runs import results
from pages.components.computing import cache
from tests.pages.charts import figure
from tests.pages.comparison.test_live_race import SOURCE, RunnerDouble
from tests.pages.open import open_page, sentences, written


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> RunnerDouble:
    """Return the runner the page finds; there are no shipped results."""
    double = RunnerDouble()
    monkeypatch.setattr(cache, "job_runner", lambda: double)
    monkeypatch.setattr(results, "RESULTS", tmp_path / "results")
    return double


def open_costs(**parameters: str):
    """Return the page with this section open."""
    at = open_page("comparison", section="cost", **parameters)
    assert not at.exception
    return at


def streamed() -> dict:
    """Return the result of a measurement: time and memory of the Transformer grow, those of the GRU do not."""
    rows = []
    for name, growth in (("gru", 0), ("transformer", 1)):
        for position in range(1, 7):
            who = {
                "architecture": name,
                "mode": "streaming",
                "position": 100 * position,
                "hidden_size": 64,
                "parameters": 10,
                "batch_size": 1,
            }
            rows.append(who | {"seconds": 1e-4 * position**growth, "memory_bytes": 256 * position**growth})
    return {"rows": rows, "is_complete": True, "hidden_size": 64, "when": "streaming", "cores": 2} | SOURCE


def test_the_calculator_shows_formula_and_measurement(runner: RunnerDouble) -> None:
    at = open_costs(cost_hidden="32", cost_position="50")
    table = state_table(32, 50).set_index("architecture")
    assert (
        "after 50 tokens the LSTM holds 256 bytes and the Transformer 25 KiB, 100 times as much; exactly what was "
        "measured" in written(at)
    )
    lines = figure(at, "cost-state")["data"]
    drawn = {line["name"]: line["y"] for line in lines}
    assert drawn["LSTM, measured"] == pytest.approx([table.loc["lstm", "measured_bytes"] / 1024])
    assert drawn["Transformer, measured"] == pytest.approx([25])
    assert drawn["Transformer"][-1] == pytest.approx(2 * 2 * 2000 * 32 * 4 / 1024)
    assert any("state_table(32, 50)" in code.value for code in at.code)


def test_measuring_here_is_a_job_whose_rows_are_drawn(runner: RunnerDouble) -> None:
    at = open_costs()
    assert any("measure it here" in note.value for note in at.info)
    at.button(key="cost-measure").click().run()
    assert runner.submitted == [
        ("engine.experiments.costs.live_costs:measure_costs", {"when": "streaming", "hidden_size": 64})
    ]
    (job_id,) = runner._jobs
    at = open_costs(cost_job=job_id)
    assert at.button(key="cost-measure").disabled
    at.button(key="cost_job-stop").click().run()
    assert runner.cancelled == [job_id]
    result = streamed()
    runner.put(job_id, state="finished", result=result)
    at = open_costs(cost_job=job_id)
    sentence = growth_sentence(as_points(pd.DataFrame(result["rows"]), "streaming"), "streaming")
    assert "Transformer from 150 µs to 550 µs" in sentence
    assert sentence in written(at)
    drawn = {line["name"]: line["y"] for line in figure(at, "cost-memory")["data"]}
    assert drawn["GRU"] == pytest.approx([0.25] * 6)
    assert drawn["Transformer"] == pytest.approx([0.25 * position for position in range(1, 7)])
    at = open_costs(cost_job=job_id, cost_when="training")  # another measurement than that of the job
    assert any("measure it here" in note.value for note in at.info)


def test_bad_input_is_one_sentence_each(runner: RunnerDouble) -> None:
    said = sentences(open_costs(cost_when="sleeping", cost_hidden="100000", cost_position="0", cost_job="nobody"))
    for words in ("Training", "between 8 and 512", "between 1 and 2000", "not known"):
        assert len([sentence for sentence in said if words in sentence]) == 1, words
