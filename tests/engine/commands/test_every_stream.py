"""Every command on standard input and output, whatever comes in or takes nothing more; and its help."""

from __future__ import annotations

import errno
import io
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.command_line import EXIT_BAD_INPUT, EXIT_CODES, EXIT_FAILED, EXIT_STOPPED, build_parser, main
from tests.engine.commands.lines import (
    GOOD,
    READERS,
    assert_is_refused,
    options_of,
    with_option,
)

ROOT = Path(__file__).parents[3]


# Streams


@pytest.mark.parametrize("command", READERS)
def test_a_closed_standard_input_is_one_sentence(run, command):
    assert_is_refused(run(*GOOD[command], typed=None), "Standard input is closed: give the text with a pipe, or")


TYPED = {
    "nothing": b"",
    "empty lines": b"\n\n\n",
    "no line break": b"a dog",
    "CR": b"a dog\ra cat\r",
    "CRLF": b"a dog\r\na cat\r\n",
    "a mark": "\ufeffa dog\n".encode(),
    "Latin-1": "caf\xe9\n".encode("latin-1"),
    "UTF-16": "a dog\n".encode("utf-16"),
    "a zero": b"a \0 dog\n",
    "bytes": bytes(range(256)),
    "gzip": b"\x1f\x8b\x08\x00rubbish",
    "a long line": b"a dog\n" + b"dog " * 3000,
    "a long word": b"d" * 3000,
    "line separators": "a\u2028dog\u0085cat\n".encode(),
    "emoji": "\N{GRINNING FACE}\n".encode(),
    "a private letter": "\ue000 \U0010ffff\n".encode(),
    "marks only": "\u0301\u200d\u202e\n".encode(),
    "blanks of all kinds": "\u00a0\u2003\t \u3000\n".encode(),
}


@pytest.mark.parametrize("kind", TYPED)
@pytest.mark.parametrize("command", READERS)
def test_whatever_is_typed_is_answered_or_refused_in_one_sentence(run, command, kind):
    code, _, err = run(*GOOD[command], typed=TYPED[kind])
    assert code in (0, EXIT_FAILED, EXIT_BAD_INPUT)
    assert "Traceback" not in err
    assert code != EXIT_BAD_INPUT or sum(line.startswith("error: ") for line in err.splitlines()) == 1


@pytest.mark.parametrize("command", GOOD)
def test_a_reader_that_has_enough_ends_a_command_without_a_word(run, command):
    code, _, err = run(*GOOD[command], refuses=errno.EPIPE)
    assert code == 0
    assert "Traceback" not in err
    assert "error" not in err


@pytest.mark.parametrize("command", GOOD)
def test_an_output_that_is_full_is_one_sentence(run, command):
    assert_is_refused(run(*GOOD[command], refuses=errno.ENOSPC), "^error: No space left on device$")


@pytest.mark.parametrize("command", GOOD)
def test_a_closed_output_is_one_sentence(run, command, monkeypatch):
    told = io.StringIO()
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", told)
    assert main(list(GOOD[command])) == EXIT_BAD_INPUT
    assert told.getvalue() == "error: Standard output is closed: nothing could be printed.\n"


@pytest.mark.parametrize("command", GOOD)
def test_an_encoding_that_cannot_say_a_character_writes_its_number(run, command):
    code, out, err = run(*GOOD[command], encoding="ascii")
    assert code == 0
    assert "Traceback" not in err
    if command == "generate":
        assert out.startswith("TOM: \\xe9")


def test_that_characters_are_written_as_numbers_is_said_once(run, monkeypatch):
    monkeypatch.setattr("engine.streams._SAID", set())
    line = with_option("generate", "--prompt", "é à è")
    _, _, err = run(*line, encoding="ascii")
    assert err.count("note: the output's encoding, ascii, cannot say '\\xe9' and maybe others") == 1


@pytest.mark.parametrize("command", ["translate", "classify", "tag"])
def test_lines_are_printed_as_they_are_answered(run, command, monkeypatch):
    monkeypatch.setattr("engine.console.LINES_AT_ONCE", 2)
    seen: list[int] = []
    real = io.TextIOWrapper.flush
    names = {
        "translate": "engine.decoding.text.translate_lines",
        "classify": "engine.inspection.classification.predictions.classify_rows",
        "tag": "engine.inspection.tagging.predictions.best_tags",
    }
    module, _, name = names[command].rpartition(".")
    answer = getattr(sys.modules.get(module) or __import__(module, fromlist=[name]), name)

    def watched(*arguments: Any, **options: Any) -> Any:
        real(sys.stdout)
        seen.append(sys.stdout.buffer.getvalue().count(b"\n"))
        return answer(*arguments, **options)

    monkeypatch.setattr(names[command], watched)
    code, out, _ = run(*GOOD[command], typed=b"a dog\nthe cat\ntwo dogs\na\nthe\n")
    assert (code, out.count("\n"), seen) == (0, 5, [0, 2, 4])


@pytest.mark.parametrize("command", GOOD)
def test_a_stop_is_said(run, command, monkeypatch):
    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("engine.command_line.read_options", stop)
    assert run(*GOOD[command]) == (EXIT_STOPPED, "", "stopped\n")


# Help


@pytest.mark.parametrize("command", GOOD)
def test_help_tells_every_option_and_gives_examples_that_parse(run, command):
    code, out, err = run(command, "--help")
    assert (code, err) == (0, "")
    for flag, _ in options_of(command):
        assert re.search(rf"^  {flag}|, {flag}", out, re.MULTILINE), flag
    examples = out.split("examples:\n")[1].splitlines()
    assert examples
    for line in examples:
        words = [word.strip('"') for word in re.split(r" (?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", line.strip())]
        assert words[:3] == ["python", "-m", "engine"]
        options = [word for word in words[3:] if word not in "<>" and not word.endswith(".txt")]
        assert callable(build_parser().parse_args(options).run)


def test_help_names_what_may_be_typed(run):
    assert "tiny-recipe" in run("train", "--help")[1]
    assert (
        "checkpoint_every: Updates between two checkpoints; 0 writes none. (at or above 0; def" in run("train", "-h")[1]
    )
    assert "what --model may be:\n  lm\n" in run("generate", "--help")[1]
    assert "what --model may be:\n  classifier, forecaster, lm, tagger, translator\n" in run("evaluate", "--help")[1]
    assert "what --recipe may be:\n  adding_600, quick, shipped\n" in run("compare", "--help")[1]
    assert "saltmarsh" in run("index", "--help")[1]
    out = run("--help")[1]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for code, words in EXIT_CODES.items():
        assert f"  {code:<4} {words}\n" in out
        assert f"| {code} | {words} |\n" in readme
