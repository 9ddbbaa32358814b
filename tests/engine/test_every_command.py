"""Every command with everything that may be wrong: one sentence, a documented exit code, and never a traceback."""

from __future__ import annotations

import errno
import io
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch

from engine.command_line import EXIT_BAD_INPUT, EXIT_CODES, EXIT_FAILED, EXIT_STOPPED, build_parser, main
from engine.command_options import PLACES
from engine.decoding.limits import SamplingSettings
from engine.inspection.translation import bottleneck
from engine.inspection.writing import temperature_results
from engine.models import folder as model_folders
from engine.models.forecaster import Forecaster
from engine.models.language_model import LanguageModelConfig
from engine.recipes import RECIPES
from engine.recipes.language_model_recipe import LanguageModelRecipe
from engine.text.scaling import ScaledColumn, SeriesScaling
from engine.training import TrainingSettings
from tests.engine.exchange.originals import WordLanguageModel
from tests.engine.exchange.test_layouts import as_file

ROOT = Path(__file__).parents[2]
TINY = LanguageModelRecipe(
    "tiny-recipe",
    "Tiny",
    "tiny_shakespeare",
    LanguageModelConfig(6, 8, 1, "gru"),
    training=TrainingSettings(max_steps=2, evaluate_every=1, checkpoint_every=1, log_every=1),
    batch_size=2,
    bptt_length=16,
)
GOOD = {
    "models": ("models", "--json"),
    "generate": ("generate", "--model", "lm", "--prompt", "TOM: é", "--max-new-tokens", "3"),
    "score": ("score", "--model", "lm", "-"),
    "temperatures": ("temperatures", "--model", "lm", "--output", "out/temperatures.parquet"),
    "translate": ("translate", "--model", "translator", "--beam-size", "1"),
    "bottleneck": ("bottleneck", "--model", "translator"),
    "classify": ("classify", "--model", "classifier"),
    "tag": ("tag", "--model", "tagger"),
    "forecast": ("forecast", "--model", "forecaster", "--horizon", "4"),
    "train": ("train", "--recipe", "tiny-recipe", "--output", "out/run"),
    "runs": ("runs", "--json"),
    "import": ("import", "--weights", "lm.safetensors", "--vocabulary", "words.json", "--output", "out/brought"),
    "export": ("export", "--model", "lm", "--output", "out/lm.zip"),
    "evaluate": ("evaluate", "--model", "lm"),
    "index": ("index", "--corpus", "tiny_shakespeare", "--output", "out"),
    "compare": ("compare", "--recipe", "quick", "--output", "out", "--workers", "0", "--only", "2,rnn,seed=0"),
}
WITH_MODEL = [name for name, line in GOOD.items() if "--model" in line]
READERS = ("score", "translate", "classify", "tag", "forecast")
TEXT = b"a dog runs\n\nthe cat sees the dog\n"
VALUES = b"day,sold\n" + b"\n".join(b"2026-01-%02d,%d" % (day, day % 7) for day in range(1, 22))


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


def assert_is_refused(found: tuple[int, str, str], words: str = "", code: int = EXIT_BAD_INPUT) -> None:
    assert found[0] == code
    assert "Traceback" not in found[2]
    lines = found[2].splitlines()
    said = [line for line in lines if line.startswith("error: ")]
    assert len(said) == 1
    assert said[0] == lines[-1]
    assert re.search(words, said[0]), said[0]


def options_of(command: str) -> list[tuple[str, str]]:
    """Return (flag, metavar) of a command's options."""
    parser = next(action.choices for action in build_parser()._actions if action.dest == "command")[command]
    return [(action.option_strings[-1], action.metavar or "") for action in parser._actions if action.option_strings]


def with_option(command: str, flag: str, value: str) -> tuple[str, ...]:
    """Return the good line of a command with another value of one option."""
    words = list(GOOD[command])
    if flag in words:
        words[words.index(flag) + 1] = value
        return tuple(words)
    return (*words, flag, value)


