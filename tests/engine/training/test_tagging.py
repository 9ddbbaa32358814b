"""Learning to tag: batches, dropped words, F1 as the judge, the recipe from corpus to folder, one going on from
another."""

from __future__ import annotations

import dataclasses
import os

import pytest
import torch
from seqeval.metrics import f1_score

from engine.corpora import load_corpus
from engine.corpora.tagged_sentences import TAGGED_SENTENCES
from engine.corpora.tagged_sentences.visit_grammar import ROWS, write_dataset
from engine.errors import DataError, ModelError
from engine.models.folder import load_model
from engine.models.tagger import TaggerConfig
from engine.recipes import RECIPES
from engine.recipes.run import train_recipe
from engine.recipes.tagging_recipe import TaggingRecipe, list_labels
from engine.text.bio import illegal_positions
from engine.text.word_list import list_words
from engine.training import Finished, TrainingSettings
from engine.training.tagging import TaggingObjective

TRAINING = TrainingSettings(max_steps=4, evaluate_every=2, log_every=1, average_decay=0.9, seed=3)
TINY = TaggingRecipe(
    "tiny-tagger",
    "Tiny",
    "ner_gmb",
    TaggerConfig(6, 4, 5, 3, hidden_size=6, dropout=0.4),
    training=TRAINING,
    vocab_size=30,
    least_count=1,
    batch_words=9,
)


def test_the_sample_is_what_its_grammar_writes_and_stands_in_for_both_corpora(monkeypatch, corpus_cache, tmp_path):
    monkeypatch.delenv("UNROLLED_DATA", raising=False)
    write_dataset(tmp_path)
    shipped = load_corpus("visits")
    import pandas as pd

    seen = set()
    for split, count in ROWS.items():
        words, tags = shipped.read(TAGGED_SENTENCES, split)
        made = pd.read_parquet(tmp_path / f"{split}.parquet")
        assert [list(row) for row in made["tokens"]] == words
        assert [list(row) for row in made["ner_tags"]] == tags
        assert not any(illegal_positions(row) for row in tags)
        seen |= {tuple(row) for row in words}
        assert len(words) == count
    assert len(seen) == sum(ROWS.values())  # no sentence twice
    for name, title in (("ner_gmb", "GMB entities"), ("ner_ewt", "UNER English-EWT")):
        corpus = load_corpus(name)
        assert (
            corpus.source.sentence
            == f"Source: the built-in sample Visits, because {title} is not in the UNROLLED_DATA folder."
        )
        assert corpus.read(TAGGED_SENTENCES, "test") == shipped.read(TAGGED_SENTENCES, "test")
    with pytest.raises(DataError, match="saltmarsh holds running text, not tagged sentences"):
        load_corpus("saltmarsh").read(TAGGED_SENTENCES)


def test_a_sentence_with_too_few_tags_is_named(tmp_path, monkeypatch, write_corpus):
    rows = [{"tokens": ["a", "b"], "ner_tags": ["O"]}]
    write_corpus(tmp_path / "ner_ewt", {split: rows for split in ("train", "validation", "test")})
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path))
    with pytest.raises(DataError, match="Sentence 0 of ner_ewt test has 2 words but 1 tags"):
        load_corpus("ner_ewt").read(TAGGED_SENTENCES, "test")


@pytest.mark.skipif(not os.environ.get("UNROLLED_DATA"), reason="needs the real corpora in UNROLLED_DATA")
def test_the_real_corpora_are_what_our_figures_say(corpus_cache):
    assert len(load_corpus("ner_gmb").read(TAGGED_SENTENCES, "test")[0]) == 4802
    assert len(load_corpus("ner_ewt").read(TAGGED_SENTENCES, "test")[0]) == 864


@pytest.fixture
def objective(tagged_mirror):
    corpus = load_corpus("ner_gmb")
    train = corpus.read(TAGGED_SENTENCES)
    tokenizer = list_words(train[0], 40)
    return TaggingObjective(
        train, train, tokenizer, list_labels(train[1]), batch_words=9, word_dropout=0.0, rare_dropout=2.0, seed=1
    )


def test_every_pass_reads_every_sentence_once_and_is_a_function_of_the_seed(objective):
    for epoch in (0, 1):
        plan = objective.plan(epoch)
        assert sorted(position for batch in plan for position in batch) == [0, 1, 2, 3]
        assert all(
            len(batch) * max(len(objective.train[position][0]) for position in batch) <= 9 or len(batch) == 1
            for batch in plan
        )
    later = objective.batch(5)
    objective.batch(0)
    assert torch.equal(objective.batch(5).features.word_ids, later.features.word_ids)
    assert torch.equal(objective.batch(5).tags, later.tags)


