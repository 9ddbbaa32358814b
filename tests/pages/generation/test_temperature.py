"""Temperature, Next character stage by stage, and Copy check: what they show is what the engine finds; bad input gets a
sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.decoding.limits import SamplingSettings
from engine.inspection.writing import copy_index
from engine.inspection.writing.copies import check_copies
from engine.inspection.writing.copy_index import build_index, save_index
from engine.inspection.writing.temperatures import TEMPERATURES, loop_sentence, marked_loop, summarise_curve, write_at
from engine.models.folder import load_model
from pages.components.generation.view import DEFAULT_PROMPT
from tests.pages.charts import figure
from tests.pages.open import alternative_texts, open_page, sentences, written

SETTINGS = SamplingSettings(max_new_tokens=120)
LINE = "The ferry left at noon, and nobody on the quay waved a hand.\n"
SHORT = {"max_new_tokens": "120", "tool": "Temperature"}
COPIES = {"max_new_tokens": "60", "tool": "Copy check"}


@pytest.fixture
def indexed(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Say in the models' cards that they learnt from a text of a few lines, and ship its index."""
    monkeypatch.setattr(copy_index, "INDEXES", tmp_path / "indexes")
    index = build_index(
        LINE * 3 + "MARA:\nO that this fog would lift.\n", {"title": "Three lines", "parts": [[4, "Fog"]]}
    )
    for file in models.glob("small-*/config.json"):
        file.write_text(json.dumps(json.loads(file.read_text()) | {"corpora": ["tiny"]}))
    return save_index(index, tmp_path / "indexes" / "tiny.safetensors")


def test_six_texts_are_those_of_the_engine_with_their_loops(models: Path, indexed: Path) -> None:
    at = open_page("generation", **SHORT)
    assert not at.exception
    lstm = load_model(models / "small-lstm")
    truth = [write_at(lstm, DEFAULT_PROMPT, SETTINGS, temperature) for temperature in TEMPERATURES]
    shown = [text.value for text in at.text]
    for found in truth:
        assert marked_loop(found) in shown
        if found.measures.loop:
            assert loop_sentence(found) in written(at)
    assert "greedy: the limit towards 0" in written(at)
    table = next(frame.value for frame in at.dataframe if "distinct_1" in frame.value)
    assert table["temperature"].tolist() == list(TEMPERATURES)
    assert table["entropy"].tolist() == pytest.approx([found.entropy for found in truth])
    assert table["is_loop"].tolist() == [found.measures.loop is not None for found in truth]
    assert "has not been measured beforehand" in [info.value.replace("\\", "") for info in at.info][0]


def test_curve_is_measured_with_the_visitors_settings(models: Path, indexed: Path) -> None:
    at = open_page(
        "generation", **SHORT | {"temperature_curve": "My beginning, now", "prompt": "MARA:\n", "max_new_tokens": "40"}
    )
    assert not at.exception
    from engine.inspection.writing.temperatures import curve_of

    truth = summarise_curve(curve_of(load_model(models / "small-lstm"), "MARA:\n", SamplingSettings(max_new_tokens=40)))
    lines = [trace for trace in figure(at, "temperature-curve")["data"] if trace.get("mode") == "lines+markers"]
    assert lines[0]["x"] == truth["temperature"].tolist()
    assert lines[0]["y"] == pytest.approx(truth["entropy_mean"].tolist())
    assert lines[2]["y"] == pytest.approx((100 * truth["known_words_mean"]).tolist(), nan_ok=True)
    assert len(lines) == 4
    (alt,) = alternative_texts(at)
    assert "from temperature 0 to 1.5" in alt


def test_without_an_index_there_is_no_novelty_but_all_else(models: Path) -> None:
    at = open_page("generation", **SHORT | {"temperature_curve": "My beginning, now", "max_new_tokens": "40"})
    assert not at.exception
    assert "words that exist unknown" in written(at)
    assert (
        len([trace for trace in figure(at, "temperature-curve")["data"] if trace.get("mode") == "lines+markers"]) == 2
    )


def test_receipt_of_the_texts_gives_the_table_again(models: Path, indexed: Path, capsys: pytest.CaptureFixture) -> None:
    at = open_page("generation", **SHORT | {"max_new_tokens": "40"})
    code = next(block.value for block in at.code if "write_at" in block.value)
    code = code.replace("'small-lstm'", repr(str(models / "small-lstm")))
    capsys.readouterr()
    exec(code, {})
    printed = capsys.readouterr().out
    table = next(frame.value for frame in at.dataframe if "distinct_1" in frame.value)
    for entropy in table["entropy_before"]:
        assert f"{entropy:.4f}"[:5] in printed


