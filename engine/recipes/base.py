"""What a recipe is: data, tokeniser, model and settings, in one frozen object with a name."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Self, TypeVar

from engine.cells import CELLS
from engine.config import Dataclass, JsonObject, option, to_dict
from engine.corpora import Corpus, CorpusSource
from engine.errors import ModelError
from engine.models.base import PretrainedModel
from engine.models.card import corpora_behind
from engine.models.folder import PRETRAINED, LoadedModel, load_model
from engine.registry import Registry
from engine.text import Tokenizer
from engine.training import Objective, TrainingSettings

RUNS = Path("runs")  # where the README's commands put what is trained

RECIPES: Registry[Recipe] = Registry("recipe", order=lambda recipe: recipe.name)
RECIPE_KINDS: Registry[type[Recipe]] = Registry("kind of recipe")
R = TypeVar("R", bound="Recipe")
D = TypeVar("D", bound=Dataclass)


@dataclasses.dataclass(frozen=True)
class Prepared:
    """Everything a trainer and a model folder need.

    Attributes:
        objective: what the model is trained for; None for a model that is made by counting and finished already.
        facts: what the model folder's config.json says beside the model's own arguments (task, languages, title, ...).
        corpora: what was read, each from one of its sources.
        started_from: what is known of the training this one goes on from; empty where it starts afresh.
        start_share: how much of the weights it started from goes into the weights that are kept, 0 to 1.

    Paper: Wortsman et al. (2022), Robust fine-tuning of zero-shot models, arXiv 2109.01903: between the weights before
    and after a second course lie weights that are good at what either was good at.
    """

    model: PretrainedModel
    tokenizer: Tokenizer
    objective: Objective | None
    settings: TrainingSettings
    facts: JsonObject
    corpora: tuple[Corpus, ...]
    started_from: JsonObject = dataclasses.field(default_factory=dict)
    start_share: float = 0.0

    @property
    def sources(self) -> tuple[CorpusSource, ...]:
        """Which copy of each corpus was read."""
        return tuple(corpus.source for corpus in self.corpora)


@dataclasses.dataclass(frozen=True)
class Recipe:
    """A named way to train one model.

    Attributes:
        title: what its model is called in full. corpus: what it reads, a name in CORPORA.
        label, group: what pages call it and which models it stands beside, "" where its architecture says both.
        kind: its name in RECIPE_KINDS. task: of the family its models belong to.
    """

    kind: ClassVar[str]
    task: ClassVar[str]

    name: str
    title: str
    corpus: str
    _: dataclasses.KW_ONLY
    training: TrainingSettings
    label: str = ""
    group: str = ""

    def prepare(self, settings: TrainingSettings) -> Prepared:
        """Read the corpora, train the tokeniser and build the untrained (or counted) model."""
        raise NotImplementedError

    @classmethod
    def architectures(cls) -> tuple[str, ...]:
        """Return the architectures it can build for any data; none where it is not meant for that."""
        return ()

    @classmethod
    def tailored(cls, architecture: str, corpus: Corpus, begun: LoadedModel | None) -> Self:
        """Return a recipe whose sizes and number of updates suit a corpus, of the size of `begun`, if it is given.

        Raises:
            DataError: the corpus holds something else, or too little.
        """
        raise NotImplementedError

    def names_on_pages(self) -> dict[str, str]:
        """Return label and group as facts of its model, those that are given."""
        return {name: value for name in ("label", "group") if (value := getattr(self, name))}


def register(recipe: R) -> R:
    """File a recipe under its name, and return it."""
    RECIPES.register(recipe.name)(recipe)
    return recipe


def model_like(model: type[D], begun: LoadedModel) -> D:
    """Return the hyper-parameters of a trained model.

    Raises:
        ModelError: it is none of this kind.
    """
    config = begun.info.config
    if config["model"] != getattr(model, "model", ""):
        raise ModelError(f"The model '{begun.info.name}' is a {config['model']}, which cannot be started from here.")
    return model(**{field.name: config[field.name] for field in dataclasses.fields(model) if field.name in config})


def course(updates: float, fewest: int, most: int, **settings: Any) -> TrainingSettings:  # its fields
    """Return the training of a recipe for any data: so many updates within bounds, measured eight times."""
    steps = round(max(fewest, min(most, updates)) / 8) * 8
    pace = {"evaluate_every": steps // 8, "checkpoint_every": max(1, steps // 16), "log_every": max(5, steps // 400)}
    # One thread: the pages keep the other cores, and threads that wait for each other on a busy machine take seconds.
    return TrainingSettings(max_steps=steps, seed=1, threads=1, precision="bfloat16", **(pace | settings))


def has_gates(cell: str) -> bool:
    """Return whether a cell has gates: without them it takes a lower learning rate to stay stable."""
    return cell not in CELLS.names() or any(gate.roles for gate in CELLS.get(cell).gates)


def first_command(start_from: str) -> str:
    """Return the command that trains the recipe that another one starts from."""
    return f"python -m engine train --recipe {start_from} --output {RUNS / start_from}"


def label_smoothing_option(default: float) -> Any:  # a field of a dataclass
    """Return the share of the target that goes to the other answers.

    Paper: Szegedy et al. (2016), Rethinking the Inception architecture, section 7.
    """
    words = "Share of the certainty taken off the right answer."
    return option(default, label="Label smoothing", help=words, minimum=0.0, maximum=0.9)


def load_beginning(recipe: Recipe, start_from: str, model: Dataclass, may_differ: Sequence[str]) -> LoadedModel | None:
    """Return the trained model of the recipe `start_from`, own runs before shipped ones; None where it is "".

    Its hyper-parameters must be those of `model`, which `recipe` builds, but for those that `may_differ`.

    Raises:
        ModelError: it is not there, or is of another size.
    """
    if not start_from:
        return None
    is_name = Path(start_from).name == start_from  # not a way to another folder
    folder = next((root / start_from for root in (RUNS, PRETRAINED) if is_name and (root / start_from).is_dir()), None)
    if folder is None:
        raise ModelError(
            f"{recipe.name} goes on from a model that is not in {RUNS}; train it first: {first_command(start_from)}"
        )
    loaded = load_model(folder.absolute())
    if loaded.info.config["model"] != getattr(model, "model", ""):
        raise ModelError(f"The model in {folder} is of another kind than that of {recipe.name}.")
    for name, value in to_dict(model).items():
        if name not in may_differ and loaded.info.config.get(name, value) != value:
            raise ModelError(f"The model in {folder} has another {name} than {recipe.name}.")
    return loaded


def what_went_before(begun: LoadedModel | None, start_from: str) -> JsonObject:
    """Return what a card tells of the training that this one goes on from; nothing where it starts afresh."""
    if begun is None:
        return {}
    training = begun.info.config["training"]
    return {
        "recipe": start_from,
        "command": first_command(start_from),
        "corpora": corpora_behind(begun.info.config),
    } | {name: training[name] for name in ("steps", "minutes")}
