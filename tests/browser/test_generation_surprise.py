"""Surprise and the compression duel under a visitor's hands: what is shown are the engine's own numbers for the shipped
models."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from playwright.sync_api import expect

from engine.decoding.arithmetic_coding import compress
from engine.inspection.writing.surprise import surprise
from engine.models.folder import list_models, load_model
from pages.components.owning.networks import comparable, label
from tests.browser.browsing import Visit, eventually

TEXT = "NELL:\nThe tide is in, or is it"


def open_tool(guest: Visit, tool: str, **parameters: str) -> None:
    asked = {"tool": tool, "max_new_tokens": "1"} | parameters
    guest.open(f"/generation?{urlencode(asked)}", "Generation")


def test_a_pasted_text_is_coloured_by_the_nats_of_the_model_that_is_chosen(guest: Visit) -> None:
    open_tool(guest, "surprise")
    box = guest.page.get_by_role("textbox", name="Any text")
    box.fill(TEXT)
    box.press("Control+Enter")
    choice = guest.page.get_by_role("radiogroup", name="Coloured by")
    choice.get_by_text("6-gram").click()
    found = {name: surprise(load_model(f"shakespeare-{name}"), TEXT) for name in ("ngram", "lstm", "gru", "rnn")}
    chart = guest.chart("surprise")
    expect(chart.locator(".textpoint")).to_have_count(len(re.sub(r" ", "", TEXT)))
    position = TEXT.index("d")
    guest.settle()
    chart.locator(".textpoint").filter(has_text=re.compile(r"^d$")).hover(force=True)
    nats = found["ngram"].frame["nats"][position]
    expect(chart.locator(".hoverlayer")).to_contain_text(f"“d”: {nats:.2f} nats")
    expect(chart.locator(".hoverlayer")).to_contain_text(f"expected: {found['ngram'].frame['expected'][position][:12]}")
    guest.page.get_by_role("radiogroup", name="Compared with").get_by_text("RNN").click()
    one, other = found["ngram"].total_nats, found["rnn"].total_nats
    less, more = ("6-gram", "RNN") if one < other else ("RNN", "6-gram")
    sentence = f"In all {less} needed {abs(one - other):,.1f} nats fewer than {more}."
    expect(guest.page.get_by_text(sentence).first).to_be_visible()
    guest.expect_query(surprise_model="6-gram")


def test_every_model_codes_a_text_and_decodes_it_again(guest: Visit) -> None:
    text = "Où est la mer ? 🌊\n"
    open_tool(guest, "duel", duel_text=text)
    models = [info for info in list_models() if info.task == "language_model" and not info.error]
    names = comparable(models)
    said = guest.page.get_by_text(f"All {len(names)} models gave back the identical {len(text)} characters")
    expect(said).to_be_visible()
    sizes = {label(info): len(compress(load_model(info.name), text)) for info in models if info.name in names}
    chart = guest.chart("duel")

    def expect_every_coder_with_its_size() -> None:
        shown = [int(size.replace(",", "")) for size in chart.locator(".bartext").all_text_contents()]
        assert {"xz", *sizes} <= set(chart.locator(".ytick text").all_text_contents())
        assert set(sizes.values()) <= set(shown)

    eventually(expect_every_coder_with_its_size)


def test_stop_keeps_what_there_is(guest: Visit) -> None:
    asked = {"tool": "duel", "max_new_tokens": "1", "duel_text": "The tide is in. " * 500}
    guest.open(f"/generation?{urlencode(asked)}", "Generation", is_settled=False)
    guest.page.locator(".st-key-duel-stop button").click()
    expect(guest.page.get_by_role("button", name="Go on")).to_be_visible()
    expect(guest.chart("duel", ".ytick").get_by_text("xz", exact=True)).to_be_visible()
    expect(guest.page.get_by_role("textbox", name="Text to compress")).to_have_value(asked["duel_text"])
