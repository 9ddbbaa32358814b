"""The models page: every folder listed, good ones with card and code that runs, damaged ones with their sentence."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from engine.corpora import CORPORA
from tests.pages.open import ROOT, open_page, sentences, written


def overview(at) -> dict[str, dict]:
    """Return the table of models by name."""
    return at.dataframe[0].value.set_index("model").to_dict("index")


def test_lists_every_model_with_its_numbers() -> None:
    at = open_page("models")
    assert not at.exception
    table = overview(at)
    names = ["small-rnn", "small-lstm", "small-gru", "small-en-fr-dot", "small-en-fr-none"]
    assert list(table) == names
    assert table["small-gru"]["measure"] == "1.520 nats per character"
    assert table["small-gru"]["parameters"] > 1000
    assert table["small-en-fr-dot"]["measure"] == "BLEU 12.5"
    assert {row["files"] for row in table.values()} == {"complete"}


def test_shows_the_card_without_its_yaml_head_and_with_small_headings() -> None:
    at = open_page("models", model="small-lstm")
    card = next(block.value for block in at.markdown if "## Small LSTM" in block.value)
    assert "pipeline_tag" not in card
    assert not card.startswith("---")
    assert "### Small LSTM" in card
    assert "1.51" in card
    assert "#### Limits" in card
    assert "write_text" not in card, "the code stands beside the card"


@pytest.mark.parametrize("name", ["small-lstm", "small-en-fr-dot"])
def test_the_three_lines_run(models: Path, name: str) -> None:
    at = open_page("models", model=name)
    lines = next(block.value for block in at.code if f'load_model("{name}")' in block.value)
    assert len(lines.splitlines()) == 3
    here = lines.replace(f'"{name}"', repr(str(models / name)))
    result = subprocess.run([sys.executable, "-c", here], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip()


def test_fingerprints_are_those_of_the_files(models: Path) -> None:
    at = open_page("models", model="small-gru")
    files = at.dataframe[1].value.set_index("file")["sha256"].to_dict()
    told = subprocess.run(
        ["sha256sum", str(models / "small-gru" / "model.safetensors")], capture_output=True, text=True, check=True
    )
    assert files["model.safetensors"] == told.stdout.split()[0]
    assert set(files) == {"README.md", "config.json", "model.safetensors", "tokenizer.json"}


def test_every_corpus_is_named_with_origin_and_terms(models: Path) -> None:
    for name in ("small-en-fr-dot", "small-en-fr-none"):
        file = models / name / "config.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | {"corpora": ["multi30k_en_fr", "one of my own"]}))
    at = open_page("models", model="small-lstm")
    table = at.dataframe[2].value.set_index("corpus")
    terms = CORPORA.get("multi30k_en_fr")
    assert table.loc[terms.title, "licence"] == terms.licence
    assert table.loc[terms.title, "weights"] == terms.weights_licence
    assert table.loc[terms.title, "networks"] == "small-en-fr-dot, small-en-fr-none"


def test_a_model_of_ones_own_has_its_own_name(models: Path) -> None:
    shutil.copytree(models / "small-lstm", models / "mine")
    at = open_page("generation")
    assert not at.exception
    assert "LSTM (mine)" in written(at)
    assert "LSTM (small-lstm)" in written(at)


def cut_weights(folder: Path) -> None:
    """Leave the first half of the weights, as an interrupted copy does."""
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def lose_tokenizer(folder: Path) -> None:
    """Remove a file, as a half-written folder lacks it."""
    (folder / "tokenizer.json").unlink()


def spoil_config(folder: Path) -> None:
    """Write something that is not JSON."""
    (folder / "config.json").write_text("{")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (cut_weights, "cut short"),
        (lose_tokenizer, "tokenizer.json missing"),
        (spoil_config, "config.json in 'small-rnn' is damaged"),
    ],
)
def test_a_damaged_folder_is_listed_with_its_sentence(models: Path, damage, words: str) -> None:
    damage(models / "small-rnn")
    at = open_page("models")
    assert not at.exception
    (sentence,) = sentences(at)
    assert words in sentence
    assert overview(at)["small-rnn"]["files"] == "cannot be used"
    assert "small-rnn" not in at.selectbox(key="model").options
    assert "Small LSTM" in written(at)


@pytest.mark.parametrize("name", ["nobody", "../../etc", "/etc/passwd", "<b>x</b>", "owner/name"])
def test_unknown_model_in_the_url_gets_one_sentence(name: str) -> None:
    at = open_page("models", model=name)
    assert not at.exception
    (sentence,) = sentences(at)
    assert f"model = {name}" in sentence
    assert "small-rnn, small-lstm" in sentence
    assert at.selectbox(key="model").value == "small-rnn"


def test_no_model_at_all_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.models import folder

    monkeypatch.setattr(folder, "PRETRAINED", tmp_path / "nothing")
    at = open_page("models")
    (sentence,) = sentences(at)
    assert "No model is installed" in sentence
