"""Model folders: config.json, model.safetensors, tokenizer.json, README.md, laid out like a Hub repository.

Listing reads JSON and the card only, so that a page can show every model without importing torch.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.atomic import check_folder, read_unchanged, replaced
from engine.config import JsonObject
from engine.errors import ConfigError, InputError, ModelError
from engine.task_family import TASK_FAMILIES
from engine.wording import listing

if TYPE_CHECKING:
    from engine.models.base import PretrainedModel
    from engine.runtimes.program import Steps
    from engine.text import Tokenizer

PRETRAINED = Path(__file__).resolve().parents[2] / "data" / "pretrained"
FILES = ("config.json", "model.safetensors", "tokenizer.json", "README.md")
HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")


@dataclasses.dataclass(frozen=True)
class ModelInfo:
    """What is known about a model without loading it.

    Attributes:
        error: a sentence where the folder cannot be used.
        is_ambiguous: whether another model of the same list would be called the same on a page, as one's own may be.
        whose: whose it is as a page says it, "" for one that is shipped.
    """

    name: str
    path: Path
    title: str = ""
    task: str = ""
    architecture: str = ""
    parameters: int = 0
    size_mib: float = 0.0
    metrics: JsonObject = dataclasses.field(default_factory=dict)
    source_language: str = ""
    target_language: str = ""
    config: JsonObject = dataclasses.field(default_factory=dict)
    card_text: str = ""
    error: str = ""
    is_ambiguous: bool = False
    whose: str = ""

    def called(self, words: str) -> str:
        """Return what a page calls the model, with whose it is behind it, and its name where these words would be
        another's as well."""
        behind = ", ".join(filter(None, [self.whose, self.name if self.is_ambiguous else ""]))
        return f"{words} ({behind})" if behind else words

    @property
    def label(self) -> str:
        """A short name of its own, "" where its architecture says enough."""
        return str(self.config.get("label", ""))

    @property
    def group(self) -> str:
        """Which models it belongs beside: "" for those matched in parameters, else a name such as "best" or
        "history"."""
        return str(self.config.get("group", ""))

    @property
    def has_units(self) -> bool:
        """Whether it has hidden units, as every recurrent network has."""
        return bool(self.config.get("hidden_size"))

    @property
    def has_gradient(self) -> bool:
        """Whether its inputs can be nudged: every network's can, as tokens are rows of numbers to it; an n-gram model
        only counts."""
        return self.has_units or bool(self.config.get("width"))

    def to_json(self) -> JsonObject:
        """Return the public facts as plain values, as `python -m engine models --json` prints them."""
        names = ("name", "title", "task", "architecture", "parameters", "size_mib", "metrics")
        facts = {name: getattr(self, name) for name in names}
        if self.source_language:
            facts |= {"source_language": self.source_language, "target_language": self.target_language}
        return facts | ({"error": self.error} if self.error else {})


@dataclasses.dataclass(frozen=True)
class LoadedModel:
    """A model ready for use (evaluation mode, never modified) with its tokeniser; safe to share between threads."""

    info: ModelInfo
    model: Any  # a PretrainedModel of the class that its config.json names
    tokenizer: Any  # a Tokenizer of the kind that its tokenizer.json names

    @property
    def steps(self) -> Steps:
        """What steps the model fastest here."""
        from engine.models.steps import fastest_steps

        return fastest_steps(self.model)


@dataclasses.dataclass(frozen=True)
class Writer:
    """A model that is only to write: its steps, on a runtime that needs no torch where there is one for it."""

    info: ModelInfo
    steps: Steps
    tokenizer: Any  # as above


def list_models(root: Path | None = None) -> list[ModelInfo]:
    """Return every model folder under `root` (default: those shipped), in alphabetical order."""
    root = PRETRAINED if root is None else Path(root)
    folders = sorted(path for path in root.iterdir() if path.is_dir()) if root.is_dir() else []
    found = [describe(folder) for folder in folders if not folder.name.startswith(".")]
    kinds = Counter(_kind(info) for info in found)
    return [dataclasses.replace(info, is_ambiguous=kinds[_kind(info)] > 1 and not info.error) for info in found]


def _kind(info: ModelInfo) -> tuple[object, ...]:
    """Return all that pages tell models of a task apart by, beside their names."""
    is_attending = info.config.get("attention", "none") != "none"
    build = (info.architecture, info.config.get("bidirectional"), info.config.get("crf"), is_attending)
    subject = TASK_FAMILIES.get(info.task).subject(info) if info.task in TASK_FAMILIES.names() else ()
    return info.task, subject, info.label or repr(build)