def test_the_lines_are_good_and_there_is_one_for_each_command(run):
    assert list(GOOD) == list(next(action.choices for action in build_parser()._actions if action.dest == "command"))
    for name, line in GOOD.items():
        code, _, err = run(*line)
        assert (code, "Traceback" in err, "error" in err) == (0, False, False), (name, err)


# What may be wrong with what is typed


@pytest.mark.parametrize("command", GOOD)
def test_what_is_missing_or_unknown_is_one_sentence(run, command):
    assert_is_refused(run(*GOOD[command], "--colour", "red"), "unrecognized arguments: --colour red")
    if command not in ("models", "runs"):
        assert_is_refused(run(command), "required|Unknown corpus")
    for flag, _ in options_of(command):
        if flag not in SWITCHES:
            assert_is_refused(run(*GOOD[command], flag), "expected one argument")


SWITCHES = "--help --json --resume --overwrite --dry-run --words --sample --plain --own-words".split()
NUMBERS = (
    "--max-new-tokens --temperature --top-k --top-p --seed --beam-size --length-penalty --rows --workers --check "
    "--horizon"
)


@pytest.mark.parametrize("command", GOOD)
@pytest.mark.parametrize("value", ["-1", "nan", "1e99", "x", "", "99999999999999999999", "\N{SUPERSCRIPT TWO}"])
def test_a_number_that_is_none_or_out_of_bounds_is_one_sentence(run, command, value):
    for flag in {flag for flag, _ in options_of(command)} & set(NUMBERS.split()):
        line = (*GOOD[command], "--model", "translator") if flag == "--rows" else GOOD[command]
        assert_is_refused(run(*line, f"{flag}={value}"), "must lie|must be|invalid|expected")


@pytest.mark.parametrize(
    "name",
    ["", " ", "nobody", "../../etc", "owner/name", "-", "a\nb", "x" * 5000, "caf\udce9", ".", "out", "\N{SNOWMAN}"],
)
@pytest.mark.parametrize("command", WITH_MODEL)
def test_a_model_that_is_not_there_is_one_sentence(run, command, name):
    Path("out").mkdir()
    assert_is_refused(run(*with_option(command, "--model", name)), "model")


def spoil(folder: Path, damage: str) -> None:
    """Damage a model folder."""
    weights = folder / "model.safetensors"
    if damage == "weights that are no numbers":
        tensors = safetensors.torch.load_file(weights)
        next(tensor for tensor in tensors.values() if tensor.is_floating_point()).view(-1)[0] = float("nan")
        safetensors.torch.save_file(tensors, weights)
    elif damage == "weights cut short":
        weights.write_bytes(weights.read_bytes()[:-7])
    elif damage == "card in Latin-1":
        (folder / "README.md").write_bytes("caf\xe9".encode("latin-1"))
    elif damage == "weights whose header nests":
        weights.write_bytes((100_000).to_bytes(8, "little") + b"[" * 100_000)
    elif damage == "config that nests":
        (folder / "config.json").write_text("[" * 100_000)
    elif damage == "config of another world":
        (folder / "config.json").write_text('{"task": 3}')
    else:
        (folder / "tokenizer.json").write_text("{}")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("weights that are no numbers", "are not finite numbers"),
        ("weights cut short", "cut short or damaged"),
        ("weights whose header nests", "cut short or damaged"),
        ("config that nests", r"config\.json in .+ is damaged"),
        ("card in Latin-1", r"README\.md, cannot be read as UTF-8"),
        ("config of another world", r"config\.json in .+ is damaged"),
        ("no tokenizer", r"tokenizer\.json is not a tokenizer"),
    ],
)
@pytest.mark.parametrize("command", WITH_MODEL)
def test_a_damaged_model_is_one_sentence(run, command, damage, words):
    name = GOOD[command][GOOD[command].index("--model") + 1]
    spoil(model_folders.PRETRAINED / name, damage)
    assert_is_refused(run(*GOOD[command]), words)


