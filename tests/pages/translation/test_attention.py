"""The attention tool: links, edits, verdict and search are the engine's, the URL is their state, bad input a
sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.decoding.attention_settings import AttentionEdit
from engine.inspection.translation.attention_ablation import (
    Trial,
    open_trial,
    rest_sentence,
    trial_sentence,
    try_edit,
    verdict,
)
from engine.inspection.translation.attention_search import find_attention, first_piece, search_sentence
from engine.inspection.translation.search import inspect_search
from engine.models.folder import LoadedModel, load_model
from tests.pages.charts import figure, names
from tests.pages.open import open_page, sentences, written

NAME = "small-en-fr-dot"
SENTENCE = "A black dog runs"
LINK = {"tool": "Attention", "text": SENTENCE, "search": "greedy"}


@pytest.fixture
def loaded(models: Path) -> LoadedModel:
    """Return the small translator with attention."""
    return load_model(models / NAME)


@pytest.fixture
def trial(loaded: LoadedModel) -> Trial:
    """Return the trial of its greedy translation."""
    return open_trial(loaded, inspect_search(loaded, SENTENCE, 1, 0.0))


def test_opens_on_the_step_that_needs_its_attention_most(loaded: LoadedModel, trial: Trial) -> None:
    at = open_page("translation", **LINK)
    assert not at.exception
    step = trial.most_telling_step
    assert at.slider(key="attention_step").value == step
    word = trial.translation.source_words[trial.steps["looked_at_word"][step - 1]]
    report = try_edit(loaded, trial, step, AttentionEdit("remove", word.start, word.stop))
    for told in (verdict(trial, report), rest_sentence(report), trial_sentence(trial)):
        assert told in written(at)
    assert f"Changed: {'**' * report.is_rewritten}{report.rewritten_text}" in written(at)
    own, changed = (trace["y"] for trace in figure(at, "attention-edit")["data"])
    assert own == pytest.approx(report.own_weights.tolist(), abs=1e-6)
    assert changed == pytest.approx(report.edited_weights.tolist(), abs=1e-6)


def test_the_figure_of_all_steps_shows_the_controls(trial: Trial) -> None:
    drawn = figure(open_page("translation", **LINK), "attention-steps")["data"]
    for trace, column in zip(drawn, ("uniform", "removed", "shuffled"), strict=True):
        assert trace["y"] == pytest.approx(trial.steps[column].tolist(), abs=1e-6)


def test_a_link_carries_the_whole_trial(loaded: LoadedModel, trial: Trial) -> None:
    asked = {
        "attention_step": "2",
        "attention_kind": "Raise a word",
        "attention_word": "3 dog",
        "attention_share": "0.5",
    }
    at = open_page("translation", **LINK, **asked, attention_scope="In this step and all after it")
    word = trial.translation.source_words[2]
    assert word.text == "dog"
    edit = AttentionEdit("raise", word.start, word.stop, 0.5, scope="rest")
    report = try_edit(loaded, trial, 2, edit)
    assert sentences(at) == []
    assert verdict(trial, report) in written(at)
    assert rest_sentence(report) in written(at)


def test_each_kind_of_change_reaches_the_engine(loaded: LoadedModel, trial: Trial) -> None:
    at = open_page("translation", **LINK, attention_step="1")
    at.segmented_control(key="attention_kind").set_value("shuffle").run()
    at.number_input(key="attention_seed").set_value(5).run()
    report = try_edit(loaded, trial, 1, AttentionEdit("shuffle", seed=5))
    changed = figure(at, "attention-edit")["data"][1]["y"]
    assert changed == pytest.approx(report.edited_weights.tolist(), abs=1e-6)
    at.segmented_control(key="attention_kind").set_value("uniform").run()
    assert figure(at, "attention-edit")["data"][1]["y"] == pytest.approx([1 / len(changed)] * len(changed))


def test_the_links_show_the_step_and_a_click_goes_to_a_words_first_piece(trial: Trial) -> None:
    at = open_page("translation", **LINK, attention_step="2", unit="pieces")
    (marks,) = [trace for trace in figure(at, "attention-links")["data"] if trace.get("name") == "written"]
    assert marks["customdata"] == list(range(1, len(trial.translation.target_pieces) + 1))
    assert [symbol == "diamond" for symbol in marks["marker"]["symbol"]] == [
        position == 2 for position in marks["customdata"]
    ]


def test_the_search_finds_for_a_typed_word_what_the_engine_finds(loaded: LoadedModel, trial: Trial) -> None:
    at = open_page("translation", **LINK, attention_step="1", attention_search="true", attention_typed="plage")
    found = find_attention(loaded, trial, 1, first_piece(loaded, "plage"))
    assert search_sentence(found, "plage") in written(at)
    assert figure(at, "attention-found")["data"][1]["y"] == pytest.approx(found.found_weights.tolist(), abs=1e-4)
    at.text_input(key="attention_typed").set_value("").run()  # then it is the word chosen from the list
    chosen = int(at.selectbox(key="attention_wanted").value)
    assert search_sentence(find_attention(loaded, trial, 1, chosen)) in written(at)


@pytest.mark.parametrize(("typed", "said"), [("漢", "no subword tokens to spell"), ("<b>" * 40, "at most 60")])
def test_a_word_that_cannot_be_wanted_gets_a_sentence_and_stays(models: Path, typed: str, said: str) -> None:
    at = open_page("translation", **LINK, attention_search="true", attention_typed=typed)
    assert not at.exception
    assert any(said in sentence for sentence in sentences(at))
    assert at.text_input(key="attention_typed").value == typed
    assert "attention-found" not in " ".join(names(at))


@pytest.mark.parametrize(
    ("name", "value"),
    [("attention_step", "0"), ("attention_kind", "eat it"), ("attention_share", "7"), ("attention_word", "99 cat")],
)
def test_a_bad_link_gets_a_sentence(models: Path, name: str, value: str) -> None:
    kind = {} if name == "attention_kind" else {"attention_kind": "Raise a word"}
    at = open_page("translation", **LINK, **kind, **{name: value})
    assert not at.exception
    assert any(name in sentence for sentence in sentences(at))
    assert any("attention-edit" in drawn for drawn in names(at))


def test_the_only_word_cannot_be_removed(models: Path) -> None:
    at = open_page("translation", tool="Attention", text="dog", search="greedy")
    assert not at.exception
    assert any("only one word" in sentence for sentence in sentences(at))


def test_the_receipt_gives_the_verdict_again(
    models: Path, trial: Trial, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at = open_page("translation", **LINK, attention_search="true")
    receipts = list(dict.fromkeys(block.value for block in at.code if "attention_" in block.value))
    assert len(receipts) == 3, "two charts of one edit have the same"
    told = []
    for receipt in receipts:
        exec(compile(receipt, "receipt", "exec"), {})  # the page's own lines  # noqa: S102
        told.append(capsys.readouterr().out)
    step = at.slider(key="attention_step").value
    word = trial.translation.source_words[trial.steps["looked_at_word"][step - 1]]
    edit = AttentionEdit("remove", word.start, word.stop)
    report = try_edit(load_model(models / NAME), trial, step, edit)
    assert verdict(trial, report) in told[0]
    assert f"{trial.steps['uniform'].iloc[0]:.6f}"[:6] in told[1]
    assert any(said in written(at) for said in told[2].split(" [")[:1])
