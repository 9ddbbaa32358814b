"""Every command that reads text, with every kind of odd text: a result or one sentence, a documented exit code, and the
right value where it is known."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.command_line import EXIT_CODES, main
from engine.decoding.text import translate_lines
from engine.inspection.classification.predictions import classify_texts
from engine.inspection.tagging.predictions import split_words, tag_words
from engine.models.folder import load_model
from tests.odd_text import FILES, KINDS, NO_FILES

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    language_model_folder: Path,
    translator_folder: Path,
    tagger_folder: Path,
    tiny_classifiers: Path,
) -> Run:
    """Return a function that gives a command bytes and returns (exit code, output, errors); its models are tiny."""
    folders = {
        "generate": language_model_folder,
        "score": language_model_folder,
        "translate": translator_folder,
        "tag": tagger_folder,
        "classify": tiny_classifiers / "tiny-lstm",
    }

    def call(command: str, data: bytes, *options: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        code = main([command, "--model", str(folders[command]), *options])
        return code, *capsys.readouterr()

    return call


OPTIONS = {"score": ("-",), "translate": ("--beam-size", "1"), "tag": (), "classify": ()}


@pytest.mark.parametrize("command", OPTIONS)
def test_a_command_answers_every_kind_of_text(run: Run, command: str) -> None:
    for kind, text in KINDS.items():
        code, out, err = run(command, text.encode(), *OPTIONS[command])
        assert code in EXIT_CODES, kind
        assert "Traceback" not in err, kind
        assert out.strip() or err.strip() or not text.strip("\ufeff \t\n"), kind
        if code:
            assert err.startswith(("error: ", "line ")), kind
        if command != "score" and code != 2:
            lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
            assert out.count("\n") == (lines.count("\n") + 1 if text else 0), kind


def test_a_prompt_of_every_kind_is_written_on_or_refused(run: Run) -> None:
    for kind, text in KINDS.items():
        code, out, err = run("generate", b"", "--prompt", text, "--max-new-tokens", "2")
        if len(text) > 2_000:
            assert (code, out) == (2, ""), kind
            assert err.startswith("error: The prompt has"), kind
        else:
            assert code == 0, kind
            assert out.startswith(text.rstrip("\r")), kind


@pytest.mark.parametrize("command", OPTIONS)
def test_a_file_in_any_encoding_is_read_as_the_same_text(run: Run, command: str) -> None:
    answers = {name: run(command, data, *OPTIONS[command])[1] for name, (data, _) in FILES.items()}
    assert len(set(answers.values())) == 1, answers
    for name, data in NO_FILES.items():
        code, out, err = run(command, data, *OPTIONS[command])
        assert (code, out) == (2, ""), name
        assert err.startswith("error: Standard input "), name
        assert err.count("\n") == 1, name


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_a_text_scores_the_same_whatever_ends_its_lines(run: Run, end: str) -> None:
    text = "The fog came in.\nNobody waved.\n"
    plain, other = (json.loads(run("score", each.encode(), "-")[1]) for each in (text, text.replace("\n", end)))
    assert other == plain


# With the networks that are shipped


@pytest.mark.parametrize(
    ("name", "typed", "plain"),
    [
        ("en-fr-best", KINDS["many blanks"], "A dog runs across the beach ."),
        ("en-fr-best", "A d\N{ZERO WIDTH SPACE}og runs.", "A dog runs."),
        ("en-fr-best", "\ufeffA dog\N{NO-BREAK SPACE}runs.", "A dog runs."),
        ("en-fr-best", "She said, “Hello.”", 'She said, "Hello."'),
        ("en-fr-best", "She said, &quot;Hello.&quot;", 'She said, "Hello."'),
        ("en-fr-best", KINDS["capitals"], KINDS["plain"]),
        ("en-fr-best", KINDS["small letters"], "Where is the station?"),
        ("en-fr-best", "Ａ ｄｏｇ ｒｕｎｓ．", "A dog runs."),
        ("fr-en-best", "Ma soeur est là.", "Ma sœur est là."),
        ("fr-en-best", "Ma sœur est la\N{COMBINING GRAVE ACCENT}.", "Ma sœur est là."),
    ],
)
def test_an_odd_sentence_is_translated_as_the_plain_one(name: str, typed: str, plain: str) -> None:
    found = dict(translate_lines(load_model(name), [typed, plain], beam_size=1))
    assert found[0] == found[1]


def test_known_sentences_are_translated_rightly() -> None:
    found = dict(translate_lines(load_model("fr-en-best"), ["Ma soeur est là.", "MA SOEUR EST LÀ."]))
    assert "sister" in found[0]
    assert found[1] == found[0]
    assert "chien" in dict(translate_lines(load_model("en-fr-best"), [KINDS["capitals"]]))[0]


@pytest.mark.parametrize("name", ["gmb-bilstm-crf", "gmb-lstm-crf"])
def test_times_are_one_word_and_entities_keep_their_place(name: str) -> None:
    typed = "\ufeffIt was in the 1990s in Sa\N{COMBINING TILDE}o Paulo."
    words = split_words(typed)
    assert "1990s" in [word.text for word in words]
    spans = tag_words(load_model(name), tuple(word.text for word in words)).spans
    assert [span.type for span in spans] == ["tim", "geo"]
    place = spans[1]
    assert typed[words[place.start].start : words[place.end - 1].end] == "Sa\N{COMBINING TILDE}o Paulo"


@pytest.mark.parametrize("name", ["sst2-bilstm", "sst2-lstm"])
@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("It wasnt good.", "It wasn't good."),
        ("It wasn’t good.", "It wasn't good."),
        ("&quot;good&quot;, but it isn&#39;t", '"good", but it isn\'t'),
        ("go\N{ZERO WIDTH SPACE}od", "good"),
        ("ＧＯＯＤ", "good"),
    ],
)
def test_an_odd_text_is_judged_as_the_plain_one(name: str, typed: str, plain: str) -> None:
    odd, same = classify_texts(load_model(name), (typed, plain))
    assert (odd.label, odd.words) == (same.label, same.words)
    assert odd.probabilities == pytest.approx(same.probabilities, abs=1e-5)


def test_what_is_not_good_is_negative() -> None:
    assert [one.label for one in classify_texts(load_model("sst2-bilstm"), ("wasnt good", "good"))] == [
        "negative",
        "positive",
    ]
