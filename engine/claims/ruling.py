"""Every claim with its verdict, worked out from the stored rows, and the sentence that says why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from engine.claims.claim import (
    AGAINST,
    CLAIMS,
    FAILS,
    FOR,
    OPEN,
    TOUCHES,
    UNMEASURED,
    VERDICTS,
    Claim,
    ClaimTrial,
    middle_of,
    verdict_of,
)
from engine.claims.measures import Beside, Bounded, Quantity
from engine.claims.tables import EVIDENCE
from engine.errors import DataError
from engine.experiments.runs import results
from engine.wording import counted, first_to_last, listing

UNRECORDED = "not recorded"
MOST_NAMED = 4  # places that one part of a sentence names
Reader = Callable[[str], pd.DataFrame]


@dataclass(frozen=True)
class Ruling:
    """A claim with what was found.

    Attributes:
        verdict: one of `engine.claims.claim.VERDICTS`.
        sentence: why, with the numbers.
        figure: the trial that decides most clearly, in a few words; "" where nothing was measured.
        day, machine, commit: of the measurements; "" where there are none.
    """

    name: str
    claim: Claim
    verdict: str
    sentence: str
    figure: str = ""
    trials: tuple[ClaimTrial, ...] = ()
    day: str = ""
    machine: str = ""
    commit: str = ""

    def table(self) -> pd.DataFrame:
        """Return one row per trial: where, the median and the range of each side, and what the trial says."""
        measure = self.claim.measure
        if measure is None:
            return pd.DataFrame()
        rows, counts_seeds = [], measure.quantity.counts_seeds
        for trial in self.trials:
            row: dict[str, object] = {"where": trial.where, "one": measure.one.name}
            row |= _summed_up(trial.one, "one", counts_seeds) | {"values": len(trial.one)}
            if isinstance(measure, Beside):
                row |= {"other": measure.other.name}
                row |= _summed_up(trial.other, "other", counts_seeds)
            else:
                row |= {"other": "", "bound_low": measure.low, "bound_high": measure.high}
            rows.append(row | {"measured": measure.quantity.unit, "speaks": trial.speaks(self.claim.says)})
        return pd.DataFrame(rows)


def rule(name: str) -> Ruling:
    """Return one claim with its verdict.

    Raises:
        ConfigError: there is no such claim; the message lists those there are.
    """
    return rule_all(names=(name,))[name]


def rule_all(folder: str | Path | None = None, names: Sequence[str] | None = None) -> dict[str, Ruling]:
    """Return claims with their verdicts by name, every one by default; each table in `folder` is read once.

    Raises:
        ConfigError: there is no claim of such a name.
    """
    read = _reader(Path(folder or results.RESULTS))
    return {name: rule_on(name, CLAIMS.get(name), read) for name in names or CLAIMS.names()}


def rule_on(name: str, claim: Claim, read: Reader) -> Ruling:
    """Return a claim with its verdict, from the tables that `read` gives; where one cannot be read, the sentence says
    so."""
    if claim.measure is None or claim.prepare is None:
        return Ruling(name, claim, UNMEASURED, claim.missing)
    try:
        frames = [read(table) for table in claim.tables]
        rows = pd.concat([claim.prepare(frame) for frame in frames], ignore_index=True)
        trials = tuple(claim.measure(rows))
    except DataError as problem:
        return Ruling(name, claim, UNMEASURED, str(problem))
    if not trials:
        commands = listing(EVIDENCE.get(table).command for table in claim.tables)
        return Ruling(name, claim, UNMEASURED, f"The stored tables hold no rows for this; {commands} measures them.")
    verdict = verdict_of(trials, claim.says, claim.is_universal)
    facts = ("date", "hardware", "commit")
    said = {
        fact: sorted({str(value) for frame in frames if fact in frame for value in frame[fact].dropna().unique()})
        for fact in facts
    }
    day = first_to_last(value[:10] for value in said["date"]) or UNRECORDED
    origin = [listing(said[fact]) or UNRECORDED for fact in facts]
    figure = told(claim.measure, _clearest(claim, trials, verdict))
    return Ruling(name, claim, verdict, _why(claim.measure, claim.says, trials), figure, trials, day, *origin[1:])


def told(measure: Beside | Bounded, trial: ClaimTrial) -> str:
    """Return a trial in words: where, and the median of each side with its range."""
    sides = zip(measure.sides, (trial.one, trial.other), strict=False)  # bounds have no words
    named = (f"{side.name if side.name != trial.where else ''} {_range(measure.quantity, own)}" for side, own in sides)
    return f"{trial.where}: {', '.join(words.strip() for words in named)}"


def counts_sentence(rulings: Sequence[Ruling]) -> str:
    """Return how many claims have which verdict."""
    there = [(words, sum(ruling.verdict == name for ruling in rulings)) for name, words in VERDICTS.items()]
    parts = [f"{count} {words.replace('holds', 'hold').replace('does', 'do')}" for words, count in there if count]
    parts = [part.replace("not measured yet", "are not measured yet") for part in parts]
    return f"Of {counted(len(rulings), 'claim')}, {listing(parts)}."


def _why(measure: Beside | Bounded, says: str, trials: Sequence[ClaimTrial]) -> str:
    if len(trials) == 1:
        return f"{told(measure, trials[0])}. {_ALONE[trials[0].speaks(says)]}"
    parts = []
    for outcome, verbs in _SAID.items():
        own = sorted((trial for trial in trials if trial.speaks(says) == outcome), key=ClaimTrial.gap, reverse=True)
        if own:
            some = "Every trial" if len(own) == len(trials) else f"{len(own)} of {len(trials)} trials"
            lead = f"{some} {verbs[len(own) > 1 and len(own) < len(trials)]}"
            names = [trial.where for trial in own[:MOST_NAMED]]
            names += [f"{len(own) - MOST_NAMED} more"] if len(own) > MOST_NAMED else []
            others = f", most clearly {told(measure, own[0])}" if outcome != OPEN else ""
            parts.append(
                f"{lead}: {told(measure, own[0])}." if len(own) == 1 else f"{lead} ({listing(names)}){others}."
            )
    return " ".join(parts)


_SAID = {
    FOR: ("speaks for it", "speak for it"),
    AGAINST: ("speaks against it", "speak against it"),
    OPEN: ("leaves it open, as the ranges touch", "leave it open, as the ranges touch"),
}
_ALONE = {
    FOR: "The whole range lies where the claim says.",
    AGAINST: "The whole range lies on the other side.",
    OPEN: "The ranges touch.",
}


def _clearest(claim: Claim, trials: Sequence[ClaimTrial], verdict: str) -> ClaimTrial:
    """Return the trial that shows the verdict best: the clearest of those that speak as it does."""
    wanted = {FAILS: AGAINST, TOUCHES: OPEN}.get(verdict, FOR)
    own = [trial for trial in trials if trial.speaks(claim.says) == wanted]
    return max(own or trials, key=ClaimTrial.gap)


def _range(quantity: Quantity, values: Sequence[float]) -> str:
    if quantity.counts_seeds:
        return f"{sum(value > 50 for value in values)} of {counted(len(values), 'seed')}"
    middle, low, high = (quantity.form.format(value) for value in (middle_of(values), min(values), max(values)))
    return middle if low == high else f"{middle} ({low} to {high})"


def _summed_up(values: Sequence[float], name: str, is_share: bool = False) -> dict[str, float]:
    if is_share:  # the median of solved and unsolved seeds is one or the other
        values = [sum(values) / len(values)]
    return {f"{name}_median": middle_of(values), f"{name}_smallest": min(values), f"{name}_largest": max(values)}


def _reader(folder: Path) -> Reader:
    kept: dict[str, pd.DataFrame] = {}

    def read(name: str) -> pd.DataFrame:
        if name not in kept:
            kept[name] = EVIDENCE.get(name).read(folder)
        return kept[name]

    return read
