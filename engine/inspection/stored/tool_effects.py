"""How large the effect of a tool is on built-in texts, and how typical the example is that its page opens with.

The table is written by `engine.evaluation.example_effects`: a row for each tool, network and text.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from engine.inspection.stored.tables import RESULTS
from engine.wording import percent

LSTM = "shakespeare-lstm"  # who reads what language models are shown
TABLE = RESULTS / "tool_effects.parquet"
COMMAND = "python -m engine.evaluation.example_effects"
COLUMNS = tuple("tool model weights title text effect is_default hardware commit date".split())


@dataclass(frozen=True)
class ToolEffect:
    """What a tool shows of a text, as one number.

    Attributes:
        words: what the number is, as a sentence goes on after "over 100 built-in sentences".
        unit, digits: how the number is written; "%" for a share.
        texts: what the built-in texts are called.
    """

    words: str
    unit: str = ""
    digits: int = 2
    texts: str = "sentences of the built-in stories"

    def said(self, value: float) -> str:
        """Return a number as a sentence writes it."""
        if self.unit == "%":
            return percent(value, 0)
        return f"{value:,.{self.digits}f}{f' {self.unit}' if self.unit else ''}"


EFFECTS = {
    "step": ToolEffect("the largest change of one unit's memory in one step"),
    "gates": ToolEffect("the way that the mean forget gate goes between its lowest and its highest token"),
    "memory_retention": ToolEffect("the number of steps after which half of the longest-kept write is gone", digits=0),
    "edit": ToolEffect(
        "the number of characters after two swapped words until their trace is below a hundredth",
        digits=0,
    ),
    "connectivity": ToolEffect(
        "the share of all strength that lies more than 10 characters before the first letter of a word", "%"
    ),
    "truncation": ToolEffect(
        "the share of the last loss's gradient that chunks of 16 keep",
        "%",
        texts="passages of the built-in stories",
    ),
    "surprise": ToolEffect("the gap in nats between the most surprising character and the mean"),
    "activation_patching": ToolEffect(
        "the number of characters for which another passage's state is felt",
        digits=0,
        texts="pairs of passages of the built-in stories",
    ),
    "search": ToolEffect(
        "the number of different translations that win at some width and length penalty",
        digits=0,
        texts="built-in English sentences",
    ),
    "attention": ToolEffect(
        "what a written token loses, in nats, without the word that its step looks at",
        texts="built-in English sentences",
    ),
    "padding": ToolEffect(
        "the largest change of a probability in a batch of three without the mask",
        texts="batches of built-in texts",
    ),
}


def typical_sentences(effects: pd.DataFrame) -> dict[str, str]:
    """Return for each measured tool, by its name, how its effect on the page's own example lies among all texts."""
    said = {}
    for tool, rows in effects.groupby("tool", sort=False):
        effect, own = EFFECTS[str(tool)], rows[rows["is_default"].astype(bool)]
        others = rows.loc[~rows["is_default"].astype(bool), "effect"]
        if others.empty or own.empty:
            continue
        value, median = float(own["effect"].iloc[0]), float(others.median())
        below = float((others < value).mean())
        said[str(tool)] = (
            f"How typical: over {len(others):,} {effect.texts}, {effect.words} is {effect.said(median)} at the median; "
            f"for the example that this tool opens with it is {effect.said(value)}, "
            f"{f'more than on {percent(below, 0)}' if below else 'no more than on any'} of them."
        )
    return said
