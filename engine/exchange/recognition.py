"""Which layout a file of weights has, and what does not fit, said by the name of the tensor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import InputError
from engine.exchange.details import Details
from engine.exchange.layouts import LAYOUTS, Layout
from engine.exchange.layouts.base import Built, LayoutPart
from engine.exchange.modules import Linear, Modules
from engine.exchange.vocabularies import Vocabulary
from engine.exchange.weight_files import GivenWeights
from engine.limits import check
from engine.task_family import TASK_FAMILIES


@dataclass(frozen=True)
class Recognised:
    """A network whose layout is known.

    Attributes:
        names: of the modules, by role.
        layers: as the layout reads them.
    """

    given: GivenWeights
    layout: Layout
    names: Mapping[str, str]
    layers: Any  # of the layout's own kind

    @property
    def tasks(self) -> tuple[str, ...]:
        """What the network may do by its shapes, the likeliest first."""
        fitting = (task for task in self.layout.tasks if self.layers.fits(task))
        is_sequence = self.given.facts.get("is_sequence")  # None where the file does not tell
        return tuple(task for task in fitting if is_sequence in (None, TASK_FAMILIES.get(task).brought.answers_tokens))

    @property
    def vocabularies(self) -> dict[str, Linear]:
        """The tables that vocabularies belong to, by what each is called."""
        return self.layers.vocabularies

    @property
    def notes(self) -> tuple[str, ...]:
        """What tensors do not tell and is taken for granted."""
        return (*self.layout.notes, *self.layers.notes)

    @property
    def facts(self) -> Mapping[str, Any]:  # as `Details` has them
        """Defaults of `Details` that the layout or the file knows better."""
        told = {name: value for name, value in self.given.facts.items() if name != "is_sequence"}
        return {**(self.layout.settings or {}), **told}

    def rows(self) -> list[tuple[str, str, str]]:
        """Return (tensor, its shape, what it does) of every tensor in the file, module by module."""
        return [
            (self.given.source(name), " × ".join(map(str, tensor.shape)), role)
            for role, module in self.names.items()
            for name, tensor in sorted(self.given.tensors.items())
            if name.rpartition(".")[0] == module
        ]

    def answers(self, task: str) -> int:
        """Return how many labels the network tells apart in a task, 0 for one without."""
        return self.layers.answers(task)

    def build(self, vocabularies: Mapping[str, Vocabulary], details: Details) -> Built:
        """Return the model, ready for use."""
        built = self.layout.build(self.layers, vocabularies, details)
        built.model.eval()
        return built


def recognise(given: GivenWeights) -> Recognised:
    """Return the network that a file of weights holds.

    Raises:
        InputError: it has no layout that is known here, or a tensor does not fit; the message names it.
        ConfigError: it is larger than what is allowed here.
    """
    modules = Modules(given)
    tried: list[Tried] = []
    for _, layout in LAYOUTS.items():
        names, missing, extra = layout.assign(modules)
        if not missing and not extra:
            break
        tried.append((layout, names, missing, extra))
    else:
        raise InputError(_nearest(modules, tried))
    layers = layout.read(modules, names)
    for called, table in layers.vocabularies.items():
        check("vocabulary", table.rows, called)
    found = Recognised(given, layout, names, layers)
    if not found.tasks:
        raise InputError(
            f"The file is laid out as “{layout.title}”, but its linear layer gives {layers.head.rows} numbers, which "
            "fits no task that such a network does."
        )
    return found


Tried = tuple[Layout, dict[str, str], list[LayoutPart], list[str]]  # as `Layout.assign` gives it


def _nearest(modules: Modules, tried: list[Tried]) -> str:
    """Return the sentence on what keeps a file from the layout that it comes nearest to."""

    def distance(one: Tried) -> tuple[int, int]:
        _, found, missing, extra = one
        return len(missing) + len(extra), -len(found)

    layout, _, missing, extra = min(tried, key=distance)
    near = f"The file comes nearest to “{layout.title}” ({layout.origin}), but "
    if missing:
        part = missing[0]
        if part.names:
            name = next((name for name in part.names if name in extra), part.names[0])
            absent = next((own for own in part.kind.parts if own not in modules.groups.get(name, {})), "")
            if not absent:
                return f"{near}“{name}” is to hold {part.kind.holds}."
            sentence = f"{near}“{name}.{absent}” is missing from it"
        else:
            sentence = f"{near}it has no {part.role}"
        return f"{sentence}; {_foreign(modules, extra[0])} to nothing there." if extra else f"{sentence}."
    return f"{near}{_foreign(modules, extra[0])} to none of its parts."


def _foreign(modules: Modules, module: str) -> str:
    return f"“{modules.given.source(modules.names(module)[0])}” belongs"
