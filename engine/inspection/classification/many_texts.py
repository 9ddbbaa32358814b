"""Many texts judged batch by batch: every line with its class, how sure the classifier was, or why it has none."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from engine.decoding.line_files import lines_left
from engine.errors import InputError
from engine.inspection.classification.predictions import classify_texts
from engine.models.base import batches_by_length
from engine.models.folder import LoadedModel
from engine.wording import percent

BATCH_TEXTS = 32  # after each batch the visitor sees progress and may stop


@dataclass(frozen=True)
class LineVerdict:
    """One line's class.

    Attributes:
        index: place of the line, from 0.
        label: "" where there is none.
        probability: of that label; nan without one.
        words: how many the classifier read.
        unknown: those it did not know.
        problem: why there is no class, "" where there is one or the line is empty.
    """

    index: int
    label: str = ""
    probability: float = math.nan
    words: int = 0
    unknown: tuple[str, ...] = ()
    problem: str = ""


def classify_many(
    loaded: LoadedModel, lines: Sequence[str], is_done: Sequence[int] = ()
) -> Iterator[list[LineVerdict]]:
    """Yield batches of judged lines, the empty ones first; lines whose index is in `is_done` are left out.

    A line that cannot be judged has its problem instead of a class; the others are judged all the same.

    Raises:
        InputError: there are more than MAX_LINES lines.
    """
    left = lines_left(lines, is_done, "judged")
    if empty := [LineVerdict(index) for index in left if not lines[index].strip()]:
        yield empty
    left = [index for index in left if lines[index].strip()]
    for batch in batches_by_length([len(lines[index]) for index in left], BATCH_TEXTS):
        yield _judge(loaded, lines, [left[position] for position in batch])


def verdicts_frame(lines: Sequence[str], found: Mapping[int, LineVerdict]) -> pd.DataFrame:
    """Return one row per line in its order; what is not judged yet is empty."""
    rows = [found.get(index, LineVerdict(index)) for index in range(len(lines))]
    return pd.DataFrame(
        {
            "line": range(1, len(lines) + 1),
            "text": list(lines),
            "class": [row.label for row in rows],
            "probability": [None if math.isnan(row.probability) else round(row.probability, 4) for row in rows],
            "words": [row.words for row in rows],
            "unknown": [", ".join(row.unknown) for row in rows],
            "problem": [row.problem for row in rows],
        }
    )


def verdicts_sentence(found: Mapping[int, LineVerdict]) -> str:
    """Return how many lines got which class, and how sure the classifier was."""
    judged = [row for row in found.values() if row.label]
    if not judged:
        return "No line has a class."
    counts = {label: sum(row.label == label for row in judged) for label in sorted({row.label for row in judged})}
    said = " and ".join(f"{count:,} {label}" for label, count in counts.items())
    return f"{said}; on average it was {percent(sum(row.probability for row in judged) / len(judged))} sure."


def _judge(loaded: LoadedModel, lines: Sequence[str], positions: Sequence[int]) -> list[LineVerdict]:
    """Return the verdicts of a batch; where a line spoils it, each line by itself."""
    try:
        found = classify_texts(loaded, tuple(lines[position] for position in positions))
    except InputError as error:
        if len(positions) == 1:
            return [LineVerdict(positions[0], problem=str(error))]
        return [row for position in positions for row in _judge(loaded, lines, [position])]
    return [
        LineVerdict(
            position, verdict.label, verdict.probability, len(verdict.words), tuple(dict.fromkeys(verdict.unknown))
        )
        for position, verdict in zip(positions, found, strict=True)
    ]
