"""Evaluation: the figures are sacreBLEU's and the scorer's own, and what was measured stands in config.json and
card."""

from __future__ import annotations

import dataclasses
import json
import math
import shutil
from pathlib import Path

import pandas as pd
import pytest
import sacrebleu
import torch
from torch.nn import functional

from engine.corpora import load_corpus
from engine.corpora.running_text import RUNNING_TEXT
from engine.corpora.sentence_pairs import SENTENCE_PAIRS
from engine.decoding.scoring import score_stream, score_windows
from engine.decoding.text import translate_lines
from engine.errors import DataError, InputError, ModelError
from engine.evaluation import evaluate_model, translation
from engine.evaluation.language_model import score_text
from engine.evaluation.translation import (
    add_bleu_by_length,
    bleu_by_length,
    forced_loss,
    reference_columns,
    translate_all,
)
from engine.models.card import write_card
from engine.models.folder import LoadedModel, load_model
from engine.models.language_model import LanguageModel
from engine.task_family import TASK_FAMILIES
from engine.text import TOKENIZERS

TEXT = "The fog sat on the boat.\nTOM: I saw it!\n" * 12


# Language models


def test_the_figures_of_a_text_are_the_scorers(reader):
    ids = torch.tensor(reader.tokenizer.encode(TEXT))
    first = reader.tokenizer.encode("\n")[0]
    for protocol, score in (("stream", score_stream), ("windows", score_windows)):
        nats = score(reader.model, ids, first_id=first)
        assert score_text(reader, TEXT, protocol) == {
            "protocol": protocol,
            "nats_per_character": round(nats, 4),
            "bits_per_character": round(nats / math.log(2), 4),
            "characters": len(TEXT),
            "unknown_tokens": 0,
        }
    assert score_text(reader, TEXT, "stream") != score_text(reader, TEXT, "windows")


def test_characters_are_counted_not_pieces():
    tokenizer = TOKENIZERS.get("bpe").train([TEXT], 60)
    torch.manual_seed(0)
    loaded = LoadedModel(None, LanguageModel(tokenizer.vocab_size, 6, 6, 1).eval(), tokenizer)
    ids = torch.tensor(tokenizer.encode(TEXT))
    assert len(ids) < len(TEXT) / 2
    per_piece = score_stream(loaded.model, ids, first_id=tokenizer.bos_id)
    found = score_text(loaded, TEXT, "stream")
    assert found["nats_per_character"] == pytest.approx(per_piece * len(ids) / len(TEXT), abs=1e-4)
    assert found["characters"] == len(TEXT)
    with pytest.raises(InputError, match="nothing in it that the model reads"):
        score_text(loaded, "   ", "stream")


def test_unknown_characters_are_counted(reader):
    assert score_text(reader, "The ☃ and the ☃", "stream")["unknown_tokens"] == 2


def test_windows_are_as_many_characters_for_pieces_as_for_characters():
    tokenizer = TOKENIZERS.get("pieces").train([TEXT], 60)
    torch.manual_seed(0)
    loaded = LoadedModel(None, LanguageModel(tokenizer.vocab_size, 6, 6, 1).eval(), tokenizer)
    text = (TEXT * 20)[:600]
    before, nats = tokenizer.encode("\n")[0], 0.0
    for window in (text[:256], text[256:512], text[512:]):
        ids = tokenizer.encode(window)
        nats += score_stream(loaded.model, torch.tensor(ids), first_id=before) * len(ids)
        before = ids[-1]
    assert score_text(loaded, text, "windows")["nats_per_character"] == pytest.approx(nats / 600, abs=1e-4)


def test_a_single_character_is_scored(reader):
    found = score_text(reader, "T", "windows")
    assert found["characters"] == 1
    assert found["nats_per_character"] == score_text(reader, "T", "stream")["nats_per_character"]


def test_no_text_and_no_such_protocol_are_refused(reader):
    with pytest.raises(InputError, match="The text to score is empty"):
        score_text(reader, "", "stream")
    with pytest.raises(InputError, match="Unknown protocol 'flow'; choose one of: stream, windows"):
        score_text(reader, TEXT, "flow")


@pytest.fixture
def reader_copy(language_model_folder, tmp_path) -> LoadedModel:
    return load_model(shutil.copytree(language_model_folder, tmp_path / "models" / "tiny-lstm"))


@pytest.fixture
def interpreter_copy(translator_folder, tmp_path) -> LoadedModel:
    return load_model(shutil.copytree(translator_folder, tmp_path / "models" / "tiny-en-fr"))


def test_a_language_model_is_measured_on_validation_and_test_text(reader_copy, mirror):
    corpus = load_corpus("tiny_shakespeare")
    text = corpus.read(RUNNING_TEXT, "validation") + corpus.read(RUNNING_TEXT, "test")
    found = evaluate_model(reader_copy)
    stream, windows = (score_text(reader_copy, text, protocol) for protocol in ("stream", "windows"))
    assert found["nats_per_character"] == stream["nats_per_character"]
    assert found["bits_per_character"] == stream["bits_per_character"]
    assert found["nats_per_character_windows"] == windows["nats_per_character"]
    assert found["bits_per_character_windows"] == windows["bits_per_character"]
    assert found["characters"] == len(text)
    assert found["test_set"] == f"Tiny Shakespeare, validation and test ({len(text):,} characters)"
    assert found["source"] == "mirror"


