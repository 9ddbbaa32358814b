"""Who won: hand-made runs whose winner is known, and the tally that counts a race once."""

from __future__ import annotations

import math

import pytest

from engine.experiments.findings.verdicts import judge
from engine.experiments.live_race.tally import record, tally
from engine.experiments.live_race.words import bet_words, verdict_words


def runs(architecture, *ends, baseline=2.0):
    """Return runs that solved at an update (whole numbers) or ended at a loss (others)."""
    return [
        {
            "architecture": architecture,
            "is_solved": isinstance(end, int),
            "step": end if isinstance(end, int) else 500,
            "loss": 0.01 if isinstance(end, int) else end,
            "baseline": baseline,
        }
        for end in ends
    ]


@pytest.mark.parametrize(
    ("rows", "winner", "leader", "rivals"),
    [
        (runs("gru", 100, 120, 140) + runs("lstm", 150, 160, 300) + runs("rnn", 1.9, 1.9, 1.9), "gru", "gru", ()),
        (runs("gru", 100, 120, 160) + runs("lstm", 150, 170, 300), "", "gru", ("lstm",)),
        (runs("gru", 300, 310, 320) + runs("lstm", 100, 290, 1.5), "", "lstm", ("gru",)),
        (runs("gru", 100, 1.9, 1.9) + runs("lstm", 1.0, 1.1, 1.2), "", "lstm", ("gru",)),  # one seed is not most
        (
            runs("gru", 100, 120, 1.9) + runs("rnn", 1.0, 1.1, 1.2),
            "gru",
            "gru",
            (),
        ),  # never is no tie with one late seed
        (runs("gru", 0.5, 0.6, 0.7) + runs("rnn", 0.8, 0.9, 1.0), "gru", "gru", ()),
        (runs("gru", 0.5, 0.6, 0.7) + runs("rnn", 0.7, 0.9, 1.0), "", "gru", ("rnn",)),
        (runs("gru", 1.85, 1.9, 2.0) + runs("rnn", 2.0, 2.1, 2.2), "", "", ()),
        (runs("gru", math.nan, math.nan, 0.5) + runs("rnn", 0.6, 0.7, 0.8), "", "rnn", ("gru",)),
        (runs("gru", math.nan, math.nan, 0.9) + runs("rnn", 0.6, 0.7, 0.8), "rnn", "rnn", ()),
    ],
)
def test_the_rule(rows, winner, leader, rivals):
    verdict = judge(rows)
    assert (verdict.winner, verdict.leader, verdict.rivals) == (winner, leader, rivals)


def test_the_same_runs_in_another_order_have_the_same_winner():
    rows = runs("gru", 100, 120, 140) + runs("lstm", 150, 160, 300)
    assert judge(rows[::-1]).winner == judge(rows).winner == "gru"


def test_words_say_who_won_and_what_became_of_the_bet():
    verdict = judge(runs("gru", 100, 120, 140) + runs("lstm", 150, 160, 300) + runs("rnn", 1.9, 1.8, 1.7))
    words = verdict_words(verdict)
    assert words.startswith("GRU wins: solved after 120 updates (100 to 140).")
    assert "LSTM: solved after 160 updates (150 to 300)" in words
    assert "RNN: 0 of 3 seeds solved it, loss 1.8 (1.7 to 1.9)" in words
    assert [verdict.of_bet(bet) for bet in ("gru", "rnn", "")] == ["right", "wrong", ""]
    assert "you were right" in bet_words(verdict, "gru")
    close = judge(runs("gru", 100, 120, 160) + runs("lstm", 150, 170, 300))
    assert verdict_words(close).startswith("No clear winner: GRU comes first")
    assert close.of_bet("gru") == "undecided"
    assert "no winner" in verdict_words(judge(runs("gru", 1.95) + runs("rnn", 2.0)))


def test_the_tally_counts_a_race_once_and_keeps_no_way_to_it(tmp_path):
    file = tmp_path / "new" / "tally.sqlite"
    assert tally("adding", file).empty
    for _ in range(2):
        assert record("secret-id", "adding", 20, ("rnn", "gru"), "gru", "rnn", "wrong", file)
    record("other", "copying", 20, ("rnn", "gru"), "", "", "", file)
    rows = tally("adding", file)
    assert rows.to_dict("records") == [
        {"task": "adding", "length": 20, "runners": "rnn,gru", "winner": "gru", "bet": "rnn", "outcome": "wrong"}
    ]
    assert b"secret-id" not in file.read_bytes()
    (tmp_path / "file").write_text("")
    assert not record("x", "adding", 20, ("rnn",), "", "", "", tmp_path / "file" / "tally.sqlite")
    broken = tmp_path / "broken.sqlite"
    broken.write_text("not a database " * 100)
    assert tally("adding", broken).empty
