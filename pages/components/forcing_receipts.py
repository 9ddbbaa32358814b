"""Receipts of what the tools about teacher forcing show."""

from __future__ import annotations

from datetime import date

import pandas as pd

from engine.inspection.translation import regimes
from pages.components.figures import Receipt

GREEDY = "All rows are greedy: at each step the likeliest piece. A beam would choose among whole sentences."


def for_forcing(model: str, source: str, reference: str, steps: str, seconds: float) -> Receipt:
    """Return the receipt of a forced, a free and a mixed decoding."""
    return Receipt(
        model=model,
        seed="none: nothing is drawn at random once the steps are given",
        measured=_now(),
        seconds=seconds,
        python=(
            "from engine.inspection.translation.forcing import forcing_sentence, forcing_table, inspect_forcing\n"
            "from engine.models.folder import load_model\n\n"
            f"report = inspect_forcing(load_model({model!r}), {source!r}, {reference!r}, {steps!r})\n"
            "print(forcing_sentence(report), report.exposure_gap, forcing_table(report).to_string())"
        ),
        note=GREEDY,
    )


def for_coins(model: str, source: str, reference: str, ratio: float, seed: int) -> Receipt:
    """Return the receipt of the outcomes of many seeds, and of the steps that one seed tells."""
    return Receipt(
        model=model,
        seed=f"0 to 19 for the dots, {seed} for your row",
        measured=_now(),
        python=(
            "from engine.inspection.translation.forcing import coin_outcomes, summarise_coins, tossed_steps\n"
            "from engine.models.folder import load_model\n\n"
            f"model, source, reference = load_model({model!r}), {source!r}, {reference!r}\n"
            f"print(tossed_steps(model, source, reference, {ratio!r}, {seed!r}))\n"
            "print(summarise_coins(coin_outcomes(model, source, reference)).to_string())"
        ),
        note="The coins are those of scheduled sampling in training: one random number per step, told where it lies "
        "below the chance.",
    )


def for_wrong_word(
    model: str, source: str, reference: str, steps: str, step: int, word: str, seconds: float
) -> Receipt:
    """Return the receipt of a decoding with a wrong word put in."""
    return Receipt(
        model=model,
        seed="none: nothing is drawn at random",
        measured=_now(),
        seconds=seconds,
        python=(
            "from engine.inspection.translation.wrong_word import put_wrong_word, wrong_word_sentence, "
            "wrong_word_table\n"
            "from engine.models.folder import load_model\n\n"
            f"found = put_wrong_word(load_model({model!r}), {source!r}, {reference!r}, {steps!r}, {step!r}, {word!r})\n"
            "print(wrong_word_sentence(found), wrong_word_table(found).to_string())"
        ),
        note=GREEDY,
    )


def for_regimes(models: list[str], source: str, reference: str) -> Receipt:
    """Return the receipt of one sentence translated by networks that were taught in different ways."""
    return Receipt(
        model=", ".join(models),
        seed="none: nothing is drawn at random",
        measured=_now(),
        python=(
            "from engine.inspection.translation.forcing import inspect_forcing\n"
            "from engine.models.folder import load_model\n\n"
            f"for name in {models!r}:\n"
            f"    report = inspect_forcing(load_model(name), {source!r}, {reference!r}, 'none')\n"
            "    print(name, report.free.text, report.forced.mean_loss, report.free.mean_loss, report.exposure_gap)"
        ),
        note=GREEDY,
    )


def for_regime_table(frame: pd.DataFrame) -> Receipt:
    """Return the receipt of what was measured on the test set; `frame` is the whole table."""
    rows = frame[frame["kind"] == "final"]

    def all_of(column: str) -> str:
        return ", ".join(sorted({str(value) for value in rows[column]}))

    return Receipt(
        model=all_of("model"),
        data=f"{all_of('test_set')}, {int(rows['sentences'].max()):,} sentences",
        seed=all_of("seed"),
        measured=f"{all_of('date')}, commit {all_of('commit')}, on {all_of('hardware')}",
        python=(
            "from engine.inspection.translation.regimes import read_regimes, summary_table\n\n"
            "print(summary_table(read_regimes()).to_string())"
        ),
        command="\n".join(regimes.COMMAND.format(model=name) for name in rows["model"].unique()),
        note=f"sacreBLEU {all_of('signature')}. The curves are those of the training itself, on the validation split.",
    )


def _now() -> str:
    return f"{date.today().isoformat()}, on the server's processor"
