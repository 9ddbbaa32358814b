"""What a visitor brings is read, mapped and divided as it should be, or refused in one sentence."""

from __future__ import annotations

import gzip
import io
import json
from dataclasses import replace

import pyarrow as pa
import pytest
from pyarrow import parquet

from engine.corpora import load_corpus
from engine.corpora.labelled_texts import LABELLED_TEXTS
from engine.corpora.running_text import RUNNING_TEXT
from engine.corpora.sentence_pairs import SENTENCE_PAIRS
from engine.corpora.tagged_sentences import TAGGED_SENTENCES
from engine.errors import ConfigError, InputError
from engine.limits import limits
from engine.preparation import SHAPES, ColumnMapping, propose, source_table
from engine.preparation.division import Division, divide, split_names
from engine.preparation.draft import prepare
from engine.preparation.shapes import make, mapping_of
from engine.preparation.source_table import read_paste, read_upload
from engine.preparation.tagged_sentences import as_bio

SENTENCES = [
    f"The {noun} {verb} by the {place}."
    for noun in ("dog", "heron")
    for verb in ("slept", "sang")
    for place in ("sea", "mill", "gate", "well", "oak")
]
LABELLED = "sentence,mood\n" + "".join(f'"{text}",{"calm" if "slept" in text else "glad"}\n' for text in SENTENCES)
TAGGED = "Mara B-PER\nBerg I-PER\nleft O\nOslo B-LOC\n. O\n\nTom B-PER\nstayed O\n. O\n\nIt O\nrained O\n. O\n\n" * 3
PAIRS = "".join(f"{'a dog ' * n}runs\t{'un chien ' * n}court\n" for n in (4, 1, 3, 2, 5, 1, 2))


class Upload:
    """A file as Streamlit's uploader gives it."""

    def __init__(self, name: str, data: bytes, size: int | None = None) -> None:
        self.name, self._data, self.size = name, data, len(data) if size is None else size

    def getvalue(self) -> bytes:
        assert self.size == len(self._data), "must not be read"
        return self._data


def as_parquet(**columns) -> bytes:
    stream = io.BytesIO()
    parquet.write_table(pa.table(columns), stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "shape", "columns"),
    [
        ("story.txt", "Once.\r\nTwice, she said.\r\n".encode("utf-16"), "running_text", {"text": "line"}),
        ("story.txt", "Déjà vu.\nÀ la mer, l'été.\n".encode("cp1252"), "running_text", {"text": "line"}),
        ("moods.csv", LABELLED.encode("utf-8-sig"), "labelled_texts", {"text": "sentence", "label": "mood"}),
        ("moods.csv.gz", gzip.compress(LABELLED.encode()), "labelled_texts", {"text": "sentence", "label": "mood"}),
        ("moods.csv", LABELLED.replace(",", ";").encode(), "labelled_texts", {"text": "sentence", "label": "mood"}),
        ("pairs.tsv", PAIRS.encode(), "sentence_pairs", {"source": "column 1", "target": "column 2"}),
        (
            "pairs.jsonl",
            "".join(json.dumps({"id": n, "translation": {"en": "a dog", "fr": "un chien"}}) + "\n" for n in range(4)),
            "sentence_pairs",
            {"source": "translation.en", "target": "translation.fr"},
        ),
        ("ner.conll", TAGGED.encode(), "tagged_sentences", {"tokens": "column 1", "tags": "column 2 (tags)"}),
        (
            "ner.parquet",
            as_parquet(tokens=[["Mara", "left"], ["It", "rained"]], ner_tags=[["B-PER", "O"], ["O", "O"]]),
            "tagged_sentences",
            {"tokens": "tokens", "tags": "ner_tags"},
        ),
        (
            "label.parquet",
            as_parquet(text=SENTENCES, label=[0, 1] * 10),
            "labelled_texts",
            {"text": "text", "label": "label"},
        ),
    ],
)
def test_what_it_is_and_which_column_is_what_are_proposed(name, data, shape, columns):
    data = data.encode() if isinstance(data, str) else data
    table = read_upload(Upload(name, data))
    assert propose(table) == ColumnMapping(shape, columns)
    made = make(table, propose(table))
    assert all(len(rows) for rows in made.splits[""].values())


