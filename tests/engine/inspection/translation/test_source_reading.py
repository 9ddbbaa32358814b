"""How a source is read: nothing of it is lost, unseen parts are marked, and doubts about its language are rare and
right."""

from __future__ import annotations

import pandas as pd
import pytest

from engine.corpora.base import SAMPLES
from engine.errors import InputError
from engine.inspection.translation.source_reading import FUNCTION_WORDS, read_source
from engine.models.folder import load_model


@pytest.fixture(scope="module")
def translator():
    return load_model("en-fr-attention")


def doubt(translator, text: str) -> str:
    return read_source(translator, text).doubt


def test_the_parts_are_the_text(translator):
    text = "A bee-keeper’s veil, 12 hives  & a\tnaïve 漢 😀!"
    reading = read_source(translator, text)
    assert "".join(part for word in reading.words for part in word.parts) == "".join(text.split())


def test_split_and_unseen_words_are_told_apart(translator):
    reading = read_source(translator, "A beekeeper and 漢.")
    words = {"".join(word.parts): word for word in reading.words}
    assert words["A"].is_whole
    assert len(words["beekeeper"].parts) > 1
    assert all(words["beekeeper"].is_seen)
    assert words["漢"].is_seen == (False,)
    assert not words["漢"].is_whole
    assert (reading.split_count, reading.unseen_count) == (1, 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Un chien noir court sur la plage.", "looks like French, not English"),
        ("Il ne se souvient pas de mon nom.", "looks like French"),
        ("狗在海滩上跑", "never seen"),
        ("Собака бежит по пляжу.", "never seen"),
        ("Der Hund läuft über den Strand.", "does not look like English"),
        ("El perro corre por la playa y los niños juegan.", "does not look like English"),
        ("asdf qwer zxcv jklö", "does not look like English"),
    ],
)
def test_another_language_is_named_or_doubted(translator, text, words):
    assert words in doubt(translator, text)


@pytest.mark.parametrize(
    "text",
    [
        "A black dog carries a red ball across the wet grass.",
        "Hello.",
        "Dogs.",
        "Paris, Lyon, Marseille!",
        "He said bonjour to the chef.",
        "12 + 30 = 42",
        "<b>A dog</b> **runs** on the $beach$.",
        "A 漢 dog runs.",
    ],
)
def test_the_right_language_is_not_doubted(translator, text):
    assert doubt(translator, text) == ""


def test_rates_on_the_phrasebook(translator):
    """On 400 pairs that are shipped: hardly a sentence in the right language is doubted, nearly all in the other
    are."""
    frame = pd.read_parquet(SAMPLES / "phrasebook_en_fr" / "test.parquet")
    wrong = [text for text in frame["en"] if doubt(translator, text)]
    missed = [text for text in frame["fr"] if not doubt(translator, text)]
    assert len(wrong) <= 0.01 * len(frame), wrong
    assert len(missed) <= 0.08 * len(frame), missed


def test_no_word_counts_for_both_languages():
    assert not FUNCTION_WORDS["en"] & FUNCTION_WORDS["fr"]


def test_nothing_and_too_much_are_refused(translator):
    for text in (" ", "word " * 101):
        with pytest.raises(InputError):
            read_source(translator, text)
