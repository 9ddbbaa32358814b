"""Model folders: what is saved comes back, what is damaged is one sentence, nothing is unpickled, no name leads
astray."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import sys
import time
from pathlib import Path

import pytest
import safetensors.torch
import torch

from engine.corpora import sources
from engine.errors import ModelError
from engine.models.card import write_card
from engine.models.folder import FILES, describe, find_folder, list_models, load_model, save_model, write_facts
from engine.models.language_model import LanguageModel
from engine.models.translator import Translator
from engine.text import TOKENIZERS


@pytest.fixture
def folder(language_model_folder, tmp_path) -> Path:
    """A copy of a whole model folder, free to be damaged."""
    return Path(shutil.copytree(language_model_folder, tmp_path / "models" / "tiny-lstm"))


def damage(folder: Path, kind: str) -> None:
    weights = folder / "model.safetensors"
    config = json.loads((folder / "config.json").read_text())
    if kind.startswith("no "):
        (folder / kind.removeprefix("no ")).unlink()
    elif kind == "weights cut short":
        weights.write_bytes(weights.read_bytes()[:-7])
    elif kind == "weights too long":
        weights.write_bytes(weights.read_bytes() + b"more")
    elif kind == "weights empty":
        weights.write_bytes(b"")
    elif kind == "weights are text":
        weights.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    elif kind == "weights pickled":
        torch.save({"a": torch.ones(1)}, weights)
    elif kind == "config cut short":
        (folder / "config.json").write_text(json.dumps(config)[:-20])
    elif kind == "config is a list":
        (folder / "config.json").write_text("[]")
    elif kind == "config in Latin-1":
        (folder / "config.json").write_bytes('{"title": "né"}'.encode("latin-1"))
    elif kind == "config without task":
        (folder / "config.json").write_text(json.dumps(config | {"task": None}))
    elif kind == "parameters are words":
        (folder / "config.json").write_text(json.dumps(config | {"parameters": "many"}))
    elif kind == "metrics are missing words":
        (folder / "config.json").write_text(json.dumps(config | {"metrics": None}))
    elif kind == "card in Latin-1":
        (folder / "README.md").write_bytes("né".encode("latin-1"))


DAMAGES_SEEN_IN_LISTING = [
    *(f"no {file}" for file in FILES),
    "weights cut short",
    "weights too long",
    "weights empty",
    "weights are text",
    "weights pickled",
    "config cut short",
    "config is a list",
    "config in Latin-1",
    "config without task",
    "parameters are words",
    "metrics are missing words",
    "card in Latin-1",
]


def is_one_sentence(text: str) -> bool:
    return text.endswith(".") and "\n" not in text and len(text) < 250


@pytest.mark.parametrize("kind", DAMAGES_SEEN_IN_LISTING)
def test_a_damaged_folder_is_listed_with_its_error_and_refused_when_loaded(folder, kind):
    damage(folder, kind)
    shutil.copytree(folder, folder.parent / "zebra")
    listed = list_models(folder.parent)
    assert [info.name for info in listed] == ["tiny-lstm", "zebra"]
    info = listed[0]
    assert is_one_sentence(info.error)
    assert "tiny-lstm" in info.error
    assert info.to_json()["error"] == info.error
    with pytest.raises(ModelError) as caught:
        load_model("tiny-lstm", root=folder.parent)
    assert str(caught.value) == info.error
    if kind.startswith("no "):
        assert kind.removeprefix("no ") in info.error
    assert ("README.md, cannot be read as UTF-8 text" in info.error) == (kind == "card in Latin-1")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"hidden_size": 13}, "numbers, and config.json asks for "),
        ({"vocab_size": 5}, "numbers, and config.json asks for "),
        ({"num_layers": 9}, "num_layers must lie between 1 and 4"),
        ({"cell": "xyz"}, "Unknown cell 'xyz'"),
        ({"model": "nothing"}, "Unknown model 'nothing'; choose one of: .*language_model"),
        ({"model": None}, "config.json in 'tiny-lstm' is damaged or lacks a field"),
        ({"model": "translator"}, "is missing, and config.json asks for "),
        ({"hidden_size": "big"}, "do not fit"),
        ({"task": "gardening"}, "gives the task 'gardening'; known are classification, "),
        ({"task": "tagging"}, "gives the task 'tagging', but its model does 'language_model'"),
    ],
)
def test_a_config_that_does_not_belong_to_the_weights_is_one_sentence(folder, change_config, change, words):
    change_config(folder, **change)
    with pytest.raises(ModelError, match=words) as caught:
        load_model(folder)
    assert is_one_sentence(str(caught.value))


def test_a_tokenizer_of_another_size_is_refused(folder):
    TOKENIZERS.get("character").train(["abc"]).save(folder / "tokenizer.json")
    with pytest.raises(ModelError, match="tokenizer in 'tiny-lstm' does not belong to its weights"):
        load_model(folder)


def test_a_damaged_tokenizer_is_refused(folder):
    (folder / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelError, match=r"tokenizer\.json is not a tokenizer"):
        load_model(folder)


def test_weights_of_numbers_that_are_none_are_refused(folder):
    file = folder / "model.safetensors"
    weights = safetensors.torch.load_file(file)
    safetensors.torch.save_file({f"x{name}": value for name, value in weights.items()}, file)
    with pytest.raises(ModelError, match="is missing"):
        load_model(folder)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_not_finite_are_refused(folder, value):
    file = folder / "model.safetensors"
    weights = safetensors.torch.load_file(file)
    weights["output_bias"][2] = value
    safetensors.torch.save_file(weights, file)
    sentence = r"^The weights in 'tiny-lstm' are not finite numbers \(output_bias\): train it again\.$"
    with pytest.raises(ModelError, match=sentence):
        load_model(folder)


def build_reader():
    torch.manual_seed(5)
    tokenizer = TOKENIZERS.get("character").train(["the cat sat"])
    return LanguageModel(tokenizer.vocab_size, 5, 6, 2, cell="gru", dropout=0.3, residual=False), tokenizer


def build_interpreter():
    torch.manual_seed(6)
    tokenizer = TOKENIZERS.get("bpe").train(["the cat sat", "le chat"] * 3, 40)
    return Translator(tokenizer.vocab_size, 5, 6, 1, 1, attention="additive", pad_id=tokenizer.pad_id), tokenizer


@pytest.mark.parametrize("build", [build_reader, build_interpreter])
def test_a_saved_model_comes_back_in_half_precision_ready_and_alike(build, tmp_path, capfd):
    model, tokenizer = build()
    facts = {
        "model": "language_model" if build is build_reader else "translator",
        "title": "Tiny",
        "metrics": {"bleu": 1.5},
    }
    save_model(tmp_path / "deep" / "down" / "tiny", model, tokenizer, facts, "# Tiny\n")
    folder = tmp_path / "deep" / "down" / "tiny"
    assert sorted(file.name for file in folder.iterdir()) == sorted(FILES)
    assert [file.name for file in folder.parent.iterdir()] == ["tiny"]
    stored = safetensors.torch.load_file(folder / "model.safetensors")
    assert {tensor.dtype for tensor in stored.values()} == {torch.float16}

    capfd.readouterr()
    loaded = load_model(folder)
    assert capfd.readouterr() == ("", "")  # the Hub's mixin prints by itself
    assert not loaded.model.training
    assert type(loaded.model) is type(model)
    assert loaded.model.config == model.config
    assert loaded.info.parameters == model.parameter_count()
    assert loaded.info.metrics == {"bleu": 1.5}
    assert loaded.info.card_text == "# Tiny\n"
    assert loaded.tokenizer.encode("the cat") == tokenizer.encode("the cat")
    for name, value in model.state_dict().items():
        found = loaded.model.state_dict()[name]
        assert found.dtype == torch.float32
        assert torch.equal(found, value.half().float()), name
    ids = torch.tensor([tokenizer.encode("the cat")])
    inputs = (ids,) if build is build_reader else (ids, torch.tensor([ids.shape[1]]), ids)
    with torch.no_grad():
        torch.testing.assert_close(loaded.model(*inputs)[0], model.eval()(*inputs)[0], atol=0.01, rtol=0.01)


def test_saving_again_replaces_the_model_and_keeps_what_else_is_there(folder):
    model, tokenizer = build_reader()
    (folder / "checkpoint").mkdir()
    save_model(folder, model, tokenizer, {"model": "language_model", "title": "New"}, "# New\n")
    assert load_model(folder).info.title == "New"
    assert (folder / "checkpoint").is_dir()


def test_a_save_that_fails_leaves_the_old_model_whole_and_no_litter(folder, monkeypatch):
    model, tokenizer = build_reader()
    before = {file: (folder / file).read_bytes() for file in FILES}

    def fail(path):
        raise OSError("disk full")

    monkeypatch.setattr(tokenizer, "save", fail)
    with pytest.raises(OSError, match="disk full"):
        save_model(folder, model, tokenizer, {"model": "language_model"}, "")
    assert {file: (folder / file).read_bytes() for file in FILES} == before
    assert [path.name for path in folder.parent.iterdir()] == ["tiny-lstm"]


def save_another(folder):
    """Save a model of another size in a folder's place."""
    model, tokenizer = build_reader()
    save_model(folder, model, tokenizer, {"model": "language_model", "title": "New"}, "# New\n")


