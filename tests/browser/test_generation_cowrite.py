"""Writing together and the time machine under a visitor's hands, checked against the engine's own numbers."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

from playwright.sync_api import expect

from engine.decoding.cowriting import WritingTree, alternatives, reread, type_text
from engine.decoding.limits import SamplingSettings
from engine.decoding.text import write_text
from engine.decoding.tree_files import from_code, read_json
from engine.models.folder import load_model
from engine.models.training_snapshots import list_stages, load_stage
from pages.components.generation.view import DEFAULT_PROMPT
from tests.browser.browsing import Chromium, Visit, eventually


def press(guest: Visit, name: str) -> None:
    """Press one of the tool's buttons by its name."""
    guest.page.get_by_role("button", name=name, exact=True).first.click()


def expect_text(guest: Visit, text: str) -> None:
    """Wait until the text with the pen is `text` after the beginning."""
    expect(guest.page.locator(".st-key-cowrite-text").get_by_test_id("stText")).to_have_text(
        DEFAULT_PROMPT + text + "▏"
    )


def expect_cost(guest: Visit, label: str, nats: float) -> None:
    """Wait until a cost is shown as `nats`."""
    metric = guest.page.get_by_test_id("stMetric").filter(has_text=label)
    expect(metric.get_by_test_id("stMetricValue")).to_have_text(f"{nats:.1f} nats")


def test_writing_together_branches_and_keeps_them(guest: Visit, browser: Chromium, tmp_path: Path) -> None:
    lstm = load_model("shakespeare-lstm")
    page = guest.page
    guest.open("/generation?tool=cowrite&max_new_tokens=20", "Generation")
    drawn = "".join(write_text(lstm, DEFAULT_PROMPT, SamplingSettings(max_new_tokens=10)))
    press(guest, "Ten")
    expect_text(guest, drawn)
    press(guest, "Back one")
    expect_text(guest, drawn[:9])
    likely = alternatives(lstm, DEFAULT_PROMPT, lstm.tokenizer.encode(drawn[:9]), 0.8, 0, 1.0)
    other = likely[~likely["token"].isin([drawn[9], " ", "\n"])].iloc[0]
    press(guest, f"{other['token']} · {100 * other['probability_before']:.1f} %")
    expect_text(guest, drawn[:9] + other["token"])
    page.get_by_label("Any other character, or a whole text").fill(" Zounds")
    press(guest, "Add")
    written = drawn[:9] + other["token"] + " Zounds"
    expect_text(guest, written)
    truth = type_text(lstm, DEFAULT_PROMPT, WritingTree(), written)
    expect_cost(guest, "This text costs", truth.nats())
    expect_cost(guest, "Your choices", truth.nats() - truth.nats(8))
    expect(page.get_by_text("The tree: 18 steps in 2 branches")).to_be_visible()

    # A node of the drawing is clicked: the tenth of the first branch, which nothing follows.
    end = guest.chart("writing-tree", ".scatterlayer .trace").nth(2).locator(".point").nth(9)
    guest.click_mark(end)
    expect_text(guest, drawn)
    expect(page).to_have_url(re.compile("cowrite_tree=t"))

    def expect_the_tree_in_the_address() -> WritingTree:
        stored = from_code(lstm, DEFAULT_PROMPT, re.search("cowrite_tree=([^&]+)", guest.path)[1])
        assert stored.pen == 9
        assert {lstm.tokenizer.decode(list(stored.token_ids(end))) for end in stored.ends()} == {drawn, written}
        return stored

    stored = eventually(expect_the_tree_in_the_address)

    with browser.visit(guest.address) as friend:
        friend.open(guest.path, "Generation")
        expect_text(friend, drawn)
        expect(friend.page.get_by_text("The tree: 18 steps in 2 branches")).to_be_visible()

    page.get_by_text("Keep this tree, or open another").click()
    with page.expect_download() as download:
        press(guest, "Download the tree")
    file = tmp_path / "tree.json"
    download.value.save_as(file)
    assert read_json(file.read_bytes()).tree(lstm) == reread(lstm, DEFAULT_PROMPT, stored)
    edited = json.loads(file.read_text())
    edited["nodes"][3]["parent"] = 12
    (tmp_path / "edited.json").write_text(json.dumps(edited))
    page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(tmp_path / "edited.json")
    expect(page.get_by_text("Step 3 of the file follows step 12")).to_be_visible()
    expect_text(guest, drawn)


def test_the_time_machine_shows_what_each_stage_writes(guest: Visit) -> None:
    finished = load_model("shakespeare-history")
    stages = list_stages(finished.info.path)
    assert len(stages) >= 20
    guest.open("/generation?tool=training_snapshots&max_new_tokens=60&history_stage=27", "Generation")
    settings = SamplingSettings(max_new_tokens=60)

    def expect_stage(position: int) -> None:
        step = stages[position - 1].step
        text = DEFAULT_PROMPT + "".join(write_text(load_stage(finished, step), DEFAULT_PROMPT, settings))
        expect(guest.page.locator(f".st-key-history-{position}").get_by_test_id("stText")).to_have_text(text)
        loss = stages[position - 1].validation_loss
        expect(
            guest.page.get_by_text(f"{loss:.2f} nats, like choosing among {math.exp(loss):.1f} equal options").first
        ).to_be_visible()

    for position in (26, 27, 28):
        expect_stage(position)
    chart = guest.chart("training-history")
    expect(chart.locator(".js-plotly-plot")).to_be_visible()
    guest.page.get_by_role("slider", name="Stage of the training").press("Home")
    expect_stage(1)
    expect(guest.page.get_by_text("Stage 1: no update yet")).to_be_visible()
    expect(guest.page).to_have_url(re.compile("history_stage=1(&|$)"))
    guest.click_mark(chart.locator(".scatterlayer .trace").first.locator(".point").nth(19))
    expect_stage(20)
    expect(guest.page).to_have_url(re.compile("history_stage=20"))
