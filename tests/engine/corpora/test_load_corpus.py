"""Corpora: local mirror before Hub before built-in sample, the sentence says which, and what is wrong with one is said
once."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from engine.corpora import CORPORA, base, load_corpus, sources
from engine.corpora.base import HubLocation
from engine.corpora.labelled_texts import LABELLED_TEXTS
from engine.corpora.running_text import RUNNING_TEXT
from engine.corpora.sentence_pairs import SENTENCE_PAIRS
from engine.corpora.sentence_pairs.tatoeba_en_fr import from_translation
from engine.corpora.series import SERIES
from engine.errors import ConfigError, DataError

SPLITS = ("train", "validation", "test")
REAL = os.environ.get("UNROLLED_DATA", "")


@pytest.fixture
def hub(monkeypatch):
    """A Hub that answers with two rows per split; what it is asked is written down."""
    import datasets

    asked = []
    monkeypatch.setattr(sources, "is_hub_reachable", lambda: True)

    def read(hub, split):
        asked.append((hub.repository, hub.revision, hub.config or hub.files, split, hub.columns, hub.row_limit))
        rows = {
            "karpathy/tiny_shakespeare": [{"text": f"{split} of the Hub"}],
            "romrawinjp/multi30k": [{"en": f"en {split}", "fr": f"fr {split}"}],
            "Helsinki-NLP/opus-100": [{"translation": {"en": f"en {split}", "fr": f"fr {split}"}}],
        }[hub.repository]
        return datasets.Dataset.from_list([hub.adapt(row) if hub.adapt else row for row in rows])

    monkeypatch.setattr(sources, "read_hub_split", read)
    monkeypatch.setattr(sources, "check_hub_has", lambda repository, revision: None)
    return asked


@pytest.fixture
def no_mirror(monkeypatch, corpus_cache):
    monkeypatch.delenv("UNROLLED_DATA", raising=False)


def forbid(*arguments, **options):
    raise AssertionError("must not be asked")


def test_the_mirror_comes_first_and_the_network_is_not_asked(mirror, monkeypatch):
    monkeypatch.setattr(sources, "_ask_hub", forbid)
    corpus = load_corpus("tiny_shakespeare")
    assert corpus.source.kind == "mirror"
    assert corpus.source.location == str(mirror / "tiny_shakespeare")
    assert corpus.source.sentence == "Source: the local copy of Tiny Shakespeare in the UNROLLED_DATA folder."
    assert corpus.read(RUNNING_TEXT).startswith("The ferry left at noon")


def test_a_mirror_may_also_hold_an_embedded_sample_of_another_size(mirror, write_corpus):
    write_corpus(mirror / "saltmarsh", {split: [{"text": "mirrored"}] for split in SPLITS})
    assert load_corpus("saltmarsh").read(RUNNING_TEXT, "test") == "mirrored"


def test_the_hub_comes_second_at_its_pinned_revision(mirror, hub):
    corpus = load_corpus("tatoeba_en_fr")  # the mirror has no such folder
    spec = CORPORA.get("tatoeba_en_fr").hub
    assert corpus.source.kind == "hub"
    assert corpus.source.revision == spec.revision
    assert corpus.read(SENTENCE_PAIRS, "validation") == (["en validation"], ["fr validation"])
    columns, limit = spec.columns, spec.row_limit
    assert hub == [(spec.repository, spec.revision, spec.files, split, columns, limit) for split in SPLITS]
    assert corpus.source.sentence == (
        f"Source: Helsinki-NLP/opus-100 on the Hugging Face Hub, revision {spec.revision[:7]}. "
        "OPUS-100 stands in for Tatoeba, which the Hub holds only behind a loading script."
    )


def test_each_real_corpus_asks_the_hub_for_what_it_needs_only(no_mirror, hub):
    assert load_corpus("tiny_shakespeare").read(RUNNING_TEXT, "test") == "test of the Hub"
    assert load_corpus("multi30k_en_fr").read(SENTENCE_PAIRS) == (["en train"], ["fr train"])
    by_repository = {asked[0]: asked for asked in hub}
    assert by_repository["romrawinjp/multi30k"][4] == ("en", "fr")  # its images weigh 10 GB
    assert from_translation({"id": 3, "translation": {"en": "a", "fr": "b"}}) == {"en": "a", "fr": "b"}


def test_without_mirror_and_network_the_embedded_sample_stands_in_and_says_so(no_mirror):
    corpus = load_corpus("multi30k_en_fr")
    assert corpus.source.kind == "sample"
    assert corpus.source.location == "data/samples/phrasebook_en_fr"
    assert corpus.source.sentence == (
        "Source: the built-in sample Phrasebook English-French, because Multi30k English-French is not here and the "
        "Hub "
        "cannot be reached."
    )
    assert corpus.spec.name == "phrasebook_en_fr"
    assert len(corpus.read(SENTENCE_PAIRS)[0]) > 1000


def test_the_network_is_asked_once_for_all_corpora(no_mirror, monkeypatch):
    asked = []
    monkeypatch.setattr(sources, "_ask_hub", lambda timeout: bool(asked.append(timeout)))
    for name in ("tiny_shakespeare", "multi30k_en_fr", "tatoeba_en_fr", "tiny_shakespeare"):
        assert load_corpus(name).source.kind == "sample"
    assert len(asked) == 1


@pytest.mark.parametrize("name", ["saltmarsh", "phrasebook_en_fr"])
def test_samples_are_read_without_asking_the_network(no_mirror, monkeypatch, name):
    monkeypatch.setattr(sources, "_ask_hub", forbid)
    corpus = load_corpus(name)
    assert corpus.source.kind == "sample"
    assert re.fullmatch(r"Source: .+, shipped with this project\.", corpus.source.sentence)
    assert (Path(base.SAMPLES).parents[1] / corpus.source.location).is_dir()
    for split in SPLITS:
        assert len(corpus.splits[split]) > 0


def test_where_the_hub_is_there_and_fails_the_sample_stands_in_and_says_why(no_mirror, monkeypatch):
    def fail(repository, revision):
        raise sources.HubFailedError(f"{repository} could not be read: the Hub answered 503 Busy.")

    monkeypatch.setattr(sources, "is_hub_reachable", lambda: True)
    monkeypatch.setattr(sources, "check_hub_has", fail)
    corpus = load_corpus("sst2")
    assert (corpus.spec.name, corpus.source.corpus, corpus.source.stands_for) == ("opinions", "opinions", "SST-2")
    assert corpus.source.sentence == (
        "Source: the built-in sample Opinions, because stanfordnlp/sst2 could not be read: the Hub answered 503 Busy."
    )


def test_a_corpus_without_a_sample_says_that_nothing_can_be_reached(no_mirror, monkeypatch):
    name = "only_on_the_hub"
    spec = base.CorpusSpec(name, "Only there", RUNNING_TEXT, ("text",), "", "", "", hub=HubLocation("a/b", "main"))
    monkeypatch.setitem(CORPORA._entries, name, spec)
    with pytest.raises(
        DataError,
        match="Only there cannot be reached: no local copy in UNROLLED_DATA and no network to the Hub",
    ):
        load_corpus(name)


def test_an_unknown_corpus_is_answered_with_the_known_ones():
    with pytest.raises(ConfigError, match="Unknown corpus 'shakespear'; choose one of: .*tiny_shakespeare"):
        load_corpus("shakespear")


def test_missing_columns_are_named_with_those_that_are_there(tmp_path, monkeypatch, write_corpus):
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path))
    write_corpus(tmp_path / "multi30k_en_fr", {split: [{"en": "a", "de": "b", "id": 1}] for split in SPLITS})
    with pytest.raises(
        DataError, match=r"^The train split of multi30k_en_fr lacks the column fr; it has en, de, id\.$"
    ):
        load_corpus("multi30k_en_fr")


def test_a_missing_split_is_named(tmp_path, monkeypatch, write_corpus):
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path))
    write_corpus(tmp_path / "tiny_shakespeare", {split: [{"text": "a"}] for split in ("train", "test")})
    sentence = r"^The corpus in tiny_shakespeare has no split 'validation'; it needs train, validation, test\.$"
    with pytest.raises(DataError, match=sentence):
        load_corpus("tiny_shakespeare")


@pytest.mark.parametrize("written", ["parquet", "json"])
def test_an_empty_split_is_named(tmp_path, monkeypatch, write_corpus, written):
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path))
    splits = {split: [{"text": "a"}] for split in ("train", "validation")} | {"test": []}
    folder = write_corpus(tmp_path / "tiny_shakespeare", splits, columns=["text"])
    sentence = r"^The corpus folder 'tiny_shakespeare' cannot be read: test\.parquet is empty\.$"
    if written == "json":
        (folder / "test.parquet").unlink()
        (folder / "test.json").write_text("")
        readme = folder / "README.md"
        readme.write_text(readme.read_text().replace("parquet", "json"))
        for split in ("train", "validation"):
            (folder / f"{split}.parquet").rename(folder / f"{split}.json").write_text('{"text": "a"}\n')
        sentence = r"^The test split of tiny_shakespeare (is empty|lacks the column text)|test\.json is empty\.$"
    with pytest.raises(DataError, match=sentence):
        load_corpus("tiny_shakespeare")


def test_a_split_without_rows_is_empty_wherever_it_came_from(no_mirror, monkeypatch):
    import datasets

    empty = datasets.Dataset.from_dict({"text": []})
    monkeypatch.setattr(sources, "is_hub_reachable", lambda: True)
    monkeypatch.setattr(sources, "read_hub_split", lambda *asked: empty)
    monkeypatch.setattr(sources, "check_hub_has", lambda repository, revision: None)
    with pytest.raises(DataError, match=r"^The train split of tiny_shakespeare is empty\.$"):
        load_corpus("tiny_shakespeare")


def test_an_unreadable_mirror_is_one_sentence_and_not_replaced_in_silence(tmp_path, monkeypatch, write_corpus):
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path))
    folder = write_corpus(tmp_path / "tiny_shakespeare", {split: [{"text": "a"}] for split in SPLITS})
    (folder / "test.parquet").write_text("not parquet")
    with pytest.raises(DataError, match="^The corpus folder 'tiny_shakespeare' cannot be read: "):
        load_corpus("tiny_shakespeare")


def test_what_the_hub_lacks_is_named(no_mirror, hub, monkeypatch):
    import datasets

    monkeypatch.setattr(sources, "read_hub_split", lambda *asked: datasets.Dataset.from_list([{"en": "a", "de": "b"}]))
    with pytest.raises(DataError, match="The train split of multi30k_en_fr lacks the column fr; it has en, de"):
        load_corpus("multi30k_en_fr")


def test_text_and_pairs_are_not_mistaken_for_one_another(mirror):
    text, pairs = load_corpus("tiny_shakespeare"), load_corpus("multi30k_en_fr")
    english, french = pairs.read(SENTENCE_PAIRS, "test")
    assert (english[0], french[0]) == ("a dog runs", "un chien court")
    with pytest.raises(DataError, match="tiny_shakespeare holds running text, not sentence pairs"):
        text.read(SENTENCE_PAIRS)
    with pytest.raises(DataError, match="multi30k_en_fr holds sentence pairs, not running text"):
        pairs.read(RUNNING_TEXT)


def test_a_labelled_corpus_needs_no_test_split_and_its_sample_is_labelled_too(tmp_path, monkeypatch, write_corpus):
    rows = [{"sentence": "a fine film .", "label": 1}, {"sentence": "a dull one .", "label": 0}]
    write_corpus(tmp_path / "sst2", {"train": rows, "validation": rows})
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path))
    corpus = load_corpus("sst2")
    assert corpus.read(LABELLED_TEXTS, "validation") == (["a fine film .", "a dull one ."], [1, 0])
    with pytest.raises(DataError, match="sst2 holds labelled sentences, not running text"):
        corpus.read(RUNNING_TEXT)
    monkeypatch.delenv("UNROLLED_DATA")
    monkeypatch.setattr(sources, "is_hub_reachable", lambda: False)
    sample = load_corpus("sst2")
    assert sample.source.sentence.startswith("Source: the built-in sample Opinions, because SST-2 is not here")
    assert set(sample.read(LABELLED_TEXTS)[1]) == {0, 1}
    with pytest.raises(DataError, match="saltmarsh holds running text, not labelled sentences"):
        load_corpus("saltmarsh").read(LABELLED_TEXTS)


def test_rows_of_running_text_are_joined_by_line_breaks(tmp_path, monkeypatch, write_corpus):
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path))
    write_corpus(tmp_path / "saltmarsh", {split: [{"text": "one"}, {"text": "two"}] for split in SPLITS})
    assert load_corpus("saltmarsh").read(RUNNING_TEXT) == "one\ntwo"


def test_every_corpus_names_its_licence_origin_columns_and_a_sample_of_its_own_kind():
    for name, spec in CORPORA.items():
        assert spec.name == name
        assert spec.title
        assert spec.licence
        assert spec.weights_licence
        assert spec.origin
        assert spec.columns in {
            ("text",),
            ("en", "fr"),
            ("sentence", "label"),
            ("text", "label"),
            ("tokens", "ner_tags"),
            ("date", "value"),
            ("date", "OT"),
            ("series_id", "values"),
        }
        if not spec.sample:
            assert (base.SAMPLES / name / "README.md").is_file()
        else:
            assert CORPORA.get(spec.sample).content is spec.content
        assert bool(spec.labels) == (spec.content is LABELLED_TEXTS)
        assert bool(spec.series) == (spec.content is SERIES)
        if spec.hub is not None:
            assert re.fullmatch(r"[\w-]+/[\w-]+", spec.hub.repository)
            assert re.fullmatch(r"[0-9a-f]{40}", spec.hub.revision)  # a branch could change under a model


@pytest.mark.skipif(not REAL, reason="needs the real corpora in UNROLLED_DATA")
@pytest.mark.parametrize(
    ("name", "size"), [("tiny_shakespeare", 55_770), ("multi30k_en_fr", 1000), ("tatoeba_en_fr", 2000)]
)
def test_the_real_corpora_are_what_our_figures_say(corpus_cache, monkeypatch, name, size):
    monkeypatch.setenv("UNROLLED_DATA", REAL)
    corpus = load_corpus(name)
    assert corpus.source.kind == "mirror"
    found = corpus.read(corpus.spec.content, "test")
    assert len(found if corpus.spec.content is RUNNING_TEXT else found[0]) == size
    if name == "tiny_shakespeare":
        assert len(corpus.read(RUNNING_TEXT, "validation") + corpus.read(RUNNING_TEXT, "test")) == 111_540
