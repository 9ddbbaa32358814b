"""Many texts tagged batch by batch: every line with its entities and where they stand, or why it has none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from engine.decoding.line_files import join_tagged, lines_left
from engine.errors import InputError
from engine.files import Texts
from engine.inspection.tagging.predictions import MAX_WORDS, WordSpan, split_words, tag_many
from engine.inspection.tagging.texts import TextLine, spans_frame
from engine.models.folder import LoadedModel

BATCH_LINES = 16  # after each batch the visitor sees progress and may stop


@dataclass(frozen=True)
class SourceLine:
    """One text to tag; `words` are given where a file brought them one by one, and stand in the text in their order."""

    text: str
    words: tuple[str, ...] = ()

    def read(self) -> TextLine:
        """Return the line with the place of every word.

        Raises:
            InputError: it has more than MAX_WORDS words.
        """
        if not self.words:
            return TextLine(self.text, tuple(split_words(self.text)))
        if len(self.words) > MAX_WORDS:
            raise InputError(
                f"The sentence has {len(self.words):,} words; at most {MAX_WORDS:,} can be tagged at once."
            )
        positions, at = [], 0
        for word in self.words:
            begin = self.text.index(word, at)
            at = begin + len(word)
            positions.append(WordSpan(word, begin, at))
        return TextLine(self.text, tuple(positions))


@dataclass(frozen=True)
class LineEntities:
    """What was made of one line.

    Attributes:
        index: place of the line, from 0.
        words, tags: T each; none where the line is empty or has a problem.
        entities: one row per entity, as `spans_frame` has them.
        problem: why it was not tagged, "" where it was or is empty.
    """

    index: int
    words: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    entities: pd.DataFrame = field(default_factory=pd.DataFrame)
    problem: str = ""


def source_lines(texts: Texts) -> list[SourceLine]:
    """Return texts as lines to tag; where words do not stand in their text as they are (French "du" as "de le"), the
    text is those words with blanks between."""
    if not texts.words:
        return [SourceLine(line) for line in texts.lines]
    return [
        SourceLine(line if _stand_in(words, line) else " ".join(words), words)
        for line, words in zip(texts.lines, texts.words, strict=True)
    ]


def tag_lines(
    loaded: LoadedModel, lines: Sequence[SourceLine], is_done: Sequence[int] = ()
) -> Iterator[list[LineEntities]]:
    """Yield batches of tagged lines in order; lines whose index is in `is_done` are left out.

    A line that cannot be tagged has its problem; the others are tagged all the same.

    Raises:
        InputError: there are more than MAX_LINES lines.
    """
    left = lines_left(lines, is_done, "tagged")
    for first in range(0, len(left), BATCH_LINES):
        batch = left[first : first + BATCH_LINES]
        found, readable = {}, {}
        for index in batch:
            try:
                readable[index] = lines[index].read()
            except InputError as error:
                found[index] = LineEntities(index, problem=str(error))
        full = [index for index, line in readable.items() if line.positions]
        taggings = tag_many(loaded, [readable[index].words for index in full]) if full else []
        for index, tagging in zip(full, taggings, strict=True):
            line = readable[index]
            found[index] = LineEntities(index, line.words, tagging.tags, spans_frame(line, tagging))
        yield [found.get(index, LineEntities(index)) for index in batch]


def lines_frame(lines: Sequence[SourceLine], found: Mapping[int, LineEntities]) -> pd.DataFrame:
    """Return one row per line in its order, with what is marked in it; what is not tagged yet is empty."""
    rows = [found.get(index, LineEntities(index)) for index in range(len(lines))]
    return pd.DataFrame(
        {
            "line": range(1, len(lines) + 1),
            "text": [line.text for line in lines],
            "entities": [", ".join(f"{row.entity} ({row.type})" for row in one.entities.itertuples()) for one in rows],
            "words": [len(one.words) for one in rows],
            "problem": [one.problem for one in rows],
        }
    )


def entities_frame(found: Mapping[int, LineEntities]) -> pd.DataFrame:
    """Return one row per entity: its line from 1, letters, kind and probability, and from which letter of the line to
    which it stands."""
    parts = [one.entities.assign(line=index + 1) for index, one in sorted(found.items()) if len(one.entities)]
    columns = ["line", "entity", "type", "probability", "start", "end"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def tagged_file(found: Mapping[int, LineEntities]) -> bytes:
    """Return the tagged lines as a file of tokens, one word and its tag on each line."""
    return join_tagged((one.words, one.tags) for _, one in sorted(found.items()) if one.words)


def _stand_in(words: Sequence[str], text: str) -> bool:
    at = 0
    for word in words:
        at = text.find(word, at)
        if at < 0:
            return False
        at += len(word)
    return True
