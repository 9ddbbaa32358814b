"""The generation page: what it writes is what the engine writes, and bad input gets one sentence and the default."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import pytest

from engine.decoding.limits import MAX_PROMPT_CHARACTERS, SamplingSettings
from engine.decoding.text import write_text
from engine.models.folder import load_model
from pages.components.generation.view import DEFAULT_PROMPT
from tests.pages.open import ROOT, alternative_texts, open_page, sentences, written

DEFAULTS = SamplingSettings()


def texts_of_networks(at) -> list[str]:
    """Return the three texts on the page, in the order RNN, LSTM, GRU; the prompt box's text begins each."""
    prompt = at.text_area(key="prompt").value
    return [text.value for text in at.text if text.value.startswith(prompt)]


def test_opens_with_three_texts_of_the_networks_themselves(models: Path) -> None:
    at = open_page("generation")
    assert not at.exception
    assert [title.value for title in at.title] == ["Generation"]
    truth = [
        DEFAULT_PROMPT + "".join(write_text(load_model(models / f"small-{cell}"), DEFAULT_PROMPT, DEFAULTS))
        for cell in ("rnn", "lstm", "gru")
    ]
    assert texts_of_networks(at) == truth
    assert "Wrote 1,200 characters" in written(at)
    assert "1.500 nats per character" in written(at)
    assert sentences(at) == []


def test_every_setting_reaches_the_network(models: Path) -> None:
    asked = {
        "prompt": "MARA:\nO",
        "temperature": "1.3",
        "top_k": "5",
        "top_p": "0.9",
        "max_new_tokens": "60",
        "seed": "11",
    }
    at = open_page("generation", **asked)
    settings = SamplingSettings(max_new_tokens=60, temperature=1.3, top_k=5, top_p=0.9, seed=11)
    expected = "".join(write_text(load_model(models / "small-lstm"), "MARA:\nO", settings))
    assert "MARA:\nO" + expected in texts_of_networks(at)


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("temperature", "-3", "between 0 and 3"),
        ("temperature", "abc", "a number"),
        ("temperature", "nan", "finite"),
        ("temperature", "inf", "finite"),
        ("top_p", "0", "between 0.01 and 1"),
        ("top_k", "2.5", "a whole number"),
        ("seed", "inf", "a whole number"),
        ("seed", "1e400", "a whole number"),
        ("max_new_tokens", "999999999", "between 1 and 2000"),
        ("model", "perceptron", "RNN, LSTM, GRU"),
        ("model", "<script>alert(1)</script>", "RNN, LSTM, GRU"),
    ],
)
def test_bad_value_in_the_url_gets_one_sentence_and_the_default(name: str, value: str, allowed: str) -> None:
    at = open_page("generation", **({"max_new_tokens": "20"} | {name: value, "prompt": "TOM:"}))
    assert not at.exception
    (sentence,) = sentences(at)
    assert f"{name} = {value[:40]}" in sentence
    assert allowed in sentence
    assert at.text_area(key="prompt").value == "TOM:", "what was good in the URL is kept"
    assert name not in at.query_params
    field = {"temperature": at.slider, "model": at.button_group}.get(name, at.number_input)
    default = "small-lstm" if name == "model" else getattr(DEFAULTS, name)
    assert field(key=name).value in (default, [default])


def test_several_bad_values_get_a_sentence_each() -> None:
    at = open_page("generation", temperature="-3", model="perceptron", seed="x")
    assert len(sentences(at)) == 3


def test_sentence_goes_when_the_visitor_changes_something() -> None:
    at = open_page("generation", temperature="-3", max_new_tokens="20")
    at.number_input(key="top_k").set_value(3)
    assert sentences(at.run()) == []


def test_whole_number_restored_by_streamlit_as_a_float_is_fine() -> None:
    at = open_page("generation", seed="5.0", max_new_tokens="20.0")
    assert sentences(at) == []
    assert at.number_input(key="seed").value == 5


def test_a_model_may_be_named_in_the_url() -> None:
    at = open_page("generation", model="small-gru", max_new_tokens="20")
    assert sentences(at) == []
    assert at.button_group(key="model").value in ("small-gru", ["small-gru"])


def test_unknown_characters_are_named() -> None:
    at = open_page("generation", prompt="Hж 😀 _you_ [a](b)", max_new_tokens="20")
    (note,) = [info.value.replace("\\", "") for info in at.info]
    assert "never seen: ж, 😀, _, [, ], (, )." in note
    assert texts_of_networks(at)[0].startswith("Hж 😀 _you_ [a](b)")


