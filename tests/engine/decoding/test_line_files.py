"""Files of lines and of tokens: the parts they are taken in, and that what is written reads back."""

from __future__ import annotations

from engine.decoding.limits import MAX_LINES
from engine.decoding.line_files import join_lines, join_tagged, parts
from engine.files import read_file


def test_ten_thousand_lines_are_all_in_some_part():
    offered = parts(10_000)
    assert [number for first, last in offered for number in range(first, last + 1)] == list(range(1, 10_001))
    assert max(last - first + 1 for first, last in offered) == MAX_LINES
    assert parts(1) == [(1, 1)]
    assert parts(MAX_LINES + 1) == [(1, MAX_LINES), (MAX_LINES + 1, MAX_LINES + 1)]


def test_what_is_written_reads_back_line_for_line():
    lines = ["un", "", "deux\u2028trois", "quatre\rcinq"]
    assert read_file(join_lines(lines)).texts().lines == ["un", "", "deux trois", "quatre cinq"]


def test_tokens_come_back_as_they_were_written():
    sentences = [(("Anna", "<b>", "#1", "#"), ("B-per", "O", "O", "O")), (("Rome",), ("B-geo",))]
    assert read_file(join_tagged(sentences)).texts().words == tuple(words for words, _ in sentences)