@pytest.mark.parametrize("command", [name for name in WITH_MODEL if name not in ("evaluate", "export")])
def test_a_model_of_another_task_is_one_sentence(run, command):
    other = "tagger" if "lm" in GOOD[command] else "lm"
    assert_is_refused(
        run(*with_option(command, "--model", other)),
        "is one of the (taggers|language models|translators|classifiers), not one of",
    )


# Places


READ = "--root"  # a place that is read alone
PLACED = [
    (command, flag) for command in GOOD for flag, metavar in options_of(command) if metavar in PLACES and flag != READ
]


def test_runs_are_looked_for_in_a_folder_that_is_there(run):
    assert_is_refused(run("runs", READ, ""), "it is empty; name a place")
    assert_is_refused(run("runs", READ, "nowhere"), "There is no folder nowhere.")
    assert run("runs", "--json")[1].strip() == "[]"


def asking_for(command: str, flag: str, place: str) -> tuple[str, ...]:
    """Return a good line that writes to a place; a table is asked of a model of the family that knows it."""
    line = with_option(command, flag, place)
    if command != "evaluate":
        return line
    model = dict.fromkeys(("--sentences", "--by-length", "--regimes"), "translator")
    model |= {"--ablation": "tagger", "--forecasts": "forecaster"}
    return tuple(model.get(flag, "classifier") if word == "lm" else word for word in line)


@pytest.mark.parametrize(("command", "flag"), PLACED)
def test_an_output_is_checked_before_the_work(run, command, flag, monkeypatch):
    for path in ("engine.corpora.load_corpus", "engine.corpora.base.load_corpus", "engine.evaluation.evaluate_model"):
        monkeypatch.setattr(path, lambda *_, **__: pytest.fail("the work was begun"))
    Path("file").touch()
    Path("loop").symlink_to("loop")
    (Path("taken") / "table").mkdir(parents=True)
    assert_is_refused(run(*asking_for(command, flag, "")), "it is empty; name a place")
    assert_is_refused(
        run(*asking_for(command, flag, "file/below/it")), "cannot be written to file/below/it: .+/file is"
    )
    for name, words in (("caf\udce9", "that are not UTF-8"), ("loop", "leads to itself"), ("loop/new", "to itself")):
        assert_is_refused(run(*asking_for(command, flag, name)), f"cannot be written to .+{words}")
    if flag == "--output" and command in ("train", "import", "index", "compare"):
        assert_is_refused(run(*asking_for(command, flag, "file")), "cannot be written to file: file is")
    else:
        assert_is_refused(run(*asking_for(command, flag, "taken/table")), "it is a folder; name a file in it")


@pytest.mark.parametrize("command", sorted({command for command, _ in PLACED} - {"runs"}))
def test_a_place_that_is_read_only_is_found_out_before_the_work(run, command, monkeypatch):
    """As a disk is that rights alone do not tell of."""
    monkeypatch.setattr("engine.atomic._takes_files", lambda folder: False)
    monkeypatch.setattr("engine.corpora.base.load_corpus", lambda *_: pytest.fail("the work was begun"))
    assert_is_refused(run(*GOOD[command]), "cannot be written to .+: .+ is not a folder that may be written to")


def test_a_run_that_is_there_is_not_trained_over(run):
    assert run(*GOOD["train"])[0] == 0
    before = Path("out/run/model.safetensors").stat()
    found = run(*GOOD["train"])
    assert_is_refused(
        found, r"out/run holds a finished model and the checkpoint of a run already: .+ --resume, .+ --overwr"
    )
    assert Path("out/run/model.safetensors").stat() == before
    assert run(*GOOD["train"], "--resume")[0] == 0
    assert run(*GOOD["train"], "--overwrite")[0] == 0
    assert_is_refused(run(*GOOD["train"], "--overwrite", "--resume"), "choose one of them")
    elsewhere = with_option("train", "--output", "out/other")
    assert_is_refused(
        run(*elsewhere, "--resume"), "There is no checkpoint in out/other to go on from: nothing is there"
    )


