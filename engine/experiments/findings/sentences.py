"""What a table of measured runs means, in plain sentences that follow from its rows. Pandas only, no torch.

Who wins is decided by one rule everywhere, that of `engine.experiments.findings.verdicts`: the first to solve, or else
the lowest median loss, and nobody where the ranges over the seeds overlap.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import pandas as pd

from engine.config import JsonObject
from engine.experiments.findings.aggregates import summaries
from engine.experiments.findings.verdicts import BETTER_THAN_A_GUESS, Standing, judge
from engine.experiments.runs.results import rows_with
from engine.experiments.runs.task_facts import task_facts
from engine.plotting.curves import in_legend_order
from engine.plotting.theme import architecture_in_text
from engine.wording import counted, listing, number_word, percent

MOST_FINDINGS = 6
MOST_NAMES = 3
NO_CLEAR_WINNER = "no clear winner"


@dataclasses.dataclass(frozen=True)
class Finding:
    """One sentence that follows from the rows, and the view of the page that shows it.

    Attributes:
        title: a few words.
        view: fields of the comparison page's address, by name.
    """

    name: str
    title: str
    sentence: str
    view: tuple[tuple[str, str], ...]


@dataclasses.dataclass(frozen=True)
class PairCompared:
    """Two architectures that a finding lays beside each other, on the tasks of one family or, where it is "", on all.

    Attributes:
        words: the beginning of the sentence, which says what is compared on what.
    """

    name: str
    title: str
    one: str
    other: str
    family: str
    words: str


PAIRS = (
    PairCompared(
        "gates",
        "Gates against none",
        "lstm",
        "rnn",
        "memory",
        "On tasks that ask for memory, the LSTM, which has gates, against the plain RNN",
    ),
    PairCompared("lstm_gru", "LSTM against GRU", "lstm", "gru", "", "The LSTM against the GRU, on all tasks"),
    PairCompared(
        "structure",
        "Attention against recurrence",
        "transformer",
        "lstm",
        "structure",
        "Where structure must be counted or nested, the small Transformer against the LSTM",
    ),
    PairCompared(
        "order",
        "What order is worth",
        "average",
        "lstm",
        "real",
        "On real text and images, an average that cannot know the order of what it reads against the LSTM",
    ),
    PairCompared(
        "initialisation",
        "A better start",
        "lstm_chrono",
        "lstm",
        "memory",
        "The LSTM whose gates start out with long memories (chrono initialisation) against the same LSTM whose gates "
        "all start out alike",
    ),
)


@dataclasses.dataclass(frozen=True)
class HeadToHead:
    """Two architectures on every task and length both were run on.

    Attributes:
        cells: (task, length, who is clearly better: 0, 1, or None where the ranges overlap).
    """

    names: tuple[str, str]
    cells: tuple[tuple[str, int, int | None], ...]

    def wins(self, position: int | None) -> list[tuple[str, int]]:
        """Return the tasks and lengths on which one of them, or nobody, is clearly better."""
        return [(task, length) for task, length, winner in self.cells if winner == position]


def verdict_sentence(frame: pd.DataFrame, equal: str, task: str, length: int, architectures: Sequence[str] = ()) -> str:
    """Return who wins at one task and length, among all or some architectures, in a sentence or two."""
    rows = rows_with(summaries(frame, equal, task), length=length)
    found, baseline = judge(_runs(rows_with(rows, architectures))), float(rows["baseline"].iloc[0])
    if not found.standings:
        return "None of the chosen architectures was run here."
    at = f"At length {length:,},"
    solvers = [own for own in found.standings if own.has_solved]
    if len(found.standings) == 1:
        own = found.standings[0]
        if own.has_solved:
            return f"{at} the {_name(own)} solves the task after {_steps(own)}."
        if math.isinf(own.loss[0]):
            return f"{at} the {_name(own)} diverges with most seeds."
        return (
            f"{at} the {_name(own)} does not solve the task; its median loss is {own.loss[0]:.3g}, "
            f"{_share(own.loss[0], baseline)}."
        )
    if found.by == "":
        lowest = min(own.loss[0] for own in found.standings)
        if math.isinf(lowest):
            return f"{at} all of them diverge with most seeds."
        return (
            f"{at} nobody does much better than a guess: the lowest median loss is {lowest:.3g}, "
            f"{_share(lowest, baseline)}."
        )
    first = found.standings[0]
    if found.by == "steps":
        overlapping = (
            f"the ranges of the {_names(found.rivals)} overlap its own, so there is {NO_CLEAR_WINNER}."
            if found.rivals
            else ""
        )
        if len(solvers) == 1:
            start = f"{at} only the {_name(first)} solves the task with most seeds, after {_steps(first)}"
            return f"{start}; {overlapping}" if overlapping else f"{start}."
        start = (
            f"{at} {number_word(len(solvers))} of {number_word(len(found.standings))} solve the task with most seeds, "
            f"the {_name(first)} first, after {_steps(first)}; "
        )
        second = found.standings[1]
        return start + (overlapping or f"next is the {_name(second)} after {_steps(second)}.")
    lead = (
        f"{at} nobody solves the task; the {_name(first)} has the lowest median loss ({first.loss[0]:.3g}, "
        f"{_share(first.loss[0], baseline)})"
    )
    if found.winner:
        return f"{lead}, and no seed of another comes near."
    return f"{lead}, but the ranges of the {_names(found.rivals)} overlap its own: {NO_CLEAR_WINNER}."


def head_to_head(frame: pd.DataFrame, equal: str, one: str, other: str, family: str = "") -> HeadToHead:
    """Return on which tasks and lengths, of one family or all, one of two architectures is clearly better."""
    rows = rows_with(summaries(frame, equal), [one, other])
    cells = []
    for (task, length), own in rows.groupby(["task", "length"]):
        if own["architecture"].nunique() < 2 or (family and task_facts(task).family != family):
            continue
        winner = judge(_runs(own)).winner
        cells.append((str(task), int(length), (one, other).index(winner) if winner else None))
    return HeadToHead((one, other), tuple(cells))


def typical_sentence(frame: pd.DataFrame, equal: str, one: str = "lstm", other: str = "rnn") -> str:
    """Return how typical the task that a page opens with is: on how many of all tests each of two architectures is
    clearly better; "" where they were not run together."""
    found = head_to_head(frame, equal, one, other)
    if not found.cells:
        return ""
    names, counts = [architecture_in_text(name) for name in found.names], [len(found.wins(who)) for who in (0, 1, None)]
    return (
        "The page opens with the memory task on which gates are worth most. Of all "
        f"{counted(len(found.cells), 'test')}, "
        f"each a task at one length, the {names[0]} is clearly better on {counts[0]}, the {names[1]} on {counts[1]}; "
        f"on {counts[2]} their ranges over the seeds overlap."
    )


def solved_map(frame: pd.DataFrame, equal: str) -> pd.DataFrame:
    """Return one row per task, length and architecture: how many of its runs solved it, and where the best of all
    stands.

    Columns: `task`, `length`, `architecture`, `runs`, `solved_runs`, `is_best` (the one clear winner),
    `is_beyond_guess` (the median loss is clearly below that of guessing).
    """
    rows, table = summaries(frame, equal), []
    for (task, length), own in rows.groupby(["task", "length"], sort=False):
        found = judge(_runs(own))
        baseline = float(own["baseline"].iloc[0])
        for standing in found.standings:
            table.append(
                {
                    "task": task,
                    "length": int(length),
                    "architecture": standing.architecture,
                    "runs": standing.runs,
                    "solved_runs": standing.solved_runs,
                    "is_best": standing.architecture == found.winner,
                    "is_beyond_guess": standing.loss[0] < BETTER_THAN_A_GUESS * baseline,
                }
            )
    return pd.DataFrame(table)


def findings(frame: pd.DataFrame, equal: str) -> list[Finding]:
    """Return three to six findings over the whole table, most general first; fewer where the table does not hold the
    runs."""
    candidates = [
        _overall(frame, equal),
        *(_between(pair, frame, equal) for pair in PAIRS[:-1]),
        _seconds(frame, equal),
        _between(PAIRS[-1], frame, equal),
    ]
    found = [finding for finding in candidates if finding is not None]
    return found[:MOST_FINDINGS]


def _overall(frame: pd.DataFrame, equal: str) -> Finding | None:
    """Say which architecture solves most of the tasks and lengths that all of those compared were run on."""
    table = solved_map(frame, equal)
    positions = table.groupby(["task", "length"]).ngroups
    table = table.assign(is_solved=2 * table["solved_runs"] > table["runs"])
    counts = table.groupby("architecture")["is_solved"].agg(["sum", "size"])
    counts = counts[counts["size"] == positions].sort_values("sum", ascending=False, kind="stable")
    if len(counts) < 2:
        return None
    best = int(counts["sum"].iloc[0])
    leaders = in_legend_order(counts.index[counts["sum"] == best])
    rest = counts[counts["sum"] < best]
    about = f"Of {positions} tests, each a task at one length,"
    if best == 0:
        sentence = f"{about} no architecture solves any with most of its seeds."
    elif len(leaders) > 1:
        sentence = (
            f"{about} the {_names(leaders)} each solve {best} with most of their seeds: {NO_CLEAR_WINNER} overall."
        )
    else:
        sentence = f"{about} the {architecture_in_text(leaders[0])} solves most with most of its seeds: {best}."
    if best and len(rest):
        next_best = int(rest["sum"].iloc[0])
        seconds = in_legend_order(rest.index[rest["sum"] == next_best])
        sentence += f" Next: the {_names(seconds)} with {next_best}."
    return Finding("overall", "Who solves most", sentence, (("equal", equal), ("section", "rules")))


def _between(pair: PairCompared, frame: pd.DataFrame, equal: str) -> Finding | None:
    """Say how two architectures compare over the tasks and lengths both were run on."""
    found = head_to_head(frame, equal, pair.one, pair.other, pair.family)
    if not found.cells:
        return None
    first, second, nobody = found.wins(0), found.wins(1), found.wins(None)
    labels, total = [architecture_in_text(name) for name in found.names], len(found.cells)
    parts = [
        f"the {label} is clearly better on {len(own)}"
        for label, own in zip(labels, (first, second), strict=True)
        if own
    ]
    if nobody:
        parts.append(
            f"on {len(nobody)} "
            f"{'the ranges over the seeds overlap' if parts else 'their ranges over the seeds overlap'}"
        )
    if len(first) == len(second):
        end = f"So there is {NO_CLEAR_WINNER}."
    else:
        leader = labels[0] if len(first) > len(second) else labels[1]
        how = " more often" if first and second else " every time" if total > 1 else ""
        is_one_sided = nobody and not (first and second)
        end = f"Every clear win is the {leader}'s." if is_one_sided else f"The {leader} wins{how}."
    sentence = f"{pair.words}: of {total} {'test' if total == 1 else 'tests'}, {listing(parts)}. {end}"
    task, length = (first if len(first) >= len(second) and first else second or nobody)[-1]
    view = (("equal", equal), ("task", task), ("section", "learning"), ("learning_length", str(length)))
    return Finding(pair.name, pair.title, sentence, view)


def _seconds(frame: pd.DataFrame, equal: str, one: str = "gru", other: str = "lstm") -> Finding | None:
    """Say which of two architectures needs less processor time until it has solved a task, where both solve it with
    most seeds, which is what the first finding counts."""
    rows = rows_with(summaries(frame, equal), [one, other])
    rows = rows[rows.groupby(["task", "length", "architecture"])["is_solved"].transform(lambda own: own.mean() > 0.5)]
    rows = rows_with(rows, is_solved=True)
    spent = rows.assign(spent=rows["seconds_per_step"] * rows["solved_step"].astype(float))
    spent = spent.groupby(["task", "length", "architecture"])["spent"]
    if set(rows["architecture"]) != {one, other}:
        return None
    table = spent.agg(["median", "min", "max"]).unstack("architecture").dropna()
    if table.empty:
        return None
    ratios = table[("median", one)] / table[("median", other)]
    ratio = math.exp(sum(math.log(value) for value in ratios) / len(ratios))
    names = architecture_in_text(one), architecture_in_text(other)
    overlapping = (table[("min", one)] <= table[("max", other)]) & (table[("min", other)] <= table[("max", one)])
    tests = "the one test" if len(table) == 1 else f"the {len(table)} tests"
    sentence = (
        f"On {tests} that both solve with most of their seeds, the {names[0]} needs {ratio:.2g} times the "
        f"{names[1]}'s processor time "
        "until then (geometric mean)"
    )
    if overlapping.all():
        sentence += f"; everywhere the ranges over the seeds overlap, so there is {NO_CLEAR_WINNER}."
    else:
        sentence += f"; the ranges over the seeds overlap on {int(overlapping.sum()) or 'none'} of them."
    task, _ = ratios.index[-1]
    view = (("equal", equal), ("task", task), ("section", "tradeoff"))
    return Finding("seconds", "Time until solved", sentence, view)


def _runs(rows: pd.DataFrame) -> list[JsonObject]:
    rows = rows.assign(step=rows["solved_step"].astype(float).fillna(rows["step"].astype(float)))
    return rows[["architecture", "is_solved", "step", "loss", "baseline"]].to_dict("records")


def _steps(own: Standing) -> str:
    middle, low, high = own.steps
    if low == high:
        return f"{middle:,.0f} updates"
    return f"{middle:,.0f} updates ({low:,.0f} to {'never' if math.isinf(high) else format(high, ',.0f')})"


def _share(loss: float, baseline: float) -> str:
    return f"{percent(loss / baseline, 0)} of a guess's"


def _name(own: Standing) -> str:
    return architecture_in_text(own.architecture)


def _names(architectures: Sequence[str]) -> str:
    names = [architecture_in_text(name) for name in in_legend_order(architectures)]
    if len(names) > MOST_NAMES + 1:
        names = [*names[:MOST_NAMES], f"{len(names) - MOST_NAMES} others"]
        return listing(names)
    return listing(names, " and the ")
