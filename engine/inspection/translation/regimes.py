"""Translators that were taught in different ways, as `python -m engine evaluate --regimes` measured them: read and put
into words."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from engine.aggregation import MEAN_AND_RANGE
from engine.inspection.stored.tables import RESULTS, read_stored_table

TABLE = RESULTS / "teacher_forcing.parquet"
OVER_SEEDS = MEAN_AND_RANGE
COMMAND = "python -m engine evaluate --model {model} --regimes data/results/teacher_forcing.parquet"
TRAIN_COMMAND = "python -m engine train --recipe {recipe} --output data/pretrained/{recipe}"
RECIPES = ("en-fr-forced", "en-fr-half-forced", "en-fr-scheduled", "en-fr-never-forced")
ALWAYS, SCHEDULED = "Always forced", "Scheduled"
ORDER = (ALWAYS, "Half forced", SCHEDULED, "Never forced")
FINAL, CURVE = "final", "curve"
COLUMNS = tuple(
    "label seed recipe model kind step bleu_greedy chrf_greedy bleu_beam chrf_beam forced_loss free_loss sentences "
    "test_set signature hardware commit date".split()
)
MEASURES = {
    "bleu_greedy": "BLEU, greedy",
    "bleu_beam": "BLEU, beam 5",
    "chrf_greedy": "chrF, greedy",
    "chrf_beam": "chrF, beam 5",
    "forced_loss": "Forced loss",
    "free_loss": "Free loss",
}


def read_regimes(table: Path | str = TABLE) -> pd.DataFrame:
    """Return the whole table: a row of kind "final" per regime and seed, and the points of its learning curve.

    Raises:
        DataError: it has not been measured, is damaged, or lacks columns.
    """
    absent = (
        "The ways to be taught have not been measured here. For each model that was trained from a recipe of the group "
        f"“forcing”, run: {COMMAND.format(model='NAME_OR_FOLDER')}"
    )
    frame = read_stored_table(Path(table), COLUMNS, absent)
    return _in_order(frame, "label", "seed", "kind", "step")


def position_of(label: str) -> tuple[int, str]:
    """Return where a regime stands in every list: from the most to the least help, unknown ones last."""
    return (ORDER.index(label) if label in ORDER else len(ORDER), label)


def final_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows measured on the test split, with `exposure_gap`: free loss minus forced loss."""
    rows = frame[frame["kind"] == FINAL].reset_index(drop=True)
    return rows.assign(exposure_gap=(rows["free_loss"] - rows["forced_loss"]).round(4))


def summary_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a row per regime: seeds, and each measure as its mean over the seeds with the lowest and the highest."""
    rows = final_rows(frame)
    table = []
    for label in sorted(rows["label"].unique(), key=position_of):
        own = rows[rows["label"] == label]
        line: dict[str, object] = {"taught": label, "seeds": len(own)}
        for column, name in (MEASURES | {"exposure_gap": "Exposure bias (loss gap)"}).items():
            digits = 1 if column.startswith(("bleu", "chrf")) else 3
            line[name] = spread(own[column], digits)
        table.append(line)
    return pd.DataFrame(table)


def spread(values: pd.Series, digits: int) -> str:
    """Return the mean of values and, of more than one, the lowest and the highest."""
    middle, low, high = (f"{values.agg(name):.{digits}f}" for name in OVER_SEEDS.functions)
    return middle if len(values) == 1 else f"{middle} ({low} to {high})"


def winner_sentence(frame: pd.DataFrame) -> str:
    """Return which regime translates the test set best, and whether the seeds leave that in doubt."""
    rows = final_rows(frame)
    means = rows.groupby("label")["bleu_beam"].mean().sort_values(ascending=False)
    best = means.index[0]
    if len(means) == 1:
        return f"Only {best.lower()} has been measured: BLEU {means.iloc[0]:.1f} with a beam of 5."
    second, worst = means.index[1], means.index[-1]
    own, other = (rows.loc[rows["label"] == label, "bleu_beam"] for label in (best, second))
    seeds = int(rows.groupby("label")["seed"].nunique().min())
    if seeds == 1:
        doubt = "With one seed each, the order of close ones may be chance."
    elif own.min() > other.max():
        doubt = "Its worst seed is better than the best one of the next."
    else:
        doubt = "Their seeds overlap, so this order may be chance."
    last = f", last {worst.lower()} with {means.iloc[-1]:.1f}" if len(means) > 2 else ""
    return (
        f"On the {int(rows['sentences'].iloc[0]):,} test sentences {best.lower()} translates best: BLEU "
        f"{means.iloc[0]:.1f} with a beam of 5, before {second.lower()} with {means.iloc[1]:.1f}{last}. {doubt}"
    )


def scheduled_sentence(frame: pd.DataFrame) -> str | None:
    """Return whether scheduled sampling helps or hurts beside always forcing; None where one of them was not
    measured."""
    rows = final_rows(frame)
    if not {ALWAYS, SCHEDULED} <= set(rows["label"]):
        return None
    always, scheduled = (rows[rows["label"] == label] for label in (ALWAYS, SCHEDULED))
    change = {
        name: scheduled[name].mean() - always[name].mean()
        for name in ("bleu_greedy", "bleu_beam", "forced_loss", "free_loss")
    }
    clear = (
        scheduled["bleu_beam"].min() > always["bleu_beam"].max()
        or scheduled["bleu_beam"].max() < always["bleu_beam"].min()
    )
    if abs(change["bleu_beam"]) < 0.2 or not clear:
        verdict = "makes no clear difference to the translations here"
    else:
        verdict = "helps here" if change["bleu_beam"] > 0 else "hurts here"
    return (
        f"Scheduled sampling {verdict}: beside always forced, BLEU changes by {change['bleu_beam']:+.1f} with a beam "
        f"and {change['bleu_greedy']:+.1f} greedy, the forced loss by {change['forced_loss']:+.3f} and the free loss "
        f"by {change['free_loss']:+.3f} nats per token."
    )


def gap_sentence(frame: pd.DataFrame) -> str:
    """Return what the regimes do to the exposure gap, and whether the smallest gap translates best."""
    rows = final_rows(frame)
    gaps = rows.groupby("label")["exposure_gap"].mean().sort_values()
    best = rows.groupby("label")["bleu_beam"].mean().idxmax()
    if len(gaps) == 1:
        return f"The exposure bias (loss gap) of {gaps.index[0].lower()} is {gaps.iloc[0]:.2f} nats per token."
    moral = (
        "The smallest gap is also the best translator here."
        if gaps.index[0] == best
        else f"The smallest gap is not the best translator: that is {best.lower()}. A network can be at ease with its "
        "own words and say less with them."
    )
    return (
        f"The exposure bias is smallest {_when(gaps.index[0])} ({gaps.iloc[0]:.2f} nats per token) and largest "
        f"{_when(gaps.index[-1])} ({gaps.iloc[-1]:.2f}). {moral}"
    )


def curve_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Return per regime and step the mean over the seeds, the lowest and the highest of forced and free loss on the
    validation split."""
    rows = frame[frame["kind"] == CURVE]
    columns = {f"{loss}_{name}": (f"{loss}_loss", name) for loss in ("forced", "free") for name in OVER_SEEDS.functions}
    found = rows.groupby(["label", "step"]).agg(**columns).round(4).reset_index()
    return _in_order(found, "label", "step")


def _in_order(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Return the rows sorted by these columns, regimes by `position_of`."""
    return frame.sort_values(
        [*columns], key=lambda part: part.map(position_of) if part.name == "label" else part, ignore_index=True
    )


def _when(label: str) -> str:
    return f"for “{label.lower()}”"
