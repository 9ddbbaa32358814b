"""What stands around figures: downloads that are safe to open, names and cards of networks as Markdown."""

from __future__ import annotations

import codecs
import io
from pathlib import Path

import pandas as pd
import pytest

from engine.models.folder import ModelInfo
from engine.plotting import theme
from pages.components.drawing import figures
from pages.components.owning import networks


def test_download_is_the_table() -> None:
    table = pd.DataFrame({"token": ["a", "é", "😀"], "share": [0.5, 0.25, -0.25]})
    file = figures.to_csv(table)
    assert file.startswith(codecs.BOM_UTF8), "else Excel takes it for Windows-1252"
    again = pd.read_csv(io.BytesIO(file))
    pd.testing.assert_frame_equal(again, table, check_dtype=False)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "=cmd|' /C calc'!A0"])
def test_download_holds_no_formula(text: str) -> None:
    csv = figures.to_csv(pd.DataFrame({"token": [text], "n": [-1]})).decode("utf-8-sig")
    cell = pd.read_csv(io.StringIO(csv))["token"][0]
    assert cell == f"'{text}"
    assert csv.rstrip().endswith(",-1"), "numbers stay numbers"


def test_rows_of_a_table_say_where_they_come_from() -> None:
    rows = pd.DataFrame({"model": ["b", "a"], "date": "2026-01-02", "commit": ["2", "1"], "hardware": "two cores"})
    receipt = figures.measured_receipt(rows, python="", model="both", data=figures.all_of(rows, "corpus"))
    assert receipt.measured == "2026-01-02, commit 1, 2, on two cores"
    assert (receipt.model, receipt.data) == ("both", "not recorded")


def test_every_architecture_has_a_mark_of_its_own() -> None:
    marks = [networks.mark(name) for name in theme.architecture_names()]
    assert len(set(marks)) == len(marks)


def test_a_metric_is_found_however_it_is_grouped() -> None:
    metrics = {"note": "x", "stream": {"nats_per_character": 1.5}, "multi30k": {"test_2016": {"bleu": 50}}}
    assert networks.find_metric(metrics, "nats_per_character") == 1.5
    assert networks.find_metric(metrics, "bleu") == 50
    assert networks.find_metric(metrics, "chrf") is None
    assert networks.find_metric({"bleu": True, "nats": "1"}, "nats") is None


def test_a_title_from_a_folder_is_shown_as_text() -> None:
    info = ModelInfo("x", Path("x"), title="![x](http://x.invalid) <b>", architecture="gru", task="language_model")
    line = networks.line(info)
    assert line.startswith(":green[■] ")
    assert "![x](" not in line
    assert "<b>" not in line


def test_card_body_keeps_the_words_and_drops_the_frame() -> None:
    card = "---\ntags:\n- x\n---\n\n# Title\n\n## Use\n\n```python\nload()\n```\n\n## Training\n\n```sh\ntrain\n```\n"
    assert networks.card_body(card) == "\n### Title\n\n#### Training\n\n```\ntrain\n```\n"
