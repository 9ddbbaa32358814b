"""Texts out of a table that a visitor brings: the column with the texts of a CSV file."""

from __future__ import annotations

import csv
from collections.abc import Sequence

from engine.errors import InputError

TEXT_COLUMNS = ("text", "sentence", "review", "line")
_DELIMITERS = ",;\t|"
_SHOWN = 8
_CELL = 1_000_000  # letters; csv's own bound is 131,072 and its message speaks of fields
csv.field_size_limit(_CELL)


def read_text_column(lines: Sequence[str], name: str = "The file") -> list[str]:
    """Return the texts of a CSV file given as lines, from the column called text, sentence, review or line.

    Commas, semicolons, tabs or bars part the columns, whichever parts the first line most often.

    Raises:
        InputError: there is no such column, no row below the names of the columns, or a cell is no CSV.
    """
    head = lines[0] if lines else ""
    delimiter = max(_DELIMITERS, key=head.count)
    try:
        rows = list(csv.reader((line + "\n" for line in lines), delimiter=delimiter))
    except csv.Error as error:
        raise InputError(f"{name} is no CSV that can be read ({error}).") from error
    columns = [column.strip() for column in rows[0]] if rows else []
    found = [column.lower() for column in columns]
    position = next((found.index(known) for known in TEXT_COLUMNS if known in found), None)
    if position is None:
        listed = ", ".join(f"“{column[:40]}”" for column in columns[:_SHOWN]) + (" …" if len(columns) > _SHOWN else "")
        raise InputError(
            f"{name} has no column of texts: its first line names {listed or 'nothing'}. Call the column with the "
            "sentences "
            f"{', '.join(f'“{known}”' for known in TEXT_COLUMNS[:-1])} or “{TEXT_COLUMNS[-1]}”."
        )
    texts = [" ".join(row[position].split()) if len(row) > position else "" for row in rows[1:]]
    if not any(texts):
        raise InputError(f"{name} has nothing below “{columns[position]}”: put one sentence in each row.")
    return texts
