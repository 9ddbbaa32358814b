"""Every test sentence by itself: the scores are sacreBLEU's, the rows belong to the weights, and no text is kept."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
import sacrebleu

from engine.command_line import main
from engine.corpora import load_corpus
from engine.decoding.forced import forced
from engine.decoding.text import encode_sources
from engine.errors import DataError
from engine.evaluation.translation import evaluate_translator, forced_loss, translate_all
from engine.evaluation.translation_sentences import add_sentences, sentence_scores
from engine.inspection.stored.sentence_scores import read_table, stored_sentences
from engine.models.card import write_card
from engine.models.folder import LoadedModel, load_model
from tests.engine.conftest import TINY_PAIRS

SOURCES, TARGETS = ([pair[side] for pair in TINY_PAIRS] for side in (0, 1))


@pytest.fixture
def measured(interpreter: LoadedModel, mirror: Path) -> pd.DataFrame:
    return sentence_scores(interpreter, "multi30k_en_fr")


def test_scores_are_sacrebleus(interpreter, measured):
    outputs = translate_all(interpreter, SOURCES, 5)
    for row, output, target in zip(measured.itertuples(), outputs, TARGETS, strict=True):
        assert row.chrf == pytest.approx(sacrebleu.sentence_chrf(output, [target]).score, abs=0.01)
        assert row.bleu == pytest.approx(sacrebleu.sentence_bleu(output, [target]).score, abs=0.01)
        assert row.ter == pytest.approx(sacrebleu.sentence_ter(output, [target]).score, abs=0.01)
        assert row.output_words == len(output.split())
    assert measured["corpus_bleu"][0] == pytest.approx(sacrebleu.corpus_bleu(outputs, [TARGETS]).score, abs=0.01)
    assert measured["corpus_chrf"][0] == pytest.approx(sacrebleu.corpus_chrf(outputs, [TARGETS]).score, abs=0.01)
    assert measured["corpus_ter"][0] == pytest.approx(sacrebleu.corpus_ter(outputs, [TARGETS]).score, abs=0.01)
    assert measured["bleu_signature"][0].startswith("nrefs:1|case:mixed|eff:no|tok:13a")


def test_forced_nats_are_those_of_a_forced_decoding(interpreter, measured):
    tokenizer = interpreter.tokenizer
    for row, source, target in zip(measured.itertuples(), SOURCES, TARGETS, strict=True):
        ids = tokenizer.encode(target)
        taught = forced(
            interpreter.model,
            *encode_sources(interpreter, [source]),
            ids,
            bos_id=tokenizer.bos_id,
            eos_id=tokenizer.eos_id,
        )
        assert row.forced_nats == pytest.approx(-float(taught.log_probs.sum()), abs=1e-3)
        assert row.reference_pieces == len(ids) + 1
    mean = measured["forced_nats"].sum() / measured["reference_pieces"].sum()
    assert mean == pytest.approx(forced_loss(interpreter, SOURCES, TARGETS), abs=1e-4)


def test_the_evaluation_gives_the_same_figures_and_the_card_shows_them(interpreter, measured, mirror):
    found = evaluate_translator(interpreter)
    for name in ("bleu", "chrf", "ter"):
        assert found[name] == measured[f"corpus_{name}"][0]
    assert found["ter_signature"] == measured["ter_signature"][0]
    card = write_card(
        "tiny",
        interpreter.info.config | {"metrics": found | {"measured_on": "today", "hardware": "none", "commit": "0"}},
    )
    assert f"| TER, beam 5 | {found['ter']} | lower is better |" in card
    assert found["chrf_signature"] in card


def test_several_references_count_as_sacrebleu_counts_them(interpreter, tmp_path, monkeypatch, write_corpus):
    pairs = [
        {"en": en, "fr": fr, "references": [fr, fr.upper()][: 1 + position % 2]}
        for position, (en, fr) in enumerate(TINY_PAIRS)
    ]
    write_corpus(tmp_path / "data" / "multi30k_en_fr", {split: pairs for split in ("train", "validation", "test")})
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path / "data"))
    frame = sentence_scores(interpreter, "multi30k_en_fr")
    assert list(frame["references"]) == [1, 2] * 4
    outputs = translate_all(interpreter, SOURCES, 5)
    assert frame["ter"][1] == pytest.approx(sacrebleu.sentence_ter(outputs[1], pairs[1]["references"]).score, abs=0.01)
    assert "nrefs:var" in frame["ter_signature"][0]


def test_the_other_direction_is_measured_the_other_way_round(interpreter, mirror, tmp_path, change_config):
    folder = shutil.copytree(interpreter.info.path, tmp_path / "tiny-fr-en")
    change_config(folder, source_language="fr", target_language="en")
    loaded = load_model(folder)
    frame = sentence_scores(loaded, "multi30k_en_fr")
    assert list(frame["source_words"]) == [len(text.split()) for text in TARGETS]
    assert frame["chrf"][0] == pytest.approx(
        sacrebleu.sentence_chrf(translate_all(loaded, TARGETS, 5)[0], [SOURCES[0]]).score, abs=0.01
    )


def test_no_text_of_a_corpus_is_in_the_table(interpreter, mirror, tmp_path):
    table = tmp_path / "scores.parquet"
    add_sentences(interpreter, table)
    assert not {"source", "reference"} & set(pd.read_parquet(table).columns)  # the page's names for the texts it joins
    stored = "\n".join(map(str, pd.read_parquet(table).to_numpy().ravel()))
    for text in [*SOURCES, *TARGETS, *translate_all(interpreter, SOURCES, 5)]:
        assert text not in stored


def test_rows_are_replaced_and_belong_to_the_weights(interpreter, mirror, tmp_path):
    table = tmp_path / "scores.parquet"
    assert main(["evaluate", "--model", str(interpreter.info.path), "--dry-run", "--sentences", str(table)]) == 0
    add_sentences(interpreter, table)
    name, folder = interpreter.info.name, str(interpreter.info.path)
    stored = stored_sentences(name, folder, str(table))
    assert len(read_table(table)) == len(stored)
    assert dict(stored["corpus"].value_counts()) == {"multi30k_en_fr": len(TINY_PAIRS), "phrasebook_en_fr": 400}
    other = shutil.copytree(interpreter.info.path, tmp_path / name)
    with (other / "model.safetensors").open("ab") as stream:
        stream.write(b"\0")
    assert stored_sentences(name, str(other), str(table)).empty


def test_a_damaged_table_is_found_out_before_anything_is_translated(interpreter, mirror, tmp_path, monkeypatch):
    table = tmp_path / "scores.parquet"
    table.write_bytes(b"no table")
    monkeypatch.setattr("engine.evaluation.translation_sentences.translate_all", lambda *_: pytest.fail("translated"))
    with pytest.raises(DataError, match=r"scores\.parquet is damaged"):
        add_sentences(interpreter, table)
    assert load_corpus("multi30k_en_fr").source.kind == "mirror"
