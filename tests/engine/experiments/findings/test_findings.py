"""Findings follow from the rows: swap the winner and the sentence swaps, let the ranges touch and nobody wins."""

from __future__ import annotations

import pandas as pd
import pytest

from engine.experiments.findings.sentences import (
    MOST_FINDINGS,
    findings,
    head_to_head,
    solved_map,
    typical_sentence,
    verdict_sentence,
)
from tests.engine.experiments.measured_rows import run, small_comparison, table


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return small_comparison()


def sentence(frame, name):
    """Return the finding called `name`."""
    return next(finding for finding in findings(frame, "parameters") if finding.name == name).sentence


def swapped(frame, one, other):
    """Return the table with the names of two architectures exchanged, all numbers as they were."""
    return frame.assign(architecture=frame["architecture"].replace({one: other, other: one}))


def test_the_winner_at_one_length(frame):
    def at(length, rows=frame, shown=()):
        return verdict_sentence(rows, "parameters", "delayed_recall", length, shown)

    assert (
        at(10)
        == "At length 10, two of three solve the task with most seeds, the GRU first, after 40 updates (40 to 60); "
        "next is the LSTM after 80 updates (80 to 100)."
    )
    assert at(10, swapped(frame, "lstm", "gru")).startswith(
        "At length 10, two of three solve the task with most seeds, the LSTM first, after 40 updates (40 to 60)"
    )
    assert at(40) == "At length 40, only the GRU solves the task with most seeds, after 40 updates (40 to 60)."
    assert at(40, shown=("lstm", "rnn")) == (
        "At length 40, nobody solves the task; the LSTM has the lowest median loss (0.6, 30 % of a guess's), and no "
        "seed of another comes near."
    )
    assert (
        at(40, shown=("rnn",))
        == "At length 40, the RNN does not solve the task; its median loss is 1.84, 92 % of a guess's."
    )


def test_where_ranges_touch_there_is_no_clear_winner():
    close = table(
        *(
            run(name, seed, 0.01, 1.0, solved)
            for name, steps in (("gru", (40, 60)), ("lstm", (60, 80)))
            for seed, solved in enumerate(steps)
        )
    )
    words = verdict_sentence(close, "parameters", "delayed_recall", 10)
    assert words.endswith(
        "the GRU first, after 60 updates (40 to 60); the ranges of the LSTM overlap its own, so there is no clear "
        "winner."
    )
    level = table(
        *(
            run(name, seed, loss, 0.5)
            for name, losses in (("gru", (0.5, 0.9)), ("lstm", (0.7, 1.0)))
            for seed, loss in enumerate(losses)
        )
    )
    assert "the ranges of the LSTM overlap its own: no clear winner" in verdict_sentence(
        level, "parameters", "delayed_recall", 10
    )
    hopeless = table(*(run(name, 0, loss, 0.2) for name, loss in (("gru", 1.95), ("rnn", 2.0))))
    assert "nobody does much better than a guess: the lowest median loss is 1.95" in verdict_sentence(
        hopeless, "parameters", "delayed_recall", 10
    )


def test_findings_change_with_the_rows(frame):
    assert sentence(frame, "overall") == (
        "Of 4 tests, each a task at one length, the GRU solves most with most of its seeds: 4. Next: the LSTM with 2."
    )
    assert "the LSTM solves most with most of its seeds: 4. Next: the GRU with 2." in sentence(
        swapped(frame, "lstm", "gru"), "overall"
    )
    assert sentence(frame, "gates").endswith("of 4 tests, the LSTM is clearly better on 4. The LSTM wins every time.")
    assert "the RNN is clearly better on 4" in sentence(swapped(frame, "lstm", "rnn"), "gates")
    assert "the GRU is clearly better on 4. The GRU wins every time." in sentence(frame, "lstm_gru")
    mixed = frame.assign(
        architecture=frame["architecture"].where(
            (frame["task"] == "adding") & (frame["length"] == 10), swapped(frame, "lstm", "gru")["architecture"]
        )
    )
    assert "the LSTM is clearly better on 3 and the GRU is clearly better on 1. The LSTM wins more often." in sentence(
        mixed, "lstm_gru"
    )
    same = frame[frame["architecture"] != "gru"]
    twins = pd.concat([same, same[same["architecture"] == "lstm"].assign(architecture="gru")], ignore_index=True)
    assert "on 4 their ranges over the seeds overlap. So there is no clear winner." in sentence(twins, "lstm_gru")
    assert "the LSTM and the GRU each solve 2 with most of their seeds: no clear winner overall." in sentence(
        twins, "overall"
    )


