"""The commands for many texts read what the pages read: the same file, the same texts."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.command_line import EXIT_BAD_INPUT, main
from engine.decoding import text as decoding
from engine.files import read_file
from engine.inspection.classification import predictions as judging
from engine.inspection.tagging import predictions as tagging
from tests.engine.files.shapes import LIKED, SHAPES, Shape

# A name such as a.conll is what standard input lacks; all else is told from the content.
NAMELESS = [shape for shape in SHAPES if shape.file != "a.conll"]
every_shape = pytest.mark.parametrize("shape", NAMELESS, ids=[shape.name for shape in NAMELESS])
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs a command with what is typed; it gives exit code, output and messages."""

    def type_in(typed: bytes, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed)))
        code = main(list(arguments))
        return code, *capsys.readouterr()

    return type_in


def check(shape: Shape, found: tuple[int, str, str]) -> None:
    """Check that there is a line for each text, and on standard error what was understood."""
    code, out, err = found
    assert code == (0 if read_file(shape.data).texts().is_whole else 1)
    assert out.count("\n") == len(shape.lines)
    assert (shape.said in err) == (shape.said != "plain lines")
    assert all(f"note: {remark}" in err for remark in shape.remarks)


@every_shape
def test_the_same_texts_are_translated(
    shape: Shape, run: Run, translator_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = []

    def check_line(loaded, line):
        given.append(line)
        return line or None

    monkeypatch.setattr(decoding, "check_line", check_line)
    monkeypatch.setattr(decoding, "translate_lines", lambda loaded, lines, **settings: enumerate(lines))
    check(shape, run(shape.data, "translate", "--model", str(translator_folder)))
    assert tuple(given) == shape.lines


@every_shape
def test_the_same_texts_are_tagged(
    shape: Shape, run: Run, tagger_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = []

    def best_tags(loaded, rows):
        given.extend(rows)
        return [["O"] * len(row) for row in rows]

    monkeypatch.setattr(tagging, "best_tags", best_tags)
    check(shape, run(shape.data, "tag", "--model", str(tagger_folder)))
    assert given == [list(row) for row in shape.words or map(str.split, shape.lines) if row]


@every_shape
def test_the_same_texts_are_classified(
    shape: Shape, run: Run, tiny_classifiers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = []

    def split_text(loaded, line):
        given.append(line)
        return line.split()

    monkeypatch.setattr(judging, "split_text", split_text)
    check(shape, run(shape.data, "classify", "--model", str(tiny_classifiers / "tiny-bilstm")))
    assert given == [line for line in shape.lines if line]


def test_another_column_is_read_or_every_line_as_it_stands(run: Run, tiny_classifiers: Path) -> None:
    classify = ("classify", "--model", str(tiny_classifiers / "tiny-bilstm"))
    table = f'text,title\n"{LIKED}",Good food\nBad.,A mess\n'.encode()
    by_name, by_number = (run(table, *classify, "--column", column) for column in ("title", "2"))
    assert by_name == by_number
    assert by_name[1] == run(b"Good food\nA mess\n", *classify)[1] != run(table, *classify)[1]
    assert "2 texts from “title”" in by_name[2]
    code, out, err = run(table, *classify, "--plain")
    assert (code, out.count("\n"), err) == (0, 3, "")
    code, out, err = run(table, *classify, "--column", "stars")
    assert (code, out) == (EXIT_BAD_INPUT, "")
    assert err == "error: There is no column “stars”: the columns are “text” and “title”.\n"


def test_a_column_is_scored_as_its_texts_one_a_line(run: Run, language_model_folder: Path, tmp_path: Path) -> None:
    score = ("score", "--model", str(language_model_folder))
    table, lines = tmp_path / "a.csv", tmp_path / "a.txt"
    table.write_text('id,text\n1,"The fog, the sea."\n2,Rain.\n', encoding="utf-8")
    lines.write_text("The fog, the sea.\nRain.\n", encoding="utf-8")
    found = [run(b"", *score, *more)[1] for more in (("--column", "text", str(table)), (str(lines),), (str(table),))]
    assert json.loads(found[0]) == json.loads(found[1]) != json.loads(found[2])