def test_rare_words_are_dropped_more_often_than_frequent_ones(objective):
    table, unknown = objective.table, objective.unk_id
    oslo, rained = (int(table.word_ids[table.positions[word]]) for word in ("Oslo", "rained"))
    share = objective.drop_share
    assert float(share[oslo]) == pytest.approx(2 / (2 + 2))
    assert float(share[rained]) == pytest.approx(2 / (2 + 1))
    dropped = [objective.batch(position).features.word_ids for position in range(40)]
    counted = [int((ids == unknown).sum()) for ids in dropped]
    assert 0 < sum(counted) < sum(ids.numel() for ids in dropped)


def test_the_figure_that_decides_is_the_f1_of_seqeval(objective, tagged_mirror):
    recipe = dataclasses.replace(TINY, model=dataclasses.replace(TINY.model, crf=False))
    model = recipe.prepare(TRAINING).model.eval()
    with torch.no_grad():
        model.forward_emission.weight.mul_(30)
    batch = objective.collate(objective.validation)
    tags = [[objective.labels[tag] for tag in row] for row in model.decode(batch.features)]
    measured = objective.evaluate(model)
    assert measured["f1"] == pytest.approx(f1_score(objective.gold, tags))
    assert measured["loss"] == pytest.approx(1 - measured["f1"])


def test_a_recipe_ends_in_a_folder_and_another_goes_on_from_it(tagged_mirror, tmp_path, monkeypatch):
    second = dataclasses.replace(TINY, name="second", start_from="tiny-tagger", corpus="ner_ewt", vocab_size=60)
    for recipe in (TINY, second):
        monkeypatch.setitem(RECIPES._entries, recipe.name, recipe)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        ModelError,
        match="second goes on from a model that is not in runs; train it first: python -m engine train --recipe "
        "tiny-tagger",
    ):
        second.prepare(TRAINING)
    events = list(train_recipe("tiny-tagger", "runs/tiny-tagger"))
    assert isinstance(events[-1], Finished)
    first = load_model(tmp_path / "runs" / "tiny-tagger")
    assert first.info.task == "tagging"
    assert first.info.config["labels"] == [
        "O",
        *(f"{letter}-{kind}" for kind in ("geo", "org", "per", "tim") for letter in "BI"),
    ]
    assert "a CRF over 9 tags" in first.info.card_text
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path / "nothing"))  # English-EWT's sample: other words and tags
    prepared = second.prepare(TRAINING)
    assert prepared.started_from["steps"] == 4
    assert [prepared.tokenizer.token(position) for position in range(first.tokenizer.vocab_size)] == [
        first.tokenizer.token(position) for position in range(first.tokenizer.vocab_size)
    ]
    assert prepared.tokenizer.vocab_size == 60
    weights, before = prepared.model.state_dict(), first.model.state_dict()
    assert torch.equal(weights["forwards.weight_hh_l0"], before["forwards.weight_hh_l0"])
    assert torch.equal(weights["embedding.weight"][: len(before["embedding.weight"])], before["embedding.weight"])
    assert torch.equal(weights["embedding.weight"][-1], before["embedding.weight"][first.tokenizer.unk_id])
    assert weights["forward_emission.weight"].shape[0] == 11
    with pytest.raises(ModelError, match="has another hidden_size than second"):
        dataclasses.replace(second, model=dataclasses.replace(TINY.model, hidden_size=7)).prepare(TRAINING)


def test_the_compared_taggers_differ_in_one_thing_each():
    for first, prefix in (("gmb-compared-", "gmb-"), ("ewt-alone-", "ewt-alone-")):
        names = (f"{first}bilstm-crf", f"{prefix}bilstm", f"{prefix}lstm-crf")
        base, softmax, forward = (RECIPES.get(name) for name in names)
        for other, changed in ((softmax, "crf"), (forward, "bidirectional")):
            assert getattr(base.model, changed) != getattr(other.model, changed)
            model = dataclasses.replace(other.model, **{changed: getattr(base.model, changed)})
            alike = dataclasses.replace(other, name=base.name, title=base.title, label=base.label, model=model)
            assert alike == base


def test_no_sentences_are_refused(objective):
    with pytest.raises(DataError, match="There is no tagged sentence to learn from"):
        TaggingObjective(([], []), ([["a"]], [["O"]]), list_words([["a"]], 9), ["O"])
