"""The one normaliser: what a vocabulary has stays, what it lacks becomes what it has, and every character keeps its
place in what was typed."""

from __future__ import annotations

import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.models.folder import load_model
from engine.text.normalise import HEADLINE_WORDS, PLAIN_WORDS, Normaliser

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
RUNNING = Normaliser(f"{LETTERS} \n.,'-&!")  # without digits and double quotation marks, as Shakespeare
SENTENCE = Normaliser(f"{LETTERS} .,'\"-!?0123456789éèàœ&;", joins_blanks=True)
TRANSLATORS = ("en-fr-best", "fr-en-best", "en-fr-attention", "en-fr-forced")


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("A  dog   runs across the  beach .", "A dog runs across the beach ."),
        (" a\N{NO-BREAK SPACE}b\tc\r\nd\N{LINE SEPARATOR}e\ff ", "a b c d e f"),
        ("d\N{ZERO WIDTH SPACE}o\N{SOFT HYPHEN}g\ufeff", "dog"),
        ("She said, “Hello.”", 'She said, "Hello."'),
        ("don’t – stop…", "don't - stop..."),
        ("cafe\N{COMBINING ACUTE ACCENT}", "café"),
        ("ＡＢＣ ﬁne ½ m²", "ABC fine ½ m2"),  # the solidus is not known here
        ("&quot;good&quot; &amp; &#233; &nosuch; &", '"good" & é &nosuch; &'),
        ("٣ naïve São Łódź", "3 naive Sao Lodz"),
        ("‹oui› «non»", "'oui' \"non\""),
        ("\N{SNOWMAN} ж", "\N{SNOWMAN} ж"),  # nothing stands for these
        ("", ""),
        ("  ", ""),
    ],
)
def test_a_sentence_is_read_in_characters_that_are_known(typed, text):
    assert SENTENCE.read(typed).text == text


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("a  b\n\n c ", "a  b\n\n c "),  # all of it is in the vocabulary
        ("a\r\nb\rc\N{LINE SEPARATOR}d\te", "a\nb\nc\nd e"),
        ("“Hello” — he said…", "''Hello'' -- he said..."),
        ("café", "cafe"),
        ("1 dog", "1 dog"),
    ],
)
def test_running_text_keeps_its_lines_and_blanks(typed, text):
    assert RUNNING.read(typed).text == text


@given(st.text(max_size=40))
def test_whatever_is_typed_has_a_place_for_each_character_and_none_twice(typed):
    for normaliser in (RUNNING, SENTENCE, PLAIN_WORDS, HEADLINE_WORDS):
        read = normaliser.read(typed)
        places = [read.span(position, position + 1) for position in range(len(read.text))]
        assert all(0 <= start <= end <= len(typed) for start, end in places)
        assert all(before[1] <= after[0] for before, after in zip(places, places[1:], strict=False))
        assert read.span(0, 0)[0] <= len(typed)


@given(st.text(string.ascii_letters + string.digits + string.punctuation.replace("&", "") + " ", max_size=40))
def test_plain_words_are_left_alone(typed):
    assert PLAIN_WORDS.read(typed).text == typed


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("A DOG RUNS ACROSS O'NEIL'S BEACH.", "A Dog Runs Across O'neil's Beach."),
        ("U.S. AND NATO TALKS, 1990S", "U.S. And Nato Talks, 1990S"),
        ("“ＪＯＨＮ” LIVES IN ÉVRY", '"John" Lives In Évry'),
        ("NASA", "NASA"),  # a word by itself may be an abbreviation
        ("U.S. TV", "U.S. TV"),
        ("John works at NATO.", "John works at NATO."),
        ("john lives in rome", "john lives in rome"),
    ],
)
def test_a_shouted_line_is_read_as_a_headline_where_the_case_of_words_counts(typed, text):
    assert HEADLINE_WORDS.read(typed).text == text


def test_a_stretch_that_is_read_points_to_what_was_typed():
    read = SENTENCE.read("She  said: &quot;caf\N{LATIN SMALL LETTER E}\N{COMBINING ACUTE ACCENT}…&quot;")
    assert read.text == 'She said: "café..."'
    start = read.text.index("café")
    assert read.typed[slice(*read.span(start, start + 4))] == "cafe\N{COMBINING ACUTE ACCENT}"
    assert read.typed[slice(*read.span(start + 4, start + 7))] == "…"
    assert read.typed[slice(*read.span(start - 1, start))] == "&quot;"
    assert read.is_changed
    assert not SENTENCE.read(" She said. ").is_changed


@pytest.fixture(scope="module")
def translators():
    return {name: load_model(name).tokenizer for name in TRANSLATORS}


@pytest.mark.parametrize(
    ("name", "typed", "text"),
    [
        ("fr-en-best", "Ma soeur est là.", "Ma sœur est là."),
        ("fr-en-best", "Le boeuf, les noeuds et Joe.", "Le bœuf, les nœuds et Joe."),  # as many pieces either way
        ("fr-en-best", "Son coeur et l'oeil.", "Son cœur et l'œil."),
        ("en-fr-best", "Joe, a poet, broke his toe in a canoe.", "Joe, a poet, broke his toe in a canoe."),
        ("fr-en-best", "Il coexiste.", "Il coexiste."),
        ("fr-en-best", "OÙ EST LA GARE ?", "Où est la gare ?"),
        ("en-fr-best", "He does wear shoes.", "He does wear shoes."),
        ("en-fr-best", "A DOG RUNS ACROSS THE BEACH.", "A dog runs across the beach."),
        ("en-fr-best", "where is the station?", "Where is the station?"),
        ("en-fr-best", "i think i know.", "I think I know."),
        ("en-fr-best", "HELLO! WHERE ARE YOU?", "Hello! Where are you?"),
        ("en-fr-best", "NASA", "NASA"),  # a word by itself may be an abbreviation
        ("en-fr-best", "a dog", "a dog"),  # and two may be a part of a sentence
        ("en-fr-best", "2 dogs run on a beach.", "2 dogs run on a beach."),
        ("en-fr-best", "Tom lives in the USA.", "Tom lives in the USA."),
    ],
)
def test_words_are_spelt_as_the_vocabulary_has_them_with_the_fewest_pieces(translators, name, typed, text):
    tokenizer = translators[name]
    assert tokenizer.read(typed).text == text
    assert tokenizer.encode(typed) == tokenizer.encode_as_is(text)


@pytest.mark.parametrize("name", TRANSLATORS)
def test_pieces_point_into_what_was_typed(translators, name):
    typed, tokenizer = "  Un\N{ZERO WIDTH SPACE} soeur “A”… ", translators[name]
    spans = tokenizer.spans(typed)
    assert len(spans) == len(tokenizer.encode(typed))
    shown = "".join(typed[start:end].strip() for start, end in spans)
    assert shown.replace("\N{ZERO WIDTH SPACE}", "") == "Unsoeur“A”…"


@pytest.mark.parametrize(
    "letter", ["\N{DEVANAGARI LETTER QA}", "\N{MUSICAL SYMBOL HALF NOTE}", "\N{HEBREW LETTER ALEF WITH MAPIQ}"]
)
def test_a_character_that_is_never_composed_is_read_as_one(letter: str) -> None:
    """Unicode's composition exclusions: their composed form is two characters."""
    assert len(unicodedata.normalize("NFC", letter)) > 1
    assert PLAIN_WORDS.read(f"a {letter}").text.startswith("a ")