@pytest.mark.parametrize("which", ["reader_copy", "interpreter_copy"])
def test_what_was_measured_stands_in_the_config_and_the_card_and_nothing_else_changes(which, request, mirror):
    loaded = request.getfixturevalue(which)
    folder = loaded.info.path
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    evaluate_model(loaded, write=False)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    found = evaluate_model(loaded)
    after = load_model(folder)
    assert after.info.metrics == json.loads(json.dumps(found))
    assert after.info.config == loaded.info.config | {"metrics": found}
    assert after.info.card_text == write_card(loaded.info.name, after.info.config)
    known = {metric.name for metric in TASK_FAMILIES.get(loaded.info.task).metrics}
    shown = [str(value) for name, value in found.items() if name in known]
    assert shown
    assert all(f"| {value} |" in after.info.card_text for value in shown)
    for name in ("model.safetensors", "tokenizer.json"):
        assert (folder / name).read_bytes() == before[name]


def test_a_model_that_computes_no_numbers_is_refused_and_its_folder_left_alone(reader_copy, mirror):
    folder = reader_copy.info.path
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    with torch.no_grad():
        next(reader_copy.model.parameters()).fill_(float("nan"))
    with pytest.raises(ModelError, match=r"^The model 'tiny-lstm' computes no numbers: nats_per_character is nan\.$"):
        evaluate_model(reader_copy)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


@pytest.mark.parametrize("corpora", [None, [], "tiny_shakespeare"])
def test_a_folder_that_names_no_corpora_is_refused(reader_copy, corpora):
    config = {name: value for name, value in reader_copy.info.config.items() if name != "corpora"}
    config |= {} if corpora is None else {"corpora": corpora}
    odd = dataclasses.replace(reader_copy, info=dataclasses.replace(reader_copy.info, config=config))
    with pytest.raises(ModelError, match=r"^The config\.json of tiny-lstm names no corpora to measure it on\.$"):
        evaluate_model(odd)


# Translators


SOURCES = ["a dog runs", "the cat sees a dog", "a boat is small and here"]
REFERENCES = [
    ["un chien court", "le chien court"],
    ["le chat voit un chien"],
    ["un bateau est petit", "x", "y"],
]


def test_references_of_different_number_become_columns():
    assert reference_columns(REFERENCES) == [
        ["un chien court", "le chat voit un chien", "un bateau est petit"],
        ["le chien court", None, "x"],
        [None, None, "y"],
    ]
    assert reference_columns([["a"], ["b"]]) == [["a", "b"]]


def test_several_references_count_as_sacrebleu_counts_them():
    outputs = ["le chien court", "le chat voit un chien", "un bateau est petit"]
    columns = reference_columns(REFERENCES)
    assert sacrebleu.BLEU().corpus_score(outputs, columns).score == pytest.approx(100)
    assert sacrebleu.BLEU().corpus_score(outputs, columns[:1]).score < 100


@pytest.fixture
def two_corpora(mirror, write_corpus, interpreter_copy) -> LoadedModel:
    """The translator with a second training corpus whose test split has several references."""
    rows = [{"en": en, "fr": fr[0], "references": fr} for en, fr in zip(SOURCES, REFERENCES, strict=True)]
    write_corpus(mirror / "tatoeba_en_fr", {split: rows for split in ("train", "validation", "test")})
    config = interpreter_copy.info.config | {"corpora": ["multi30k_en_fr", "tatoeba_en_fr"]}
    return dataclasses.replace(interpreter_copy, info=dataclasses.replace(interpreter_copy.info, config=config))


def test_a_translator_is_measured_by_sacrebleu_itself(two_corpora, monkeypatch):
    # An untrained model scores nothing; one that knows half of the answers by heart scores something.
    known = dict(zip(SOURCES, (row[-1] for row in REFERENCES), strict=True))
    first_sources, first_references = load_corpus("multi30k_en_fr").read(SENTENCE_PAIRS, "test")
    known |= {en: fr for i, (en, fr) in enumerate(zip(first_sources, first_references, strict=True)) if i % 2 == 0}
    calls = []

    def by_heart(loaded, sources, beam_size):
        calls.append((len(sources), beam_size))
        return [known.get(source, "je ne sais pas le dire") for source in sources]

    monkeypatch.setattr(translation, "translate_all", by_heart)
    found = evaluate_model(two_corpora, write=False)
    outputs = by_heart(None, first_sources, 0)
    bleu = sacrebleu.BLEU()
    assert found["bleu"] == round(bleu.corpus_score(outputs, [first_references]).score, 2) > 0
    assert found["bleu_greedy"] == found["bleu"]
    assert found["chrf"] == round(sacrebleu.CHRF().corpus_score(outputs, [first_references]).score, 2)
    outputs, columns = by_heart(None, SOURCES, 0), reference_columns(REFERENCES)
    assert found["tatoeba_en_fr_bleu"] == round(sacrebleu.BLEU().corpus_score(outputs, columns).score, 2) > 0
    assert found["tatoeba_en_fr_chrf"] == round(sacrebleu.CHRF().corpus_score(outputs, columns).score, 2)
    assert "case:mixed" in found["signature"]
    assert "tok:13a" in found["signature"]
    assert "nrefs:1" in found["signature"]
    assert "nrefs:var" in found["tatoeba_en_fr_signature"]
    assert found["test_set"] == f"Multi30k English-French test ({len(first_sources)} sentences)"
    assert found["tatoeba_en_fr_test_set"] == "Tatoeba English-French test (3 sentences)"
    assert found["beam_size"] == 5
    assert calls[:3] == [(len(first_sources), 5), (len(first_sources), 1), (3, 5)]


