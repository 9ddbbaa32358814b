"""The facts of a corpus, each against a plain count."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace

import pytest

from engine.corpora import load_corpus
from engine.corpora.labelled_texts import LABELLED_TEXTS
from engine.corpora.running_text import RUNNING_TEXT
from engine.corpora.sentence_pairs import SENTENCE_PAIRS
from engine.corpora.tagged_sentences import TAGGED_SENTENCES
from engine.inspection.corpora.examples import corpus_examples
from engine.inspection.corpora.facts import corpus_facts, measure, say_lengths, say_sizes, say_vocabulary
from engine.preparation import SHAPES, ColumnMapping
from engine.preparation.division import Division
from engine.preparation.draft import prepare
from engine.preparation.languages import code_of, tell
from engine.preparation.shapes import row_counts
from engine.preparation.source_table import read_paste
from engine.text import TOKENIZERS
from engine.text.treebank import TreebankTokenizer, split_words

SAMPLES = {
    "saltmarsh": RUNNING_TEXT,
    "phrasebook_en_fr": SENTENCE_PAIRS,
    "opinions": LABELLED_TEXTS,
    "visits": TAGGED_SENTENCES,
}


@pytest.fixture(autouse=True)
def only_samples(monkeypatch, corpus_cache):
    monkeypatch.delenv("UNROLLED_DATA", raising=False)


def split(facts, name, column):
    return facts.splits.set_index("split").loc[name, column]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_kind_of_corpus_has_its_facts(name):
    corpus = load_corpus(name)
    facts = measure(corpus)
    assert list(facts.splits["split"]) == ["train", "validation", "test"]
    texts = SHAPES.get(SAMPLES[name].name).texts(corpus.read(SAMPLES[name]), corpus.splits["train"].column_names)
    assert split(facts, "train", "rows") == len(next(iter(texts.values())))
    assert row_counts(corpus) == dict(zip(facts.splits["split"], facts.splits["rows"], strict=True))
    assert facts.lengths["train"].sum() == sum(bool(text) for side in texts.values() for text in side)
    assert facts.coverage["training"].iloc[-1] == pytest.approx(1)
    assert 0 <= facts.unknown_share < 0.2
    for said in (say_sizes(facts), say_vocabulary(facts), say_lengths(facts)):
        assert said.endswith(".")


def test_characters_are_counted_as_the_network_reads_them():
    text = load_corpus("saltmarsh").read(RUNNING_TEXT)
    facts = corpus_facts("saltmarsh")
    assert split(facts, "train", "characters") == split(facts, "train", "tokens") == len(text)
    assert facts.vocab_size == len(set(text)) == TOKENIZERS.get("character").train([text]).vocab_size - 1


def test_words_are_counted_as_the_classifier_reads_them():
    texts, labels = load_corpus("opinions").read(LABELLED_TEXTS)
    facts = corpus_facts("opinions")
    counts = Counter(word for text in texts for word in split_words(text))
    assert facts.distinct == len(counts)
    assert split(facts, "train", "tokens") == counts.total()
    assert TreebankTokenizer.from_rows([split_words(text) for text in texts], 11_000).vocab_size >= facts.vocab_size
    assert dict(zip(facts.balance["label"], facts.balance["train"], strict=True)) == {
        "positive": sum(labels),
        "negative": len(labels) - sum(labels),
    }
    assert facts.languages["language"].iloc[0] == "English"


def test_repeats_overlap_and_what_is_unknown_are_told():
    lines = [f"The {n}th house has a red door and a tall chimney." for n in range(40)]
    own = {
        "train": lines[:30] + lines[:5],
        "validation": [lines[0], lines[1], "An unseen zebra came by."],
        "test": lines[30:],
    }
    table = read_paste("\n".join(f"{line};{'a' if n % 2 else 'b'}" for n, line in enumerate(lines)))
    draft = prepare(table, ColumnMapping("labelled_texts", {"text": "column 1", "label": "column 2"}), Division())
    splits = {name: {"text": rows, "label": [n % 2 for n in range(len(rows))]} for name, rows in own.items()}
    facts = measure(replace(draft, splits=splits).corpus())
    assert split(facts, "train", "repeated") == 5
    assert split(facts, "validation", "seen_in_training") == 2
    assert split(facts, "test", "seen_in_training") == 0
    assert "2 rows of the validation split (66.7 %) stand in the training split too" in facts.remarks[0]
    assert {"unseen", "zebra", "came"} <= set(facts.unknown["token"])


def test_languages_are_told_by_their_letters_and_short_texts_are_not():
    english, french = load_corpus("phrasebook_en_fr").read(SENTENCE_PAIRS)
    assert next(iter(tell(english))) == "English"
    assert next(iter(tell(french))) == "French"
    assert tell(english[:5]) == {}
    assert [code_of("translation.fr"), code_of("German"), code_of("x", english), code_of("x")] == ["fr", "de", "en", ""]


def test_examples_are_the_first_or_those_that_contain_what_is_searched_for():
    texts, labels = load_corpus("opinions").read(LABELLED_TEXTS)
    found = corpus_examples("opinions")
    assert (len(found.table), found.found, found.total) == (50, 3000, 3000)
    assert list(found.table["text"]) == texts[:50]
    searched = corpus_examples("opinions", query=" FUNNY ")
    assert searched.found == sum("funny" in text for text in texts)
    assert all("funny" in text for text in searched.table["text"])
    assert corpus_examples("opinions", query="no such thing").table.empty


def test_five_megabytes_take_two_seconds_at_most():
    english, french = load_corpus("phrasebook_en_fr").read(SENTENCE_PAIRS)
    text = "\n".join(f"{word} {line}" for word in ("Now", "Then", "So", "But", "And") for line in [*english, *french])
    table = read_paste(text[:4_900_000], is_lines=True)
    draft = prepare(table, ColumnMapping("running_text", {"text": "line"}), Division(order="in order"))
    corpus = draft.corpus()
    begun = time.process_time()
    measure(corpus)
    assert time.process_time() - begun < 2
