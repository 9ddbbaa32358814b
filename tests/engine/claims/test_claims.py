"""Every claim's verdict follows from the stored rows: turned round, they turn it."""

from __future__ import annotations

import dataclasses
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from engine.claims.claim import (
    ABOVE,
    AGAINST,
    BELOW,
    CLAIMS,
    CONDITION,
    FAILS,
    FOR,
    HOLDS,
    OPEN,
    SUBJECTS,
    TOUCHES,
    UNMEASURED,
    VERDICTS,
    WITHIN,
    ClaimTrial,
    verdict_of,
)
from engine.claims.measures import GRU, LSTM, Beside, Bounded, Quantity
from engine.claims.ruling import counts_sentence, rule_all, rule_on
from engine.claims.tables import EVIDENCE
from engine.experiments.gradients import clipping_search
from engine.experiments.runs.results import RESULTS
from engine.inspection.classification import word_order
from engine.inspection.stored import sentence_scores
from engine.inspection.tagging import quality
from engine.inspection.translation import regimes
from engine.inspection.writing import temperature_results
from engine.plotting.comparison.claims import trial_ranges
from tests.plotly_figures import as_plotly

MEASURED = [name for name, claim in CLAIMS.items() if claim.measure is not None]
TURNED = {FOR: AGAINST, AGAINST: FOR, OPEN: OPEN}


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return {name: table.read(RESULTS) for name, table in EVIDENCE.items()}


def turned(rows: pd.DataFrame, measure: Beside | Bounded) -> pd.DataFrame:
    """Return rows that say the opposite: the sides exchanged, or every value on the other side of the bound."""
    if isinstance(measure, Beside):
        one, other = (side.value or side.look for side in measure.sides)
        return rows.assign(**{measure.by: rows[measure.by].replace({one: other, other: one})})
    column = measure.quantity.column
    return rows.assign(**{column: measure.low + measure.high - rows[column].astype(float)})


@pytest.mark.parametrize("name", MEASURED)
def test_numbers_turned_round_turn_the_verdict(name: str, tables: dict[str, pd.DataFrame]) -> None:
    claim = CLAIMS.get(name)
    rows = pd.concat([claim.prepare(tables[table]) for table in claim.tables], ignore_index=True)
    trials = claim.measure(rows)
    found = rule_on(name, claim, tables.__getitem__)
    assert found.verdict == verdict_of(trials, claim.says, claim.is_universal)
    spoken = [trial.speaks(claim.says) for trial in trials]
    if claim.says == WITHIN:  # far from the bounds nothing speaks for it
        column = claim.measure.quantity.column
        away = claim.measure(rows.assign(**{column: rows[column] + 1000.0}))
        assert {trial.speaks(claim.says) for trial in away} == {AGAINST}
        assert verdict_of(away, claim.says) == FAILS != found.verdict
        return
    other = claim.measure(turned(rows, claim.measure))
    assert [trial.speaks(claim.says) for trial in other] == [TURNED[outcome] for outcome in spoken]
    if spoken.count(FOR) != spoken.count(AGAINST) and not claim.is_universal:
        assert verdict_of(other, claim.says) != found.verdict


@pytest.mark.parametrize(
    ("spoken", "verdict"),
    [
        ((FOR, FOR), HOLDS),
        ((FOR, OPEN), CONDITION),
        ((FOR, AGAINST), CONDITION),
        ((FOR, AGAINST, AGAINST), FAILS),
        ((OPEN, AGAINST), FAILS),
        ((OPEN, OPEN), TOUCHES),
        ((), UNMEASURED),
    ],
)
def test_the_rule(spoken: tuple[str, ...], verdict: str) -> None:
    values = {FOR: (3.0, 4.0), AGAINST: (0.0, 1.0), OPEN: (1.0, 3.0)}
    trials = [ClaimTrial("here", values[outcome], (2.0, 2.0)) for outcome in spoken]
    assert verdict_of(trials, ABOVE) == verdict


def test_one_exception_refutes_what_is_said_of_every_network() -> None:
    trials = [
        ClaimTrial("RNN", (0.0,), (50.0,)),
        ClaimTrial("LSTM", (0.0,), (50.0,)),
        ClaimTrial("chrono", (100.0,), (50.0,)),
    ]
    assert verdict_of(trials, BELOW, is_universal=True) == FAILS
    assert verdict_of(trials[:2], BELOW, is_universal=True) == HOLDS


def test_ranges_that_touch_decide_nothing() -> None:
    assert ClaimTrial("", (1.0, 2.0), (2.0, 3.0)).speaks(BELOW) == OPEN
    assert ClaimTrial("", (1.0, 1.9), (2.0, 3.0)).speaks(BELOW) == FOR
    assert ClaimTrial("", (24.9, 25.0), (24.5, 25.5)).speaks(WITHIN) == FOR
    assert ClaimTrial("", (11.0, 25.0), (24.5, 25.5)).speaks(WITHIN) == OPEN


def test_sides_are_told_by_the_rows() -> None:
    rows = pd.DataFrame(
        {"where": ["a", "a", "a", "b"], "architecture": ["gru", "gru", "lstm", "gru"], "updates": [1, 2, 3, 9]}
    )
    updates = Quantity("updates", "Updates")
    assert Beside(updates, GRU, LSTM)(rows) == [ClaimTrial("a", (1.0, 2.0), (3.0,))]
    assert Bounded(updates, GRU, 2.0, 2.0)(rows)[1] == ClaimTrial("b", (9.0,), (2.0, 2.0))


