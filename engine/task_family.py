"""What a task family is: one definition of everything the rest of the project must know of models that do one task.

`engine/families` holds one file per family. Cards, command line, lists and pages ask `TASK_FAMILIES` and name none, so
that a new family is one new file. To list families costs no import of torch: what computes is named by `Deferred`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.config import JsonObject
from engine.registry import Registry

LOWER, HIGHER = "lower is better", "higher is better"

TASK_FAMILIES: Registry[TaskFamily] = Registry("task", package="engine.families")


@dataclass(frozen=True)
class Deferred:
    """A function, or whatever else, named as "package.module:name" and imported when it is first called for."""

    path: str

    def load(self) -> Any:  # whatever it names
        """Return what it names."""
        module, name = self.path.split(":")
        return getattr(importlib.import_module(module), name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # as the function itself
        """Return what the function returns."""
        return self.load()(*args, **kwargs)


@dataclass(frozen=True)
class Metric:
    """One measure as a card tells it: its key in config.json, its words, and which way is better ("" for neither)."""

    name: str
    words: str
    better: str = ""


@dataclass(frozen=True)
class Headline:
    """The one measure a model is judged by: its key, how its value is said, and how that is to be read."""

    name: str
    words: str
    meaning: str


@dataclass(frozen=True)
class ModelWords:
    """How the card tells the build of one model of a family: a sentence from its config.json, and what its size
    counts."""

    architecture: Callable[[JsonObject], str]
    counted: str = "parameters"


@dataclass(frozen=True)
class Command:
    """A command of the command line.

    Attributes:
        settings: dataclass whose fields are the command's options (see `engine.command_options`).
        run: does it, given the settings; what it returns is the exit code, None for 0.
        examples: what may be typed after "python -m engine".
    """

    name: str
    help: str
    settings: type
    run: Callable[[Any], int | None]  # of its own settings
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class ResultTable:
    """A stored table of results that `evaluate` can add a model's rows to.

    Attributes:
        name: the option that asks for it, as a Python name.
        add: given the loaded model and the table's path; where it takes minutes it yields the share that is done.
    """

    name: str
    help: str
    add: Callable[..., Iterable[float] | None]


# Of every family with a `judge`.
BEHAVIOUR = ResultTable(
    "behaviour",
    "add its answers to the sentences of its behaviour suite to this table",
    Deferred("engine.evaluation.behaviour:add_behaviour"),
)


@dataclass(frozen=True)
class Page:
    """The page on which a family is seen.

    Attributes:
        name: of its file and its folder of components, and its address.
        sentence: what the home page says of it.
        legend: what its thumbnail's marks mean, by what they are called.
        opens: the parameter of its address that names the network it looks at, "" where it looks at none.
    """

    name: str
    title: str
    sentence: str
    legend: Mapping[str, str] = field(default_factory=dict)
    opens: str = ""


@dataclass(frozen=True)
class BatchReading:
    """How lines of text become a batch, so that padding, mask and packing can be looked at.

    Attributes:
        split: (loaded model, line) -> the words it reads.
        read: (loaded model, rows of words) -> `engine.inspection.padding.Reading`.
    """

    split: Callable[..., Sequence[str]]
    read: Callable[..., Any]  # what it gives lies above


@dataclass(frozen=True)
class OpenedLayers:
    """Where the recurrent layers of a family's models are, so that their cells can be opened up.

    Attributes:
        labels: (`ModelInfo`) -> what the layers and directions are called, in the order they are listed in.
        layers: (loaded model) -> the layers and directions, in that order.
        runs: (loaded model, text, those layers in double precision) -> `engine.inspection.cells.steps.LayerRun` of
            each.
        called: (`ModelInfo`) -> what a page of cells calls a model where its own label does not say which part of it
            is meant.
        streams: whether models offer `start` and `step` over the text, so that their states can be edited and compared.
        reads_anything: whether a text of which nothing can be read is still one unknown token.
    """

    labels: Callable[..., list[str]]
    layers: Callable[..., list[Any]]  # what they give lies above
    runs: Callable[..., Iterable[Any]]
    called: Callable[..., str] | None = None
    streams: bool = False
    reads_anything: bool = False


@dataclass(frozen=True)
class Watched:
    """What is looked at while a model of the family learns.

    Attributes:
        metric: the measure that tells best how far it is: its key in what is measured, its words, which way is better.
        look: (loaded model, `Corpus`, what was measured on validation data) -> (samples from fixed seeds, further
            measures); a sample says what was `given`, `wanted` ("" for nothing in particular) and `answered`.
    """

    metric: Metric
    look: Callable[..., tuple[list[JsonObject], dict[str, float]]]


@dataclass(frozen=True)
class TrainedElsewhere:
    """How a network of a family is read that was trained elsewhere.

    Attributes:
        asked: what its owner has to say, as its tensors do not: fields of `engine.exchange.details.Details`.
        kept: those of them that config.json keeps.
        answers_tokens: whether it answers every token, and not the text as a whole.
        of_stack: `engine.exchange.layouts.recurrent.StackUse`, what an embedding, recurrent layers and a linear layer
            are to it; None where they are nothing.
    """

    asked: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    answers_tokens: bool = True
    of_stack: Deferred | None = None


def _by_group(info: Any) -> tuple[object, ...]:  # a `ModelInfo`, which lies above
    return info.group, info.architecture != "lstm", info.name


def _languages_of(info: Any) -> tuple[object, ...]:  # as there
    return info.source_language, info.target_language


def _in_english(config: JsonObject) -> tuple[str, ...]:
    return ("en",)


@dataclass(frozen=True, kw_only=True)
class TaskFamily:
    """Everything known of a family of models that do one task.

    Attributes:
        name: the task as config.json says it; permanent.
        noun: one model of the family, in the plural: "translators".
        order: place in lists of families.
        models: how each of its models (by its name in `MODELS`) is described on a card.
        metrics: every measure that a card lists, in that order.
        evaluate: (loaded model) -> its metrics.
        limits: the card's last section.
        example: three lines of Python, and `command_example` one command, that use the model "{name}" (learnt from
            "{corpus}"); the command may depend on what config.json says.
        pipeline_tag: the task's name on the Hub; `languages`: which ones a model reads and writes.
        published: what a card says below its figures, such as published ones beside them, "" for nothing.
        subject: (`ModelInfo`) -> what a page is asked for before a model is chosen, which tells models of one build
            apart: their languages, or what they forecast.
        rank: the key of a `ModelInfo` by which models are offered; the first is shown where only one is.
        commands, tables, page: what it adds to the command line, to `evaluate` and to the app; None for no page yet.
        batch, opened: how its models read lines at once, and where their cells are; None where that is not shown.
        watched: what is looked at while one of its models learns.
        brought: how its networks are read that were trained elsewhere.
        judge: (loaded model, cases of `engine.behaviour`) -> a Judgement of each; None where the task has no suite.
        index: what `index --model` calls with (loaded model, corpus, rows, folder), None for nothing.
    """

    name: str
    noun: str
    order: int
    models: Mapping[str, ModelWords]
    metrics: tuple[Metric, ...]
    headline: Headline
    evaluate: Callable[..., JsonObject]
    limits: str
    example: str
    command_example: str | Callable[[JsonObject], str]
    pipeline_tag: str
    page: Page | None = None
    commands: tuple[Command, ...] = ()
    tables: tuple[ResultTable, ...] = ()
    languages: Callable[[JsonObject], tuple[str, ...]] = _in_english
    published: Callable[[JsonObject, JsonObject], str] = lambda config, metrics: ""
    subject: Callable[[Any], tuple[object, ...]] = _languages_of  # as there
    rank: Callable[[Any], tuple[object, ...]] = _by_group  # as there
    batch: BatchReading | None = None
    opened: OpenedLayers | None = None
    brought: TrainedElsewhere = TrainedElsewhere()
    judge: Deferred | None = None
    index: Callable[..., Path] | None = None
    watched: Watched | None = None

    @property
    def streams(self) -> bool:
        """Whether its models offer `start` and `step` over the text that they read."""
        return self.opened is not None and self.opened.streams


def in_order() -> list[TaskFamily]:
    """Return the families in the order of lists."""
    return sorted((family for _, family in TASK_FAMILIES.items()), key=lambda family: (family.order, family.name))


def pages() -> list[Page]:
    """Return the pages on which families are seen, in the order of lists."""
    return [family.page for family in in_order() if family.page]


def register(family: TaskFamily) -> TaskFamily:
    """File a family under its task's name and return it."""
    return TASK_FAMILIES.register(family.name)(family)
