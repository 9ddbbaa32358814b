"""Published figures: each has a source and a mark, and ours beside them are medians of the same measure at the nearest
length."""

from __future__ import annotations

import pandas as pd
import pytest

from engine.errors import DataError
from engine.experiments.findings.literature import (
    MARKS,
    MEASURES,
    PUBLISHED,
    READ,
    beside_ours,
    beside_published_sentence,
    comparison_sentence,
    our_medians,
    published,
)
from engine.tasks import TASKS
from tests.engine.experiments.measured_rows import run, table


def test_every_figure_has_its_source_its_mark_and_a_known_measure():
    figures = published()
    assert (figures["source"].str.len() > 10).all()
    assert set(figures["mark"]) == set(MARKS)
    assert set(figures["measure"]) <= set(MEASURES)
    assert set(figures["our_task"]) <= {"", *TASKS.names()}
    assert (figures["difference"].str.len() > 10).all()
    assert figures[figures["measure"] != "words"]["value"].notna().all()
    remembered = figures[figures["mark"] != READ]["place"]
    assert remembered.str.startswith(("as remembered", "as quoted")).all()


def test_the_table_of_bai_kolter_and_koltun_is_whole():
    figures = published()
    rows = figures[(figures["place"] == "Table 1") & figures["source"].str.startswith("Bai")]
    adding = rows[rows["task"] == "Adding problem"].set_index("label")["value"].to_dict()
    assert adding == {"LSTM": 0.164, "GRU": 5.3e-5, "RNN": 0.177, "TCN": 5.8e-5}
    assert rows.groupby("task")["label"].agg(set).tolist() == [{"LSTM", "GRU", "RNN", "TCN"}] * 6
    assert (rows["mark"] == READ).all()


def test_ours_stand_beside_the_same_measure_at_the_nearest_length():
    frame = table(
        *(
            run("lstm", seed, loss, 0.5, solved, task="adding", length=600)
            for seed, (loss, solved) in enumerate([(0.1, None), (0.2, 60), (0.9, 100)])
        ),
        run("gru", 0, 0.05, 0.875, task="adding", length=200),
        run("gru", 0, 0.01, 0.9, task="adding", length=20),
    )
    found = beside_ours(published(), our_medians(frame))
    adding = found[(found["task"] == "Adding problem") & found["source"].str.startswith("Bai")].set_index("label")
    assert adding.loc["LSTM", ["ours", "our_length", "our_parameters", "our_runs", "is_same_length"]].tolist() == [
        0.2,
        600,
        5050,
        3,
        True,
    ]
    assert adding.loc["GRU", ["ours", "our_length", "is_same_length"]].tolist() == [0.05, 200, False]
    assert pd.isna(adding.loc["TCN", "ours"])
    assert pd.isna(adding.loc["RNN", "ours"])
    sequences = found[(found["measure"] == "sequences") & (found["our_task"] == "adding")]
    assert sequences["ours"].tolist() == [80 * 32] * 3  # the median of 60 and 100 updates of 32 sequences
    assert found[found["our_task"] == ""]["ours"].isna().all()
    assert comparison_sentence(adding.reset_index()) == (
        "4 published figures; beside 2 of them stands one of ours, 1 of these at the same length. "
        "LSTM on adding problem 600: 0.164 published, 0.2 here."
    )


def test_architectures_nobody_has_published_are_told_where_the_setting_is_repeated(tmp_path, monkeypatch):
    runs = [
        run(name, seed, loss, 0.9, solved, task="adding", length=600)
        for name, loss, solved in (("lstm_chrono", 0.001, 60), ("lstm", 0.2, None))
        for seed in (0, 1)
    ]
    table(*runs, run("min_gru", 0, 0.1, 0.9, task="adding", length=70)).to_parquet(tmp_path / "long.parquet")
    monkeypatch.setattr(
        "engine.experiments.runs.results.load_results", lambda name: pd.read_parquet(tmp_path / f"{name}.parquet")
    )
    assert beside_published_sentence(("long",)) == (
        "In the same setting, without a published figure: LSTM (chrono) on adding problem 600: 0.001, solved by 2 of "
        "2 seeds."
    )
    assert beside_published_sentence(()) == ""


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda text: text.replace(",R,", ",X,", 1), "line 2: a figure needs its source"),
        (lambda text: text.replace("Table 1", " ", 1), "line 2: a figure needs its source"),
        (lambda text: text.replace("source", "origin", 1), "lacks the columns source"),
    ],
)
def test_a_figure_without_source_or_mark_is_refused(tmp_path, damage, words):
    file = tmp_path / "published.csv"
    file.write_text(damage(PUBLISHED.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(DataError, match=words):
        published(file)
    with pytest.raises(DataError, match="cannot be read"):
        published(tmp_path / "nothing.csv")
