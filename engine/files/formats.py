"""What a file of texts is, told from its content: Parquet, JSON, a token file, a table, or plain lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.errors import InputError
from engine.files.csv_files import read_csv
from engine.files.record_files import PARQUET, read_json, read_parquet
from engine.files.text_file import Lines, TextFile
from engine.files.token_files import read_tokens
from engine.limits import limits
from engine.text.reading import MAX_FILE_BYTES, DecodedText, decode, end_lines


def read_file(
    data: bytes,
    name: str = "The file",
    preferred: Sequence[str] = (),
    *,
    is_lines: bool = False,
    may_be_numbers: bool = False,
    max_bytes: int = MAX_FILE_BYTES,
    max_lines: int | None = None,
) -> TextFile:
    """Return what stands in a file.

    Args:
        name: begins the sentences about it and ends with its own name: "The file a.csv".
        preferred: what its column of texts is likely to be called, such as "fr" where French is read.
        is_lines: take every line as a text, whatever it looks like.
        may_be_numbers: a table of numbers alone is one too, and no file is one of tagged words.
        max_lines: as many as this server takes of one file, where no other number is given.

    Raises:
        InputError: it is too large or damaged, holds no text, or is a table without texts.
    """
    if data.startswith(PARQUET) and not is_lines:
        if len(data) > max_bytes:
            raise InputError(f"{name} has {len(data) / 2**20:.1f} MiB; at most {max_bytes // 2**20} MiB are read.")
        return read_parquet(data, name, preferred, may_be_numbers=may_be_numbers)
    return _tell(decode(data, name, max_bytes), name, preferred, is_lines, max_lines, may_be_numbers)


def read_text(
    text: str,
    name: str = "The text",
    preferred: Sequence[str] = (),
    *,
    is_lines: bool = False,
    may_be_numbers: bool = False,
    max_lines: int | None = None,
) -> TextFile:
    """Return what stands in a text that was typed or pasted; otherwise as `read_file`."""
    decoded = DecodedText(end_lines(text.removeprefix("\ufeff")), "utf-8")
    return _tell(decoded, name, preferred, is_lines, max_lines, may_be_numbers)


def _tell(
    decoded: DecodedText,
    name: str,
    preferred: Sequence[str],
    is_lines: bool,
    max_lines: int | None,
    may_be_numbers: bool,
) -> TextFile:
    most, count = limits().file_lines if max_lines is None else max_lines, decoded.text.count("\n")
    if count > most:  # before there is an object for each
        raise InputError(f"{name} has {count:,} lines; at most {most:,} are read: bring a part of it.")
    lines = decoded.lines
    found: TextFile | None = None
    if not is_lines:
        found = (
            read_json(decoded.text, lines, name, preferred, may_be_numbers=may_be_numbers)
            or (None if may_be_numbers else read_tokens(lines, name))
            or read_csv(lines, name, preferred, may_be_numbers=may_be_numbers)
        )
    return replace(found or Lines("plain lines", (), (), lines=lines), notes=decoded.notes)
