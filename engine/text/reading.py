"""The one reader of text: bytes of a file, an upload or standard input as text and as lines, whatever wrote them.

What the bytes do not say, their encoding, is found out: UTF-8 first, then what the marks and zeros of UTF-16 and
UTF-32 tell, then the eight-bit encodings of Western Europe, told apart by what their letters would spell; the
library charset-normalizer decides the rest. Whatever was done beside reading UTF-8 is said in `DecodedText.notes`.
"""

from __future__ import annotations

import codecs
import re
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.errors import InputError

MAX_FILE_BYTES = 4 * 2**20  # of what a visitor uploads
MAX_COMMAND_BYTES = 256 * 2**20  # of what a command reads, all of which it holds at once

STANDARD_INPUT = "Standard input"
GZIP = b"\x1f\x8b"
# How files begin that hold no text, and what they are called.
NO_TEXT = {
    b"PK\x03\x04": "a zip archive, as .xlsx and .docx are",
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Office file, as .xls and .doc are",
    b"PAR1": "a Parquet table",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive",
    b"7z\xbc\xaf": "a 7z archive",
}
# UTF-32 first: its mark begins with UTF-16's.
MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
WESTERN = ("cp1252", "iso8859_15", "mac_roman", "cp850")
ELSEWHERE = ("cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256", "shift_jis", "gb18030", "big5")
TITLES = {
    "cp1252": "Windows-1252",
    "iso8859_15": "Latin-9",
    "mac_roman": "Mac Roman",
    "cp850": "DOS code page 850",
    "koi8_r": "KOI8-R",
    "shift_jis": "Shift JIS",
} | {f"cp125{number}": f"Windows-125{number}" for number in (0, 1, 3, 4, 5, 6)}
MOST_ACCENTED, FEW_LETTERS = 0.3, 20  # share of the letters; French has 0.04, Czech read as Windows-1252 has 0.38

# No word of a Western language looks like "isnÕt", or like Russian read as Windows-1252; "créée" has three in a row.
_NO_WORD = re.compile(r"(?<=[a-zß-öø-ÿ])[À-ÖØ-ÞŠŽŒŸ]|[À-ÖØ-öø-ÿŠŽŒŸšžœ]{4}")
_WESTERN_CHARACTERS = frozenset("àâäáãåæçèéêëìíîïñòóôõöøœùúûüýÿßšžðþ" + "ÀÂÄÁÃÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØŒÙÚÛÜÝŸŠŽÐÞ")
_WESTERN_MARKS = frozenset("’‘“”„‚…–—«»‹›€£¥§°·•©®™¿¡ºª²³½¼¾×±ˆ˜\N{NO-BREAK SPACE}\N{SOFT HYPHEN}")


@dataclass(frozen=True)
class DecodedText:
    """What bytes say.

    Attributes:
        text: without a mark at its beginning; every line ends with a line feed alone.
        encoding: the codec's name: "utf-8", "cp1252".
        notes: one sentence for each thing that was found out or done; none for plain UTF-8.
    """

    text: str
    encoding: str
    notes: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """Return the lines; what follows the last line feed is no line."""
        return cut_lines(self.text)


def decode(data: bytes, name: str = "The file", max_bytes: int = MAX_FILE_BYTES) -> DecodedText:
    """Return the text that bytes hold; `name` begins the sentences about them.

    Raises:
        InputError: they are too many, hold no text, or no encoding is found for them; the message names the line and
            the byte.
    """
    notes: list[str] = []
    if data.startswith(GZIP):
        data = _unpack(data, name, max_bytes)
        notes.append(f"{name} is packed with gzip and was unpacked.")
    if len(data) > max_bytes:
        raise InputError(f"{name} has {len(data) / 2**20:.1f} MiB; at most {max_bytes // 2**20} MiB are read.")
    for beginning, kind in NO_TEXT.items():
        if data.startswith(beginning):
            raise InputError(f"{name} is {kind}, not text: save what is in it as plain text or as CSV.")
    text, encoding = _decode(data, name)
    if encoding != "utf-8":
        doubt = "" if encoding in MARKS.values() else "; if letters look wrong, save it as UTF-8"
        notes.append(f"{name} was read as {TITLES.get(encoding, encoding.upper())}{doubt}.")
    if "\0" in text:
        raise InputError(
            f"{name} holds bytes that are no text (line {text[: text.index(chr(0))].count(chr(10)) + 1:,} has a zero)."
        )
    return DecodedText(end_lines(text.removeprefix("\ufeff")), encoding, tuple(notes))


def cut_lines(text: str) -> list[str]:
    """Return the lines of a text, also where there is none; what follows the last line break is no line."""
    lines = end_lines(text.removeprefix("\ufeff")).split("\n")
    return lines if lines[-1] else lines[:-1]


