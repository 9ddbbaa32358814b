"""Surprise and the compression duel on the page: the numbers are the engine's, bad input gets one sentence, nothing is
lost."""

from __future__ import annotations

from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from engine.decoding.arithmetic_coding import compress
from engine.inspection.writing.compression import archive
from engine.inspection.writing.surprise import surprise
from engine.models import folder as model_folder
from engine.models.card import write_card
from engine.models.folder import load_model
from engine.models.ngram import NgramModel
from engine.text import TOKENIZERS
from pages.components.computing import cache
from pages.components.generation.view import SCENE, SURPRISING
from tests.pages import charts
from tests.pages.conftest import LETTERS
from tests.pages.open import alternative_texts, open_page, sentences, written
from tests.pages.shared_jobs import GoingOn

QUICK = {"max_new_tokens": "1"}
TEXT = "TOM:\nIt is the tide."


@pytest.fixture
def counts(models: Path) -> Path:
    """Add a counted model to those on the page."""
    tokenizer = TOKENIZERS.get("character").train([LETTERS])
    model = NgramModel.count(tokenizer.encode(TEXT * 3), tokenizer.vocab_size, 3)
    facts = {"model": "ngram", "cell": "ngram", "title": "Counts", "label": "3-gram", "group": "baseline"}
    described = model.config | facts | {"task": model.task, "parameters": model.parameter_count()}
    model_folder.save_model(models / "small-ngram", model, tokenizer, facts, write_card("small-ngram", described))
    return models


def totals(at) -> dict[str, dict[str, float]]:
    """Return the table of totals by model label."""
    (table,) = [frame.value for frame in at.dataframe if "nats in all" in frame.value]
    return table.set_index("model").to_dict("index")


def test_opens_with_our_passage_and_every_model_s_nats(counts: Path) -> None:
    at = open_page("generation", tool="surprise", **QUICK)
    assert not at.exception
    assert sentences(at) == []
    table = totals(at)
    for label, name in (("RNN", "rnn"), ("LSTM", "lstm"), ("GRU", "gru"), ("3-gram", "ngram")):
        truth = surprise(load_model(counts / f"small-{name}"), SURPRISING)
        assert table[label]["nats in all"] == round(truth.total_nats, 1)
        assert table[label]["nats per character"] == round(truth.nats_per_character, 3)
        assert table[label]["unknown"] == 0
    assert list(table) == sorted(table, key=lambda label: table[label]["nats in all"])


def test_colours_and_hover_are_the_chosen_model_s_nats(counts: Path) -> None:
    at = open_page("generation", tool="surprise", surprise_text=TEXT, surprise_model="3-gram", **QUICK)
    truth = surprise(load_model(counts / "small-ngram"), TEXT)
    heat, letters = charts.figure(at, "surprise")["data"][:2]
    drawn = [
        value
        for row, notes in zip(heat["z"], heat["text"], strict=True)
        for value, note in zip(row, notes, strict=True)
        if note
    ]
    assert drawn == pytest.approx(truth.frame["nats"].tolist(), rel=1e-6)
    notes = [note for row in heat["text"] for note in row if note]
    assert f"{truth.frame['nats'][0]:.2f} nats" in notes[0]
    assert f"expected: {truth.frame['expected'][0]}" in notes[0]
    assert "".join(letters["text"]) == "TOM:↵Itisthetide."
    alt = next(text for text in alternative_texts(at) if text.startswith(f"Text of {len(TEXT)} cells"))
    assert f"mean {truth.frame['nats'].mean():.2f}" in alt


def test_difference_is_one_model_less_the_other(counts: Path) -> None:
    asked = {"surprise_text": TEXT, "surprise_model": "GRU", "surprise_against": "3-gram"}
    at = open_page("generation", tool="surprise", **asked, **QUICK)
    one, other = (surprise(load_model(counts / f"small-{name}"), TEXT).total_nats for name in ("gru", "ngram"))
    less, more = ("GRU", "3-gram") if one < other else ("3-gram", "GRU")
    assert f"In all {less} needed {abs(one - other):,.1f} nats fewer than {more}." in written(at)
    heat = charts.figure(at, "surprise-difference")["data"][0]
    drawn = [
        value
        for row, notes in zip(heat["z"], heat["text"], strict=True)
        for value, note in zip(row, notes, strict=True)
        if note
    ]
    assert sum(drawn) == pytest.approx(one - other, abs=1e-3)