def test_which_data_are_read_is_said_before_the_first_update(run, monkeypatch):
    monkeypatch.setenv("UNROLLED_DATA", "")
    _, _, err = run(*GOOD["train"])
    said = "Recipe tiny-recipe, on the built-in sample Saltmarsh stories in place of Tiny Shakespeare. Source: "
    assert err.splitlines()[0].startswith(said)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_run_that_diverges_ends_with_its_code_and_without_a_model(run, monkeypatch, value):
    from engine.training.language_modelling import LanguageModellingObjective

    real = LanguageModellingObjective.loss

    def loss(self: Any, model: Any, batch: Any, carry: Any) -> Any:
        found, carry = real(self, model, batch, carry)
        return found * value, carry

    monkeypatch.setattr(LanguageModellingObjective, "loss", loss)
    assert_is_refused(run(*GOOD["train"]), "The run diverged after 0 updates.+ no model was written", EXIT_FAILED)
    assert not Path("out/run/model.safetensors").exists()


def test_a_scheduler_that_is_none_is_one_sentence(run, monkeypatch):
    monkeypatch.setattr("engine.cluster.connection.CONNECT_SECONDS", 0.3)
    line = [word for word in GOOD["compare"] if word not in ("--workers", "0")]
    for address in ("nonsense", "http://127.0.0.1:1", "tcp://127.0.0.1:9", "tls://127.0.0.1:9"):
        monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", address)
        assert_is_refused(run(*line), "is no address|cannot be reached")


# Streams


@pytest.mark.parametrize("command", READERS)
def test_a_closed_standard_input_is_one_sentence(run, command):
    assert_is_refused(run(*GOOD[command], typed=None), "Standard input is closed: give the text with a pipe, or")


TYPED = {
    "nothing": b"",
    "empty lines": b"\n\n\n",
    "no line break": b"a dog",
    "CR": b"a dog\ra cat\r",
    "CRLF": b"a dog\r\na cat\r\n",
    "a mark": "\ufeffa dog\n".encode(),
    "Latin-1": "caf\xe9\n".encode("latin-1"),
    "UTF-16": "a dog\n".encode("utf-16"),
    "a zero": b"a \0 dog\n",
    "bytes": bytes(range(256)),
    "gzip": b"\x1f\x8b\x08\x00rubbish",
    "a long line": b"a dog\n" + b"dog " * 3000,
    "a long word": b"d" * 3000,
    "line separators": "a\u2028dog\u0085cat\n".encode(),
    "emoji": "\N{GRINNING FACE}\n".encode(),
    "a private letter": "\ue000 \U0010ffff\n".encode(),
    "marks only": "\u0301\u200d\u202e\n".encode(),
    "blanks of all kinds": "\u00a0\u2003\t \u3000\n".encode(),
}


@pytest.mark.parametrize("kind", TYPED)
@pytest.mark.parametrize("command", READERS)
def test_whatever_is_typed_is_answered_or_refused_in_one_sentence(run, command, kind):
    code, _, err = run(*GOOD[command], typed=TYPED[kind])
    assert code in (0, EXIT_FAILED, EXIT_BAD_INPUT)
    assert "Traceback" not in err
    assert code != EXIT_BAD_INPUT or sum(line.startswith("error: ") for line in err.splitlines()) == 1


@pytest.mark.parametrize("command", GOOD)
def test_a_reader_that_has_enough_ends_a_command_without_a_word(run, command):
    code, _, err = run(*GOOD[command], refuses=errno.EPIPE)
    assert code == 0
    assert "Traceback" not in err
    assert "error" not in err


@pytest.mark.parametrize("command", GOOD)
def test_an_output_that_is_full_is_one_sentence(run, command):
    assert_is_refused(run(*GOOD[command], refuses=errno.ENOSPC), "^error: No space left on device$")


