"""The whole path in a real browser: bring data, train, watch, reload, stop, resume, use it, take it along."""

from __future__ import annotations

import csv
import json
import re
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.browsing import OUTPUT, TIMEOUT_MS, WIDTHS, Chromium, Visit, eventually, serve

QUICK = "hidden_size=32&embedding_dim=16&max_steps=80&evaluate_every=20&batch_size=8&bptt_length=32&checkpoint_every=50"
LONG = QUICK.replace("max_steps=80&evaluate_every=20", "max_steps=5000&evaluate_every=50")
LINES = "chart => Object.fromEntries(chart._fullData.map(line => [line.name, Array.from(line.y)]))"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder in which the server of these tests keeps what visitors make."""
    return tmp_path_factory.mktemp("trained-here")


@pytest.fixture(scope="module")
def own_server(place: Path) -> Iterator[str]:
    """Return the address of a server whose runs the tests may read."""
    log = place / "log.txt"
    with serve(log) as address:
        yield address
    assert "Traceback" not in log.read_text(encoding="utf-8")


def button(guest: Visit, key: str) -> Locator:
    """Return a button by its key."""
    return guest.page.locator(f".st-key-{key} button")


def status(guest: Visit) -> Locator:
    """Return the line above the bar of a run."""
    return guest.page.get_by_test_id("stProgress").first


def run_folder(guest: Visit, place: Path) -> Path:
    """Return the folder of the run that stands in the address."""
    expect(guest.page).to_have_url(re.compile("[?&]run="))
    name = re.search(r"[?&]run=([\w-]+)", guest.path)[1]
    return next((place / "runs" / "visitors").glob(f"*/runs/{name}"))


def bring(guest: Visit, file: Path) -> str:
    """Upload a table, say that one of its columns is the text to be learnt, keep it, and return its name."""
    names, places = ("Anna", "Bruno", "Carla", "Dora", "Emil"), ("the sea", "the hill", "the mill", "the old town")
    rows = [f"{name} went to {spot} on day {day}.;{day}" for day in range(20) for name in names for spot in places]
    file.write_text("\n".join(["line;day", *rows]), encoding="utf-8")
    guest.open("/data?source=file", "Data")
    guest.page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(file)
    guest.page.get_by_role("radio", name="Running text").click()
    expect(guest.page.get_by_text("Running text. 400 rows")).to_be_visible()
    guest.page.get_by_role("textbox", name="Licence").fill("CC0")
    guest.page.get_by_role("textbox", name="Title").fill("Outings")  # and no Enter: what is typed last counts
    guest.page.get_by_role("button", name="Keep this data").click()
    expect(guest.page.get_by_text("Source: the data set “Outings”")).to_be_visible()
    expect(guest.page.get_by_text(re.compile("Licence: CC0"))).to_be_visible()
    return re.search(r"data=(own-[\w-]+)", guest.path)[1]


def test_from_the_file_to_the_network_in_use(browser: Chromium, own_server: str, place: Path, tmp_path: Path) -> None:
    with browser.visit(own_server) as guest:
        data = bring(guest, tmp_path / "outings.csv")
        guest.open(f"/train?data={data}&title=My+first&{LONG}", "Train")
        assert f"data={data}" in guest.path
        expect(guest.page.get_by_text(re.compile("parameters; about"))).to_be_visible()
        OUTPUT.mkdir(exist_ok=True)
        begun = time.monotonic()
        button(guest, "train").click()
        expect(status(guest)).to_contain_text("training, update")

        def falling() -> None:
            (losses,) = (y for name, y in guest.drawn("run-losses", LINES).items() if name.endswith("training"))
            assert len(losses) > 3
            assert losses[-1] < losses[0]

        eventually(falling)
        print(f"the loss falls {time.monotonic() - begun:.1f} s after the click")
        folder = run_folder(guest, place)
        samples = guest.page.locator(f".st-key-run-samples-{folder.name}")
        expect(samples).to_contain_text("Seed 1")
        print(f"it writes {time.monotonic() - begun:.1f} s after the click")
        guest.page.screenshot(path=str(OUTPUT / "train-live.png"))

        guest.page.reload()
        expect(status(guest)).to_contain_text("My first: training")
        button(guest, "run-stop").click()
        expect(status(guest)).to_contain_text("stopped")
        stopped = json.loads((folder / "status.json").read_text())["step"]
        assert 0 < stopped < 5000

        button(guest, "run-resume").click()
        # A worker that did not listen to the stop in time lost its process, and a new one starts.
        expect(status(guest)).to_contain_text("training, update", timeout=3 * TIMEOUT_MS)
        eventually(lambda: _beyond(folder, stopped))
        button(guest, "run-stop").click()
        expect(status(guest)).to_contain_text("stopped")

        lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
        measured = [line for line in lines if line["kind"] == "evaluation"]
        best = min(line["validation_loss"] for line in measured)
        expect(status(guest)).to_contain_text(f"validation loss {best:.3f}")

        def drawn() -> None:
            (losses,) = (y for name, y in guest.drawn("run-losses", LINES).items() if name.endswith("validation"))
            assert losses == pytest.approx([line["validation_loss"] for line in measured])

        eventually(drawn)
        guest.page.get_by_text("The numbers", exact=True).first.click()
        expect(guest.page.locator(".st-key-run-losses-download button")).to_be_visible()
        guest.settle()
        with guest.page.expect_download() as taken:
            guest.page.locator(".st-key-run-losses-download button").click()
        with open(taken.value.path(), encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
        assert [int(row["step"]) for row in rows] == [line["step"] for line in measured]
        assert [float(row["validation_loss"]) for row in rows] == [line["validation_loss"] for line in measured]

        guest.page.get_by_text("Use it on Cells").click()
        expect(guest.page.get_by_role("heading", level=1, name="Cells", exact=True)).to_be_visible()
        expect(guest.page.get_by_role("combobox", name="Network")).to_have_value("My first (yours)")
        expect(guest.page).to_have_url(re.compile(f"network=own-{folder.name}"))
        guest.open(f"/generation?models=own-{folder.name}", "Generation")
        expect(guest.page.locator(f".st-key-written-by-own-{folder.name}")).to_be_visible()
        expect(guest.page.get_by_text(re.compile("Wrote 4.. characters"))).to_be_visible()
        guest.open(f"/models?tool=take&model=own-{folder.name}", "Models")
        with guest.page.expect_download() as taken:
            button(guest, "take-zip").click()
        with zipfile.ZipFile(taken.value.path()) as archive:
            card = archive.read(next(name for name in archive.namelist() if name.endswith("README.md"))).decode()
            assert any(name.endswith("model.safetensors") for name in archive.namelist())
        assert f"update {next(line['step'] for line in measured if line['validation_loss'] == best):,}: " in card
        assert "Outings: Not stated. Licence: CC0." in card
        with browser.visit(own_server) as other:
            other.open(f"/generation?models=own-{folder.name}", "Generation")
            expect(other.page.get_by_text(re.compile("which cannot be used"))).to_be_visible()
            expect(other.page.get_by_text("My first")).to_have_count(0)


def _beyond(folder: Path, step: int) -> None:
    assert json.loads((folder / "status.json").read_text())["step"] > step


def test_a_race_is_whole_on_every_screen(browser: Chromium, own_server: str) -> None:
    with browser.visit(own_server) as guest:
        guest.open(f"/train?{QUICK}&architectures=rnn&architectures=gru", "Train", is_settled=False)
        button(guest, "train").click()
        expect(guest.page.get_by_test_id("stProgress")).to_have_count(2)
        expect(guest.page.get_by_test_id("stProgress").last).to_contain_text("finished", timeout=3 * TIMEOUT_MS)
        expect(guest.page.get_by_test_id("stProgress").first).to_contain_text("finished", timeout=3 * TIMEOUT_MS)
        for theme in ("light", "dark"):
            guest.page.emulate_media(color_scheme=theme)
            for width in WIDTHS:
                guest.resize(width)
                guest.expect_whole()
                guest.picture(OUTPUT / f"train-race-{theme}-{width}.png")
