"""The time machine: each stage's text is what its weights write, the losses are the stored ones, damage is a
sentence."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from engine.decoding.limits import SamplingSettings
from engine.decoding.text import write_text
from engine.models.card import write_card
from engine.models.folder import LoadedModel, list_models, load_model, save_model
from engine.models.language_model import LanguageModel
from engine.models.training_snapshots import load_stage, write_stage
from pages.components.generation.view import DEFAULT_PROMPT
from tests.pages.charts import figure
from tests.pages.open import ROOT, alternative_texts, open_page, sentences, written

STEPS = [0, 1, 4, 20, 100]
LOSSES = [4.2, 4.1, 3.3, 2.5, 1.7]


@pytest.fixture
def history(models: Path) -> LoadedModel:
    """Return a model with five stages, each of other weights."""
    base = load_model(models / "small-lstm")
    for position, (step, loss) in enumerate(zip(STEPS, LOSSES, strict=True)):
        torch.manual_seed(50 + position)
        model = LanguageModel(**(base.model.config | {"hidden_size": 7}))
        torch.nn.init.normal_(model.output_bias, std=2.0)
        write_stage(models / "small-history", model, step, {"loss": loss}, None if step == 0 else loss + 0.1)
    facts = {"model": "language_model", "title": "Stages", "label": "Small LSTM", "group": "history", "metrics": {}}
    facts["training"] = {
        "command": "python -m engine train",
        "settings": {"seed": 2},
        "date": "2026-01-01",
        "hardware": "none",
        "sources": [],
        "steps": 100,
        "best_step": 100,
        "minutes": 1,
        "torch": "2",
        "commit": "0",
    }
    described = model.config | facts | {"task": "language_model", "parameters": model.parameter_count()}
    save_model(models / "small-history", model, base.tokenizer, facts, write_card("small-history", described))
    return load_model(models / "small-history")


def open_tool(**parameters: str) -> AppTest:
    """Return the page with the tool open."""
    return open_page("generation", tool="training_snapshots", **({"max_new_tokens": "30"} | parameters))


def expected(history: LoadedModel, step: int, prompt: str = DEFAULT_PROMPT, **settings) -> str:
    """Return the prompt and what the weights of a stage write after it."""
    chosen = SamplingSettings(**({"max_new_tokens": 30} | settings))
    return prompt + "".join(write_text(load_stage(history, step), prompt, chosen))


def texts(at: AppTest) -> list[str]:
    """Return the stages' texts, which come after those of the networks that write on the page."""
    prompt = at.text_area(key="prompt").value
    return [text.value for text in at.text if text.value.startswith(prompt)][3:]


def test_a_stage_stands_between_its_neighbours_with_its_loss(history: LoadedModel) -> None:
    at = open_tool(history_stage="3")
    assert not at.exception
    assert sentences(at) == []
    assert texts(at) == [expected(history, step) for step in (1, 4, 20)]
    assert len(set(texts(at))) == 3
    assert "Stage 3: 4 updates" in written(at)
    assert "3.30 nats, like choosing among 27.1 equal options" in written(at)
    assert "Half of all it ever gained was gained by stage 4, after 20 of 100 updates" in written(at)
    (words,) = alternative_texts(at)
    assert "the stage shown, after 4 updates, has 3.300, 3.400 while training" in words
    (validation,) = [
        trace for trace in figure(at, "training-history")["data"] if trace.get("name") == "On validation text"
    ]
    assert validation["y"] == pytest.approx(LOSSES)


@pytest.mark.parametrize(("stage", "steps"), [(1, [0, 1]), (5, [20, 100])])
def test_the_ends_have_one_neighbour(history: LoadedModel, stage: int, steps: list[int]) -> None:
    at = open_tool(history_stage=str(stage))
    assert texts(at) == [expected(history, step) for step in steps]


def test_the_slider_moves_text_and_loss(history: LoadedModel) -> None:
    at = open_tool()
    assert at.slider(key="history_stage").max == 5
    at.slider(key="history_stage").set_value(2)
    at.run()
    assert texts(at) == [expected(history, step) for step in (0, 1, 4)]
    assert "after 1 update, has 4.100" in alternative_texts(at)[0]
    assert "Stage 1: no update yet" in written(at)


def test_settings_and_beginning_of_the_page_are_the_stages_too(history: LoadedModel) -> None:
    at = open_tool(history_stage="5", prompt="TOM:", temperature="1.2", seed="9", top_k="6", model="small-gru")
    assert texts(at)[-1] == expected(history, 100, "TOM:", temperature=1.2, seed=9, top_k=6)


@pytest.mark.parametrize("damage", ["missing", "cut short"])
@pytest.mark.parametrize("stage", [3, 5])
def test_a_damaged_stage_is_one_sentence_and_the_others_go_on(history: LoadedModel, damage: str, stage: int) -> None:
    file = history.info.path / "stages" / "step-000004.safetensors"
    if damage == "missing":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:50])
    at = open_tool(history_stage=str(stage))
    assert not at.exception
    said = [*sentences(at), *(info.value.replace("\\", "") for info in at.info)]
    (sentence,) = [words for words in said if "after 4 updates" in words]
    assert ("is missing" if damage == "missing" else "damaged") in sentence
    assert texts(at) == [expected(history, step) for step in ((1, 20) if stage == 3 else (20, 100))]


def test_a_damaged_list_is_one_sentence(history: LoadedModel) -> None:
    (history.info.path / "stages" / "stages.json").write_text("[")
    at = open_tool()
    assert not at.exception
    assert sentences(at) == ["The list of stages of 'small-history' (stages/stages.json) is missing or damaged."]
    assert at.text_area(key="prompt").value == DEFAULT_PROMPT


def test_without_a_run_with_stages_it_says_how_to_make_one() -> None:
    at = open_tool()
    assert not at.exception
    assert any("No training run with stages is installed" in info.value.replace("\\", "") for info in at.info)


@pytest.mark.parametrize("value", ["0", "999", "x", "2.5"])
def test_a_bad_stage_in_the_address_is_one_sentence(history: LoadedModel, value: str) -> None:
    at = open_tool(history_stage=value)
    assert not at.exception
    (sentence,) = sentences(at)
    assert f"history_stage = {value}" in sentence


def test_a_stage_beyond_the_last_one_is_the_last_one(history: LoadedModel) -> None:
    at = open_tool(history_stage="120")
    assert not at.exception
    assert at.slider(key="history_stage").value == 5


def test_the_receipt_gives_the_text_and_the_losses_again(history: LoadedModel) -> None:
    at = open_tool(history_stage="3")
    code = next(block.value for block in at.code if "text_of_stage" in block.value)
    code = code.replace("'small-history'", repr(str(history.info.path)))
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.startswith(expected(history, 4).removeprefix(DEFAULT_PROMPT))
    assert re.search(r" 4 +3\.3 +3\.4 ", result.stdout)


def test_the_models_page_lists_the_finished_model_as_any_other(history: LoadedModel) -> None:
    listed = {info.name: info for info in list_models(history.info.path.parent)}
    assert listed["small-history"].to_json()["task"] == "language_model"
    assert listed["small-history"].error == ""
    at = open_page("models", model="small-history")
    assert not at.exception
    assert sentences(at) == []
