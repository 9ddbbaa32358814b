"""The comparison page: its charts and words are those of the measured rows, its whole state is in the address."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path

import pandas as pd
import pytest

from engine.experiments.findings import aggregates
from engine.experiments.findings.aggregates import aggregate_runs, opening_task
from engine.experiments.findings.learning_curves import compare_runs, median_curves
from engine.experiments.findings.protocol import STOPPING_RULE, protocol
from engine.experiments.findings.rate_trials import rate_trials, sensitivity_sentence
from engine.experiments.findings.sentences import findings, typical_sentence, verdict_sentence
from engine.experiments.findings.tradeoff import front_sentence, tradeoff
from engine.experiments.runs import results
from pages.components.comparison.rules import rule_sentences
from tests.engine.experiments.measured_rows import small_comparison
from tests.pages.charts import figure, names
from tests.pages.open import alternative_texts, open_page, sentences, written


@pytest.fixture(scope="module")
def small_table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the small made-up comparison."""
    folder = tmp_path_factory.mktemp("results")
    small_comparison().to_parquet(folder / "shipped.parquet")
    return folder


@pytest.fixture(autouse=True)
def frame(small_table: Path, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    """Return the table the page finds instead of the shipped one."""
    monkeypatch.setattr(results, "RESULTS", small_table)
    return results.load_results("shipped", small_table)


def drawn(at, chart: str) -> dict[str, dict]:
    """Return the traces of a chart by name."""
    return {trace.get("name"): trace for trace in figure(at, chart)["data"]}


def test_opens_with_who_wins_and_what_it_means_worked_out_from_the_rows(frame: pd.DataFrame) -> None:
    at = open_page("comparison")
    assert not at.exception
    assert [title.value for title in at.title] == ["Comparison"]
    assert opening_task(aggregate_runs(frame), "parameters") == "adding"
    assert verdict_sentence(frame, "parameters", "adding", 40) in written(at)  # errors lie furthest apart there
    assert typical_sentence(frame, "parameters") in written(at)
    assert typical_sentence(frame, "parameters") not in written(open_page("comparison", task="delayed_recall"))
    own = frame[
        (frame["kind"] == "summary")
        & (frame["equal"] == "parameters")
        & (frame["task"] == "adding")
        & (frame["architecture"] == "lstm")
    ]
    lines = drawn(at, "error-by-length")
    assert lines["LSTM"]["y"] == pytest.approx(
        [100 * 6 * own[own["length"] == length]["loss"].median() for length in (10, 40)]
    )
    assert lines["Without memory"]["y"] == [100, 100]
    for finding in findings(frame, "parameters"):
        assert f"{finding.title}:** {finding.sentence}" in written(at)
    at.button(key="show-lstm_gru").click().run()
    assert not at.exception
    assert "loss-while-learning-chart" in str(names(at))
    assert "How they learn" in at.query_params["section"]


def test_all_the_page_shows_of_a_table_comes_from_aggregates_made_once(
    frame: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_comparison().to_parquet(tmp_path / "shipped.parquet")
    monkeypatch.setattr(results, "RESULTS", tmp_path)  # a table that no other test has had the page read
    made = []
    make = aggregates.aggregate_runs

    @functools.wraps(make)
    def aggregate_runs(table: pd.DataFrame) -> pd.DataFrame:
        made.append(len(table))
        return make(table)

    monkeypatch.setattr(aggregates, "aggregate_runs", aggregate_runs)
    for section in ("findings", "learning", "tradeoff", "rules"):
        for look in ("error", "updates"):
            assert not open_page("comparison", section=section, who_up=look, task="delayed_recall").exception
    assert not open_page("home").exception
    assert made == [len(frame)]


def test_any_architecture_and_equality_by_the_address(frame: pd.DataFrame) -> None:
    at = open_page("comparison", task="delayed_recall", show=["RNN", "gru"], who_log_y="true")
    lines = drawn(at, "error-by-length")
    assert set(lines) == {"RNN", "GRU", "Without memory"}
    assert figure(at, "error-by-length")["layout"]["yaxis"]["type"] == "log"
    assert "the GRU solves the task" in written(at)
    at = open_page("comparison", matched_by="hidden_size", section="rules")
    assert set(drawn(at, "error-by-length")) == {"RNN", "LSTM", "Without memory"}
    assert "Equal hidden size: all networks" in written(at)
    at = open_page("comparison", show="")
    assert not at.exception
    assert any("No architecture is chosen" in note.value for note in at.info)


def test_the_first_chart_counts_updates_until_solved_instead(frame: pd.DataFrame) -> None:
    at = open_page("comparison", task="delayed_recall", who_up="updates")
    lines = drawn(at, "error-by-length")
    assert set(lines) == {"LSTM", "GRU"}  # the RNN solves it at no length, the LSTM only at the shorter one
    assert (lines["GRU"]["y"], lines["LSTM"]["y"]) == ([40, 40], [80])
    assert figure(at, "error-by-length")["layout"]["yaxis"]["title"]["text"] == "Updates until solved"
    at = open_page("comparison", task="delayed_recall", who_up="updates", show=["RNN"])
    assert not at.exception
    assert any("errors are drawn" in note.value for note in at.info)
    assert "Without memory" in drawn(at, "error-by-length")


def test_curves_are_those_of_the_chosen_length_axis_and_look(frame: pd.DataFrame) -> None:
    at = open_page("comparison", section="learning", task="adding", learning_length="40", learning_against="seconds")
    curves = median_curves(frame, "parameters", "adding", 40)
    own = curves[curves["architecture"] == "gru"]
    line = drawn(at, "loss-while-learning")["GRU"]
    assert (line["x"], line["y"]) == (pytest.approx(list(own["seconds"])), pytest.approx(list(own["loss_median"])))
    assert "mean squared error" in figure(at, "loss-while-learning")["layout"]["yaxis"]["title"]["text"]
    assert any("of length 40 against processor seconds" in text for text in alternative_texts(at))
    at.session_state["learning_look"] = "two runs"
    at.session_state["learning_threshold"] = 25.0
    at.run()
    assert not at.exception
    pair = compare_runs(frame, "parameters", "adding", 40, "lstm-0", "gru-0", 25.0)
    assert pair.sentence in written(at)
    assert drawn(at, "two-runs")["B less A"]["y"] == pytest.approx(list(pair.table["difference"]))


def test_costs_parameters_rules_and_published_figures(frame: pd.DataFrame) -> None:
    at = open_page("comparison", section="tradeoff", task="delayed_recall", tradeoff_length="10")
    table = tradeoff(frame, "parameters", "delayed_recall", 10, "seconds in all")
    assert front_sentence(table) in written(at)
    assert drawn(at, "error-by-cost")["GRU"]["x"] == pytest.approx([1.2])
    at = open_page("comparison", section="sizes")
    assert drawn(at, "parameters")["Counted"]["x"] == [5_248, 20_992, 15_744]
    at = open_page("comparison", section="rules")
    rules = protocol(frame, "parameters")
    assert f"more than {rules.largest_difference_percent:.2g} %" in written(at)
    assert "chosen for every task, at one length, among 0.001, 0.003, 0.01" in written(at)
    assert any("engine compare --recipe shipped" in code.value for code in at.code)
    assert "loss-by-rate-chart" not in str(names(at))  # no rate was tried on adding
    at = open_page("comparison", section="rules", task="delayed_recall")
    assert drawn(at, "loss-by-rate")["GRU"]["y"] == [0.5, 0.2, 0.9]
    assert sensitivity_sentence(rate_trials(frame, "delayed_recall", 10), 2.0) in written(at)
    at = open_page("comparison", section="literature")
    published = at.dataframe[-1].value
    assert set(published["how_read"]) == {"read at the source"}
    bai = published[(published["task"] == "Adding problem") & (published["length"] == 600)]
    assert bai["published"].tolist() == ["0.164", "5.3e-5", "0.177", "5.8e-5"]
    assert bai["ours"].tolist()[-1] == ""  # no TCN here
    at.toggle(key="literature_unread").set_value(True).run()
    more = at.dataframe[-1].value
    unread = more[more["how_read"] == "as remembered, not checked"]
    assert len(unread)
    assert unread["source"].str.startswith("as remembered in ").all()


def test_the_rules_say_how_gates_start_and_when_a_run_ends(frame: pd.DataFrame) -> None:
    rules = protocol(frame, "parameters")
    assert not any("start out" in sentence for sentence in rule_sentences(rules))  # the rows do not say
    text = " ".join(
        rule_sentences(
            dataclasses.replace(
                rules, memory_biases={1.0: ("parity",), 4.0: ("adding", "copying")}, max_grad_norms=(1.0,)
            )
        )
    )
    assert "at 4 on adding problem and copying memory; at 1 on parity" in text
    assert "norm is above 1 is clipped" in text
    assert STOPPING_RULE in text


@pytest.mark.parametrize(
    ("parameters", "allowed"),
    [
        ({"task": "chess"}, "Adding problem, Delayed recall"),
        ({"matched_by": "luck"}, "Equal parameters, Equal hidden size"),
        ({"show": ["LSTM", "abacus"]}, "RNN, LSTM, GRU"),
        ({"section": "learning", "learning_length": "0"}, "10, 40"),
        ({"section": "learning", "learning_length": "100000"}, "10, 40"),
        ({"section": "learning", "learning_threshold": "inf"}, "a finite number"),
        ({"section": "learning", "learning_look": "two runs", "learning_one": "rnn-9"}, "RNN, seed 0"),
        ({"section": "fortune"}, "What it means"),
    ],
)
def test_a_bad_address_is_named_and_the_default_used(parameters: dict, allowed: str) -> None:
    at = open_page("comparison", **parameters)
    assert not at.exception
    found = [sentence for sentence in sentences(at) if f"{list(parameters)[-1]} = " in sentence]
    assert len(found) == 1, sentences(at)
    assert allowed in found[0]
    assert "error-by-length-chart" in str(names(at))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("missing", "engine compare --recipe shipped"),
        ("half", "shipped.parquet"),
        ("older", "engine compare"),
        ("column", "lacks the columns"),
    ],
)
def test_without_usable_results_one_sentence_and_the_other_sections_remain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_table: Path, damage: str, words: str
) -> None:
    file = tmp_path / "shipped.parquet"
    rows = pd.read_parquet(small_table / "shipped.parquet")
    if damage == "half":
        file.write_bytes((small_table / "shipped.parquet").read_bytes()[:1000])
    elif damage == "older":
        rows.drop(columns=["schema", "equal"]).to_parquet(file)
    elif damage == "column":
        rows.drop(columns=["solved_step"]).to_parquet(file)
    monkeypatch.setattr(results, "RESULTS", tmp_path)
    at = open_page("comparison")
    assert not at.exception
    assert len([sentence for sentence in sentences(at) if words in sentence]) == 1, sentences(at)
    assert names(at) == [] or "error-by-length" not in str(names(at))


def test_the_lines_of_a_receipt_give_the_numbers_again(frame: pd.DataFrame, capsys: pytest.CaptureFixture[str]) -> None:
    at = open_page("comparison", section="tradeoff")
    lines = [code.value for code in at.code if "import" in code.value]
    assert len(lines) == 2
    for code in lines:
        code = code.replace("load_results('shipped')", "load_results('shipped', results.RESULTS)")
        exec(code, {"results": results})
    out = capsys.readouterr().out
    assert "error_median" in out
    assert "cost_median" in out
