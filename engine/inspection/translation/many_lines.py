"""A file of lines, translated batch by batch: every line with its translation, how sure the network was, or why it has
none."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from engine.decoding.hypothesis import Hypothesis
from engine.decoding.kept_words import keep_in_lines
from engine.decoding.limits import SamplingSettings, SearchSettings
from engine.decoding.line_files import lines_left
from engine.decoding.text import check_line, search_lines
from engine.errors import InputError
from engine.models.folder import LoadedModel
from engine.text.piece_labels import group_pieces

BATCH_SENTENCES = 16  # smaller than for the test sets: after each batch the visitor sees progress and may stop


@dataclass(frozen=True)
class LineTranslation:
    """One line's translation.

    Attributes:
        index: place of the line, from 0.
        confidence: geometric mean of the words' probabilities, as under the bars of one sentence; nan without a word.
        problem: why there is no translation, "" where there is one or the line is empty.
    """

    index: int
    text: str = ""
    confidence: float = math.nan
    problem: str = ""


def translate_many(
    loaded: LoadedModel,
    lines: Sequence[str],
    search: SearchSettings,
    sampling: SamplingSettings | None = None,
    is_done: Sequence[int] = (),
) -> Iterator[list[LineTranslation]]:
    """Yield batches of translated lines, first those that need no network; lines whose index is in `is_done` are left
    out.

    Names and numbers that a translation lacks are kept (`engine.decoding.kept_words`). A line that is too long has its
    problem instead of a translation; the others are translated all the same.

    Raises:
        InputError: there are more than MAX_LINES lines.
    """
    problems = {index: _problem(loaded, lines[index]) for index in lines_left(lines, is_done, "translated")}
    at_once = [
        LineTranslation(index, problem=problem)
        for index, problem in problems.items()
        if problem or not lines[index].strip()
    ]
    if at_once:
        yield at_once
    readable = [line if problems.get(index, "done") == "" else "" for index, line in enumerate(lines)]
    for batch in search_lines(
        loaded,
        readable,
        beam_size=search.beam_size,
        length_penalty=search.length_penalty,
        sampling=sampling,
        batch_sentences=BATCH_SENTENCES,
    ):
        texts = [loaded.tokenizer.decode(found.token_ids) for _, found in batch]
        kept = keep_in_lines(loaded, [lines[i] for i, _ in batch], texts, search.beam_size, search.length_penalty)
        yield [
            LineTranslation(i, text, _confidence(loaded, found)) for (i, found), text in zip(batch, kept, strict=True)
        ]


def lines_frame(lines: Sequence[str], found: dict[int, LineTranslation]) -> pd.DataFrame:
    """Return one row per line in its order; what is not translated yet is empty."""
    rows = [found.get(index, LineTranslation(index)) for index in range(len(lines))]
    return pd.DataFrame(
        {
            "line": range(1, len(lines) + 1),
            "source": list(lines),
            "translation": [row.text for row in rows],
            "confidence": [None if math.isnan(row.confidence) else round(row.confidence, 4) for row in rows],
            "problem": [row.problem for row in rows],
        }
    )


def _problem(loaded: LoadedModel, line: str) -> str:
    try:
        check_line(loaded, line)
    except InputError as error:
        return str(error)
    return ""


def _confidence(loaded: LoadedModel, found: Hypothesis) -> float:
    words = len(group_pieces(loaded.tokenizer.tokens(found.token_ids)))
    return math.exp(sum(found.log_probs[: len(found.token_ids)]) / words) if words else math.nan