def test_who_reads_while_a_model_is_saved_gets_one_of_the_two_and_no_mixture(folder, monkeypatch):
    """The other model is saved between the reading of two files."""
    import engine.text

    read = engine.text.load_tokenizer
    saves = iter([save_another])

    def read_late(path):
        for save in saves:
            save(folder)
        return read(path)

    monkeypatch.setattr(engine.text, "load_tokenizer", read_late)
    loaded = load_model(folder)
    assert (loaded.info.title, loaded.info.card_text) == ("New", "# New\n")
    assert loaded.model.config == build_reader()[0].config
    assert loaded.tokenizer.vocab_size == loaded.model.vocab_size


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process that dies on the way is forked")
@pytest.mark.parametrize("write", ["save_model", "write_facts"])
def test_a_process_that_dies_anywhere_in_a_save_leaves_one_of_the_two(folder, write):
    """The nth thing asked of the system is the last, for every n until a save comes through."""
    (folder / "stages").mkdir()
    (folder / "stages" / "stages.json").write_text("[]")
    old = load_model(folder).info
    found = []
    for last in range(1_000):
        process = os.fork()
        if process == 0:
            done = iter(range(last))
            sys.addaudithook(
                lambda name, _: next(done, None) is None and os._exit(9) if name.startswith(("os.", "open")) else None
            )
            if write == "save_model":
                save_another(folder)
            else:
                write_facts(folder, old.config | {"title": "New"}, "# New\n")
            os._exit(0)
        is_through = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0
        loaded = load_model(folder)
        found.append(loaded.info.title)
        assert loaded.info.card_text == ("# New\n" if found[-1] == "New" else old.card_text)
        assert (folder / "stages" / "stages.json").read_text() == "[]"
        if is_through:
            break
    first_new = found.index("New")
    assert last > 10
    assert 0 < first_new < last
    assert set(found[:first_new]) == {old.title}
    assert set(found[first_new:]) == {"New"}
    assert [path.name for path in folder.parent.iterdir()] == ["tiny-lstm"], "what died on the way is cleared away"