def test_a_pasted_text_is_kept_line_by_line_and_read_as_it_was(tmp_path):
    text = "".join(f"Line {n:03} of the story, told slowly.\n\n" for n in range(100))
    table = read_paste(text, is_lines=True)
    assert table.is_lines
    draft = prepare(table, propose(table), Division(order="in order"))
    record = draft.keep(tmp_path / "abc", "A story")
    corpus = load_corpus(tmp_path / "abc")
    whole = "\n".join(corpus.read(RUNNING_TEXT, split) for split in ("train", "validation", "test"))
    assert whole + "\n" == text
    assert record.rows == {"train": 160, "validation": 20, "test": 20}
    assert record.split == {
        "kind": "ratio",
        "by": "ratio",
        "validation": 0.1,
        "test": 0.1,
        "seed": 0,
        "order": "in order",
    }


def test_a_text_without_line_breaks_is_cut_at_blanks_and_that_is_said():
    table = read_paste("word " * 4_000)
    draft = prepare(table, propose(table), Division(order="in order"))
    assert draft.remarks == ("1 line longer than 2,000 characters cut at a blank: a text is divided by lines.",)
    assert " ".join(line for rows in draft.splits.values() for line in rows["text"]).split() == ["word"] * 4_000
    assert {name: len(rows["text"]) for name, rows in draft.splits.items()} == {"train": 8, "validation": 1, "test": 1}


def test_labels_and_their_names_are_those_of_the_column(tmp_path):
    table = read_upload(Upload("moods.csv", LABELLED.encode()))
    draft = prepare(table, propose(table), Division(validation=0.2, test=0.2, seed=3))
    assert draft.labels == ("calm", "glad")
    draft.keep(tmp_path / "abc", "Moods")
    corpus = load_corpus(tmp_path / "abc")
    found = [
        (text, corpus.spec.labels[label])
        for split in ("train", "validation", "test")
        for text, label in zip(*corpus.read(LABELLED_TEXTS, split), strict=True)
    ]
    assert sorted(found) == sorted((text, "calm" if "slept" in text else "glad") for text in SENTENCES)
    assert corpus.read(LABELLED_TEXTS) == draft.corpus().read(LABELLED_TEXTS)


def test_numbers_that_are_labels_are_ordered_by_size():
    table = read_paste("text\tstars\n" + "".join(f"It was film number {n}.\t{n % 3 * 5}\n" for n in range(12)))
    assert make(table, ColumnMapping("labelled_texts", {"text": "text", "label": "stars"})).labels == ("0", "5", "10")


def test_pairs_know_their_languages_from_names_from_the_texts_or_not_at_all():
    english, french = load_corpus("phrasebook_en_fr").read(SENTENCE_PAIRS, "test")
    lines = "\n".join(f"{f}\t{e}" for e, f in zip(english, french, strict=True))
    table = read_paste(lines)
    made = make(table, propose(table))
    assert made.languages == ("fr", "en")
    assert made.splits[""]["en"][0] == english[0]
    named = read_paste("English\tGerman\n" + lines)
    assert make(named, propose(named)).languages == ("en", "de")
    assert make(read_paste(PAIRS), propose(read_paste(PAIRS))).languages == ("source", "target")
    told = make(table, ColumnMapping("sentence_pairs", propose(table).columns, ("it", "es")))
    assert list(told.splits[""]) == ["it", "es"]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("B-PER I-PER O", "B-PER I-PER O"),
        ("I-PER I-PER O I-LOC", "B-PER I-PER O B-LOC"),
        ("PER PER O LOC", "B-PER I-PER O B-LOC"),
        ("B-PER E-PER O S-LOC", "B-PER I-PER O B-LOC"),
        ("B-PER L-PER U-LOC O", "B-PER I-PER B-LOC O"),
        ("O O", "O O"),
    ],
)
def test_every_way_to_write_entities_becomes_bio(tags, expected):
    assert as_bio(tags.split()) == expected.split()


