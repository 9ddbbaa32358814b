"""The cache: one model for everybody, a new one when its files change, and nothing outside the shipped folder."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st

from engine.errors import DataError, ModelError
from engine.experiments.runs import results
from pages.components.computing import cache

is_worker_ready = cache.is_worker_ready  # the tests of pages have another in its place


def touch(folder: Path) -> None:
    """Make a model's files look newer than they were."""
    for file in folder.iterdir():
        os.utime(file, (file.stat().st_mtime + 60,) * 2)


def test_a_model_is_loaded_once_and_again_when_its_files_change(models: Path) -> None:
    first = cache.load_model("small-lstm")
    assert cache.load_model("small-lstm") is first
    assert not first.model.training
    touch(models / "small-lstm")
    assert cache.load_model("small-lstm") is not first


def test_only_shipped_models_are_loaded(models: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (models / "small-gru").rename(elsewhere / "small-gru")
    for name in (str(elsewhere / "small-gru"), "../elsewhere/small-gru", "owner/name", "", "."):
        with pytest.raises(ModelError, match="There is no model"):
            cache.load_model(name)


def names() -> list[str]:
    """Return the names of the language models that the pages see."""
    return [info.name for info in cache.list_models("language_model")]


def test_listing_sees_a_folder_that_came_or_went(models: Path, tmp_path: Path) -> None:
    assert "small-rnn" in names()
    (models / "small-rnn").rename(tmp_path / "away")
    assert names() == ["small-gru", "small-lstm"]
    (tmp_path / "away").rename(models / "small-rnn")
    assert "small-rnn" in names()


def restore_older(folder: Path) -> None:
    """Put a model's card back as it was before the others were written."""
    os.utime(folder / "README.md", (1_000_000_000,) * 2)


def remove_and_rewrite(folder: Path) -> None:
    """Remove one file and write another a second after the newest: number and newest time add up as before."""
    newest = max(file.stat().st_mtime for file in folder.iterdir())
    (folder / "README.md").unlink()
    os.utime(folder / "config.json", (newest + 1,) * 2)


def rewrite_in_the_same_moment(folder: Path) -> None:
    """Write a longer file within what the file system's clock tells apart."""
    before = (folder / "config.json").stat()
    with (folder / "config.json").open("a") as stream:
        stream.write("\n")
    os.utime(folder / "config.json", ns=(before.st_atime_ns, before.st_mtime_ns))


def rename(folder: Path) -> None:
    """Give a file another name; neither its time nor its size change."""
    (folder / "README.md").rename(folder / "README.old")


@pytest.mark.parametrize("change", [touch, restore_older, remove_and_rewrite, rewrite_in_the_same_moment, rename])
def test_whatever_happens_to_a_file_is_another_version(change: Callable[[Path], None], models: Path) -> None:
    folder = models / "small-rnn"
    for file in folder.iterdir():
        os.utime(file, (1_700_000_000,) * 2)  # whole seconds, as an archive keeps them
    before, other = cache.models_version(), cache.model_version("small-gru")
    one = cache.model_version("small-rnn")
    assert cache.model_version("small-rnn") == one
    change(folder)
    assert cache.model_version("small-rnn") != one
    assert cache.models_version() != before
    assert cache.model_version("small-gru") == other


def test_errors_are_not_remembered(models: Path) -> None:
    weights = models / "small-lstm" / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:50])
    with pytest.raises(ModelError, match="cut short"):
        cache.load_model("small-lstm")
    weights.write_bytes(whole)
    assert cache.load_model("small-lstm").info.name == "small-lstm"


@pytest.mark.parametrize("name", ["nothing", "../shipped", "/etc/passwd"])
def test_unknown_results_are_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "RESULTS", tmp_path)
    with pytest.raises(DataError):
        cache.load_results(name)
    assert cache.result_names() == []


def test_a_run_looks_at_a_folder_once_and_the_next_one_again(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[str] = []
    look = cache._look
    monkeypatch.setattr(cache, "_look", lambda folder, depth: looks.append(str(folder)) or look(folder, depth))
    with cache.one_look():
        first = cache.model_version("small-lstm")
        assert cache.model_version("small-lstm") == first
        cache.model_version("small-gru")
    assert looks == [str(models / "small-lstm"), str(models / "small-gru")]
    touch(models / "small-lstm")
    with cache.one_look():
        assert cache.model_version("small-lstm") != first
    with cache.one_look():
        monkeypatch.setattr(cache, "LOOK_SECONDS", 0.0)
        assert len({cache.model_version("small-lstm") for _ in range(3)}) == 1
    assert len(looks) == 6


def test_what_must_live_is_in_no_cache_that_a_message_of_a_visitor_empties(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_made", {"engine": True})
    runner = cache.job_runner()
    st.cache_data.clear()
    st.cache_resource.clear()
    cache.warm_engine()
    assert cache.job_runner() is runner
    cache.close_jobs()
    assert cache.job_runner() is not runner


def test_the_worker_is_made_ready_again_after_it_lost_its_process(monkeypatch: pytest.MonkeyPatch) -> None:
    class Runner:
        lost_processes = 0
        submitted: list[str] = []

        def submit(self, job: str) -> str:
            self.submitted.append(job)
            return "job"

        def wait(self, job_id: str) -> None:
            pass

    runner = Runner()
    monkeypatch.setattr(cache, "job_runner", lambda: runner)
    monkeypatch.setattr(cache, "_made", {})
    for lost, count in ((0, 1), (0, 1), (1, 2)):
        runner.lost_processes = lost
        while not is_worker_ready():
            time.sleep(0.01)
        assert runner.submitted == ["engine.runs.cost:warm"] * count
