"""A network that was trained elsewhere as a model folder of ours: built, proved against a reference, kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from engine.config import JsonObject, to_dict
from engine.corpora.data_folder import stated
from engine.errors import InputError
from engine.exchange.details import Details, numbered_labels
from engine.exchange.layouts.base import Built
from engine.exchange.recognition import Recognised
from engine.exchange.vocabularies import Vocabulary, check_size
from engine.models.base import MODELS, PretrainedModel
from engine.models.card import write_card
from engine.models.folder import save_model
from engine.task_family import TASK_FAMILIES

INPUTS = ("source", "ids")  # in the order in which a translator reads them
TOLERANCE = 1e-4  # of a reference: other machines sum in another order
MAX_REFERENCE = 20 * 2**20


@dataclass(frozen=True)
class BroughtNetwork:
    """A network ready to be kept.

    Attributes:
        facts: what goes into its config.json.
    """

    built: Built
    facts: JsonObject


@dataclass(frozen=True)
class Proof:
    """How far a network's answers are from a reference: of `count` numbers the largest difference."""

    count: int
    difference: float

    @property
    def holds(self) -> bool:
        """Whether the two are the same but for rounding."""
        return self.difference <= TOLERANCE

    @property
    def sentence(self) -> str:
        """What is to be said of it."""
        if self.holds:
            return (
                f"Proved: of {self.count:,} numbers the largest difference from the reference is "
                f"{self.difference:.1e}, which is rounding."
            )
        return (
            f"Of {self.count:,} numbers one differs from the reference by {self.difference:.3g}: the network computes "
            "something else than what was read from its tensors. Try another task or order of directions."
        )


def bring(found: Recognised, vocabularies: Mapping[str, Vocabulary], details: Details) -> BroughtNetwork:
    """Return the network with its tokeniser; `vocabularies` has one for each of `found.vocabularies`.

    Raises:
        InputError: a vocabulary does not belong to its table, or the details do not fit the shapes.
    """
    details = replace(details, task=details.task or found.tasks[0])
    for called, table in found.vocabularies.items():
        if called not in vocabularies:
            raise InputError(f"{called}: give its tokens in the order of their ids.")
        check_size(vocabularies[called], table.rows, found.given.source(f"{table.name}.weight"))
    built = found.build(vocabularies, details)
    return BroughtNetwork(built, facts_of(found, details, built.model))


def facts_of(found: Recognised, details: Details, model: PretrainedModel) -> JsonObject:
    """Return what config.json says of a network beside its own arguments."""
    title = details.title.strip() or found.layout.title
    from_where = {"layout": found.layout.name, "origin": found.given.origin}
    facts: JsonObject = {"model": model_name(model), "title": title, "label": title, "brought": from_where}
    facts["terms"] = {"licence": stated(details.licence), "origin": stated(details.origin)}
    said = replace(details, labels=details.labels or numbered_labels(found.answers(details.task)))
    return facts | {name: to_dict(said)[name] for name in TASK_FAMILIES.get(details.task).brought.kept}


def model_name(model: PretrainedModel) -> str:
    """Return the name under which a model's class is registered."""
    return next(name for name, kind in MODELS.items() if kind is type(model))


def keep(brought: BroughtNetwork, folder: Path) -> Path:
    """Write a network's model folder and return it: weights in single precision where half would change them."""
    model, facts = brought.built.model, brought.facts
    described = model.config | facts | {"task": model.task, "parameters": model.parameter_count()}
    is_exact = any(bool((weight.half().float() != weight).any()) for weight in model.state_dict().values())
    return save_model(folder, model, brought.built.tokenizer, facts, write_card(folder.name, described), is_exact)


def prove(brought: BroughtNetwork, name: str, data: bytes) -> Proof:
    """Return how far the network's answers are from a reference: JSON with "ids" and "logits" (a translator's "source"
    beside them). Logits may be log-probabilities.

    Raises:
        InputError: it is no such file, or of other ids or shapes.
    """
    if len(data) > MAX_REFERENCE:
        raise InputError(f"{name} has {len(data) / 2**20:,.0f} MiB; a reference has at most {MAX_REFERENCE // 2**20}.")
    try:
        stored: dict[str, Any] = json.loads(data)  # Any: checked below
        given = {key: np.atleast_2d(np.asarray(stored[key], dtype=np.int64)) for key in INPUTS if key in stored}
        wanted = torch.from_numpy(np.asarray(stored["logits"], dtype=np.float32))
        own = answers(brought, **{key: torch.from_numpy(ids) for key, ids in given.items()})
    except (ValueError, KeyError, TypeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(
            f'{name} is no reference: give JSON as {{"ids": [[3, 1]], "logits": [[[0.1, 2.3]]]}}.'
        ) from error
    if own.numel() != wanted.numel():
        raise InputError(
            f"The logits in {name} have the shape {tuple(wanted.shape)}; for these ids the network gives "
            f"{tuple(own.shape)}."
        )
    wanted = wanted.reshape(own.shape)
    plain = float((own - wanted).abs().max())
    normalised = float((own.log_softmax(-1) - wanted).abs().max())
    return Proof(wanted.numel(), min(plain, normalised))


@torch.no_grad()
def answers(brought: BroughtNetwork, ids: Tensor, source: Tensor | None = None) -> Tensor:
    """Return the network's logits for ids (B, T), numbered and ordered as in the file that it comes from.

    Raises:
        InputError: an id is not in the vocabulary.
    """
    built, model = brought.built, brought.built.model
    read = [_renumber(built, key, given) for key, given in zip(INPUTS, (source, ids), strict=True) if given is not None]
    return _ANSWERS[model.task](model, *read)[..., list(built.columns)]


def _renumber(built: Built, key: str, ids: Tensor) -> Tensor:
    table = torch.tensor(built.renumbered.get(key, tuple(range(built.model.vocab_size))))
    if not ids.numel() or int(ids.min()) < 0 or int(ids.max()) >= len(table):
        raise InputError(f"The ids of a reference must lie between 0 and {len(table) - 1:,}.")
    return table[ids]


def _lengths(ids: Tensor) -> Tensor:
    return torch.full((len(ids),), ids.shape[1])


def _tag(model: Any, ids: Tensor) -> Tensor:  # a Tagger
    forward, backward, bias = model.emit(model.embedding(ids), _lengths(ids))
    return forward + bias if backward is None else forward + backward + bias


# Any: a model of ours, and the ids that it reads.
_ANSWERS: dict[str, Callable[..., Tensor]] = {
    "language_model": lambda model, ids: model(ids)[0],
    "classification": lambda model, ids: model(ids, _lengths(ids)),
    "tagging": _tag,
    "translation": lambda model, source, ids: model(source, _lengths(source), ids)[0],
}
