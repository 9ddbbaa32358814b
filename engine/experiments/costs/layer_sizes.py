"""How many numbers each architecture's layer learns, counted and by formula, at the same hidden size. Pandas only, no
torch."""

from __future__ import annotations

import pandas as pd

from engine.errors import DataError
from engine.experiments.findings.aggregates import in_order
from engine.experiments.runs.results import SIZES, rows_with
from engine.plotting.theme import architecture_in_text
from engine.wording import counted

SHARED = (
    "Several layers or directions share the hidden units between them, half each where there are two; smaller "
    "matrices are why two LSTM layers have fewer parameters here than one."
)


def layer_sizes(frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row per architecture: `hidden_size`, `counted`, `by_formula`, and `ratio_to_rnn` of the counted ones.

    Counted is what the whole network has less what belongs to its embedding and its output, of which the rows say how
    large they are.

    Raises:
        DataError: no sizes were noted at equal hidden size.
    """
    rows = rows_with(frame, kind="timing", equal="hidden_size").drop_duplicates("architecture")
    rows = rows.dropna(subset=[name for name in SIZES if name in rows])
    if rows.empty or not set(SIZES) <= set(rows):
        raise DataError(
            "This table of results notes no sizes at equal hidden size; python -m engine compare --recipe RECIPE "
            "--only timing adds them."
        )
    outside = rows["formula_parameters"] - rows["layer_parameters"]
    table = pd.DataFrame(
        {
            "architecture": rows["architecture"],
            "hidden_size": rows["hidden_size"].astype(int),
            "counted": (rows["parameters"] - outside).astype(int),
            "by_formula": rows["layer_parameters"].astype(int),
        }
    )
    plain = table[table["architecture"] == "rnn"]["counted"]
    table["ratio_to_rnn"] = table["counted"] / float(plain.iloc[0]) if len(plain) else float("nan")
    return in_order(table)


def ratio_sentence(table: pd.DataFrame) -> str:
    """Return how the layers' sizes stand to the plain RNN's, and whether count and formula agree."""
    parts = [
        f"{architecture_in_text(row.architecture)} {row.ratio_to_rnn:.3g}"
        for row in table.itertuples()
        if row.ratio_to_rnn == row.ratio_to_rnn
    ]
    off = [architecture_in_text(row.architecture) for row in table.itertuples() if row.counted != row.by_formula]
    agreement = f"Count and formula differ for {', '.join(off)}." if off else "Count and formula agree for all."
    return (
        f"At {counted(int(table['hidden_size'].iloc[0]), 'hidden unit')} in all, as multiples of the RNN's layer: "
        f"{', '.join(parts)}. {agreement} {SHARED}"
    )