def test_characters_never_seen_are_named_counted_and_underlined(models: Path) -> None:
    at = open_page("generation", tool="surprise", surprise_text="Hж 😀 <b>", surprise_model="LSTM", **QUICK)
    assert not at.exception
    (note,) = [info.value.replace("\\", "") for info in at.info]
    assert "LSTM has never seen: ж, 😀, <, >." in note
    assert totals(at)["LSTM"]["unknown"] == 4
    drawn = charts.figure(at, "surprise")["data"]
    assert any(trace.get("name") == "marked" for trace in drawn)
    assert "&lt;" in drawn[1]["text"]


@pytest.mark.parametrize(
    ("tool", "text", "sentence"),
    [
        ("surprise", "", "There is no text to read"),
        ("surprise", "x" * 3001, "The text has 3,001 characters; at most 3,000"),
        ("duel", "", "There is no text to compress"),
        ("duel", "x" * 10_001, "The text has 10,001 characters; at most 10,000"),
    ],
)
def test_a_text_of_the_wrong_size_gets_a_sentence_and_stays(tool: str, text: str, sentence: str) -> None:
    at = open_page("generation", tool=tool, **{f"{tool}_text": text}, **QUICK)
    assert not at.exception
    (said,) = sentences(at)
    assert sentence in said
    assert at.text_area(key=f"{tool}_text").value == text


def test_an_unknown_model_in_the_url_is_refused_with_the_known_ones() -> None:
    at = open_page("generation", tool="surprise", surprise_model="perceptron", **QUICK)
    (said,) = sentences(at)
    assert "surprise_model = perceptron" in said
    assert "RNN, LSTM, GRU" in said


def test_the_duel_s_bytes_are_real_codes(counts: Path) -> None:
    at = open_page("generation", tool="duel", **QUICK)
    assert not at.exception
    assert sentences(at) == []
    chart = charts.figure(at, "duel")
    drawn = {coder: size for trace in chart["data"] for coder, size in zip(trace["y"], trace["x"], strict=True)}
    truth = {row.coder: row.bytes for row in archive(SCENE).itertuples()}
    for label, name in (("RNN", "rnn"), ("LSTM", "lstm"), ("GRU", "gru"), ("3-gram", "ngram")):
        truth[label] = len(compress(load_model(counts / f"small-{name}"), SCENE))
    assert drawn == truth
    assert f"All 4 models gave back the identical {len(SCENE):,} characters" in written(at)
    (table,) = [frame.value for frame in at.dataframe if "is_identical" in frame.value]
    assert table["is_identical"].all()
    assert any(f"xz {truth['xz']:,}" in text for text in alternative_texts(at))


def test_the_duel_takes_any_text_and_its_examples(models: Path) -> None:
    at = open_page("generation", tool="duel", duel_text="çà 🚤\x00", **QUICK)
    assert "identical 5 characters" in written(at)
    at.button(key="duel-French").click()
    at.run()
    assert not at.exception
    assert "goélands" in at.text_area(key="duel_text").value
    assert "gave back the identical" in written(at)


def test_a_stopped_duel_shows_what_it_has_and_goes_on(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = cache.shared_jobs()
    monkeypatch.setattr(cache, "shared_jobs", lambda: GoingOn([]))
    at = open_page("generation", tool="duel", duel_text="TOM", **QUICK)
    at.button(key="duel-stop").click().run()
    assert not at.exception
    assert at.button(key="duel-again").label == "Go on"
    assert "gave back" not in written(at)
    assert any("xz" in text for text in alternative_texts(at))
    monkeypatch.setattr(cache, "shared_jobs", lambda: at_once)
    at.button(key="duel-again").click().run()
    assert "All 3 models gave back the identical 3 characters" in written(at)


@pytest.mark.parametrize("tool", ["surprise", "duel"])
def test_receipts_give_the_numbers_again(tool: str, models: Path) -> None:
    at = open_page("generation", tool=tool, **{f"{tool}_text": TEXT}, **QUICK)
    code = next(
        block.value for block in at.code if ("compress(model" if tool == "duel" else "found = surprise") in block.value
    )
    name = next(name for name in ("small-rnn", "small-lstm", "small-gru") if name in code)
    code = code.replace(repr(name), repr(str(models / name)))
    with redirect_stdout(StringIO()) as printed:
        exec(code, {})
    loaded = load_model(models / name)
    expected = f"{len(compress(loaded, TEXT))} True" if tool == "duel" else f"{surprise(loaded, TEXT).total_nats}"
    assert printed.getvalue().startswith(expected)
