"""The unit that the Neurons tool opens with: of each shipped network the one that tells best what needs memory.

The table is written by `engine.evaluation.clear_units`: a row for each network and question.
"""

from __future__ import annotations

import pandas as pd

from engine.inspection.stored.tables import RESULTS

TABLE = RESULTS / "clear_units.parquet"
COMMAND = "python -m engine.evaluation.clear_units"
COLUMNS = tuple("model weights title question needs layer part unit auc units characters hardware commit date".split())
CLEAR = 0.9  # an AUC


def clearest(rows: pd.DataFrame) -> pd.Series | None:
    """Return the row, of one network's, with the highest AUC of a question that needs memory; None where there is
    none."""
    remembered = rows[rows["needs"] == "memory"]
    return None if remembered.empty else remembered.loc[remembered["auc"].idxmax()]


def typical_sentences(rows: pd.DataFrame) -> dict[str, str]:
    """Return, by the tool's name, where the unit that it opens with comes from, and how the other questions fare."""
    best = clearest(rows)
    if best is None:
        return {}
    return {
        "neurons": (
            f"This unit was searched for: of {best['units']:,} units, over {best['characters']:,} characters of "
            f"{best['title']}, it tells “{best['question'].lower()}” best, with an AUC of {best['auc']:.2f}. Of "
            f"{len(rows)} such questions {int((rows['auc'] > CLEAR).sum())} have a unit with one above {CLEAR:g}; most "
            "units look like noise."
        )
    }
