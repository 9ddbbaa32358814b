"""The command line: what scripts depend on, and one readable line with exit code 2 for whatever is wrong."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from engine.command_line import EXIT_BAD_INPUT, main
from engine.decoding.limits import SamplingSettings
from engine.decoding.text import sample_translations, translate_lines, write_text
from engine.evaluation.language_model import score_text
from engine.models import folder as model_folders
from engine.models.folder import load_model
from engine.models.language_model import LanguageModelConfig
from engine.recipes import RECIPES
from engine.recipes.language_model_recipe import LanguageModelRecipe
from engine.training import TrainingSettings

ROOT = Path(__file__).parents[2]
TINY = LanguageModelRecipe(
    "tiny-reader",
    "Tiny",
    "tiny_shakespeare",
    LanguageModelConfig(6, 8, 1, "gru", dropout=0.3),
    training=TrainingSettings(max_steps=4, evaluate_every=2, log_every=1),
    batch_size=2,
    bptt_length=16,
)


@pytest.fixture
def shipped(tmp_path, monkeypatch, language_model_folder, translator_folder) -> Path:
    """A root of shipped models with the two untrained ones and a broken one."""
    root = tmp_path / "pretrained"
    shutil.copytree(language_model_folder, root / "tiny-lstm")
    shutil.copytree(translator_folder, root / "tiny-en-fr")
    (root / "broken").mkdir()
    monkeypatch.setattr(model_folders, "PRETRAINED", root)
    return root


def type_in(monkeypatch, text: str | bytes) -> None:
    data = text.encode() if isinstance(text, str) else text
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    try:
        code = main(list(arguments))
    except SystemExit as exit:
        code = exit.code
    out, err = capsys.readouterr()
    return code, out, err


# models


def test_models_as_json_have_the_promised_shape(shipped, capsys):
    code, out, err = run(capsys, "models", "--json")
    assert (code, err) == (0, "")
    by_name = {entry["name"]: entry for entry in json.loads(out)}
    assert list(by_name) == ["broken", "tiny-en-fr", "tiny-lstm"]
    for name in ("tiny-en-fr", "tiny-lstm"):
        assert {"name", "task", "architecture", "parameters", "size_mib", "metrics"} <= set(by_name[name])
        assert "error" not in by_name[name]
    assert by_name["tiny-lstm"]["task"] == "language_model"
    assert by_name["tiny-lstm"]["parameters"] > 1000
    assert "source_language" not in by_name["tiny-lstm"]
    reader = by_name["tiny-en-fr"]
    assert (reader["task"], reader["source_language"], reader["target_language"]) == (
        "translation",
        "en",
        "fr",
    )
    assert "incomplete" in by_name["broken"]["error"]


def test_models_as_a_table_name_every_model_and_what_is_wrong_with_it(shipped, capsys):
    code, out, _ = run(capsys, "models")
    assert code == 0
    lines = out.splitlines()
    assert len(lines) == 3
    assert "incomplete" in lines[0]
    assert lines[2].startswith("tiny-lstm")
    assert "Tiny reader" in lines[2]


def test_no_models_are_an_empty_list(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(model_folders, "PRETRAINED", tmp_path / "nowhere")
    assert run(capsys, "models", "--json") == (0, "[]\n", "")


# generate


def test_generate_prints_the_prompt_and_what_the_library_writes(shipped, capsys):
    options = [
        "--max-new-tokens",
        "25",
        "--temperature",
        "0.7",
        "--top-k",
        "9",
        "--top-p",
        "0.9",
        "--seed",
        "4",
    ]
    code, out, err = run(capsys, "generate", "--model", "tiny-lstm", "--prompt", "TOM: ", *options)
    settings = SamplingSettings(max_new_tokens=25, temperature=0.7, top_k=9, top_p=0.9, seed=4)
    assert (code, err) == (0, "")
    assert out == "TOM: " + "".join(write_text(load_model("tiny-lstm"), "TOM: ", settings)) + "\n"
    assert run(capsys, "generate", "--model", "tiny-lstm", "--prompt", "TOM: ", *options)[1] == out
    assert run(capsys, "generate", "--model", "tiny-lstm", "--prompt", "TOM: ", *options[:-1], "5")[1] != out


def test_generate_says_which_characters_are_unknown(shipped, capsys):
    code, out, err = run(capsys, "generate", "--model", "tiny-lstm", "--prompt", "☃ TOM ж☃", "--max-new-tokens", "3")
    assert code == 0
    assert out.startswith("☃ TOM ж☃")
    assert err == "note: the model has never seen ☃ ж\n"


# score


@pytest.mark.parametrize("protocol", ["stream", "windows"])
def test_score_prints_the_figures_as_json(shipped, capsys, tmp_path, protocol):
    file = tmp_path / "text.txt"
    file.write_bytes("The fog.\r\nTOM: a ☃\n".encode())
    code, out, err = run(capsys, "score", "--model", "tiny-lstm", "--protocol", protocol, str(file))
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert found == score_text(load_model("tiny-lstm"), "The fog.\nTOM: a ☃\n", protocol)
    assert {"nats_per_character", "bits_per_character", "characters"} <= set(found)
    assert found["characters"] == 18  # a line break is one character, whatever ends the lines of the file
    assert len(out.splitlines()) == 1


def test_score_reads_standard_input_and_streams_by_default(shipped, capsys, monkeypatch):
    type_in(monkeypatch, "The fog.")
    code, out, _ = run(capsys, "score", "--model", "tiny-lstm", "-")
    assert code == 0
    assert json.loads(out) == score_text(load_model("tiny-lstm"), "The fog.", "stream")


# translate


def test_translate_draws_the_same_for_the_same_seed(shipped, capsys, monkeypatch):
    def drawn(seed: int) -> str:
        type_in(monkeypatch, "a dog\n\nthe cat sees the dog\n")
        options = ("--sample", "--temperature", "1.3", "--top-k", "40", "--top-p", "0.95", "--seed", str(seed))
        code, out, err = run(capsys, "translate", "--model", "tiny-en-fr", *options)
        assert (code, err) == (0, "")
        return out

    settings = SamplingSettings(temperature=1.3, top_k=40, top_p=0.95, seed=3)
    expected = [
        sample_translations(load_model("tiny-en-fr"), line, settings)[0].text
        for line in ("a dog", "the cat sees the dog")
    ]
    assert drawn(3) == f"{expected[0]}\n\n{expected[1]}\n"
    assert drawn(3) != drawn(4)


def test_translate_prints_one_line_per_line_in_order(shipped, capsys, monkeypatch):
    lines = ["the cat sees the dog", "", "a", "two dogs run", " "]
    type_in(monkeypatch, "\n".join(lines) + "\n")
    code, out, err = run(capsys, "translate", "--model", "tiny-en-fr", "--beam-size", "2", "--length-penalty", "0.5")
    assert (code, err) == (0, "")
    expected = dict(translate_lines(load_model("tiny-en-fr"), lines, beam_size=2, length_penalty=0.5))
    assert out == "".join(f"{expected[i]}\n" for i in range(5))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("a", 1),
        ("a\n", 1),
        ("a\n\n", 2),
        ("a\nb", 2),
        ("a\r\nb\r\n", 2),
        ("a\x0bb\x0cc\u2028d\x85e\x1cf\n", 1),
    ],
)
def test_lines_are_what_ends_with_a_line_break_and_nothing_else(shipped, capsys, monkeypatch, text, count):
    type_in(monkeypatch, text)
    code, out, _ = run(capsys, "translate", "--model", "tiny-en-fr", "--beam-size", "1")
    assert code == 0
    assert out.count("\n") == count


# train and evaluate


@pytest.fixture
def tiny_recipe(monkeypatch, mirror):
    monkeypatch.setitem(RECIPES._entries, "tiny-reader", TINY)


def test_train_writes_a_model_and_says_what_comes_next(tiny_recipe, capsys, tmp_path):
    folder = tmp_path / "made"
    code, out, err = run(
        capsys,
        "train",
        "--recipe",
        "tiny-reader",
        "--output",
        str(folder),
        "--set",
        "max_steps=3",
        "--set",
        "schedule=constant",
    )
    assert code == 0
    assert out == f"wrote {folder}; measure it with: python -m engine evaluate --model {folder}\n"
    assert "step 2: validation loss" in err
    assert "finished at step 3 (max_steps), best at " in err
    settings = load_model(folder).info.config["training"]["settings"]
    assert (settings["max_steps"], settings["schedule"]) == (3, "constant")


def test_train_goes_on_from_a_checkpoint(tiny_recipe, capsys, tmp_path, monkeypatch):
    options = [
        "train",
        "--recipe",
        "tiny-reader",
        "--output",
        str(tmp_path / "made"),
        "--set",
        "checkpoint_every=2",
    ]
    assert run(capsys, *options)[0] == 0
    weights = (tmp_path / "made" / "model.safetensors").read_bytes()
    asked = []
    real = LanguageModelRecipe.prepare

    def prepare(self, settings):
        prepared = real(self, settings)
        batch = prepared.objective.batch
        monkeypatch.setattr(prepared.objective, "batch", lambda position: asked.append(position) or batch(position))
        return prepared

    monkeypatch.setattr(LanguageModelRecipe, "prepare", prepare)
    assert run(capsys, *options, "--resume")[0] == 0
    assert asked == []  # the checkpoint is the last step's: nothing is left to do
    assert (tmp_path / "made" / "model.safetensors").read_bytes() == weights
    assert run(capsys, *options, "--overwrite")[0] == 0
    assert asked == [0, 1, 2, 3]


def test_the_command_that_train_suggests_works_for_a_bare_name(tiny_recipe, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _, out, _ = run(capsys, "train", "--recipe", "tiny-reader", "--output", "made")
    suggested = out.split("--model ")[1].strip()
    code, out, _ = run(capsys, "evaluate", "--model", suggested, "--dry-run")
    assert code == 0
    assert json.loads(out)["nats_per_character"] > 0


def test_evaluate_prints_what_it_writes(shipped, mirror, capsys):
    code, out, err = run(capsys, "evaluate", "--model", "tiny-lstm")
    assert (code, err) == (0, "")
    assert load_model("tiny-lstm").info.metrics == json.loads(out)
    _, listed, _ = run(capsys, "models", "--json")
    assert json.loads(listed)[2]["metrics"] == json.loads(out)


def test_evaluate_on_trial_writes_nothing(shipped, mirror, capsys):
    assert run(capsys, "evaluate", "--model", "tiny-lstm", "--dry-run")[0] == 0
    assert load_model("tiny-lstm").info.metrics == {}


# What is wrong, in one line


def assert_is_one_readable_line(found: tuple[int, str, str], words: str) -> None:
    code, out, err = found
    assert code == EXIT_BAD_INPUT == 2
    assert out == ""
    assert err.startswith("error: ")
    assert err.endswith("\n")
    assert err.count("\n") == 1
    assert len(err) < 1_000  # all recipes' names, in a row, are the longest
    assert "Traceback" not in err
    assert words in err


GENERATE = ("generate", "--model", "tiny-lstm")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ("generate", "--model", "nothing"),
            "There is no model 'nothing'; choose one of: tiny-en-fr, tiny-lstm",
        ),
        (("generate", "--model", "../../etc"), "There is no model '../../etc'"),
        (("generate", "--model", "owner/name"), "the Hugging Face Hub cannot be reached"),
        (("generate", "--model", "broken"), "The model folder 'broken' is incomplete: config.json"),
        (
            ("generate", "--model", "tiny-en-fr"),
            "The model 'tiny-en-fr' is one of the translators, not one of the language models",
        ),
        (("score", "--model", "tiny-en-fr", "x"), "is one of the translators, not one of the language models"),
        (
            ("translate", "--model", "tiny-lstm"),
            "The model 'tiny-lstm' is one of the language models, not one of the translators",
        ),
        ((*GENERATE, "--temperature", "-1"), "temperature must lie between 0 and 3, not -1.0"),
        ((*GENERATE, "--temperature", "nan"), "temperature must be a finite number"),
        ((*GENERATE, "--temperature", "hot"), "argument --temperature: invalid float value: 'hot'"),
        ((*GENERATE, "--top-p", "0"), "top_p must lie between"),
        ((*GENERATE, "--top-k", "-3"), "top_k must lie between"),
        ((*GENERATE, "--top-k", "2.5"), "argument --top-k: invalid int value: '2.5'"),
        ((*GENERATE, "--max-new-tokens", "0"), "max_new_tokens must lie between 1 and 2000, not 0"),
        ((*GENERATE, "--max-new-tokens", "99999"), "max_new_tokens must lie between 1 and 2000"),
        ((*GENERATE, "--seed", "-1"), "seed must lie between"),
        ((*GENERATE, "--prompt", "x" * 5000), "The prompt has 5,000 characters"),
        ((*GENERATE, "--prompt", "caf\udce9"), "The prompt has bytes in it that are not UTF-8 text"),
        (
            ("score", "--model", "tiny-lstm", "nowhere.txt"),
            "The file nowhere.txt cannot be read: No such file",
        ),
        (("score", "--model", "tiny-lstm", "."), "The file . cannot be read: Is a directory"),
        (
            ("score", "--model", "tiny-lstm", "mixed.txt"),
            "mixed.txt is not UTF-8 text: line 1 has the byte 0xE9 (byte 7)",
        ),
        (("score", "--model", "tiny-lstm", "empty.txt"), "The text to score is empty"),
        (
            ("score", "--model", "tiny-lstm", "--protocol", "flow", "good.txt"),
            "protocol must be one of stream, windows, not 'flow'",
        ),
        (
            ("translate", "--model", "tiny-en-fr", "--sample", "--temperature", "-1"),
            "temperature must lie between 0 and 3",
        ),
        (
            ("translate", "--model", "tiny-en-fr", "--beam-size", "0"),
            "beam_size must lie between 1 and 12, not 0",
        ),
        (
            ("translate", "--model", "tiny-en-fr", "--beam-size", "99"),
            "beam_size must lie between 1 and 12, not 99",
        ),
        (
            ("translate", "--model", "tiny-en-fr", "--length-penalty", "nan"),
            "length_penalty must be a finite number",
        ),
        (("train", "--recipe", "nothing", "--output", "made"), "Unknown recipe 'nothing'; choose one of: "),
        (
            ("train", "--recipe", "shakespeare-lstm", "--output", "made", "--set", "max_steps"),
            "--set needs SETTING=VALUE, not 'max_steps'",
        ),
        (
            ("train", "--recipe", "shakespeare-lstm", "--output", "made", "--set", "steps=3"),
            "Unknown setting steps; TrainingSettings takes",
        ),
        (
            ("train", "--recipe", "shakespeare-lstm", "--output", "made", "--set", "max_steps=x"),
            "max_steps must be a whole number, not 'x'",
        ),
        (
            ("train", "--recipe", "shakespeare-lstm", "--output", "made", "--set", "learning_rate=NaN"),
            "learning_rate must be a finite number",
        ),
        (
            ("train", "--recipe", "shakespeare-lstm", "--output", "good.txt"),
            "A model cannot be written to good.txt",
        ),
        (("evaluate", "--model", "nothing"), "There is no model 'nothing'"),
        (("compare", "--recipe", "nothing"), "Unknown comparison 'nothing'; choose one of: "),
        (("dance",), "invalid choice: 'dance'"),
        ((), "the following arguments are required: COMMAND"),
        (("generate",), "the following arguments are required: --model"),
        (("score", "--model", "tiny-lstm"), "the following arguments are required: FILE"),
        ((*GENERATE, "--heat", "3"), "unrecognized arguments: --heat 3"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(shipped, capsys, tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    Path("mixed.txt").write_bytes("été ".encode() + b"\xe9")
    Path("empty.txt").touch()
    Path("good.txt").write_text("The fog.")
    type_in(monkeypatch, "a dog\n")
    assert_is_one_readable_line(run(capsys, *arguments), words)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("été ".encode() + b"\xe9", "Standard input is not UTF-8 text: line 1 has the byte 0xE9 (byte 7)"),
    ],
)
def test_bad_lines_to_translate_are_one_line_and_nothing_is_printed(shipped, capsys, monkeypatch, typed, words):
    type_in(monkeypatch, typed)
    assert_is_one_readable_line(run(capsys, "translate", "--model", "tiny-en-fr"), words)


def test_a_line_that_cannot_be_read_stays_empty_and_the_others_are_translated(shipped, capsys, monkeypatch):
    type_in(monkeypatch, "a dog\n" + "word " * 101 + "\n\N{SNOWMAN}\n\na cat\n")
    code, out, err = run(capsys, "translate", "--model", "tiny-en-fr", "--beam-size", "1")
    assert code == 1
    assert [bool(line) for line in out.splitlines()] == [True, False, False, False, True]
    assert err.splitlines() == [
        "line 2: The sentence has 101 words; at most 100 are translated at once.",
        "line 3: The sentence has no word in it, only signs: type one with letters.",
    ]


def test_a_corpus_without_its_columns_is_one_line(tiny_recipe, capsys, tmp_path, monkeypatch, write_corpus):
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path / "odd"))
    write_corpus(tmp_path / "odd" / "tiny_shakespeare", {s: [{"words": "a"}] for s in ("train", "validation", "test")})
    found = run(capsys, "train", "--recipe", "tiny-reader", "--output", str(tmp_path / "made"))
    assert_is_one_readable_line(found, "The train split of tiny_shakespeare lacks the column text; it has words.")
    assert not (tmp_path / "made").exists()


def test_a_place_that_cannot_be_written_is_one_line(shipped, mirror, capsys, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setattr("engine.evaluation.evaluate_model", lambda loaded, write: {})
    monkeypatch.setattr(
        "engine.evaluation.translation.bleu_by_length",
        lambda loaded: pd.DataFrame({"model": [], "shortest": []}),
    )
    code, _, err = run(
        capsys, "evaluate", "--model", "tiny-en-fr", "--by-length", str(tmp_path / "file" / "table.parquet")
    )
    assert code == 2
    assert err.count("\n") == 1
    assert "file" in err


def test_being_stopped_is_said_and_not_a_traceback(shipped, capsys, monkeypatch):
    def interrupt(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("engine.decoding.writing.write_text", interrupt)
    assert run(capsys, *GENERATE) == (130, "", "stopped\n")


# As scripts run it


def python_m_engine(*arguments: str, **options) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "engine", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, timeout=120, **options)


def test_the_module_runs_with_real_pipes(translator_folder):
    found = python_m_engine(
        "translate",
        "--model",
        str(translator_folder),
        "--beam-size",
        "1",
        input="un élan\n\na dog\n".encode(),
    )
    assert found.returncode == 0
    assert found.stdout.decode().count("\n") == 3
    assert found.stderr == b""


def test_the_module_fails_in_one_line_and_leaves_out_the_traceback():
    found = python_m_engine("generate", "--model", "nothing")
    assert found.returncode == 2
    assert found.stdout == b""
    assert found.stderr.startswith(b"error: There is no model 'nothing'")
    assert found.stderr.count(b"\n") == 1
