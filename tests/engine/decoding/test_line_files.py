"""Files of lines: the parts they are taken in, and that what is written reads back."""

from __future__ import annotations

from engine.decoding.limits import MAX_LINES
from engine.decoding.line_files import join_lines, parts
from engine.text.reading import read_lines, split_lines


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
