"""The one reader of text: what bytes are read as, what is refused and in which words, and that nothing is lost."""

from __future__ import annotations

import gzip
import io
import sys
from types import SimpleNamespace

import pytest

from engine.errors import InputError
from engine.text.reading import MAX_FILE_BYTES, decode, read_input

FRENCH = "Ma sœur est là. L’été, où êtes-vous ? Ça coûte 25 €.\n"


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"one\ntwo\n", ["one", "two"]),
        (b"one\r\n\r\ntwo", ["one", "", "two"]),
        (b"\xef\xbb\xbfune \xc3\xa9t\xc3\xa9\n", ["une été"]),
        ("a\u2028b\x0cc\x85d\n\ne\n".encode(), ["a\u2028b\x0cc\x85d", "", "e"]),  # only line breaks part lines
        (b"one\rtwo\r", ["one", "two"]),
        (b"one\ntwo\r\nthree\rfour", ["one", "two", "three", "four"]),
        (gzip.compress(b"one\n", mtime=0) + gzip.compress(b"two\n", mtime=0), ["one", "two"]),
    ],
)
def test_lines_are_read(data, lines):
    assert decode(data).lines == lines


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32-le"),
        ("utf-32-be", "utf-32-be"),
        ("cp1252", "cp1252"),
    ],
)
def test_the_encoding_is_found_out_and_said(encoding, found):
    read = decode(FRENCH.encode(encoding), "The file a.txt")
    assert (read.text, read.encoding) == (FRENCH, found)
    assert len(read.notes) == (found != "utf-8")


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        ("It isn’t good.", "cp1252", "cp1252"),
        ("The film isn’t good – “really”.\nI liked it…", "cp1252", "cp1252"),
        ("un été", "latin-1", "cp1252"),
        ("é", "latin-1", "cp1252"),
        ("ÉCOLE À L'ÉTÉ", "latin-1", "cp1252"),
        ("Straße, groß, Äpfel", "latin-1", "cp1252"),
        ("Ça coûte 25 €.", "iso8859_15", "iso8859_15"),
        ("It isn’t “good”.", "mac_roman", "mac_roman"),
        ("Où est la gare ? Ça va très bien, l'été.", "cp850", "cp850"),
        ("Где находится вокзал? Очень хорошо, спасибо.", "cp1251", "cp1251"),
        ("Příliš žluťoučký kůň úpěl ďábelské ódy.", "cp1250", "cp1250"),
    ],
)
def test_eight_bits_are_told_apart_by_what_they_spell(text, encoding, found):
    read = decode(text.encode(encoding))
    assert (read.text, read.encoding) == (text, found)
    assert "save it as UTF-8" in read.notes[0]


def test_what_is_unpacked_is_said():
    assert decode(gzip.compress(b"one", mtime=0), "The file a.gz").notes == (
        "The file a.gz is packed with gzip and was unpacked.",
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"one\ntw\0o\n", "line 2 has a zero"),
        (b"x" * (MAX_FILE_BYTES + 1), "at most 4 MiB"),
        (gzip.compress(b"x" * (MAX_FILE_BYTES + 1), mtime=0), "unpacks to more than 4 MiB"),
        (gzip.compress(b"one two three" * 99, mtime=0)[:-20], "its end is missing"),
        (b"\x1f\x8bnonsense that is not packed", "damaged"),
        (b"PK\x03\x04and more", "a zip archive, as .xlsx"),
        (b"%PDF-1.7", "a PDF"),
        (bytes(range(256)), "not UTF-8"),
        ("l'été à Orléans, déjà ".encode() + b"isn\x92t", "line 1 has the byte 0x92"),  # mostly UTF-8
        (b"\xff\xfea", "says that it is UTF-16-LE"),
    ],
)
def test_what_is_no_text_gets_a_sentence(data, words):
    with pytest.raises(InputError, match=words):
        decode(data)


def test_standard_input_is_read_as_files_are(monkeypatch, tmp_path):
    data = "\ufeffune\r\ndeux\rl'été".encode("utf-16-le")
    (tmp_path / "lines.txt").write_bytes(data)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))
    assert read_input().lines == read_input(str(tmp_path / "lines.txt")).lines == ["une", "deux", "l'été"]
    monkeypatch.setattr(sys, "stdin", None)  # as `<&-` leaves it
    with pytest.raises(InputError, match="Standard input is closed"):
        read_input()
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_input(str(tmp_path / "none.txt"))
