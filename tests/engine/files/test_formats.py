"""Files are told from their content: the texts in them come out, whatever wrote them, and prose stays prose."""

from __future__ import annotations

import csv
import io
import json

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow.parquet import ParquetFile

from engine.errors import InputError
from engine.files import read_file, read_text
from engine.files.text_file import MAX_COLUMNS
from engine.limits import limits
from tests.engine.files.shapes import LIKED, NAMES, SHAPES, Shape

PROSE = (
    "The film is long , and dull|I liked it, really; so did she.|He said “no”.|5 stars, says Anna|Well...|Non, merci !"
).split("|")


@pytest.mark.parametrize("shape", SHAPES, ids=NAMES)
def test_the_texts_of_a_file_are_found(shape: Shape) -> None:
    file = read_file(shape.data, f"The file {shape.file}")
    texts = file.texts()
    assert tuple(texts.lines) == shape.lines
    assert texts.words == shape.words
    assert shape.said in file.understood()
    assert len(texts.remarks) == len(shape.remarks)
    assert all(found.startswith(begin) for found, begin in zip(texts.remarks, shape.remarks, strict=True))


@pytest.mark.parametrize("shape", SHAPES, ids=NAMES)
def test_every_line_stands_as_it_is_where_that_is_asked(shape: Shape) -> None:
    if shape.name == "Parquet":
        with pytest.raises(InputError, match="a Parquet table, not text"):
            read_file(shape.data, is_lines=True)
        return
    lines = read_file(shape.data, is_lines=True)
    assert not lines.columns
    assert lines.texts().lines
    if shape.said == "plain lines":
        assert tuple(lines.texts().lines) == shape.lines


@settings(deadline=None, max_examples=200)
@given(
    texts=st.lists(st.sampled_from(PROSE) | st.text("ab ,;|\"'\n.é", min_size=1), min_size=2, max_size=9),
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from((csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC)),
    end=st.sampled_from(("\n", "\r\n")),
)
def test_what_csv_itself_wrote_comes_back(texts: list[str], delimiter: str, quoting: int, end: str) -> None:
    texts = [f"see {text}" for text in texts]
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerows([["id", "Text", "stars"], *([f"n{place}", text, 5] for place, text in enumerate(texts))])
    found = read_text(file.getvalue()).texts()
    assert found.lines == [" ".join(part.strip() for part in text.split("\n") if part.strip()) for text in texts]
    assert found.is_whole


@settings(deadline=None, max_examples=200)
@given(lines=st.lists(st.sampled_from(PROSE), min_size=1, max_size=6))
def test_prose_is_no_table(lines: list[str]) -> None:
    assert read_text("\n".join(lines)).texts().lines == lines


def test_a_box_is_cut_as_a_file_is() -> None:
    text = "\ufeffone\r\ntwo\rthree\n"
    assert read_text(text).texts().lines == read_file(text.encode()).texts().lines == ["one", "two", "three"]


def test_another_column_may_be_chosen_by_name_or_number() -> None:
    file = read_text(f'id,text,Réponse\n1,"{LIKED}",oui\n2,Bad.,non\n')
    assert [file.position(name) for name in ("id", "TEXT", "réponse", "3")] == [0, 1, 2, 2]
    assert file.texts(2).lines == ["oui", "non"]
    assert file.first_rows(1) == [("1", LIKED, "oui")]
    for name in ("4", "0", "stars"):
        with pytest.raises(
            InputError, match=f"There is no column “{name}”: the columns are “id”, “text” and “Réponse”"
        ):
            file.position(name)
    with pytest.raises(InputError, match="it was read as plain lines"):
        read_text("a b").position("text")


def test_a_column_of_the_language_that_is_read_comes_first() -> None:
    pairs = [{"translation": {"en": "A dog.", "fr": "Un chien."}}] * 2
    for text in ("en,fr\nA dog.,Un chien.\nA dog.,Un chien.\n", "\n".join(map(json.dumps, pairs))):
        assert read_text(text, preferred=("fr", "french")).texts().lines == ["Un chien."] * 2
        assert read_text(text, preferred=("en", "english")).texts().lines == ["A dog."] * 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"text,stars\n", "nothing below “text” and “stars”"),
        (b"text,stars\n,5\n", "no words in “text” and “stars”"),
        (b'[{"text": "a"},\n {"text": }]', "a fault in line 2, column 11"),
        (b'{"text": "a', "a fault in line 1"),
        (b"PAR1 and no more", "is a Parquet table and damaged"),
        (b'[{"a":' * 100_000, "has a fault: no record"),
        (json.dumps([{f"c{n}": "a b" for n in range(MAX_COLUMNS + 1)}]).encode(), "1,001 columns"),
        (json.dumps([{f"c{n}": "a b"} for n in range(MAX_COLUMNS + 1)]).encode(), "1,001 columns"),
        (b"sep=;\n" + b";" * MAX_COLUMNS + b"\n", "1,001 columns"),
        (b"PK\x03\x04", "a zip archive, as .xlsx"),
    ],
)
def test_what_holds_no_texts_gets_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_file(data, "The file a.txt")


@pytest.mark.parametrize(
    ("rows", "batches"), [(tuple(f"{n}{'a' * 1_000_000}" for n in range(100)), 0), (("a" * 1_000_000,) * 600, 1)]
)
def test_of_a_parquet_table_that_unpacks_to_too_much_little_is_unpacked(
    rows: tuple[str, ...], batches: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first says how large it is; of the second one text is stored, and 600 times its place."""
    file, unpacked, real = io.BytesIO(), [], ParquetFile.iter_batches
    pd.DataFrame({"text": rows}).to_parquet(file, compression="zstd")
    assert len(file.getvalue()) < 1_000_000
    monkeypatch.setattr(
        ParquetFile,
        "iter_batches",
        lambda *given, **more: map(lambda one: unpacked.append(1) or one, real(*given, **more)),
    )
    with pytest.raises(InputError, match="unpacks to .* MiB; at most 64 MiB"):
        read_file(file.getvalue())
    assert len(unpacked) == batches


def test_line_numbers_are_those_of_the_file() -> None:
    text = 'sep=,\nid,text\n1,"a b\nc"\n\n2\n3,d,e\n'
    assert read_text(text).texts().remarks == (
        "Line 7: more cells than columns; what is too much was read as part of “text”.",
        "Line 6: too few cells; “text” is left empty.",
    )
    texts = read_text("# id\nAnna\tB-PER\n\n \tO\nleft\tO\n\tO\n").texts()
    assert texts.remarks == ("Lines 4 and 6: no word; left out.",)
    assert (texts.words, texts.is_whole) == ((("Anna",), ("left",)), False)


def test_a_file_called_as_token_files_are_has_a_token() -> None:
    with pytest.raises(InputError, match="no token in it"):
        read_file(b"# only a remark\n", "The file a.conll")


def test_a_file_of_too_many_lines_is_refused_before_there_is_one_object_for_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("engine.text.reading.cut_lines", lambda text: pytest.fail("the lines were made"))
    most = limits().file_lines
    with pytest.raises(InputError, match=rf"has 2,000,000 lines; at most {most:,} are read"):
        read_file(b"a\n" * 2_000_000)
    with pytest.raises(InputError, match=f"at most {most:,}"):
        read_text("a\r" * (most + 1))
    with pytest.raises(InputError, match="at most 2 are read"):
        read_file(b"a\nb\nc\n", max_lines=2)


def test_as_many_lines_as_may_be_are_read() -> None:
    assert len(read_file(b"a b\nc d\n", max_lines=2).texts().lines) == 2
