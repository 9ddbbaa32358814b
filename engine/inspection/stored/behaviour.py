"""How networks fared on the behaviour suite of their task, as `python -m engine evaluate --behaviour` measured it:
failure rates by capability, and every sentence that went wrong.

A failure rate is that of sentences such as the suite's. Its interval (Wilson, 95 %) takes them to be independent, and
those of one template are alike: how a network does on other people's sentences is less certain than that.

Paper: Ribeiro, Wu, Guestrin and Singh (2020), Beyond accuracy: behavioral testing of NLP models with CheckList, ACL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from engine.aggregation import wilson
from engine.behaviour import read_suite
from engine.inspection.stored.tables import RESULTS, read_stored_table, with_these_weights
from engine.lazy import lazy_property
from engine.wording import listing, percent

TABLE = RESULTS / "behaviour.parquet"
COMMAND = "python -m engine evaluate --model {model} --dry-run --behaviour data/results/behaviour.parquet"
COLUMNS = tuple(
    "model weights task suite title capability test domain text expected beside answer score fails hardware commit "
    "date".split()
)
LEAST_SHARED = 8  # cases that expect the same, on average
KNOWN, UNKNOWN = 0.1, 0.4  # failure rates up to which, and from which on, a capability is said to be there or not


@dataclass(frozen=True)
class StoredBehaviour:
    """How one network fared.

    Attributes:
        answers: one row per case, in the suite's order. rates: `failure_rates` of them.
    """

    answers: pd.DataFrame
    rates: pd.DataFrame

    @lazy_property
    def sentence(self) -> str:
        """What the network can do and what not."""
        return behaviour_sentence(self.rates)


def stored_behaviour(name: str, folder: str, table: str = "") -> StoredBehaviour | None:
    """Return how the model `name`, with exactly the weights in `folder`, fared on the suite as it is now; None where
    that was not measured.

    Raises:
        DataError: the table is not there, is damaged, or lacks columns.
    """
    absent = f"Behaviour has not been measured here; run: {COMMAND.format(model='NAME')}."
    frame = with_these_weights(read_stored_table(Path(table or TABLE), COLUMNS, absent), name, folder)
    if frame.empty or frame["suite"].iloc[0] != read_suite(str(frame["task"].iloc[0])).digest:
        return None
    return StoredBehaviour(frame, failure_rates(frame))


def failure_rates(answers: pd.DataFrame, by: Sequence[str] = ("capability",)) -> pd.DataFrame:
    """Return one row per capability in the suite's order: cases, failures, rate, and the 95 % interval of the rate.

    Args:
        by: the columns whose values part the answers; ("test", "expected") for what a capability consists of.
    """
    rows = []
    for values, part in answers.groupby([*by], sort=False):
        failures = int(part["fails"].sum())
        rows.append((*values, len(part), failures, failures / len(part), *wilson(failures, len(part))))
    return pd.DataFrame(rows, columns=[*by, "cases", "failures", "rate", "low", "high"])


def rates_of_tests(answers: pd.DataFrame) -> pd.DataFrame:
    """Return `failure_rates` by test and, where many cases expect the same, by what is expected."""
    is_shared = answers["expected"].nunique() <= len(answers) / LEAST_SHARED
    return failure_rates(answers, ("test", "expected") if is_shared else ("test",))


def failing_cases(answers: pd.DataFrame) -> pd.DataFrame:
    """Return the cases that went wrong, the surest first."""
    wrong = answers[answers["fails"]]
    return wrong.sort_values("score", ascending=False, kind="stable", na_position="last").reset_index(drop=True)


def behaviour_sentence(rates: pd.DataFrame) -> str:
    """Return what a network can do and what not: where it fails in KNOWN of the cases or less, and where in UNKNOWN of
    them or more."""

    def said(rows: pd.DataFrame) -> str:
        return listing(f"{row.capability.lower()} ({percent(row.rate, 0)})" for row in rows.itertuples())

    known = rates[rates["rate"] <= KNOWN].sort_values("rate", kind="stable")
    missing = rates[rates["rate"] >= UNKNOWN].sort_values("rate", ascending=False, kind="stable")
    parts = []
    if len(known):
        parts.append(f"it seldom fails at {said(known)}")
    if len(missing):
        parts.append(f"it often fails at {said(missing)}")
    if not parts:
        return f"it fails at every capability in part, in {percent(_overall(rates), 0)} of the sentences in all."
    return f"{', but '.join(parts)}."


def rates_frame(rates: Mapping[str, pd.DataFrame], labels: Sequence[str]) -> pd.DataFrame:
    """Return the failure rates of several networks in one table, one row per network and capability."""
    parts = [frame.assign(network=label) for frame, label in zip(rates.values(), labels, strict=True)]
    table = pd.concat(parts, ignore_index=True)
    return table[["network", *table.columns.drop("network")]].round(4)


def _overall(rates: pd.DataFrame) -> float:
    return float(rates["failures"].sum() / rates["cases"].sum())