def test_a_draft_that_somebody_still_writes_is_left_to_them(folder):
    fcntl = pytest.importorskip("fcntl")
    live, dead, another = (folder.parent / f".half-written-{name}" for name in ("tiny-lstm-1", "tiny-lstm-2", "tiny-3"))
    for draft in (live, dead, another):
        draft.mkdir()
    descriptor = os.open(live, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        save_another(folder)
    finally:
        os.close(descriptor)
    assert {path.name for path in folder.parent.iterdir()} == {"tiny-lstm", live.name, another.name}


def test_a_system_that_cannot_exchange_folders_renames_them(folder, monkeypatch):
    (folder / "checkpoint").mkdir()
    monkeypatch.setattr("ctypes.CDLL", lambda *_, **__: None)
    save_another(folder)
    assert load_model(folder).info.title == "New"
    assert (folder / "checkpoint").is_dir()
    assert [path.name for path in folder.parent.iterdir()] == ["tiny-lstm"]


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_other_users_may_read_a_saved_model(tmp_path):
    model, tokenizer = build_reader()
    was = os.umask(0o022)
    try:
        folder = save_model(tmp_path / "tiny", model, tokenizer, {"model": "language_model"}, "")
    finally:
        os.umask(was)
    assert {oct((folder / file).stat().st_mode & 0o777) for file in FILES} == {"0o644"}
    assert oct(folder.stat().st_mode & 0o777) == "0o755"


def test_an_info_says_what_is_in_the_folder(translator_folder):
    info = describe(translator_folder)
    assert info.to_json() == {
        "name": "tiny-en-fr",
        "title": "Tiny translator",
        "task": "translation",
        "architecture": "lstm",
        "parameters": load_model(translator_folder).model.parameter_count(),
        "size_mib": round((translator_folder / "model.safetensors").stat().st_size / 2**20, 2),
        "metrics": {},
        "source_language": "en",
        "target_language": "fr",
    }
    assert info.card_text == write_card("tiny-en-fr", info.config)


def test_listing_passes_over_drafts_and_files_and_an_absent_root_is_empty(folder):
    (folder.parent / ".half-written-x").mkdir()
    (folder.parent / "notes.txt").touch()
    assert [info.name for info in list_models(folder.parent)] == ["tiny-lstm"]
    assert list_models(folder.parent / "nowhere") == []


# Names


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        ".",
        "../x",
        "../tiny-lstm",
        "/etc",
        "/etc/passwd",
        "tiny-lstm/../tiny-lstm/..",
        "~",
        "tiny lstm",
        "a\0b",
        "a\nb",
        "x" * 5000,
        "\N{SNOWMAN}",
        "{name}",
        "-h",
    ],
)
def test_odd_names_are_one_short_sentence(folder, name, monkeypatch):
    monkeypatch.chdir(folder.parents[1])
    with pytest.raises(ModelError) as caught:
        load_model(name, root=folder.parent)
    assert is_one_sentence(str(caught.value)), str(caught.value)


