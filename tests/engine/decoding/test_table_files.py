"""Texts out of tables, and sentences of one token a line."""

from __future__ import annotations

import csv
import io

import pytest

from engine.decoding.table_files import read_text_column
from engine.decoding.token_files import join_tagged, read_token_lines
from engine.errors import InputError


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_text_column_is_what_csv_itself_wrote(delimiter: str) -> None:
    texts = ['He said "no", twice; then left.', "", "tab\there | bar", "=1+1"]
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerows([["id", " Sentence ", "stars"], *([position, text, 5] for position, text in enumerate(texts))])
    assert read_text_column(file.getvalue().splitlines()) == [" ".join(text.split()) for text in texts]


def test_a_cell_may_hold_several_lines_and_a_row_may_be_short() -> None:
    assert read_text_column(["stars,text", '5,"one', 'two"', "4", "3,three"]) == ["one two", "", "three"]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["name,age", "x,1"], "names “name”, “age”"),
        (["text,stars", ",5"], "nothing below “text”"),
        ([], "names nothing"),
        (["text", "x" * 1_000_001], "no CSV that can be read"),
    ],
)
def test_a_table_without_texts_is_refused(lines: list[str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_text_column(lines)


def test_tokens_come_back_as_they_were_written() -> None:
    sentences = [(("Anna", "<b>", "#1"), ("B-per", "O", "O")), (("Rome",), ("B-geo",))]
    lines = join_tagged(sentences).decode().split("\n")
    assert read_token_lines(lines) == [words for words, _ in sentences]
    assert read_token_lines(["-DOCSTART- -X- O", "", "# id = 3", "1 Anna B-per", "2 left O", "", "1 Rome O"]) == [
        ("Anna", "left"),
        ("Rome",),
    ]
    with pytest.raises(InputError, match="without a word"):
        read_token_lines(["Anna\tO", "\tO"])