def test_the_time_until_solved_is_a_ratio_over_the_tests_both_solve(frame):
    # 40 updates of 0.03 s against 80 of 0.02 s, on both tasks at length 10; the ranges 1.2 to 1.8 and 1.6 to 2.0 touch
    assert sentence(frame, "seconds") == (
        "On the 2 tests that both solve with most of their seeds, the GRU needs 0.75 times the LSTM's processor time "
        "until then (geometric mean); everywhere the ranges over the seeds overlap, so there is no clear winner."
    )


def test_tests_that_both_solve_are_counted_as_in_who_solves_most(frame):
    # the LSTM solves parity with one seed of three: the first finding does not count that, so this one must not either
    lucky = [
        run(name, seed, 0.3, 0.9, solved if seed == 0 or name == "gru" else None, task="parity")
        for name, solved in (("lstm", 80), ("gru", 40))
        for seed in range(3)
    ]
    more = pd.concat([frame, table(*lucky)], ignore_index=True)
    assert sentence(more, "seconds").startswith("On the 2 tests that both solve with most of their seeds,")


def test_how_typical_the_opening_is_counts_all_tests(frame):
    words = typical_sentence(frame, "parameters")
    assert "Of all 4 tests" in words
    assert "the LSTM is clearly better on 4, the RNN on 0; on 0 their ranges" in words
    assert typical_sentence(frame[frame["architecture"] != "rnn"], "parameters") == ""


def test_a_lead_without_exception_is_said_as_such(frame):
    praise = [
        run(name, seed, loss, 0.8, task=task)
        for task, losses in (("sentences", (0.3, 0.5)), ("characters", (0.5, 0.5)))
        for name, loss in zip(("lstm", "average"), losses, strict=True)
        for seed in range(2)
    ]
    words = sentence(pd.concat([frame, table(*praise)], ignore_index=True), "order")
    assert words.endswith("on 1 the ranges over the seeds overlap. Every clear win is the LSTM's.")


def test_structure_and_order_are_spoken_of_when_they_were_run(frame):
    assert not {"structure", "order"} & {finding.name for finding in findings(frame, "parameters")}
    parity = [
        run(name, seed, loss, 0.9, task="parity")
        for name, loss in (("lstm", 0.1), ("gru", 0.1), ("transformer", 0.6))
        for seed in range(2)
    ]
    praise = [
        run(name, seed, 0.4 + 0.1 * seed, 0.8, task="sentences")
        for name in ("lstm", "gru", "average")
        for seed in range(2)
    ]
    more = pd.concat([frame, table(*parity, *praise)], ignore_index=True)
    assert sentence(more, "structure").endswith("of 1 test, the LSTM is clearly better on 1. The LSTM wins.")
    assert sentence(more, "order").endswith(
        "of 1 test, on 1 their ranges over the seeds overlap. So there is no clear winner."
    )
    assert len(findings(more, "parameters")) == MOST_FINDINGS


def test_every_finding_leads_to_runs_that_are_in_the_table(frame):
    for finding in findings(frame, "parameters"):
        view = dict(finding.view)
        assert view["equal"] == "parameters"
        assert view["section"] in ("rules", "learning", "tradeoff")
        if "learning_length" in view:
            rows = frame[(frame["task"] == view["task"]) & (frame["length"] == int(view["learning_length"]))]
            assert set(head_to_head(frame, "parameters", "lstm", "gru").names) <= set(rows["architecture"])


def test_the_map_counts_seeds_and_rings_the_clear_winner(frame):
    rows = solved_map(frame, "parameters").set_index(["task", "length", "architecture"])
    assert rows.loc[("adding", 10, "lstm")].to_dict() == {
        "runs": 3,
        "solved_runs": 3,
        "is_best": False,
        "is_beyond_guess": True,
    }
    assert rows.loc[("adding", 40, "gru"), "is_best"]
    assert not rows.loc[("adding", 40, "rnn"), "is_beyond_guess"]  # its median loss is 92 % of a guess's
    assert rows.groupby(["task", "length"])["is_best"].sum().tolist() == [1, 1, 1, 1]