def test_claims_are_whole() -> None:
    assert len(MEASURED) >= 24
    for name, claim in CLAIMS.items():
        assert claim.subject in SUBJECTS
        assert all(text.endswith((".", "”")) for text in (claim.sentence, claim.why, claim.changes)), name
        assert bool(claim.missing) == (claim.measure is None), name
        assert all(table in EVIDENCE.names() for table in claim.tables)
    titles = [claim.title for _, claim in CLAIMS.items()]
    assert len(set(titles)) == len(titles)


def test_every_verdict_occurs_and_the_counts_say_so(tables: dict[str, pd.DataFrame]) -> None:
    found = [rule_on(name, claim, tables.__getitem__) for name, claim in CLAIMS.items()]
    assert {ruling.verdict for ruling in found} == set(VERDICTS)
    assert all(ruling.figure and ruling.day for ruling in found if ruling.verdict != UNMEASURED)
    said = counts_sentence(found)
    assert said.startswith(f"Of {len(found)} claims, ")
    counts = [sum(ruling.verdict == verdict for ruling in found) for verdict in VERDICTS]
    assert [int(number) for number in re.findall(r"\d+", said)[1:]] == counts


def test_the_sentence_says_who_speaks_and_the_clearest_trial_decides() -> None:
    rows = pd.DataFrame(
        [("a", "gru", 1), ("a", "gru", 2), ("a", "lstm", 3), ("a", "lstm", 4), ("b", "gru", 1), ("b", "lstm", 9)]
        + [("c", "gru", 1), ("c", "gru", 5), ("c", "lstm", 4)],
        columns=["where", "architecture", "updates"],
    ).assign(date=["2026-11-03T10:00"] + 8 * ["2026-11-01T09:00"], hardware="here", commit="c0ffee")
    measured = {"tables": ("shipped",), "prepare": lambda frame: frame, "says": BELOW}
    measure = Beside(Quantity("updates", "Updates"), GRU, LSTM)
    claim = dataclasses.replace(CLAIMS.get("gru_fewer_updates"), measure=measure, **measured)
    found = rule_on("gru", claim, {"shipped": rows}.__getitem__)
    assert found.sentence == (
        "2 of 3 trials speak for it (b and a), most clearly b: GRU 1, LSTM 9. 1 of 3 trials leaves it open, as the "
        "ranges touch: c: GRU 3 (1 to 5), LSTM 4."
    )
    assert (found.verdict, found.figure) == (CONDITION, "b: GRU 1, LSTM 9")
    assert (found.day, found.machine, found.commit) == ("2026-11-01 to 2026-11-03", "here", "c0ffee")
    turned = rule_on("gru", dataclasses.replace(claim, says=ABOVE), {"shipped": rows}.__getitem__)
    assert (turned.verdict, turned.figure) == (FAILS, found.figure)


def test_figures_are_whole(tables: dict[str, pd.DataFrame]) -> None:
    for name in MEASURED:
        found = rule_on(name, CLAIMS.get(name), tables.__getitem__)
        measure = found.claim.measure
        looks = [side.look for side in measure.sides]
        figure = as_plotly(trial_ranges(found.table(), mode="light", looks=looks, x_title=measure.quantity.unit))
        assert len(figure.layout.annotations) == len(found.trials)


def test_a_table_is_measured_by_the_command_that_its_own_page_names() -> None:
    told = {
        "word_order": word_order.COMMAND.format(model="MODEL"),
        "entity_ablation": quality.ABLATION_COMMAND,
        "temperatures": temperature_results.COMMAND.format(model="MODEL"),
        "teacher_forcing": regimes.COMMAND.format(model="MODEL"),
        "translation_test_set": sentence_scores.COMMAND.format(model="MODEL"),
        "clipping_thresholds": f"python -m {clipping_search.__name__}",
    }
    found = {name: table.command for name, table in EVIDENCE.items() if not table.is_comparison}
    assert found == told


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("word_order", "entity_ablation"):
        shutil.copy(RESULTS / f"{name}.parquet", tmp_path)
    return tmp_path


def test_a_table_that_is_not_there_is_not_measured_and_says_what_measures_it(folder: Path) -> None:
    (folder / "entity_ablation.parquet").write_bytes(b"torn")
    pd.read_parquet(RESULTS / "word_order.parquet").drop(columns="accuracy").to_parquet(folder / "word_order.parquet")
    found = rule_all(folder)
    assert {ruling.verdict for ruling in found.values()} == {UNMEASURED}
    assert "python -m engine compare --recipe shipped" in found["lstm_hundred"].sentence
    assert "damaged" in found["crf_helps"].sentence
    assert "lacks the columns accuracy" in found["order_matters"].sentence


def test_rows_that_are_missing_are_not_measured(folder: Path) -> None:
    rows = pd.read_parquet(folder / "entity_ablation.parquet")
    rows[~rows["crf"]].to_parquet(folder / "entity_ablation.parquet")
    found = rule_all(folder)["crf_helps"]
    assert found.verdict == UNMEASURED
    assert "--ablation" in found.sentence
