"""What the commands for many texts read: standard input, told from its content as the pages tell a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.config import option
from engine.console import show_notes
from engine.text.reading import MAX_COMMAND_BYTES, STANDARD_INPUT, read_bytes, say_file

if TYPE_CHECKING:
    from engine.files.text_file import TextFile, Texts


@dataclass(frozen=True, kw_only=True)
class TextsOption:
    """Which texts of standard input are read."""

    column: str = option(
        "", help="where the texts are in a table or a token file, by name or number; otherwise told from its content"
    )
    plain: bool = option(False, help="take each line as a text, whatever the input looks like")


def read_texts(options: TextsOption, preferred: Sequence[str] = ()) -> Texts:
    """Return the texts of standard input, after saying on standard error what was understood where it is no plain
    lines; `preferred` as in `read_file`.

    Raises:
        InputError: as `read_file`, or there is no such column.
    """
    from engine.files.formats import read_file  # not for the commands that read no files

    file = read_file(
        read_bytes(),
        STANDARD_INPUT,
        preferred,
        is_lines=options.plain,
        max_bytes=MAX_COMMAND_BYTES,
        max_lines=MAX_COMMAND_BYTES,
    )
    advice = " --column reads another, --plain takes lines as they stand."
    return _say(file, options.column, advice)


def read_column(path: str, column: str) -> str:
    """Return the texts in a column of a file as one text, one a line, after saying what was understood.

    Raises:
        InputError: as `read_file`, or there is no such column.
    """
    from engine.files.formats import read_file

    file = read_file(read_bytes(path), say_file(path), max_bytes=MAX_COMMAND_BYTES, max_lines=MAX_COMMAND_BYTES)
    return "".join(f"{line}\n" for line in _say(file, column).lines)


def _say(file: TextFile, named: str, advice: str = "") -> Texts:
    column = file.position(named) if named else file.column
    texts = file.texts(column)
    understood = [file.understood(column) + advice] if file.columns else []
    show_notes([*file.notes, *understood, *texts.remarks])
    return texts