def describe(folder: Path) -> ModelInfo:
    """Return what a folder says about its model; damage is reported in `error`, never raised."""
    try:
        return read_unchanged(folder, lambda: _read_info(folder))
    except ModelError as error:
        return ModelInfo(folder.name, folder, title=folder.name, error=str(error))


def find_folder(name: str, root: Path | None = None) -> Path:
    """Return the folder of a shipped model, or `name` itself where it is a folder.

    Raises:
        ModelError: there is neither; the message lists the shipped models.
    """
    root = PRETRAINED if root is None else Path(root)
    is_plain = bool(re.fullmatch(r"[\w.-]+", name)) and not name.startswith(".")
    try:
        if is_plain and (root / name).is_dir():
            return root / name
        if (os.sep in name or name == ".") and Path(name).is_dir():
            return Path(name)
    except OSError:  # no file can have such a name, for instance because it is too long
        pass
    known = ", ".join(info.name for info in list_models(root) if not info.error) or "none"
    raise ModelError(
        f"There is no model {name[:80]!r}; choose one of: {known}, or give a folder or a Hub id owner/name."
    )


def load_model(name: str | Path, root: Path | None = None) -> LoadedModel:
    """Return the model in a shipped or given folder, or at a Hub id "owner/name", ready for use.

    Raises:
        ModelError: it does not exist, or its folder is incomplete or damaged.
    """
    folder, shown_name = _locate(str(name), root)
    return read_unchanged(folder, lambda: _load(folder, shown_name))


def load_writer(task: str, name: str | Path, root: Path | None = None) -> Writer:
    """Return the model of a task in a shipped or given folder, or at a Hub id, ready to write; torch is imported only
    where nothing else runs its step.

    Raises:
        ModelError: it does not exist, or its folder is incomplete or damaged.
        InputError: it does another task.
        ConfigError: the environment asks for a runtime that there is not.
    """
    folder, shown_name = _locate(str(name), root)
    return read_unchanged(folder, lambda: _load_writer(task, folder, shown_name))


def _load_writer(task: str, folder: Path, name: str) -> Writer:
    from engine.runtimes.choice import REFERENCE, choose_steps, runtime_wanted
    from engine.runtimes.program import read_program
    from engine.text import load_tokenizer

    info = dataclasses.replace(_read_info(folder), name=name)
    _check_task(task, info)
    tokenizer = load_tokenizer(folder / "tokenizer.json")
    program = None if runtime_wanted() == REFERENCE else read_program(folder, info.config)
    if program is None:
        loaded = _load(folder, name)
        return Writer(loaded.info, loaded.steps, loaded.tokenizer)
    _check_vocabulary(folder, program.vocab_size, tokenizer)
    return Writer(info, choose_steps(program), tokenizer)


def save_model(
    folder: Path | str,
    model: PretrainedModel,
    tokenizer: Tokenizer,
    facts: JsonObject,
    card: str,
    is_exact: bool = False,
) -> Path:
    """Write a complete model folder (weights in half precision, in single where `is_exact`) and return it.

    `facts` go into config.json beside the model's own arguments: model, title, languages, training, metrics, ...
    The folder appears complete or not at all, in place of an older one; what else that held stays in it.
    """
    import torch

    folder = Path(folder)
    with replaced(folder, without=FILES) as draft:
        if is_exact:
            (draft / "model.safetensors").write_bytes(model.stored(torch.float32))
        else:
            model._save_pretrained(draft)
        tokenizer.save(draft / "tokenizer.json")
        _describe_in(draft, model.config | {"task": model.task, "parameters": model.parameter_count()} | facts, card)
    return folder


def write_facts(folder: Path, config: JsonObject, card: str) -> None:
    """Put other facts and another card into a model folder; both appear, or neither."""
    with replaced(folder, without=("config.json", "README.md")) as draft:
        _describe_in(draft, config, card)


def _describe_in(folder: Path, config: JsonObject, card: str) -> None:
    """Write config.json, sorted, so that versions can be compared, and the card."""
    config_text = json.dumps(config, indent=2, sort_keys=True, ensure_ascii=False)
    (folder / "config.json").write_text(f"{config_text}\n", encoding="utf-8")
    (folder / "README.md").write_text(card, encoding="utf-8")