def test_stages_show_what_each_setting_does(models: Path) -> None:
    asked = {"max_new_tokens": "30", "temperature": "1.5", "top_k": "6", "top_p": "0.8", "next_token_stages": "true"}
    at = open_page("generation", **asked)
    assert not at.exception
    bars = [trace for trace in figure(at, "next-character-stages")["data"] if trace["type"] == "bar"]
    assert len(bars) == 4
    network, temperature, top_k, top_p = ([value for value in trace["y"] if value > 0] for trace in bars)
    assert len(top_k) == 6
    assert len(top_p) < 6
    assert max(temperature) < max(network), "above 1 the likeliest loses"
    assert sum(top_k) == pytest.approx(100)
    assert sum(top_p) == pytest.approx(100)
    cut = next(metric.value for metric in at.metric if metric.label.startswith("Cut away"))
    along = next(frame.value for frame in at.dataframe if "mass_cut" in frame.value and "position" in frame.value)
    assert len(along) == len(DEFAULT_PROMPT) + 30 + 1
    assert f"{100 * along['mass_cut'].iloc[-1]:.1f} %" == cut


def test_copied_stretches_of_an_own_text_with_their_places(models: Path, indexed: Path) -> None:
    text = "He said: nobody on the quay waved a hat. MARA:\nO that this fog is thick"
    at = open_page("generation", **COPIES, copies_text=text, copies_minimum="15")
    assert not at.exception
    assert sentences(at) == []
    spans = next(frame.value for frame in at.dataframe if "positions" in frame.value)
    assert spans["text"].tolist() == [" nobody on the quay waved a ha", "MARA:↵O that this fog "]
    assert spans["positions"].tolist() == [3, 1]
    assert spans["line"].tolist() == [1, 4]
    assert spans["part"].tolist() == ["", "Fog"]
    copied = next(metric.value for metric in at.metric if metric.label == "Copied")
    assert copied == f"{100 * check_copies(load_model(models / 'small-lstm'), text).coverage(15):.1f} %"
    marked = next(trace for trace in figure(at, "copies-text")["data"] if trace.get("name") == "marked")
    edges = [x for x in marked["x"] if x is not None]
    assert sum(edges[1::2]) - sum(edges[::2]) == 30 + 22
    strict = open_page("generation", **COPIES, copies_text=text, copies_minimum="25")
    assert next(metric.value for metric in strict.metric if metric.label == "Longest stretch") == "30 characters"


def test_what_the_network_wrote_is_checked_without_the_prompt(models: Path, indexed: Path) -> None:
    at = open_page("generation", **COPIES, prompt=LINE)
    assert not at.exception
    assert next(metric.value for metric in at.metric if metric.label == "Copied") == "0.0 %"
    assert "of 60 characters" in written(at)


@pytest.mark.parametrize("name", ["copies_minimum", "temperature_curve"])
def test_bad_value_in_the_url_gets_a_sentence(indexed: Path, name: str) -> None:
    at = open_page(
        "generation", **COPIES | {"tool": "Copy check" if name == "copies_minimum" else "Temperature", name: "5"}
    )
    assert not at.exception
    (sentence,) = sentences(at)
    assert ("between 12 and 60" if name == "copies_minimum" else "Measured beforehand, My beginning, now") in sentence


def test_huge_text_gets_a_sentence(models: Path, indexed: Path) -> None:
    at = open_page("generation", **COPIES)
    at.text_area(key="copies_text").set_value("y" * 100_000).run()
    assert not at.exception
    assert sentences(at) == ["The text has 100,000 characters; at most 20,000 are checked at once."]
    assert len(at.text_area(key="copies_text").value) == 100_000, "nothing is lost"


def test_missing_index_gets_a_sentence(models: Path, indexed: Path) -> None:
    indexed.unlink()
    at = open_page("generation", **COPIES)
    (sentence,) = sentences(at)
    assert "no index of the training text 'tiny'" in sentence


def test_emoji_greek_and_markup_are_only_text(models: Path, indexed: Path) -> None:
    at = open_page("generation", **COPIES, copies_text="<b>Δώσ' μοι</b> 🌊🌊 $x$ [a](b) **c**")
    assert not at.exception
    assert next(metric.value for metric in at.metric if metric.label == "Copied") == "0.0 %"
