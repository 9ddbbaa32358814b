"""Embedding, recurrent layers, one linear layer: a language model, a classifier or a tagger, whatever its modules are
called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.cells import CELLS
from engine.errors import InputError
from engine.exchange.details import Details, numbered_labels
from engine.exchange.layouts.base import LAYOUTS, Built, Layout, LayoutPart
from engine.exchange.modules import BIASED, LINEAR, MATRIX, RECURRENT, Linear, ModuleKind, Modules, Recurrent
from engine.exchange.vocabularies import Vocabulary
from engine.layers import Weights, layer_weights
from engine.models.base import PretrainedModel
from engine.models.classifier import AVERAGE, Classifier
from engine.models.language_model import LanguageModel
from engine.models.tagger import Tagger
from engine.task_family import TASK_FAMILIES
from engine.text.base import UNK
from engine.wording import listing

EMBEDDING, LAYERS, HEAD = "embedding", "recurrent layers", "linear layer"
VOCABULARY = "Vocabulary"
EMBEDDING_NAMES = ("emb", "enc", "lookup", "wte")  # of parts of what embeddings are called
NEVER = -1e4  # a logit that no softmax sees, and half precision holds
TASKS = ("classification", "tagging", "language_model")
TANH = "An nn.RNN is taken to squash with tanh, its default: the tensors do not tell."
STRAIGHT = "Nothing stands between the layers: dropout is off when a network is used, and the tensors tell of no other."


@dataclass(frozen=True)
class Stack:
    """The layers of such a network; `recurrent` is None where embeddings are averaged."""

    embedding: Linear
    recurrent: Recurrent | None
    head: Linear

    @property
    def vocabularies(self) -> dict[str, Linear]:
        """The tables that vocabularies belong to, by what each is called."""
        return {VOCABULARY: self.embedding}

    @property
    def notes(self) -> tuple[str, ...]:
        """What is taken for granted of these layers: which of a cell's activations it has."""
        return (TANH,) if self.recurrent is not None and CELLS.get(self.recurrent.cell).activations else ()

    def fits(self, task: str) -> bool:
        """Return whether the shapes allow a task."""
        return use_for(task).fits(self)

    def grown(self, tokens: int, task: str) -> Stack:
        """Return the layers with rows for tokens that were added to the vocabulary: they say nothing, and are never
        written where the network writes."""
        added = tokens - self.embedding.rows
        if not added:
            return self
        head = self.head
        if use_for(task).writes:
            never = torch.full((added,), NEVER)
            head = Linear(head.name, _with_rows(head.weight, added), torch.cat([head.bias, never]))
        table = Linear(self.embedding.name, _with_rows(self.embedding.weight, added), torch.zeros(tokens))
        return Stack(table, self.recurrent, head)

    def answers(self, task: str) -> int:
        """Return how many labels the network tells apart, 0 for a task without."""
        return use_for(task).answers(self)


@dataclass(frozen=True)
class StackUse:
    """What such layers are for one task.

    Attributes:
        fits: whether the shapes allow it.
        build: makes the model of ours.
        answers: how many labels it tells apart, 0 where it has none.
        writes: whether the linear layer has a row for each token.
    """

    fits: Callable[[Stack], bool]
    build: Callable[[Stack, Details], PretrainedModel]
    answers: Callable[[Stack], int]
    writes: bool = False


def use_for(task: str) -> StackUse:
    """Return what such layers are for a task, as its family says.

    Raises:
        InputError: they are nothing for it.
    """
    family = TASK_FAMILIES.get(task)
    if family.brought.of_stack is None:
        raise InputError(f"An embedding, recurrent layers and a linear layer are none of the {family.noun}.")
    use: StackUse = family.brought.of_stack.load()
    return use


def read_stack(modules: Modules, names: Mapping[str, str]) -> Stack:
    """Return the layers with their shapes checked."""
    recurrent = None
    if EMBEDDING in names:
        embedding = modules.table(names[EMBEDDING])
    if LAYERS in names:
        recurrent = modules.recurrent(names[LAYERS], embedding.weight.shape[1] if EMBEDDING in names else None)
        if EMBEDDING not in names:  # every token is a unit of its own
            embedding = Linear("", torch.eye(recurrent.input_size), torch.zeros(recurrent.input_size))
    size = embedding.weight.shape[1] if recurrent is None else recurrent.hidden_size * recurrent.directions
    return Stack(embedding, recurrent, modules.linear(names[HEAD], size))