def test_huge_prompt_gets_a_sentence_and_stays_in_the_box() -> None:
    prompt = "x" * (MAX_PROMPT_CHARACTERS + 1)
    at = open_page("generation", prompt=prompt)
    (sentence,) = sentences(at)
    assert "2,001 characters" in sentence
    assert "2,000" in sentence
    assert at.text_area(key="prompt").value == prompt


def test_empty_prompt_starts_a_line(models: Path) -> None:
    at = open_page("generation", prompt="", max_new_tokens="30")
    assert not at.exception
    settings = SamplingSettings(max_new_tokens=30)
    expected = "".join(write_text(load_model(models / "small-lstm"), "", settings))
    assert expected in [text.value for text in at.text]


def test_next_character_is_measured_before_and_after_the_settings() -> None:
    at = open_page("generation", max_new_tokens="20", temperature="0")
    entropies = {metric.label: metric.value for metric in at.metric}
    assert entropies["Entropy after your settings"] == "0.00 nats"
    assert 0 < float(entropies["Entropy before your settings"].split()[0]) <= math.log(66)
    at = open_page("generation", max_new_tokens="20", top_k="1")
    cut = next(metric.value for metric in at.metric if metric.label.startswith("Cut away"))
    assert 0 < float(cut.split()[0]) < 100
    (alt,) = alternative_texts(at)
    assert "1 of 63 characters can still be drawn" in alt


def test_looking_back_in_the_text_changes_the_distribution() -> None:
    at = open_page("generation", max_new_tokens="40")
    at_end = [metric.value for metric in at.metric]
    end = at.slider(key="position").value
    at.slider(key="position").set_value(end - 10)
    at.run()
    assert not at.exception
    assert [metric.value for metric in at.metric] != at_end
    assert any(text.value.endswith("▏") for text in at.text)
    followed = texts_of_networks(at)[1][end - 10]
    name = {" ": "a space", "\n": "a new line"}.get(followed, f"“{followed}”")
    assert f"Here followed {name}: number" in written(at)


def test_place_in_the_text_follows_its_end_and_never_leaves_it() -> None:
    at = open_page("generation", max_new_tokens="40")
    end = at.slider(key="position").value
    at.number_input(key="max_new_tokens").set_value(20)
    at.run()
    assert at.slider(key="position").value == end - 20
    at.slider(key="position").set_value(5)
    at.number_input(key="max_new_tokens").set_value(40)
    at.run()
    assert at.slider(key="position").value == 5


def test_another_seed_writes_another_text() -> None:
    at = open_page("generation", max_new_tokens="40")
    before = texts_of_networks(at)
    at.button(key="again").click()
    at.run()
    assert at.number_input(key="seed").value != DEFAULTS.seed
    assert texts_of_networks(at) != before


@pytest.mark.parametrize("runtime", ["numpy", "onnx-int8"])
def test_receipt_gives_the_same_text_again(models: Path, runtime: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNROLLED_RUNTIME", runtime)
    at = open_page("generation", max_new_tokens="40", seed="3")
    monkeypatch.delenv("UNROLLED_RUNTIME")  # as on another machine, where another one is the fastest
    code = next(block.value for block in at.code if "write_text" in block.value)
    command = next(block.value for block in at.code if "engine generate" in block.value)
    assert command.startswith(f"UNROLLED_RUNTIME={runtime} python -m engine generate")
    assert f"os.environ['UNROLLED_RUNTIME'] = {runtime!r}" in code
    assert "load_model('small-lstm')" in code
    code = code.replace("'small-lstm'", repr(str(models / "small-lstm")))
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert DEFAULT_PROMPT + result.stdout[:-1] == texts_of_networks(at)[1]


def test_one_damaged_model_leaves_the_others(models: Path) -> None:
    weights = models / "small-rnn" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:100])
    at = open_page("generation", max_new_tokens="20")
    assert not at.exception
    assert len(texts_of_networks(at)) == 2


def test_no_model_at_all_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.models import folder

    monkeypatch.setattr(folder, "PRETRAINED", tmp_path / "nothing")
    at = open_page("generation")
    assert not at.exception
    (sentence,) = sentences(at)
    assert "No language model is installed" in sentence