def test_an_unknown_name_is_answered_with_the_usable_ones(folder):
    shutil.copytree(folder, folder.parent / "broken")
    damage(folder.parent / "broken", "no config.json")
    with pytest.raises(
        ModelError,
        match=r"^There is no model 'tiny-lstn'; choose one of: tiny-lstm, or give a folder or a Hub id owner/name\.$",
    ):
        load_model("tiny-lstn", root=folder.parent)


def test_a_draft_is_no_model_though_it_is_complete(folder):
    shutil.copytree(folder, folder.parent / ".half-written-tiny-lstm-1")
    with pytest.raises(ModelError, match="There is no model '.half-written-tiny-lstm-1'; choose one of: tiny-lstm,"):
        load_model(".half-written-tiny-lstm-1", root=folder.parent)


def test_a_name_finds_the_shipped_folder_and_a_path_any_folder(folder, monkeypatch):
    assert find_folder("tiny-lstm", folder.parent) == folder
    assert find_folder(str(folder), folder.parent / "elsewhere") == folder
    monkeypatch.chdir(folder.parent)
    assert find_folder("./tiny-lstm", folder / "elsewhere").resolve() == folder.resolve()
    with pytest.raises(ModelError):  # a bare name is never looked for in the current folder
        find_folder("tiny-lstm", folder / "elsewhere")


