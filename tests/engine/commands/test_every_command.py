"""Every command with everything that may be wrong: one sentence, a documented exit code, and never a traceback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import safetensors.torch

from engine.command_line import EXIT_FAILED, build_parser
from engine.command_options import PLACES
from engine.models import folder as model_folders
from tests.engine.commands.lines import (
    GOOD,
    WITH_MODEL,
    assert_is_refused,
    options_of,
    with_option,
)


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
    model = dict.fromkeys(
        ("--predictions", "--word-order", "--attributions", "--examples", "--behaviour"), "classifier"
    )
    model |= {"--ablation": "tagger", "--forecasts": "forecaster"}
    return tuple(model.get(flag, "translator") if word == "lm" else word for word in line)


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