@pytest.mark.parametrize("tags", ["B-PER NOUN", "DET NOUN VERB", "B-PER "])
def test_what_is_no_tag_of_an_entity_is_refused(tags):
    with pytest.raises(InputError, match="^Row 7 has"):
        as_bio(tags.split(" "), 7)


def test_tagged_sentences_keep_their_words(tmp_path):
    table = read_upload(Upload("ner.conll", TAGGED.encode()))
    draft = prepare(table, propose(table), Division(validation=0.3, test=0.3))
    draft.keep(tmp_path / "abc", "Names")
    words, tags = load_corpus(tmp_path / "abc").read(TAGGED_SENTENCES)
    assert {" ".join(row) for row in words} <= {"Mara Berg left Oslo .", "Tom stayed .", "It rained ."}
    assert all(len(row) == len(marks) for row, marks in zip(words, tags, strict=True))


def test_a_binary_file_named_txt_is_refused():
    with pytest.raises(InputError, match="^The file song.txt is a picture, not text"):
        read_upload(Upload("song.txt", b"\x89PNG\r\n\x1a\n" + bytes(200)))
    with pytest.raises(InputError, match="^The file song.txt holds bytes that are no text|is not UTF-8 text"):
        read_upload(Upload("song.txt", b"\x7fELF\x02\x01\x01\0\xff\xfe\0" + bytes(range(256))))


def test_two_gigabytes_are_refused_before_they_are_read():
    sentence = f"^The file huge.csv has 2,048.0 MiB; at most {limits().mebibytes} MiB are read: bring a part of it.$"
    with pytest.raises(InputError, match=sentence):
        read_upload(Upload("huge.csv", b"", size=2 * 2**30))
    bomb = gzip.compress(bytes(2**20)) * 30
    with pytest.raises(InputError, match="unpacks to more than 20 MiB"):
        read_upload(Upload("bomb.txt.gz", bomb))


def test_rows_over_the_limit_are_left_out_and_that_is_said(monkeypatch):
    monkeypatch.setattr(source_table, "limits", lambda: replace(limits(), rows=10))
    table = read_paste("\n".join(SENTENCES))
    assert len(table.splits[""]) == 10
    assert table.notes[-1].startswith("The first 10 of 20 rows are used: at most 10 rows and 5,000,000 characters")


@pytest.mark.parametrize(
    ("shape", "columns", "sentence"),
    [
        (
            "labelled_texts",
            {"text": "sentence", "label": "tone"},
            "^There is no column “tone”: the columns are “sentence”",
        ),
        ("labelled_texts", {"text": "sentence"}, "^There is no column “”"),
        ("sentence_pairs", {"source": "mood", "target": "mood"}, "^Source and target are the same column"),
        ("tagged_sentences", {"tokens": "sentence", "tags": "mood"}, "^Row 1 has 6 words in “sentence” and 1 tags in"),
        ("songs", {}, "^Unknown shape of a data set 'songs'"),
    ],
)
def test_a_column_that_is_not_there_or_holds_something_else_is_named(shape, columns, sentence):
    with pytest.raises((InputError, ConfigError), match=sentence):
        make(read_upload(Upload("moods.csv", LABELLED.encode())), ColumnMapping(shape, columns))


