"""Cutting a text into words, and every number of a tagged sentence."""

from __future__ import annotations

import numpy as np
import pytest

from engine.decoding.viterbi import span_log_probability, viterbi
from engine.errors import InputError
from engine.inspection.tagging.predictions import MAX_WORDS, best_tags, halves, split_words, tag_many, tag_words

SENTENCE = ("Mara", "Berg", "met", "Tom", "in", "Oslo", "\N{GRINNING FACE}", ".")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("John works at Google in California.", "John works at Google in California ."),
        (
            "Mr. O'Neil's U.S. trip (on 12/05/2020, at 3:30 p.m.).",
            "Mr. O'Neil 's U.S. trip ( on 12/05/2020 , at 3:30 p.m. ) .",
        ),
        ("I don't, we'll: they can't!", "I do n't , we 'll : they ca n't !"),
        ('"No way", said al-Qaida... 50% of $1,000.50', '" No way " , said al-Qaida ... 50 % of $ 1,000.50'),
        ("J. Edgar Hoover, AT&T. No. 5? No.", "J. Edgar Hoover , AT&T . No. 5 ? No ."),
        ("<b>Bob</b> & me@x.org", "< b > Bob < / b > & me@x.org"),
        ("In the 1990s, the 19th and a 20-year-old.", "In the 1990s , the 19th and a 20-year-old ."),
        ("U.S.-led, 1,000-member, 1990's, 9/11!!!", "U.S.-led , 1,000-member , 1990 's , 9/11 !!!"),
        ("Britain 's", "Britain 's"),
        ("see https://a.b/c?d=1.", "see https://a.b/c?d=1 ."),
        ("東京 \N{GRINNING FACE}\N{SNOWMAN}", "東京 \N{GRINNING FACE} \N{SNOWMAN}"),
        ("  \n\t ", ""),
    ],
)
def test_words_are_cut_as_the_corpora_cut_them_and_keep_their_place(text, words):
    found = split_words(text)
    assert [word.text for word in found] == words.split()
    assert all(text[word.start : word.end] == word.text for word in found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("we’ll “go”", {"we": "we", "'ll": "’ll", '"': "“", "go": "go"}),
        ("Sa\N{COMBINING TILDE}o Paulo", {"São": "Sa\N{COMBINING TILDE}o", "Paulo": "Paulo"}),
        ("&quot;R&eacute;my&quot;", {'"': "&quot;", "Rémy": "R&eacute;my"}),
        ("Os\N{ZERO WIDTH SPACE}lo", {"Oslo": "Os\N{ZERO WIDTH SPACE}lo"}),
        ("ＯＫ ﬁne", {"OK": "ＯＫ", "fine": "ﬁne"}),
    ],
)
def test_words_are_read_in_plain_characters_and_point_to_what_was_typed(text, words):
    found = {word.text: text[word.start : word.end] for word in reversed(split_words(text))}
    assert found == words


def test_no_letter_of_any_text_is_lost():
    draw = np.random.default_rng(0)
    for _ in range(50):
        text = "".join(draw.choice(list("ab Z'.-_,1&@/é\n"), size=40))
        found = split_words(text)
        assert "".join(word.text for word in found) == "".join(text.split())
        assert all(text[word.start : word.end] == word.text for word in found)


def test_the_numbers_of_a_sentence_belong_together(tiny_tagger):
    tagging = tag_words(tiny_tagger, SENTENCE)
    scores = (tagging.emissions, tagging.transitions, tagging.start, tagging.end)
    assert tagging.tags == tuple(tagging.labels[tag] for tag in viterbi(*scores).tags)
    np.testing.assert_allclose(tagging.marginals.sum(axis=1), 1)
    assert tagging.unknown == ("met", "\N{GRINNING FACE}")
    assert tagging.spans  # an untrained network finds something in this
    for span in tagging.spans:
        tags = [tagging.labels.index(tag) for tag in tagging.tags[span.start : span.end]]
        assert span.type == tagging.tags[span.start][2:]
        assert span.probability == pytest.approx(np.exp(span_log_probability(span.start, tags, *scores)))
        assert span.probability <= tagging.marginals[range(span.start, span.end), tags].min() + 1e-9


def test_the_halves_add_up(tiny_tagger):
    parts = halves(tiny_tagger, SENTENCE)
    np.testing.assert_allclose(parts["forward"] + parts["backward"] + parts["bias"], parts["both"], atol=1e-12)
    np.testing.assert_allclose(parts["both"], tag_words(tiny_tagger, SENTENCE).emissions, atol=1e-5)
    assert np.abs(parts["backward"]).max() > 0.01


def test_many_rows_come_back_in_order_and_as_alone(tiny_tagger):
    rows = [SENTENCE, ("Oslo",), SENTENCE[:3], ("It", "rained", ".") * 30]
    together = tag_many(tiny_tagger, rows)
    assert best_tags(tiny_tagger, rows) == [list(tagging.tags) for tagging in together]
    for row, tagging in zip(rows, together, strict=True):
        alone = tag_words(tiny_tagger, row)
        assert (tagging.words, tagging.tags) == (row, alone.tags)
        np.testing.assert_allclose(tagging.emissions, alone.emissions, atol=1e-5)


def test_no_words_and_too_many_are_refused(tiny_tagger):
    with pytest.raises(InputError, match="There is no word to tag; please write a sentence"):
        tag_words(tiny_tagger, ())
    with pytest.raises(InputError, match="The text has 1,001 words; at most 1,000 can be tagged at once"):
        best_tags(tiny_tagger, [("a",) * (MAX_WORDS + 1)])
    with pytest.raises(InputError, match="The text has more than 1,000 words"):
        split_words("word " * 5000)
    assert len(tag_words(tiny_tagger, ("fog",) * MAX_WORDS).tags) == MAX_WORDS
