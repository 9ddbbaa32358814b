"""Phrases and their sentences: whole ones are found, and what is kept back leaves no phrase behind, by brute force."""

from __future__ import annotations

import random

from engine.corpora import load_corpus
from engine.corpora.labelled_texts import LABELLED_TEXTS
from engine.corpora.labelled_texts.imdb_small import without_breaks
from engine.corpora.labelled_texts.whole_sentences import hold_out, whole_sentences


def treebank(seed=0):
    """Forty sentences over twenty words, and pieces cut from each."""
    draw = random.Random(seed)
    sentences = [[draw.choice("abcdefghijklmnopqrst") for _ in range(draw.randint(5, 12))] for _ in range(40)]
    rows = list(sentences)
    for row in sentences:
        for _ in range(5):
            start = draw.randrange(len(row) - 1)
            rows.append(row[start : draw.randint(start + 1, len(row))])
    draw.shuffle(rows)
    return rows


def inside(row, other):
    return any(other[i : i + len(row)] == row for i in range(len(other) - len(row) + 1))


def test_whole_sentences_stand_in_no_longer_row():
    rows = treebank()
    expected = [
        i for i, row in enumerate(rows) if len(row) >= 4 and not any(len(o) > len(row) and inside(row, o) for o in rows)
    ]
    assert whole_sentences(rows) == expected
    assert 30 <= len(expected) <= 60


def test_what_is_kept_back_leaves_no_phrase_behind():
    rows = treebank()
    learnt, kept_back = hold_out(rows, 3, seed=1)
    whole = whole_sentences(rows)
    short_left_out = 0
    assert len(kept_back) == 3
    assert set(kept_back) <= set(whole)
    for position, row in enumerate(rows):
        is_there = any(inside(row, rows[other]) for other in kept_back)
        is_elsewhere = any(inside(row, rows[other]) for other in whole if other not in kept_back)
        short_left_out += len(row) < 4 and is_there and not is_elsewhere
        assert (position in learnt) == (not is_there or (len(row) < 4 and is_elsewhere)), row
    assert short_left_out > 0
    assert hold_out(rows, 3, seed=1) == (learnt, kept_back)
    assert hold_out(rows, 3, seed=2)[1] != kept_back
    assert len(hold_out(rows, 500, seed=1)[1]) == len(whole) // 10


def test_reviews_lose_their_line_breaks_and_their_sample_is_labelled(monkeypatch, corpus_cache):
    assert without_breaks(" One.<br /><br />Two <BR> three<br/>") == "One. Two three"
    monkeypatch.delenv("UNROLLED_DATA", raising=False)
    corpus = load_corpus("imdb_small")
    assert corpus.source.kind == "sample"
    texts, labels = corpus.read(LABELLED_TEXTS, "test")
    assert len(texts) == len(labels)
    assert set(labels) == {0, 1}