def test_one_class_alone_and_too_many_are_refused():
    one = read_paste("text,label\n" + "".join(f"{text},calm\n" for text in SENTENCES))
    with pytest.raises(InputError, match="^The column “label” has one value only, “calm”: a classifier needs"):
        make(one, mapping_of(one, "labelled_texts"))
    many = read_paste("text,label\n" + "".join(f"A text is here.,label {n}\n" for n in range(101)))
    with pytest.raises(InputError, match="^The column “label” has 101 different values; at most 100"):
        make(many, ColumnMapping("labelled_texts", {"text": "text", "label": "label"}))
    rare = read_paste("text,label\n" + "".join(f"{text},calm\n" for text in SENTENCES) + "One is glad.,glad\n")
    with pytest.raises(InputError, match="^The training split would have one label only"):
        prepare(
            rare,
            ColumnMapping("labelled_texts", {"text": "text", "label": "label"}),
            Division(test=0.5, order="in order"),
        )


def test_rows_without_a_text_are_left_out_and_counted():
    table = read_paste("text,label\nA calm sea.,calm\n,calm\nA glad song.,glad\nNo label here.,\n")
    made = make(table, ColumnMapping("labelled_texts", {"text": "text", "label": "label"}))
    assert made.splits[""]["text"] == ["A calm sea.", "A glad song."]
    assert made.remarks == ("2 rows left out: without a text or a label.",)


ROWS = {"": {"text": [f"row {n:02}" for n in range(100)], "label": list(range(100))}}


@pytest.mark.parametrize("order", ["shuffled", "in order"])
def test_a_division_has_its_shares_and_loses_no_row(order):
    found = divide(ROWS, Division(validation=0.2, test=0.1, seed=5, order=order))
    assert {name: len(rows["text"]) for name, rows in found.items()} == {"train": 70, "validation": 20, "test": 10}
    assert sorted(label for rows in found.values() for label in rows["label"]) == list(range(100))
    assert all(text == f"row {label:02}" for rows in found.values() for text, label in zip(*rows.values(), strict=True))
    is_in_order = [label for rows in found.values() for label in rows["label"]] == list(range(100))
    assert is_in_order == (order == "in order")


def test_the_same_seed_gives_the_same_split_and_another_another():
    first, second = (divide(ROWS, Division(seed=5)) for _ in range(2))
    assert first == second
    assert divide(ROWS, Division(seed=6)) != first


def test_its_own_splits_are_taken_and_what_is_lacking_is_cut_from_training():
    own = {"train": ROWS[""], "dev": {"text": ["v"], "label": [0]}}
    found = divide(own, Division(by="own", test=0.2))
    assert {name: len(rows["text"]) for name, rows in found.items()} == {"train": 80, "validation": 1, "test": 20}
    assert split_names(["Training", "dev", "extra"]) == {"train": "Training", "validation": "dev"}
    with pytest.raises(InputError, match="^There is no training split: the splits are a and b"):
        divide({"a": ROWS[""], "b": ROWS[""]}, Division(by="own"))


@pytest.mark.parametrize(
    ("division", "sentence"),
    [
        (Division(validation=0.0), "^The validation split would be empty: its share is 0. Give it a larger share"),
        (Division(test=0.0), "^The test split would be empty"),
        (Division(validation=0.5, test=0.5), "^Validation and test take all rows"),
        (Division(validation=0.9), "^validation must lie between 0 and 0.5"),
        (Division(seed=-1), "^seed must lie"),
        (Division(order="backwards"), "^order must be one of"),
    ],
)
def test_an_empty_split_and_impossible_shares_are_refused(division, sentence):
    with pytest.raises((InputError, ConfigError), match=sentence):
        divide(ROWS, division)
    with pytest.raises(InputError, match="^The validation split would be empty: 10 % of 3 rows are none"):
        divide({"": {"text": ["a", "b", "c"]}}, Division())


def test_every_shape_says_all_that_a_form_needs():
    assert SHAPES.names() == ["tagged_sentences", "sentence_pairs", "labelled_texts", "running_text", "series"]
    for name, shape in SHAPES.items():
        assert shape.name == name
        assert shape.title
        assert shape.meaning
        assert all(role.name and role.label and role.help for role in shape.roles)