def build(stack: Stack, vocabularies: Mapping[str, Vocabulary], details: Details) -> Built:
    """Return the model for the task that `details` give.

    Raises:
        InputError: the shapes do not allow that task, or the labels are of another number.
    """
    use = use_for(details.task)
    if not use.fits(stack):
        fitting = listing([task.replace("_", " ") for task in TASKS if stack.fits(task)], " or ")
        raise InputError(f"With these shapes the network can do {fitting}, not {details.task.replace('_', ' ')}.")
    vocabulary = vocabularies[VOCABULARY].with_marks(UNK)
    model = use.build(stack.grown(len(vocabulary.tokens), details.task), details)
    is_single = use.answers(stack) > stack.head.rows  # one sigmoid
    return Built(model, vocabulary.tokenizer(), (1,) if is_single else tuple(range(stack.head.rows)))


def _language_model(stack: Stack, details: Details) -> PretrainedModel:
    recurrent, head = _layers(stack), stack.head
    vocabulary, width = stack.embedding.weight.shape
    model = LanguageModel(
        vocabulary, width, recurrent.hidden_size, len(recurrent.layers), recurrent.cell, residual=False
    )
    fill(model.embedding.weight, stack.embedding.weight)
    for (weights,), layer in zip(recurrent.layers, model.layers, strict=True):
        fill_layer(layer, weights)
    fill(model.output.weight, head.weight)
    fill(model.output_bias, head.bias)
    return model


def _classifier(stack: Stack, details: Details) -> PretrainedModel:
    recurrent, head = stack.recurrent, stack.head
    weight, bias = head.weight, head.bias
    if head.rows == 1:  # one sigmoid says as much as a softmax over it and nothing
        weight, bias = (torch.cat([torch.zeros_like(part), part]) for part in (weight, bias))
    labels = _labels(stack, details)
    vocabulary, width = stack.embedding.weight.shape
    if recurrent is None:
        model = Classifier(vocabulary, width, 0, 0, AVERAGE, False, num_labels=len(labels))
    else:
        is_both = recurrent.directions == 2
        if is_both and details.backward_first:
            weight = torch.cat(weight.split(recurrent.hidden_size, dim=1)[::-1], dim=1)
        model = Classifier(
            vocabulary,
            width,
            recurrent.hidden_size,
            len(recurrent.layers),
            recurrent.cell,
            is_both,
            num_labels=len(labels),
            pooling=details.pooling,
            joined=is_both,
        )
        stacks = [model.forward_layers, model.backward_layers][: recurrent.directions]
        for number, ways in enumerate(recurrent.layers):
            for layers, weights in zip(stacks, ways, strict=True):
                fill_layer(layers[number], weights)
    fill(model.embedding.weight, stack.embedding.weight)
    fill(model.output.weight, weight)
    fill(model.output.bias, bias)
    return model


def _tagger(stack: Stack, details: Details) -> PretrainedModel:
    recurrent, head = _layers(stack), stack.head
    vocabulary, width = stack.embedding.weight.shape
    is_both, size = recurrent.directions == 2, recurrent.hidden_size
    model = Tagger(
        vocabulary,
        list(_labels(stack, details)),
        width,
        character_filters=0,
        shape_dim=0,
        hidden_size=size,
        cell=recurrent.cell,
        bidirectional=is_both,
        crf=False,
        num_layers=len(recurrent.layers),
    )
    fill(model.embedding.weight, stack.embedding.weight)
    *lower, top = recurrent.layers
    for ways, layers in zip(lower, model.lower, strict=True):
        for weights, layer in zip(ways, layers.children(), strict=True):
            fill_layer(layer, weights)
    for weights, above in zip(top, (model.forwards, model.backwards), strict=False):
        fill_layer(above, weights)
    fill(model.forward_emission.weight, head.weight[:, :size])
    fill(model.forward_emission.bias, head.bias)
    if model.backward_emission is not None:
        fill(model.backward_emission.weight, head.weight[:, size:])
    return model


def _reads_onwards(stack: Stack) -> bool:
    return stack.recurrent is not None and stack.recurrent.directions == 1


