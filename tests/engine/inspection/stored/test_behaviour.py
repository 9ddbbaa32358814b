"""Stored behaviour: rates are counted by capability, and rows of other weights or sentences do not count."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from engine.behaviour import SUITES, read_suite
from engine.inspection.stored import behaviour
from engine.inspection.stored.behaviour import (
    behaviour_sentence,
    failing_cases,
    failure_rates,
    rates_of_tests,
    stored_behaviour,
)
from engine.inspection.stored.model_files import weights_in
from engine.models.folder import PRETRAINED
from engine.task_family import TASK_FAMILIES


def answers(**failures: int) -> pd.DataFrame:
    """Return 20 answers to each capability, so many of which fail."""
    rows = [
        {"capability": name, "test": "t", "expected": "x", "fails": number < count, "score": number / 20}
        for name, count in failures.items()
        for number in range(20)
    ]
    return pd.DataFrame(rows)


def test_rates_have_the_interval_of_wilson() -> None:
    rates = failure_rates(answers(Negation=13, Hedges=0))
    assert list(rates["capability"]) == ["Negation", "Hedges"], "in the suite's order"
    assert rates[["low", "high"]].to_numpy().ravel() == pytest.approx([0.4329, 0.8188, 0.0, 0.1611], abs=1e-4)
    assert rates["rate"].tolist() == [13 / 20, 0]


def test_the_sentence_names_what_is_there_and_what_is_missing() -> None:
    said = behaviour_sentence(failure_rates(answers(Negation=13, Hedges=0, Wishes=4, Shouting=2)))
    assert said == "it seldom fails at hedges (0 %) and shouting (10 %), but it often fails at negation (65 %)."
    assert "20 % of the sentences" in behaviour_sentence(failure_rates(answers(Wishes=4)))


def test_what_a_capability_consists_of_is_parted_by_expectation_only_where_many_cases_share_one() -> None:
    frame = answers(Negation=13)
    assert list(rates_of_tests(frame).columns[:2]) == ["test", "expected"]
    own = frame.assign(expected=[f"entity {row}" for row in range(len(frame))])
    assert rates_of_tests(own)[["test", "cases", "failures"]].to_numpy().tolist() == [["t", 20, 13]]


def test_failing_cases_come_the_surest_first() -> None:
    wrong = failing_cases(answers(Negation=3))
    assert wrong["score"].tolist() == [0.1, 0.05, 0.0]


def test_rows_of_other_weights_or_of_an_older_suite_do_not_count(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    frame = answers(Negation=3).reindex(columns=behaviour.COLUMNS, fill_value="").assign(fails=False)
    suite = read_suite("classification").digest
    frame = frame.assign(model="m", weights=weights_in(tmp_path), task="classification", suite=suite)
    table = tmp_path / "t.parquet"
    frame.to_parquet(table)
    found = stored_behaviour("m", str(tmp_path), str(table))
    assert found is not None
    assert found.rates["failures"].tolist() == [0]
    frame.assign(suite="older").to_parquet(table)
    assert stored_behaviour("m", str(tmp_path), str(table)) is None
    frame.assign(weights="others").to_parquet(table)
    assert stored_behaviour("m", str(tmp_path), str(table)) is None


def test_every_shipped_network_of_a_suite_was_measured_as_they_are_now() -> None:
    tables = {path.stem: [] for path in SUITES.glob("*.toml")}
    for folder in sorted(PRETRAINED.iterdir()):
        task = pd.read_json(folder / "config.json", typ="series").get("task")
        if task in tables:
            found = stored_behaviour(folder.name, str(folder))
            assert found is not None, behaviour.COMMAND.format(model=folder.name)
            assert TASK_FAMILIES.get(task).judge is not None
            tables[task].append(len(found.answers))
    assert all(len(set(counts)) == 1 for counts in tables.values())