@pytest.mark.parametrize("command", GOOD)
def test_a_closed_output_is_one_sentence(run, command, monkeypatch):
    told = io.StringIO()
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", told)
    assert main(list(GOOD[command])) == EXIT_BAD_INPUT
    assert told.getvalue() == "error: Standard output is closed: nothing could be printed.\n"


@pytest.mark.parametrize("command", GOOD)
def test_an_encoding_that_cannot_say_a_character_writes_its_number(run, command):
    code, out, err = run(*GOOD[command], encoding="ascii")
    assert code == 0
    assert "Traceback" not in err
    if command == "generate":
        assert out.startswith("TOM: \\xe9")


def test_that_characters_are_written_as_numbers_is_said_once(run, monkeypatch):
    monkeypatch.setattr("engine.streams._SAID", set())
    line = with_option("generate", "--prompt", "é à è")
    _, _, err = run(*line, encoding="ascii")
    assert err.count("note: the output's encoding, ascii, cannot say '\\xe9' and maybe others") == 1


@pytest.mark.parametrize("command", ["translate", "classify", "tag"])
def test_lines_are_printed_as_they_are_answered(run, command, monkeypatch):
    monkeypatch.setattr("engine.console.LINES_AT_ONCE", 2)
    seen: list[int] = []
    real = io.TextIOWrapper.flush
    names = {
        "translate": "engine.decoding.text.translate_lines",
        "classify": "engine.inspection.classification.predictions.classify_rows",
        "tag": "engine.inspection.tagging.predictions.best_tags",
    }
    module, _, name = names[command].rpartition(".")
    answer = getattr(sys.modules.get(module) or __import__(module, fromlist=[name]), name)

    def watched(*arguments: Any, **options: Any) -> Any:
        real(sys.stdout)
        seen.append(sys.stdout.buffer.getvalue().count(b"\n"))
        return answer(*arguments, **options)

    monkeypatch.setattr(names[command], watched)
    code, out, _ = run(*GOOD[command], typed=b"a dog\nthe cat\ntwo dogs\na\nthe\n")
    assert (code, out.count("\n"), seen) == (0, 5, [0, 2, 4])


@pytest.mark.parametrize("command", GOOD)
def test_a_stop_is_said(run, command, monkeypatch):
    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("engine.command_line.read_options", stop)
    assert run(*GOOD[command]) == (EXIT_STOPPED, "", "stopped\n")


# Help


@pytest.mark.parametrize("command", GOOD)
def test_help_tells_every_option_and_gives_examples_that_parse(run, command):
    code, out, err = run(command, "--help")
    assert (code, err) == (0, "")
    for flag, _ in options_of(command):
        assert re.search(rf"^  {flag}|, {flag}", out, re.MULTILINE), flag
    examples = out.split("examples:\n")[1].splitlines()
    assert examples
    for line in examples:
        words = [word.strip('"') for word in re.split(r" (?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", line.strip())]
        assert words[:3] == ["python", "-m", "engine"]
        options = [word for word in words[3:] if word not in "<>" and not word.endswith(".txt")]
        assert callable(build_parser().parse_args(options).run)


def test_help_names_what_may_be_typed(run):
    assert "tiny-recipe" in run("train", "--help")[1]
    assert "checkpoint_every: Updates between two checkpoints; 0 writes none. (at or above 0" in run("train", "-h")[1]
    assert "what --model may be:\n  lm\n" in run("generate", "--help")[1]
    assert "what --model may be:\n  classifier, forecaster, lm, tagger, translator\n" in run("evaluate", "--help")[1]
    assert "what --recipe may be:\n  adding_600, quick, shipped\n" in run("compare", "--help")[1]
    assert "saltmarsh" in run("index", "--help")[1]
    out = run("--help")[1]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for code, words in EXIT_CODES.items():
        assert f"  {code:<4} {words}\n" in out
        assert f"| {code} | {words} |\n" in readme
