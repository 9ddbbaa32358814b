"""A visitor's text as the taggers read it, line by line, and what they marked in it as sentences and rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from engine.errors import InputError
from engine.inspection.tagging.entity_types import describe_type
from engine.inspection.tagging.predictions import MAX_WORDS, Span, Tagging, WordSpan, split_words
from engine.text.reading import cut_lines
from engine.text.treebank import has_latin_letters
from engine.wording import percent

# Measured with the words of the news tagger on the test captions of Multi30k: of 1,000 French ones 987 have so many
# unknown words, of 1,000 English ones 2; of the test sentences of the web texts 2 in 100.
FOREIGN_SHARE = 0.5
FOREIGN_WORDS = 4  # with fewer a name or two would decide


@dataclass(frozen=True)
class TextLine:
    """One line of a text and its words, each with its place in the line."""

    text: str
    positions: tuple[WordSpan, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """The words alone, as a tagger takes them."""
        return tuple(word.text for word in self.positions)


EMPTY = TextLine("", ())


def read_text(text: str, max_lines: int) -> list[TextLine]:
    """Return the lines of a text that hold words; each is read by itself.

    Raises:
        InputError: there is no word in it, or a line or the text is too long; the sentence names the limit.
    """
    lines = [line.strip() for line in cut_lines(text) if line.strip()]
    if not lines:
        raise InputError("There is nothing to read: type a sentence, for instance “Anna lives in Rome.”")
    if not any(character.isalnum() for character in text):
        raise InputError(
            "There are only signs or emoji here and no word: entities are words, so type a sentence with some."
        )
    if len(lines) > max_lines:
        raise InputError(
            f"There are {len(lines):,} lines; at most {max_lines:,} are read here. Give the text to the tool “Many "
            "lines” as a file."
        )
    found = []
    for position, line in enumerate(lines, 1):
        try:
            found.append(TextLine(line, tuple(split_words(line))))
        except InputError as error:
            name = f"Line {position}" if len(lines) > 1 else "The text"
            raise InputError(
                f"{name} has more than {MAX_WORDS:,} words, which is the most that is read at once: put each sentence "
                "on a line of its own."
            ) from error
    return found


def describe_spans(tagging: Tagging, line: TextLine) -> str:
    """Return what was marked in a line, as a sentence: how many of each kind, and the one the network was least sure
    of."""
    if not tagging.spans:
        return f"No entity was found in these {len(line.positions):,} words."
    counts: dict[str, int] = {}
    for span in tagging.spans:
        counts[span.type] = counts.get(span.type, 0) + 1
    listed = ", ".join(f"{count:,} × {describe_type(kind).word} ({kind})" for kind, count in counts.items())
    least = min(tagging.spans, key=lambda span: span.probability)
    sure = f"“{span_text(line, least)}”, with a probability of {percent(least.probability)}"
    count = len(tagging.spans)
    if count == 1:
        return f"1 entity in {len(line.positions):,} words: {listed}: {sure}."
    return f"{count:,} entities in {len(line.positions):,} words: {listed}. The network is least sure of {sure}."


def span_text(line: TextLine, span: Span) -> str:
    """Return the letters of a span as they stand in the line."""
    return line.text[line.positions[span.start].start : line.positions[span.end - 1].end]


def spans_frame(line: TextLine, tagging: Tagging) -> pd.DataFrame:
    """Return one row per entity of a line: its letters, kind and probability, and from which letter to which it
    stands."""
    columns = ["entity", "type", "meaning", "probability", "start", "end"]
    rows = [
        (
            span_text(line, span),
            span.type,
            describe_type(span.type).word,
            round(float(span.probability), 4),
            line.positions[span.start].start,
            line.positions[span.end - 1].end,
        )
        for span in tagging.spans
    ]
    return pd.DataFrame(rows, columns=columns)


def find_foreign(tagging: Tagging) -> str:
    """Return a sentence where most of the words, or all of another script, never occurred in training, else ""."""
    words = [word for word in tagging.words if any(character.isalpha() for character in word)]
    unknown = set(tagging.unknown)
    strange = [word for word in words if word in unknown]
    if (
        not strange
        or (has_latin_letters(words) and len(words) < FOREIGN_WORDS)
        or len(strange) < FOREIGN_SHARE * len(words)
    ):
        return ""
    count = f"{len(strange):,} of the {len(words):,} words" if len(words) > 1 else "The only word"
    return (
        f"{count} never occurred in training often enough to be known. The networks have learnt English "
        "only: if this is another language, the marks mean little."
    )


def words_frame(words: Sequence[str], tagging: Tagging) -> pd.DataFrame:
    """Return one row per word: the tag that was chosen and its probability."""
    positions = {label: position for position, label in enumerate(tagging.labels)}
    chosen = [float(tagging.marginals[row, positions[tag]]) for row, tag in enumerate(tagging.tags)]
    return pd.DataFrame({"word": list(words), "tag": list(tagging.tags), "probability": chosen})


def tag_frame(tagging: Tagging, position: int) -> pd.DataFrame:
    """Return every tag with its probability for the word at `position`, the likeliest first."""
    frame = pd.DataFrame({"tag": list(tagging.labels), "probability": tagging.marginals[position].astype(float)})
    return frame.sort_values("probability", ascending=False, kind="stable", ignore_index=True)


def describe_word(tagging: Tagging, position: int) -> str:
    """Return in a sentence which tag a word was given, how likely it was, and what came next."""
    frame, chosen = tag_frame(tagging, position), tagging.tags[position]
    share = float(frame.set_index("tag")["probability"][chosen])
    said = (
        f"“{tagging.words[position]}” (word {position + 1:,}) is tagged {chosen}, with a probability of "
        f"{percent(share)}."
    )
    other = frame[frame["tag"] != chosen].iloc[0]
    if other["probability"] > share:
        said += (
            f" Alone, {other['tag']} would be likelier with {percent(other['probability'])}, but not in "
            "sequence with its neighbours."
        )
    else:
        said += f" Next comes {other['tag']} with {percent(other['probability'])}."
    if tagging.words[position] in set(tagging.unknown):
        said += " The word is not in its list of known words: only its letters and its neighbours speak."
    return said
