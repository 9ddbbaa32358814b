"""Files of one token a line (CoNLL, IOB2): an empty line ends a sentence; the tag stands last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.errors import InputError


def read_token_lines(lines: Sequence[str], name: str = "The file") -> list[tuple[str, ...]]:
    """Return the sentences of a file of tokens, as words; comments (#) and marks of documents are left out.

    The word is the first column, or the second where the first counts the words of each sentence.

    Raises:
        InputError: there is no token in it, or a line has no word where the others have one.
    """
    sentences: list[list[list[str]]] = [[]]
    for line in lines:
        columns = line.split("\t") if "\t" in line else line.split()
        if not line.strip():
            sentences.append([])
        elif not line.startswith(("# ", "-DOCSTART-")):
            sentences[-1].append(columns)
    rows = [row for sentence in sentences for row in sentence]
    if not rows:
        raise InputError(
            f"{name} has no token in it: put one word on each line, and an empty line after each sentence."
        )
    is_counted = len(rows[0]) > 1 and all(len(row) > 1 and row[0].isdecimal() for row in rows)
    position = 1 if is_counted else 0
    if any(not row[position].strip() for row in rows):
        raise InputError(
            f"{name} has a line without a word: put one word on each line, and an empty line after each sentence."
        )
    return [tuple(row[position].strip() for row in sentence) for sentence in sentences if sentence]


def join_tagged(sentences: Iterable[tuple[Sequence[str], Sequence[str]]]) -> bytes:
    """Return sentences of (words, tags) as a file of tokens in UTF-8: word, tab, tag; an empty line after each
    sentence."""
    return "".join(
        "".join(f"{word}\t{tag}\n" for word, tag in zip(words, tags, strict=True)) + "\n" for words, tags in sentences
    ).encode()
