"""Files of lines: what is read, what is refused and in which words, and that nothing is lost."""

from __future__ import annotations

import pytest

from engine.decoding.limits import MAX_LINES
from engine.decoding.line_files import MAX_FILE_BYTES, join_lines, parts, read_lines, split_lines
from engine.errors import InputError


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"one\ntwo\n", ["one", "two"]),
        (b"one\r\n\r\ntwo", ["one", "", "two"]),
        (b"\xef\xbb\xbfune \xc3\xa9t\xc3\xa9\n", ["une été"]),
        ("a\u2028b\x0cc\n\nd\n".encode(), ["a\u2028b\x0cc", "", "d"]),  # only line breaks part lines
        (b"one\rtwo\r", ["one", "two"]),
    ],
)
def test_lines_are_read(data, lines):
    assert read_lines(data) == lines


def test_latin_1_is_refused_with_line_byte_and_what_to_do():
    data = "ligne\nune été\n".encode("latin-1")
    with pytest.raises(InputError) as refused:
        read_lines(data, "The file a.txt")
    sentence = str(refused.value)
    assert sentence.startswith("The file a.txt is not UTF-8 text: line 2 has the byte 0xE9 (byte 11 of the file).")
    assert data[10] == 0xE9
    assert "iconv -f ISO-8859-1 -t UTF-8" in sentence


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("words".encode("utf-16"), "UTF-16"),
        ("words".encode("utf-32"), "UTF-32"),
        (b"one\ntw\0o\n", "line 2 has a zero"),
        (b"", "nothing in it"),
        (b"\n  \n", "nothing in it"),
        (b"x" * (MAX_FILE_BYTES + 1), "at most 4 MiB"),
    ],
)
def test_what_is_no_file_of_lines_gets_a_sentence(data, words):
    with pytest.raises(InputError, match=words):
        read_lines(data)


def test_ten_thousand_lines_are_all_in_some_part():
    lines = split_lines("\n".join(map(str, range(10_000))))
    offered = parts(len(lines))
    assert len(lines) == 10_000
    assert [number for first, last in offered for number in range(first, last + 1)] == list(range(1, 10_001))
    assert max(last - first + 1 for first, last in offered) == MAX_LINES
    assert parts(1) == [(1, 1)]
    assert parts(MAX_LINES + 1) == [(1, MAX_LINES), (MAX_LINES + 1, MAX_LINES + 1)]


def test_what_is_written_reads_back_line_for_line():
    lines = ["un", "", "deux\u2028trois", "quatre\rcinq"]
    assert read_lines(join_lines(lines)) == ["un", "", "deux trois", "quatre cinq"]
