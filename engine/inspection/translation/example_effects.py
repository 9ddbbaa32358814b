"""How large an effect is on one of the page's sentences, and how typical: read from what was measured on built-in ones.

The table is written by `engine.evaluation.example_effects`.
"""

from __future__ import annotations

import pandas as pd

from engine.inspection.stored.tables import RESULTS
from engine.wording import percent

TABLE = RESULTS / "example_effects.parquet"
COMMAND = "python -m engine.evaluation.example_effects"
COLUMNS = tuple(
    "source chrf chrf_plain exposure_gap gap_left is_long_enough changed_tokens is_example model weights weights_plain "
    "hardware commit date".split()
)
WRONG_STEP = 4  # after it a forced word has something before it to be read with and enough after it to be felt in
TYPICAL = 0.05, 0.95  # an effect between these quantiles is no curiosity


def best_example(frame: pd.DataFrame) -> str:
    """Return the example of the page on which attention gains most chrF among those whose gain and exposure gap are
    typical of all sentences."""
    gain = frame["chrf"] - frame["chrf_plain"]
    is_typical = frame["is_example"] & (frame["exposure_gap"] > 0)
    for values in (gain, frame["exposure_gap"]):
        is_typical &= values.between(*values.quantile(list(TYPICAL)))
    return str(frame["source"][gain.where(is_typical).idxmax()])


def attention_effect(frame: pd.DataFrame, source: str) -> str:
    """Return what attention gains on a measured sentence, and how typical that is; "" for any other sentence."""
    gain = frame["chrf"] - frame["chrf_plain"]
    own = frame[frame["source"] == source]
    if own.empty:
        return ""
    row = own.iloc[0]
    return (
        f"How typical: attention takes chrF here from {row['chrf_plain']:.0f} to {row['chrf']:.0f}, by "
        f"{gain[own.index[0]]:+.0f}; over {len(frame):,} built-in sentences the median is {gain.median():+.0f}, and on "
        f"{percent((gain < 0).mean(), 0)} it is worse with attention."
    )


def forcing_effect(frame: pd.DataFrame, gap: float) -> str:
    """Return how typical an exposure gap (nats per token) is; "" where nothing was measured."""
    if frame.empty:
        return ""
    below = (frame["exposure_gap"] < gap).mean()
    return (
        f"How typical: over {len(frame):,} built-in sentences this gap is {frame['exposure_gap'].median():.2f} nats at "
        f"the median; it is smaller than here on {percent(below, 0)} of them."
    )


def wrong_word_effect(frame: pd.DataFrame) -> str:
    """Return how often the network recovers from a wrong word and after how much; "" where nothing was measured."""
    tried = frame[frame["is_long_enough"].astype(bool)] if len(frame) else frame
    if tried.empty:
        return ""
    recovered = tried["changed_tokens"].dropna()
    changed = recovered[recovered > 0]
    return (
        f"How typical: forced to read the likeliest other token after step {WRONG_STEP} of {len(tried):,} built-in "
        f"sentences, it recovers on {percent(len(recovered) / len(tried), 0)}: on "
        f"{percent((len(recovered) - len(changed)) / len(tried), 0)} nothing else changes, on the others "
        f"{changed.median():.0f} more tokens at the median."
    )
