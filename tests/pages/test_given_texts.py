"""Texts that are pasted or brought as a file: the three tools for many texts read the same of them and show what."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.components.computing import batches
from tests.engine.files.shapes import SHAPES, Shape
from tests.pages.open import notes, open_page, sentences, written

TOOLS = {
    "sentiment": ("texts", "texts"),
    "translation": ("many_lines", "many-lines"),
    "entities": ("many_lines", "entities-many-lines"),
}


@pytest.fixture
def worked_on(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return the list into which each run of a tool puts what it would work on; nothing is computed."""
    found: list[Any] = []

    def run(page: str, name: str, key: str, lines: list[Any], *others: Any, **more: Any) -> None:
        found[:] = lines

    monkeypatch.setattr(batches, "run", run)
    return found


@pytest.fixture
def everyone(models: Path, taggers: Path, tiny_classifiers: Path) -> None:
    """Put a model of each of the three families on the pages."""
    shutil.copytree(tiny_classifiers, models, dirs_exist_ok=True)


def open_tool(page: str) -> AppTest:
    return open_page(page, tool=TOOLS[page][0])


def bring(at: AppTest, page: str, name: str, data: bytes) -> AppTest:
    at.file_uploader(key=f"{TOOLS[page][1]}-file").set_value((name, data, "application/octet-stream")).run()
    assert not at.exception
    return at


def preview(at: AppTest) -> Any:
    return next(frame.value for frame in at.dataframe if any(name.startswith("▸ ") for name in frame.value))


@pytest.mark.parametrize("page", TOOLS)
def test_every_file_gives_its_texts_and_what_was_understood(page: str, everyone: None, worked_on: list[Any]) -> None:
    at = open_tool(page)
    for shape in SHAPES:
        worked_on.clear()
        bring(at, page, shape.file, shape.data)
        lines = [line if page != "entities" else line.text for line in worked_on]
        assert (shape.name, lines) == (shape.name, texts_of(page, shape))
        assert shape.said in written(at)
        said = sentences(at)
        assert all(any(one.startswith(remark) for one in said) for remark in shape.remarks), shape.name
        if page == "entities":
            assert tuple(line.words for line in worked_on) == (shape.words or ((),) * len(shape.lines))
            for line in worked_on:
                places = line.read().positions
                assert not line.words or tuple(line.text[word.start : word.end] for word in places) == line.words
        if shape.said != "plain lines":
            assert len(preview(at)) >= 1


def texts_of(page: str, shape: Shape) -> list[str]:
    """Return the texts as the page has them: where the words of a text are others than those in it, the tagger's are
    the words."""
    if page != "entities" or not shape.words:
        return list(shape.lines)
    return [
        line if "".join(words) == line.replace(" ", "") else " ".join(words)
        for line, words in zip(shape.lines, shape.words, strict=True)
    ]


def test_the_column_is_chosen_above_the_first_rows(everyone: None, worked_on: list[Any]) -> None:
    at = open_tool("sentiment")
    rows = "".join(f'{row},"Liked, {row}.",Title {row}\n' for row in range(9))
    bring(at, "sentiment", "a.txt", f"id,text,title\n{rows}".encode())
    (choice,) = [box for box in at.selectbox if box.label == "Column to read"]
    assert choice.options == ["id", "text", "title", "none: each line as it stands"]
    assert list(preview(at)) == ["id", "▸ text", "title"]
    assert len(preview(at)) == 5
    assert worked_on[0] == "Liked, 0."
    choice.set_value(2).run()
    assert list(preview(at)) == ["id", "text", "▸ title"]
    assert worked_on == [f"Title {row}" for row in range(9)]
    next(box for box in at.selectbox if box.label == "Column to read").set_value(-1).run()
    assert worked_on[:2] == ["id,text,title", '0,"Liked, 0.",Title 0']
    assert not [frame for frame in at.dataframe if any(name.startswith("▸ ") for name in frame.value)]
    bring(at, "sentiment", "b.txt", b"text,id\nGood.,1\n")
    assert worked_on == ["Good."], "another file begins with its own column"


def test_the_first_rows_are_shown_as_they_are_read(everyone: None, worked_on: list[Any]) -> None:
    at = bring(open_tool("sentiment"), "sentiment", "a.txt", b"label,text\n1,I liked it, really.\n0\n")
    assert preview(at).to_numpy().tolist() == [["1", "I liked it, really."], ["0", ""]]
    assert worked_on == ["I liked it, really.", ""]


def test_a_pasted_table_is_read_as_a_file_is(everyone: None, worked_on: list[Any]) -> None:
    at = open_tool("translation")
    at.text_area(key="many-lines-text").set_value("id\ten\n1\tA dog, a cat.\n2\tA boat.\n").run()
    assert not at.exception
    assert worked_on == ["A dog, a cat.", "A boat."]
    at.text_area(key="many-lines-text").set_value("A dog, a cat.\nA boat.").run()
    assert worked_on == ["A dog, a cat.", "A boat."]
    assert "Read as" not in written(at), "lines need no explanation"


def test_an_encoding_that_was_found_out_is_said(everyone: None, worked_on: list[Any]) -> None:
    at = bring(open_tool("sentiment"), "sentiment", "a.txt", "It isn’t good.".encode("cp1252"))
    assert worked_on == ["It isn’t good."]
    assert any("The file a.txt was read as Windows-1252" in note for note in notes(at))


def test_a_receipt_reads_the_same_column(everyone: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"id,text,title\n1,the food was good,a mess\n2,dull,good food\n"
    at = bring(open_tool("sentiment"), "sentiment", "my reviews.txt", data)
    (python,) = [code.value for code in at.code if "classify_many" in code.value]
    (line,) = [line for line in python.split("\n") if line.startswith("lines = ")]
    (tmp_path / "my reviews.txt").write_bytes(data)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(f"from pathlib import Path\nfrom engine.files import read_file\n{line}", names)
    assert names["lines"] == ["the food was good", "dull"]
    assert any(code.value.endswith("--column 2 < 'my reviews.txt'") for code in at.code)
