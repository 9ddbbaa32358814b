"""Files of lines, one sentence each: read from bytes that a visitor brings, given back as text."""

from __future__ import annotations

import codecs
from collections.abc import Sequence

from engine.decoding.limits import MAX_LINES
from engine.errors import InputError

MAX_FILE_BYTES = 4 * 2**20
_OTHER_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_lines(data: bytes, name: str = "The file") -> list[str]:
    """Return the lines of a UTF-8 file, without the line breaks; a mark at its beginning is left out.

    Raises:
        InputError: it is empty or too large, or is not UTF-8; the message names the line and the byte and says how to
            convert it.
    """
    if len(data) > MAX_FILE_BYTES:
        raise InputError(f"{name} has {len(data) / 2**20:.1f} MiB; at most {MAX_FILE_BYTES // 2**20} MiB are read.")
    if data.startswith(_OTHER_MARKS):
        raise InputError(
            f"{name} is UTF-16 or UTF-32 text; save it as UTF-8 in your editor, or run: iconv -f UTF-16 -t UTF-8 FILE "
            "> NEW."
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{name} is not UTF-8 text: line {line:,} has the byte 0x{data[error.start]:02X} (byte "
            f"{error.start + 1:,} of the file). "
            "It may be Latin-1: save it as UTF-8 in your editor, or run: iconv -f ISO-8859-1 -t UTF-8 FILE > NEW."
        ) from error
    if "\0" in text:
        raise InputError(
            f"{name} holds bytes that are no text (line {text[: text.index(chr(0))].count(chr(10)) + 1:,} has a zero)."
        )
    return split_lines(text, name)


def split_lines(text: str, name: str = "The text") -> list[str]:
    """Return the lines of a text; only line breaks part them, and what follows the last one is no line.

    Raises:
        InputError: nothing stands in any of them.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not lines[-1]:
        lines.pop()
    if not any(line.strip() for line in lines):
        raise InputError(f"{name} has nothing in it: put one sentence on each line.")
    return lines


def parts(count: int) -> list[tuple[int, int]]:
    """Return the parts that `count` lines are taken in, as (first line, last line) from 1, of MAX_LINES at most."""
    return [(first + 1, min(first + MAX_LINES, count)) for first in range(0, count, MAX_LINES)]


def lines_left(lines: Sequence[object], is_done: Sequence[int], done: str) -> list[int]:
    """Return the places, from 0, of the lines that are still to be worked on; `done` says what is done to them.

    Raises:
        InputError: there are more than MAX_LINES lines.
    """
    if len(lines) > MAX_LINES:
        raise InputError(f"There are {len(lines):,} lines; at most {MAX_LINES:,} are {done} at once.")
    return sorted({*range(len(lines))} - {*is_done})


def join_lines(lines: Sequence[str]) -> bytes:
    """Return lines as a UTF-8 file, one per line whatever is in them."""
    return "".join(" ".join(line.splitlines()) + "\n" for line in lines).encode()
