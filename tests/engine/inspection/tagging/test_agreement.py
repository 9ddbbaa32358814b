"""Two taggers on one text: which marks they share, also where their corpora know different kinds."""

from __future__ import annotations

import dataclasses

import numpy as np

from engine.inspection.tagging.agreement import agreement_frame, apart_from, describe_agreement
from engine.inspection.tagging.predictions import Span, Tagging, split_words
from engine.inspection.tagging.texts import TextLine, describe_spans, find_foreign, spans_frame

NEWS = ("O", "B-per", "I-per", "B-org", "I-org", "B-geo", "I-geo", "B-gpe", "I-gpe")
WEB = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")
TEXT = "Anna Lee of French Oil left Rome"


def tagging(labels: tuple[str, ...], *spans: tuple[int, int, str], unknown: tuple[str, ...] = ()) -> Tagging:
    words = tuple(TEXT.split())
    none = np.zeros(0)
    return Tagging(
        words,
        labels,
        none,
        none,
        none,
        none,
        none,
        ("O",) * len(words),
        tuple(Span(*span, 0.5) for span in spans),
        unknown,
    )


def test_kinds_of_two_corpora_are_matched_by_what_they_mean() -> None:
    news = tagging(NEWS, (0, 2, "per"), (3, 4, "gpe"), (4, 5, "org"), (6, 7, "geo"))
    web = tagging(WEB, (0, 2, "PER"), (3, 5, "ORG"), (6, 7, "LOC"))
    apart = apart_from(news, web)
    assert (apart.shared, apart.invented, apart.missed, apart.unseen) == (2, ((3, 5, "ORG"),), ((4, 5, "org"),), 1)
    said = describe_agreement(apart, news.words, "News")
    assert (
        said
        == "Has 2 of the 3 marks of “News”; not “Oil” (org); of its own “French Oil” (ORG). 1 of the marks of “News” "
        "is of a kind it was never trained on."
    )
    assert apart_from(web, news).unseen == 0, "a gpe is no kind the web texts know, so it is not held against the news"
    assert apart_from(web, news).invented == ((4, 5, "org"),)


def test_kinds_of_one_corpus_must_be_the_same() -> None:
    apart = apart_from(tagging(NEWS, (3, 4, "gpe"), (6, 7, "geo")), tagging(NEWS, (3, 4, "org"), (6, 7, "geo")))
    assert (apart.shared, apart.invented, apart.missed, apart.unseen) == (1, ((3, 4, "org"),), ((3, 4, "gpe"),), 0)
    frame = agreement_frame(TEXT.split(), {"a": tagging(NEWS, (6, 7, "geo")), "b": tagging(NEWS, (0, 2, "per"))})
    assert frame.values.tolist() == [["Anna Lee", "", "per"], ["Rome", "geo", ""]]


def test_entities_stand_where_their_letters_do_and_strange_words_are_counted() -> None:
    text = "Anna  Lee of (French Oil) left\tRome"
    line = TextLine(text, tuple(word for word in split_words(text) if word.text not in "()"))
    found = tagging(NEWS, (0, 2, "per"), (6, 7, "geo"), unknown=("Anna", "Lee", "French", "Oil"))
    frame = spans_frame(line, found)
    assert frame[["entity", "start", "end"]].values.tolist() == [["Anna  Lee", 0, 9], ["Rome", 31, 35]]
    assert (
        "2 entities in 7 words: 1 × person (per), 1 × place (geo). The network is least sure of “Anna  Lee”"
        in describe_spans(found, line)
    )
    assert find_foreign(found).startswith("4 of the 7 words never occurred")
    assert find_foreign(tagging(NEWS, unknown=("Anna", "Lee", "Oil"))) == ""
    assert find_foreign(dataclasses.replace(found, words=("北京",), unknown=("北京",))).startswith(
        "The only word never occurred"
    )
    assert (
        find_foreign(dataclasses.replace(found, words=("Zzyzx",), unknown=("Zzyzx",))) == ""
    )  # one odd name in Latin letters says nothing
