"""Data sets of a visitor's own: what is written is read as a corpus, whole or not at all, and known by its rows."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest
from pyarrow import parquet

from engine import atomic
from engine.corpora import data_folder, load_corpus
from engine.corpora.labelled_texts import LABELLED_TEXTS
from engine.corpora.running_text import RUNNING_TEXT
from engine.corpora.sentence_pairs import SENTENCE_PAIRS, read_sides
from engine.corpora.tagged_sentences import TAGGED_SENTENCES
from engine.errors import DataError, InputError

TEXT = {
    "train": {"text": ["One line.", "", "Another."]},
    "validation": {"text": ["A third."]},
    "test": {"text": ["The last."]},
}


def write(folder: Path, splits=TEXT, content=RUNNING_TEXT, **special):
    facts = {"title": "My stories", "content": content, "source": {"kind": "paste"}}
    return data_folder.write(folder, splits, **(facts | special))


def test_what_was_written_is_a_corpus_by_its_path(tmp_path):
    record = write(tmp_path / "abc", licence="CC0", origin="Me")
    assert record == data_folder.read(tmp_path / "abc")
    assert record.rows == {"train": 3, "validation": 1, "test": 1}
    for name in (tmp_path / "abc", str(tmp_path / "abc")):
        corpus = load_corpus(name)
        assert corpus.read(RUNNING_TEXT) == "One line.\n\nAnother."
        assert corpus.read(RUNNING_TEXT, "test") == "The last."
        assert (corpus.spec.name, corpus.spec.title, corpus.spec.licence) == ("own-abc", "My stories", "CC0")
        assert (corpus.source.kind, corpus.source.corpus) == ("own", "own-abc")
        assert str(tmp_path) not in corpus.source.sentence  # it stands on pages and cards
        assert corpus.source.sentence == f"Source: the data set “My stories”, fingerprint {record.fingerprint[:12]}."
        assert data_folder.fingerprint_of(corpus.splits) == record.fingerprint


def test_nothing_of_it_is_copied_into_a_cache(tmp_path, corpus_cache, corpus_cache_folder):
    before = sorted(corpus_cache_folder.rglob("*"))
    write(tmp_path / "abc")
    load_corpus(tmp_path / "abc")
    assert sorted(corpus_cache_folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("content", "columns", "languages", "expected"),
    [
        (LABELLED_TEXTS, {"text": ["good", "bad"], "label": [1, 0]}, (), (["good", "bad"], [1, 0])),
        (SENTENCE_PAIRS, {"fr": ["oui"], "en": ["yes"]}, ("fr", "en"), (["yes"], ["oui"])),
        (SENTENCE_PAIRS, {"de": ["ja"], "en": ["yes"]}, ("de", "en"), (["ja"], ["yes"])),
        (
            TAGGED_SENTENCES,
            {"tokens": [["Mara", "left"]], "ner_tags": [["B-per", "O"]]},
            (),
            ([["Mara", "left"]], [["B-per", "O"]]),
        ),
    ],
)
def test_every_content_is_read_as_it_was_written(tmp_path, content, columns, languages, expected):
    splits = dict.fromkeys(("train", "validation", "test"), columns)
    write(tmp_path / "abc", splits, content, languages=languages, labels=("no", "yes"))
    corpus = load_corpus(tmp_path / "abc")
    assert corpus.read(content, "validation") == expected
    assert corpus.spec.labels == ("no", "yes")
    if languages == ("de", "en"):
        assert read_sides(corpus, "en") == (["yes"], ["ja"])
        assert read_sides(corpus, "de") == (["ja"], ["yes"])


@pytest.mark.parametrize("missing", ["train", "validation"])
def test_an_empty_split_is_refused_with_a_sentence(tmp_path, missing):
    for splits in (TEXT | {missing: {"text": []}}, {name: rows for name, rows in TEXT.items() if name != missing}):
        with pytest.raises(InputError, match=f"^The {missing} split would be empty: networks learn from"):
            write(tmp_path / "abc", splits)
    assert not (tmp_path / "abc").exists()


def test_a_full_disk_leaves_nothing_and_says_so(tmp_path, monkeypatch):
    def fail(table, file, **options):
        Path(file).write_bytes(b"PAR1")
        if Path(file).name.startswith("validation"):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(parquet, "write_table", fail)
    (tmp_path / "abc").mkdir()
    with pytest.raises(InputError, match="^“My stories” could not be kept: No space left on device. Nothing"):
        write(tmp_path / "abc")
    assert list(tmp_path.iterdir()) == []


def test_the_fingerprint_is_of_the_rows_alone(tmp_path):
    first = write(tmp_path / "a")
    second = write(tmp_path / "b", title="Another title", source={"kind": "upload", "name": "x.txt"})
    changed = write(tmp_path / "c", TEXT | {"test": {"text": ["The last"]}})
    moved = write(tmp_path / "d", TEXT | {"train": {"text": ["One line.", "Another.", ""]}})
    assert first.fingerprint == second.fingerprint
    assert len({first.fingerprint, changed.fingerprint, moved.fingerprint}) == 3


def test_a_title_can_be_changed_and_is_checked(tmp_path):
    write(tmp_path / "abc")
    assert data_folder.rename(tmp_path / "abc", "  Tales \n of mine ").title == "Tales of mine"
    assert load_corpus(tmp_path / "abc").spec.title == "Tales of mine"
    for title in ("", " \n", "x" * 81):
        with pytest.raises(InputError, match="^A title has 1 to 80 characters; this one has"):
            data_folder.rename(tmp_path / "abc", title)
        with pytest.raises(InputError, match="^A title has"):
            write(tmp_path / "new", title=title)


def test_what_was_deleted_can_be_brought_back_for_a_day(tmp_path, monkeypatch):
    for name in ("abc", "old"):
        write(tmp_path / name)
    data_folder.delete(tmp_path / "old")
    data_folder.delete(tmp_path / "abc")
    assert [path for path in tmp_path.iterdir() if not path.name.startswith(".")] == []
    with pytest.raises(DataError, match=r"^This data set is not here any more"):
        load_corpus(tmp_path / "abc")
    data_folder.restore(tmp_path / "abc")
    assert load_corpus(tmp_path / "abc").read(RUNNING_TEXT, "test") == "The last."
    monkeypatch.setattr(atomic, "SECONDS_ASIDE", -1)
    data_folder.delete(tmp_path / "abc")
    with pytest.raises(InputError, match=r"^This cannot be brought back: it was removed for good\.$"):
        data_folder.restore(tmp_path / "old")
    with pytest.raises(InputError, match="^This cannot be deleted"):
        data_folder.delete(tmp_path / "old")


@pytest.mark.parametrize(
    "damage", ["no record", "not json", "a list", "unknown entry", "unknown content", "cut short", "gone", "other rows"]
)
def test_a_damaged_folder_is_one_sentence(tmp_path, damage):
    folder = tmp_path / "abc"
    write(folder)
    record = json.loads((folder / "data.json").read_text())
    changed = {
        "not json": "{",
        "a list": "[]",
        "unknown entry": json.dumps(record | {"more": 1}),
        "unknown content": json.dumps(record | {"content": "songs"}),
        "other rows": json.dumps(record | {"rows": record["rows"] | {"train": 4}}),
    }
    if damage in changed:
        (folder / "data.json").write_text(changed[damage])
    elif damage == "no record":
        (folder / "data.json").unlink()
    elif damage == "cut short":
        (folder / "train.parquet").write_bytes((folder / "train.parquet").read_bytes()[:-9])
    else:
        (folder / "train.parquet").unlink()
    with pytest.raises(DataError, match="damaged") as caught:
        load_corpus(folder)
    assert "\n" not in str(caught.value)
    assert str(tmp_path) not in str(caught.value)
    write(tmp_path / "whole")
    listed = data_folder.listed([folder, tmp_path / "whole", tmp_path / "nowhere"])
    assert (tmp_path / "whole") in [path for path, _ in listed]