LANGUAGE_MODEL = StackUse(
    lambda stack: _reads_onwards(stack) and stack.head.rows == stack.embedding.rows,
    _language_model,
    lambda stack: 0,
    writes=True,
)
CLASSIFIER = StackUse(lambda stack: True, _classifier, lambda stack: max(2, stack.head.rows))
TAGGER = StackUse(
    lambda stack: stack.recurrent is not None and stack.head.rows > 1, _tagger, lambda stack: stack.head.rows
)


def _with_rows(weight: Tensor, count: int) -> Tensor:
    return torch.cat([weight, torch.zeros(count, weight.shape[1])])


def fill(parameter: Tensor, value: Tensor) -> None:
    """Write a value of the same shape into a parameter."""
    with torch.no_grad():
        if parameter.shape != value.shape:
            raise ValueError(f"{tuple(parameter.shape)} is not {tuple(value.shape)}")
        parameter.copy_(value)


def fill_layer(layer: torch.nn.Module | None, weights: Weights) -> None:
    """Write one direction's weights into a layer of ours."""
    assert layer is not None
    for parameter, value in zip(layer_weights(layer), weights, strict=True):
        assert parameter is not None
        assert value is not None
        fill(parameter, value)


def _layers(stack: Stack) -> Recurrent:
    if stack.recurrent is None:
        raise InputError("There are no recurrent layers in the file.")
    return stack.recurrent


def _labels(stack: Stack, details: Details) -> tuple[str, ...]:
    count = stack.answers(details.task)
    labels = details.labels or numbered_labels(count)
    if len(labels) != count or len(set(labels)) != count:
        raise InputError(
            f"“{stack.head.name}.weight” tells {count} labels apart; give {count} different names, not {len(labels)}."
        )
    return labels


def _tell_apart(modules: Modules, names: dict[str, str]) -> dict[str, str]:
    """Return which is the embedding and which the linear layer where both are a matrix and nothing else: by their
    widths, or by their names where these fit either way.

    Raises:
        InputError: neither tells.
    """
    table, head = names[EMBEDDING], names[HEAD]
    if "bias" in modules.groups[head]:
        return names
    layers = modules.groups[names[LAYERS]]
    said = layers["weight_hh_l0"].shape[1] * (2 if "weight_ih_l0_reverse" in layers else 1)
    widths = [modules.groups[each]["weight"].shape[1] for each in (table, head)]
    wanted = [layers["weight_ih_l0"].shape[1], said]
    are_called = [any(part in each.lower() for part in EMBEDDING_NAMES) for each in (table, head)]
    exchanged = names | {EMBEDDING: head, HEAD: table}
    if widths[0] != widths[1]:
        return exchanged if widths[::-1] == wanted else names
    if widths == wanted and are_called[0] == are_called[1]:
        either = " and ".join(f"“{modules.given.source(f'{each}.weight')}”" for each in sorted((table, head)))
        raise InputError(
            f"{either} could both be the embedding: call the one that is “embedding.weight” and save the file again."
        )
    return exchanged if are_called[1] else names


def stack_layout(
    name: str,
    title: str,
    origin: str,
    tasks: tuple[str, ...],
    names: Mapping[str, tuple[str, ...]],
    head: ModuleKind = LINEAR,
    **more: object,
) -> Layout:
    """Register the layout of such a network with module names of its own, and return it; `head` is the kind of its
    linear layer."""
    kinds = {EMBEDDING: MATRIX, LAYERS: RECURRENT, HEAD: head}
    parts = tuple(LayoutPart(role, kinds[role], given) for role, given in names.items())
    layout = Layout(name, title, origin, tasks, parts, read_stack, build, (STRAIGHT,), **more)  # type: ignore[arg-type]
    LAYOUTS.register(name)(layout)
    return layout


stack_layout(
    "recurrent",
    "Embedding, recurrent layers and a linear layer",
    "any module of torch.nn with these three parts",
    TASKS,
    {EMBEDDING: (), LAYERS: (), HEAD: ()},
    tell_apart=_tell_apart,
    order=90,
)
stack_layout(
    "one-hot",
    "Recurrent layers over one-hot tokens and a linear layer",
    "PyTorch's tutorial “Classifying names with a character-level RNN”",
    TASKS,
    {LAYERS: (), HEAD: ()},
    head=BIASED,
    order=91,
)
stack_layout(
    "average",
    "Averaged embeddings and a linear layer",
    "bentrevett/pytorch-sentiment-analysis, neural bag of words",
    ("classification",),
    {EMBEDDING: (), HEAD: ()},
    head=BIASED,
    order=92,
)
