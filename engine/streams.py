"""The three streams of a command, such that none of them ends it in the middle of its work with a traceback."""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import sys
from typing import NoReturn, TextIO, cast

from engine.errors import InputError

ESCAPED = "unrolled-escaped"  # how characters are written that an output's encoding cannot say
_SAID: set[str] = set()


def say(words: str) -> None:
    """Print one line on standard error, whoever listens."""
    with contextlib.suppress(OSError):
        print(" ".join(words.splitlines()), file=sys.stderr)


def prepare_streams() -> None:
    """Make the three streams such that none of them ends a command in the middle of its work: each may be closed, and
    an output may have an encoding that cannot say every character."""
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - as long as the process
    if sys.stdin is None:
        sys.stdin = cast(TextIO, _ClosedInput())
    codecs.register_error(ESCAPED, _escape)
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors=ESCAPED)


class _ClosedInput:
    """Stands for a standard input that is closed: whoever reads it is told."""

    @property
    def buffer(self) -> NoReturn:
        raise InputError("Standard input is closed: give the text with a pipe, or with < FILE.")


def _escape(error: UnicodeError) -> tuple[str | bytes, int]:
    """Write a character that cannot be said as its number, and say so once."""
    written = codecs.backslashreplace_errors(error)
    if isinstance(error, UnicodeEncodeError) and ESCAPED not in _SAID:
        _SAID.add(ESCAPED)
        first = error.object[error.start]
        say(
            f"note: the output's encoding, {error.encoding}, cannot say {ascii(first)} and maybe others, which are "
            "written as numbers; set PYTHONIOENCODING=utf-8"
        )
    return written


def close_output() -> None:
    """Write what is left; where nobody takes it, let it go nowhere, as the interpreter would try again at its end."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        with contextlib.suppress(OSError):  # no file stands behind it
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