def test_all_sentences_are_translated_in_order(interpreter):
    sources = ["the cat sees the dog", "a", "two dogs run"]
    found = translate_all(interpreter, sources, 2)
    expected = dict(translate_lines(interpreter, sources, beam_size=2))
    assert found == [expected[0], expected[1], expected[2]]


def test_the_forced_loss_is_the_mean_over_all_pieces(interpreter):
    tokenizer, total, pieces = interpreter.tokenizer, 0.0, 0
    sources, references = SOURCES * 25, [row[0] for row in REFERENCES] * 25  # more than the 64 read at once
    for source, reference in zip(SOURCES, (row[0] for row in REFERENCES), strict=True):
        ids, target = tokenizer.encode(source), tokenizer.encode(reference)
        with torch.no_grad():
            logits, _ = interpreter.model(
                torch.tensor([ids]), torch.tensor([len(ids)]), torch.tensor([[tokenizer.bos_id, *target]])
            )
        labels = torch.tensor([*target, tokenizer.eos_id])
        total += float(functional.cross_entropy(logits[0], labels, reduction="sum"))
        pieces += len(labels)
    assert forced_loss(interpreter, sources, references) == pytest.approx(total / pieces, rel=1e-4)


# By length


@pytest.fixture
def by_heart(monkeypatch):
    """Translate long sentences right and short ones wrong."""

    def answer(loaded, sources, beam_size):
        references = dict(zip(*load_corpus("multi30k_en_fr").read(SENTENCE_PAIRS, "test"), strict=True))
        return [references[source] if len(source.split()) >= 4 else "je ne sais pas le dire" for source in sources]

    monkeypatch.setattr(translation, "translate_all", answer)
    monkeypatch.setattr(translation, "LENGTH_BUCKETS", ((1, 3), (4, 5), (6, 60)))


def test_bleu_by_length_counts_each_sentence_in_its_bucket(interpreter, mirror, by_heart):
    sources, references = load_corpus("multi30k_en_fr").read(SENTENCE_PAIRS, "test")
    found = bleu_by_length(interpreter)
    lengths = [len(source.split()) for source in sources]
    expected = {"1-3": [n for n in lengths if n <= 3], "4-5": [n for n in lengths if 4 <= n <= 5]}
    assert list(found["bucket"]) == list(expected)  # no sentence, no row
    assert list(found["sentences"]) == [len(group) for group in expected.values()]
    assert list(found["mean_words"]) == pytest.approx([sum(group) / len(group) for group in expected.values()])
    chosen = [i for i, n in enumerate(lengths) if n < 4]
    score = (
        sacrebleu.BLEU().corpus_score(["je ne sais pas le dire"] * len(chosen), [[references[i] for i in chosen]]).score
    )
    assert list(found["bleu"]) == pytest.approx([round(score, 2), 100])
    assert set(found["model"]) == {"tiny-en-fr"}
    assert set(found["beam_size"]) == {5}


def test_the_table_by_length_replaces_a_models_rows_and_keeps_the_others(interpreter, mirror, by_heart, tmp_path):
    table = tmp_path / "deep" / "table.parquet"
    add_bleu_by_length(interpreter, table)
    first = pd.read_parquet(table)
    other = dataclasses.replace(interpreter, info=dataclasses.replace(interpreter.info, name="another"))
    add_bleu_by_length(other, table)
    add_bleu_by_length(interpreter, table)
    found = pd.read_parquet(table)
    assert list(found["model"]) == ["another"] * len(first) + ["tiny-en-fr"] * len(first)
    assert {"hardware", "commit", "date", "signature", "test_set"} <= set(found.columns)
    again = found[found["model"] == "tiny-en-fr"].reset_index(drop=True)
    pd.testing.assert_frame_equal(again, first)


def test_a_table_that_is_none_is_refused_before_anything_is_translated(interpreter, tmp_path, monkeypatch):
    monkeypatch.setattr(translation, "bleu_by_length", None)
    table = tmp_path / "table.parquet"
    table.write_text("not a table")
    with pytest.raises(DataError, match="is damaged"):
        add_bleu_by_length(interpreter, table)
    assert Path(table).read_text() == "not a table"
