"""The command line's `tag`: a tag for every word of every line, and one readable line for what cannot be read."""

from __future__ import annotations

import io
import sys

from engine.command_line import EXIT_BAD_INPUT, main
from engine.inspection.tagging.predictions import best_tags
from engine.models.folder import load_model


def run(capsys, monkeypatch, typed: bytes, *arguments: str) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed)))
    code = main(list(arguments))
    return code, *capsys.readouterr()


def test_tag_prints_one_tag_per_word_and_line(tagger_folder, capsys, monkeypatch):
    lines = ["Mara met  Tom .", "", "Oslo\N{NO-BREAK SPACE}is wet\r", "<b>fog</b>"]
    rows = [["Mara", "met", "Tom", "."], ["Oslo\N{NO-BREAK SPACE}is", "wet"], ["<b>fog</b>"]]
    tags = [" ".join(row) for row in best_tags(load_model(tagger_folder), rows)]
    found = run(capsys, monkeypatch, ("\n".join(lines) + "\n").encode(), "tag", "--model", str(tagger_folder))
    assert found == (0, f"{tags[0]}\n\n{tags[1]}\n{tags[2]}\n", "")
    assert run(capsys, monkeypatch, b"", "tag", "--model", str(tagger_folder)) == (0, "", "")


def test_a_line_that_is_too_long_stays_empty_and_the_others_are_tagged(tagger_folder, capsys, monkeypatch):
    typed = b"a dog\n" + b"word " * 5000 + b"\nTom\n"
    code, out, err = run(capsys, monkeypatch, typed, "tag", "--model", str(tagger_folder))
    assert (code, err) == (1, "line 2: The text has 5,000 words; at most 1,000 can be tagged at once.\n")
    assert [len(line.split()) for line in out.splitlines()] == [2, 0, 1]


def test_what_cannot_be_tagged_is_one_line_and_nothing_is_printed(
    tagger_folder, language_model_folder, capsys, monkeypatch
):
    tag, reader = ("tag", "--model", str(tagger_folder)), str(language_model_folder)
    for typed, arguments, words in (
        ("été ".encode() + b"\xe9", tag, "Standard input is not UTF-8 text: line 1 has the byte 0xE9 (byte 7)"),
        (b"a dog", ("tag", "--model", reader), "is one of the language models, not one of the taggers"),
        (
            b"",
            ("evaluate", "--model", reader, "--predictions", "nowhere.parquet"),
            "--predictions is for classifiers and taggers",
        ),
        (
            b"",
            ("evaluate", "--model", reader, "--ablation", "nowhere.parquet"),
            "is one of the language models: --ablation is for taggers",
        ),
    ):
        code, out, err = run(capsys, monkeypatch, typed, *arguments)
        assert (code, out) == (EXIT_BAD_INPUT, "")
        assert err.startswith("error: ")
        assert words in err
        assert err.count("\n") == 1