def _load(folder: Path, name: str) -> LoadedModel:
    info = dataclasses.replace(_read_info(folder), name=name)
    from engine.models import MODELS
    from engine.text import load_tokenizer

    tokenizer = load_tokenizer(folder / "tokenizer.json")
    try:
        model = MODELS.get(info.config["model"]).from_pretrained(str(folder))
    except ConfigError as error:
        raise ModelError(f"The model folder '{folder.name}' cannot be used: {error}") from error
    except Exception as error:  # safetensors and torch raise kinds of their own for damaged weights
        raise ModelError(f"The weights in '{folder.name}' are damaged or do not fit its config.json.") from error
    lost = next((name for name, tensor in model.state_dict().items() if not bool(tensor.isfinite().all())), "")
    if lost:
        raise ModelError(f"The weights in '{folder.name}' are not finite numbers ({lost}): train it again.")
    _check_vocabulary(folder, model.vocab_size, tokenizer)
    if model.task != info.task:
        raise ModelError(
            f"The config.json in '{folder.name}' gives the task {info.task!r}, but its model does {model.task!r}."
        )
    return LoadedModel(dataclasses.replace(info, parameters=model.parameter_count()), model, tokenizer)


def _check_vocabulary(folder: Path, vocab_size: int, tokenizer: Tokenizer) -> None:
    if vocab_size != tokenizer.vocab_size:
        raise ModelError(f"The tokenizer in '{folder.name}' does not belong to its weights: vocabulary sizes differ.")


def load_model_of(task: str, name: str | Path) -> LoadedModel:
    """Return a model as `load_model` does, if it is one for this task.

    Raises:
        ModelError: it does not exist, or its folder is incomplete or damaged.
        InputError: it does another task.
    """
    loaded = load_model(name)
    _check_task(task, loaded.info, name)
    return loaded


def _check_task(task: str, info: ModelInfo, name: str | Path = "") -> None:
    if info.task != task:
        belongs, wanted = (TASK_FAMILIES.get(each).noun for each in (info.task, task))
        raise InputError(f"The model '{name or info.name}' is one of the {belongs}, not one of the {wanted}.")


def _locate(name: str, root: Path | None) -> tuple[Path, str]:
    """Return the folder of a model and the name it goes by."""
    try:
        folder = find_folder(name, root)
    except ModelError:
        if not HUB_ID.fullmatch(name):
            raise
        return _download(name), name
    return folder, folder.name


def _read_info(folder: Path) -> ModelInfo:
    missing = [file for file in FILES if not (folder / file).is_file()]
    if missing:
        raise ModelError(f"The model folder '{folder.name}' is incomplete: {', '.join(missing)} missing.")
    try:
        card_text = (folder / "README.md").read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ModelError(
            f"The card of '{folder.name}', its README.md, cannot be read as UTF-8 text: save it as UTF-8."
        ) from error
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        if not all(isinstance(config[field], str) for field in ("model", "task", "cell")):
            raise TypeError(config)
        info = ModelInfo(
            name=folder.name,
            path=folder,
            title=config.get("title", folder.name),
            task=config["task"],
            architecture=config["cell"],
            parameters=int(config["parameters"]),
            size_mib=round((folder / "model.safetensors").stat().st_size / 2**20, 2),
            metrics=dict(config.get("metrics", {})),
            source_language=config.get("source_language", ""),
            target_language=config.get("target_language", ""),
            config=config,
            card_text=card_text,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(f"The config.json in '{folder.name}' is damaged or lacks a field.") from error
    if info.task not in TASK_FAMILIES.names():
        known = listing(TASK_FAMILIES.names())
        raise ModelError(f"The config.json in '{folder.name}' gives the task {info.task!r}; known are {known}.")
    check_weights_header(folder / "model.safetensors")
    return info


def check_weights_header(file: Path) -> None:
    """Check that a safetensors file is as long as its header says, without reading the weights.

    Raises:
        ModelError: it is cut short or not safetensors at all.
    """
    try:
        with file.open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            if not 0 < length < 10_000_000:
                raise ValueError(length)
            header = json.loads(stream.read(length))
        end = max((entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"), default=0)
        if file.stat().st_size != 8 + length + end:
            raise ValueError(end)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(f"The weights in '{file.parent.name}' are cut short or damaged.") from error


def _download(hub_id: str) -> Path:
    from engine.corpora.sources import is_hub_reachable

    if not is_hub_reachable():
        raise ModelError(f"'{hub_id}' is not a local model, and the Hugging Face Hub cannot be reached from here.")
    from huggingface_hub import constants, snapshot_download

    try:
        check_folder(Path(constants.HF_HUB_CACHE), "A copy of it")
    except InputError as problem:
        raise ModelError(
            f"The model '{hub_id}' cannot be kept here. {problem} Set HF_HUB_CACHE to another."
        ) from problem
    try:
        return Path(snapshot_download(hub_id, allow_patterns=list(FILES)))
    except Exception as error:  # the Hub client raises many kinds
        raise ModelError(f"The model '{hub_id}' could not be read from the Hugging Face Hub.") from error