# The Hub


def test_a_hub_id_without_network_is_one_sentence_at_once(tmp_path):
    started = time.perf_counter()
    for _ in range(3):
        with pytest.raises(
            ModelError,
            match=r"^'owner/name' is not a local model, and the Hugging Face Hub cannot be reached from here\.$",
        ):
            load_model("owner/name", root=tmp_path)
    assert time.perf_counter() - started < 3


@pytest.fixture
def hub(monkeypatch, folder):
    """A Hub whose every repository is the tiny model, in a snapshot folder named by its commit."""
    import huggingface_hub

    asked = []
    snapshot = Path(shutil.copytree(folder, folder.parents[1] / "snapshots" / ("0123456789" * 4)))

    def download(repository, **options):
        asked.append((repository, options))
        if repository == "owner/gone":
            raise RuntimeError("404\nNot found")
        return str(snapshot)

    monkeypatch.setattr(sources, "is_hub_reachable", lambda: True)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    return asked


def test_a_hub_id_loads_only_the_four_files_and_keeps_its_name(hub, tmp_path):
    loaded = load_model("owner/tiny", root=tmp_path)
    assert hub == [("owner/tiny", {"allow_patterns": list(FILES)})]
    assert loaded.info.name == "owner/tiny"
    assert loaded.info.title == "Tiny reader"


def test_a_hub_id_that_is_not_there_is_one_sentence(hub, tmp_path):
    with pytest.raises(ModelError, match=r"^The model 'owner/gone' could not be read from the Hugging Face Hub\.$"):
        load_model("owner/gone", root=tmp_path)


def test_a_shipped_model_wins_over_the_hub(hub, folder, monkeypatch):
    monkeypatch.chdir(folder.parents[1])
    assert load_model("models/tiny-lstm", root=folder.parent).info.name == "tiny-lstm"
    assert hub == []


# Pickles


class Bomb:
    def __reduce__(self):
        return (os.mkdir, (os.environ["BOMB_TARGET"],))


@pytest.mark.parametrize("position", ["beside", "instead"])
def test_nothing_is_ever_unpickled(folder, tmp_path, monkeypatch, position):
    target = tmp_path / "exploded"
    monkeypatch.setenv("BOMB_TARGET", str(target))
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(Bomb()))
    if position == "instead":
        (folder / "model.safetensors").unlink()
        with pytest.raises(ModelError, match=r"model\.safetensors missing"):
            load_model(folder)
        with pytest.raises(FileNotFoundError):
            LanguageModel.from_pretrained(str(folder))
    else:
        load_model(folder)
    assert not target.exists()


def test_from_pretrained_reads_a_folder_in_silence_and_ready(folder, capfd):
    model = LanguageModel.from_pretrained(str(folder))
    assert capfd.readouterr() == ("", "")
    assert not model.training
    assert {p.dtype for p in model.parameters()} == {torch.float32}


def test_from_pretrained_of_a_hub_id_asks_for_safetensors_at_the_revision(folder, monkeypatch):
    import huggingface_hub.hub_mixin

    import engine.models.base

    asked = []

    def download(repository, filename, revision=None, **options):
        asked.append((filename, revision))
        return str(folder / filename)

    monkeypatch.setattr(
        huggingface_hub.hub_mixin,
        "hf_hub_download",
        lambda repo_id, filename, **options: download(repo_id, filename, options["revision"]),
    )
    monkeypatch.setattr(engine.models.base, "hf_hub_download", download)
    LanguageModel.from_pretrained("owner/tiny", revision="v1")
    assert asked == [("config.json", "v1"), ("model.safetensors", "v1")]