def end_lines(text: str) -> str:
    """Return a text whose lines end with a line feed, as those of Windows and of old Macs do not.

    Form feeds and Unicode's own separators end no line: a line stays what `wc -l` counts, so that what is made of a
    file can be laid beside it. They are white space to `normalise`.
    """
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_bytes(file: str = "-") -> bytes:
    """Return what stands in a file, or in standard input where `file` is "-".

    Raises:
        InputError: it cannot be read.
    """
    try:
        if file != "-":
            return Path(file).read_bytes()
        if sys.stdin is None:  # closed by the shell: `<&-`
            raise InputError(f"{STANDARD_INPUT} is closed: give a file or a pipe.")
        return sys.stdin.buffer.read()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"The file {file} cannot be read: {reason}.") from error


def read_input(file: str = "-") -> DecodedText:
    """Return the text of a file, or of standard input where `file` is "-".

    Raises:
        InputError: it cannot be read, or as `decode`.
    """
    return decode(read_bytes(file), say_file(file), MAX_COMMAND_BYTES)


def say_file(file: str) -> str:
    """Return how sentences about an input begin: "The file a.txt", and "Standard input" for "-"."""
    return STANDARD_INPUT if file == "-" else f"The file {file}"


def _decode(data: bytes, name: str) -> tuple[str, str]:
    """Return the text and the encoding it was found to have."""
    for mark, encoding in MARKS.items():
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding), encoding
            except UnicodeDecodeError as error:
                if encoding == "utf-8":
                    raise _no_text(data, error.start + len(mark), name) from error
                raise InputError(
                    f"{name} says that it is {encoding.upper()} and is not, from byte {error.start + len(mark) + 1:,} "
                    "on: save it as UTF-8."
                ) from error
    wide = _wide_encoding(data)
    if wide:
        try:
            return data.decode(wide), wide
        except UnicodeDecodeError:
            pass
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        found = None if b"\0" in data or _is_mostly_utf8(data) else _eight_bit(data)
        if found is None:
            raise _no_text(data, error.start, name) from error
        return found


def _no_text(data: bytes, place: int, name: str) -> InputError:
    line = data.count(b"\n", 0, place) + 1
    return InputError(
        f"{name} is not UTF-8 text: line {line:,} has the byte 0x{data[place]:02X} (byte {place + 1:,}). "
        "Save it as UTF-8 in your editor."
    )


def _wide_encoding(data: bytes) -> str:
    """Return which of UTF-16 and UTF-32 bytes without a mark are in, told by where their zeros stand; "" for none."""
    if len(data) % 2 or not data:
        return ""
    zeros = [data[place::4].count(0) for place in range(4)]
    quarter = len(data) / 4
    pattern = "".join("0" if count > quarter / 3 else "x" for count in zeros)
    return {"x000": "utf-32-le", "000x": "utf-32-be", "x0x0": "utf-16-le", "0x0x": "utf-16-be"}.get(pattern, "")


def _is_mostly_utf8(data: bytes) -> bool:
    """Return whether bytes are UTF-8 with a fault in it: more sequences of several bytes than faults."""
    text = data.decode("utf-8", errors="replace")
    faults = text.count("\N{REPLACEMENT CHARACTER}")
    return sum(character > "\x7f" for character in text) - faults > faults


def _eight_bit(data: bytes) -> tuple[str, str] | None:
    """Return the text and the encoding of bytes that are no UTF-8, None where none fits."""
    for encoding in WESTERN:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if is_western(text):
            return text, encoding
    from charset_normalizer import from_bytes  # 30 ms, for files of other alphabets only

    best = from_bytes(data, cp_isolation=list(ELSEWHERE)).best()
    return (str(best), best.encoding) if best else None


def is_western(text: str) -> bool:
    """Return whether a text could be in a language of Western Europe: mostly plain letters, no capital with an accent
    inside a small word, no mark that nobody types."""
    special = [character for character in text if character > "\x7e"]
    letters, accented = (sum(map(str.isalpha, some)) for some in (text, special))
    return (
        all(character in _WESTERN_CHARACTERS or character in _WESTERN_MARKS for character in special)
        and (letters < FEW_LETTERS or accented <= MOST_ACCENTED * letters)
        and not _NO_WORD.search(text)
    )


def _unpack(data: bytes, name: str, max_bytes: int) -> bytes:
    """Return what gzip packed, at most `max_bytes` of it: a small file can hold a very large one."""
    found = b"".join(_inflate(data, name, max_bytes + 1))
    if len(found) > max_bytes:
        raise InputError(f"{name} unpacks to more than {max_bytes // 2**20} MiB, which is the most that is read.")
    return found


def _inflate(data: bytes, name: str, left: int) -> Iterator[bytes]:
    try:
        while data.startswith(GZIP) and left > 0:  # members one after the other, as `cat` joins them
            unpacker = zlib.decompressobj(wbits=31)
            part = unpacker.decompress(data, left)
            if not unpacker.eof and len(part) < left:
                raise InputError(f"{name} is packed with gzip and its end is missing.")
            left -= len(part)
            data = unpacker.unused_data
            yield part
    except zlib.error as error:
        raise InputError(f"{name} is packed with gzip and damaged.") from error
