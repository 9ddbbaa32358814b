"""Tables of results: read in order with their types, traced to where they come from, and refused in words where they
are not one."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from engine.errors import DataError
from engine.experiments.runs import results

SOURCE = {
    "schema": 2,
    "commit": "abc",
    "hardware": "a machine",
    "cores": 2,
    "torch": "2.13",
    "date": "2026-11-21T00:00:00Z",
}


def summary(architecture, length, seed, loss, solved_step=math.nan, task="adding"):
    return {
        "kind": "summary",
        "task": task,
        "architecture": architecture,
        "length": length,
        "equal": "parameters",
        "seed": seed,
        "step": 100,
        "max_steps": 100,
        "loss": loss,
        "accuracy": 1 - loss,
        "is_solved": not math.isnan(solved_step),
        "solved_step": solved_step,
        "hidden_size": 8,
        "parameters": 100,
        "baseline": 0.5,
        "baseline_accuracy": 0.1,
        "seconds_per_step": 0.01,
        "elapsed_seconds": 2.0,
        "learning_rate": 0.003,
        **SOURCE,
    }


def point(architecture, seed, step, loss):
    where = {"kind": "curve", "task": "adding", "length": 10, "equal": "parameters"}
    return (
        where | {"architecture": architecture, "seed": seed, "step": step, "loss": loss, "accuracy": 1 - loss} | SOURCE
    )


def timing(architecture, equal, hidden_size, layer_parameters, seconds):
    return {
        "kind": "timing",
        "task": "",
        "architecture": architecture,
        "length": 10,
        "equal": equal,
        "batch_size": 4,
        "hidden_size": hidden_size,
        "parameters": layer_parameters + 5,
        "formula_parameters": layer_parameters + 5,
        "layer_parameters": layer_parameters,
        "seconds_per_step": seconds,
        "seconds_per_streamed_step": seconds / 10,
        **SOURCE,
    }


ROWS = [
    summary("lstm", 10, 0, 0.1, 40),
    summary("lstm", 10, 1, 0.3, 60),
    summary("rnn", 10, 0, 0.5),
    summary("rnn", 10, 1, 0.4),
    summary("lstm", 50, 0, 0.2, 90),
    summary("lstm", 50, 1, 0.4),
    summary("rnn", 50, 0, 0.45),
    summary("rnn", 50, 1, 0.47),
    point("lstm", 0, 20, 0.6),
    point("lstm", 0, 40, 0.1),
    point("lstm", 1, 20, 0.8),
    point("lstm", 1, 40, 0.5),
    point("lstm", 1, 60, 0.3),
    point("rnn", 0, 20, 0.7),
    timing("lstm", "hidden_size", 8, 400, 0.004),
    timing("rnn", "hidden_size", 8, 100, 0.001),
    timing("lstm", "parameters", 4, 105, 0.002),
    timing("rnn", "parameters", 8, 100, 0.001),
]


@pytest.fixture
def frame(tmp_path):
    pd.DataFrame(ROWS).to_parquet(tmp_path / "known.parquet")
    return results.load_results("known", tmp_path)


def test_what_is_in_a_table_and_where_it_came_from(frame):
    assert list(dict.fromkeys(frame["architecture"])) == ["rnn", "lstm"]
    assert {str(frame[name].dtype) for name in ("length", "solved_step")} == {"Int64"}
    assert results.receipt(frame, "known") == {
        "commit": "abc",
        "hardware": "a machine",
        "cores": "2",
        "torch": "2.13",
        "date": "2026-11-21T00:00:00Z",
        "seeds": "0, 1",
        "runs": 8,
        "elapsed_seconds": 16.0,
        "command": "python -m engine compare --recipe known",
    }


def test_missing_damaged_foreign_and_older_tables_are_refused_in_words(frame, tmp_path):
    again = "python -m engine compare --recipe"
    with pytest.raises(DataError, match=rf"no results called 'other' \(there: known\).*{again} other"):
        results.load_results("other", tmp_path)
    pd.DataFrame({"bleu": [1.0]}).to_parquet(tmp_path / "foreign.parquet")
    with pytest.raises(DataError, match="lacks the columns schema, kind, task"):
        results.load_results("foreign", tmp_path)
    rows = pd.DataFrame(ROWS)
    rows.drop(columns=["loss", "equal"]).to_parquet(tmp_path / "gaps.parquet")
    with pytest.raises(DataError, match=rf"lacks the columns equal, loss; make it anew with: {again} gaps"):
        results.load_results("gaps", tmp_path)
    for number, table in ((1, rows.drop(columns="schema")), (3, rows.assign(schema=3))):
        table.to_parquet(tmp_path / "other.parquet")
        with pytest.raises(
            DataError, match=rf"has schema {number}, and this version reads schema 2; make it anew with: {again} other"
        ):
            results.load_results("other", tmp_path)
    whole = (tmp_path / "known.parquet").read_bytes()
    for broken in (
        whole[:500],
        whole[:100] + bytes(600) + whole[700:],
    ):  # cut off; and a good end after a bad beginning
        (tmp_path / "half.parquet").write_bytes(broken)
        with pytest.raises(DataError, match="cannot be read as Parquet"):
            results.load_results("half", tmp_path)
    assert "known" in results.list_results(tmp_path)
    assert not {"foreign", "gaps", "other"} & set(results.list_results(tmp_path))
