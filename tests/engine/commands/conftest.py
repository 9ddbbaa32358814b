"""A folder in which every command is quick, and a function that runs one."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.command_line import main
from engine.decoding.limits import SamplingSettings
from engine.inspection.translation import bottleneck
from engine.inspection.writing import temperature_results
from engine.models import folder as model_folders
from engine.models.forecaster import Forecaster
from engine.recipes import RECIPES
from engine.text.scaling import ScaledColumn, SeriesScaling
from tests.engine.commands.lines import (
    TEXT,
    TINY,
    VALUES,
)
from tests.engine.exchange.originals import WordLanguageModel
from tests.engine.exchange.test_layouts import as_file


@pytest.fixture(autouse=True)
def workplace(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    language_model_folder: Path,
    translator_folder: Path,
    tagger_folder: Path,
    tiny_classifiers: Path,
    mirror: Path,
) -> Path:
    """A folder with a model of each task and models with every damage, in which the commands are quick."""
    models = tmp_path / "pretrained"
    kinds = {"lm": language_model_folder, "translator": translator_folder, "tagger": tagger_folder}
    for name, folder in (kinds | {"classifier": tiny_classifiers / "tiny-lstm"}).items():
        shutil.copytree(folder, models / name)
    torch.manual_seed(0)
    forecaster = Forecaster(hidden_size=4, window=8, horizon=3, season=7)
    described = {"model": "forecaster", "title": "Tiny", "corpora": ["ferry"], "known": []}
    scaling = SeriesScaling([ScaledColumn("value", 3.0, 2.0)])
    model_folders.save_model(models / "forecaster", forecaster, scaling, described, "# Tiny")
    monkeypatch.setattr(model_folders, "PRETRAINED", models)
    monkeypatch.setitem(RECIPES._entries, TINY.name, TINY)
    monkeypatch.setattr(temperature_results, "SETTINGS", SamplingSettings(max_new_tokens=20, seed=0))
    monkeypatch.setattr(temperature_results, "SEEDS", 1)
    monkeypatch.setattr(bottleneck, "FOLDER", tmp_path / "directions")
    monkeypatch.setattr(bottleneck, "TABLE", tmp_path / "by_bottleneck.parquet")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lm.safetensors").write_bytes(as_file(WordLanguageModel("GRU", 3, 2, 4, 1)))
    (tmp_path / "words.json").write_text('["<unk>", "a", "dog"]')
    return tmp_path


class _Refusing(io.RawIOBase):
    """An output that takes nothing."""

    def __init__(self, number: int) -> None:
        self.number = number

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        if not self.number:
            return len(data)
        raise OSError(self.number, os.strerror(self.number))  # Python makes a BrokenPipeError of EPIPE


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    """Return a function that runs a command with bytes on standard input and gives (exit code, output, errors)."""

    def call(
        *arguments: str, typed: bytes | None = b"usual", encoding: str = "utf-8", refuses: int = 0
    ) -> tuple[int, str, str]:
        if typed == b"usual":
            typed = VALUES if arguments[0] == "forecast" else TEXT
        told, written = io.BytesIO(), io.BytesIO()
        output = io.BufferedWriter(_Refusing(refuses)) if refuses else written
        out = io.TextIOWrapper(output, encoding=encoding)
        err = io.TextIOWrapper(told, encoding="utf-8", errors="backslashreplace", write_through=True)
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", None if typed is None else io.TextIOWrapper(io.BytesIO(typed)))
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            try:
                code = main(list(arguments))
            except SystemExit as end:  # of argparse
                code = end.code or 0
        if refuses:
            output.raw.number = 0  # what is left in it can go
        return code, written.getvalue().decode(encoding), told.getvalue().decode()

    return call
