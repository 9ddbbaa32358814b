"""Words as the Treebank cuts them: our own sentences beside cuts made by hand, places in the text, and words never
seen."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.text import load_tokenizer
from engine.text.base import UNK
from engine.text.treebank import FORMS, SPECIAL, TreebankTokenizer, split_spans, split_words

BY_HAND = {
    "He said the food was not good.": "he said the food was not good .",
    "I don't like it; it's a mess...": "i do n't like it ; it 's a mess ...",
    "They’ll say we’ve, you're, I'd, I'm": "they 'll say we 've , you 're , i 'd , i 'm",
    'A "real" gem!': "a `` real '' gem !",
    "Mr. Oak's U.S. debut cannot fail.": "mr. oak 's u.s. debut can not fail .",
    "Well-made, 90-minute film (2002) — yes": "well-made , 90-minute film ( 2002 ) -- yes",
    "It's the best. So am I.": "it 's the best . so am i .",
    "do n't cut it 's again ... -- ''": "do n't cut it 's again ... -- ''",
    "<b>good</b>": "< b > good < / b >",
    "1,000 and 7.5 of '70s rock 'n' roll": "1,000 and 7.5 of '70s rock 'n ' roll",
    "It wasnt good, and I dont care": "it was n't good , and i do n't care",
    "&quot;good&quot; &amp; “bad”": "`` good '' & `` bad ''",
    "": "",
}


@pytest.mark.parametrize("text", BY_HAND)
def test_words_are_cut_as_by_hand(text):
    assert " ".join(split_words(text)) == BY_HAND[text]


@settings(max_examples=40)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_places_run_through_the_text_and_only_what_nobody_sees_lies_between(text):
    last, outside = 0, []
    for word, start, end in split_spans(text):
        assert last <= start <= end  # of several words that stand for one character the first has its place
        assert word
        outside += text[last:start]
        last = end
    left = [character for character in [*outside, *text[last:]] if not character.isspace()]
    assert all(unicodedata.category(character) in ("Cf", "Cc", "Mn", "Me") for character in left)


@pytest.fixture(scope="module")
def tokenizer():
    return TreebankTokenizer.train(
        ["the charm of walking dogs", "charm and story the the"], len(SPECIAL) + len(FORMS) + 20
    )


def test_words_and_their_number_survive_the_file(tokenizer, tmp_path):
    tokenizer.save(tmp_path / "tokenizer.json")
    again = load_tokenizer(tmp_path / "tokenizer.json")
    text = "The charm of it didn't last."
    assert again.kind == "treebank"
    assert again.encode(text) == tokenizer.encode(text)
    assert len(again.encode(text)) == len(again.spans(text)) == len(split_words(text))
    assert again.unknown_pieces(text) == ["it", "did", "n't", "last", "."]
    assert again.decode(again.encode("The charm of the dogs")) == "the charm of the dogs"


@pytest.mark.parametrize(
    ("word", "read_as"),
    [
        ("charms", "charm"),
        ("stories", "story"),
        ("charmed", "charm"),
        ("charmless", "<unk:-less>"),
        ("uncharming", "<unk:un->"),
        ("walk", UNK),
        ("1999", "<unk:number>"),
        ("well-walked", "<unk:hyphenated>"),
        ("merry", "<unk:-y>"),
        ("\N{GRINNING FACE}", UNK),
        ("ночь", UNK),
    ],
)
def test_a_word_never_seen_is_read_as_its_stem_or_by_its_form(tokenizer, word, read_as):
    assert tokenizer.tokens(tokenizer.encode_words([word])) == [read_as]
