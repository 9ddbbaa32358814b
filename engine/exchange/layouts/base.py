"""What a layout declares, and how the modules of a file are told apart by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.exchange.details import Details
from engine.exchange.modules import ModuleKind, Modules
from engine.exchange.vocabularies import Vocabulary
from engine.models.base import PretrainedModel
from engine.registry import Registry
from engine.text.base import Tokenizer

LAYOUTS: Registry[Layout] = Registry("layout", order=lambda layout: (layout.order, layout.name))


@dataclass(frozen=True)
class Built:
    """A model of ours with the weights of a file.

    Attributes:
        columns: which of its logits the file's network gives, in that order.
        renumbered: for "ids" and "source", our id of each of the file's, where they are others.
    """

    model: PretrainedModel
    tokenizer: Tokenizer
    columns: tuple[int, ...]
    renumbered: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class LayoutPart:
    """One module of a layout.

    Attributes:
        role: what it does, in words; the key under which `Layout.build` finds it.
        names: what it is called in state dictionaries; none where any name will do.
        is_optional: whether the layout does without it.
    """

    role: str
    kind: ModuleKind
    names: tuple[str, ...] = ()
    is_optional: bool = False


@dataclass(frozen=True)
class Layout:
    """One way in which networks are written down.

    Attributes:
        title: what people call it; `origin` says where it is taught.
        tasks: what such a network may do, the likeliest first.
        parts: its modules.
        read: (modules, module names by role) -> the layers with their shapes checked.
        build: (those layers, vocabularies, what the visitor said) -> the model. The layers have `vocabularies`, the
            tables that these belong to by what they are called, `fits`, whether the shapes allow a task, `answers`, how
            many labels there are then, and `notes`.
        notes: what tensors do not tell and is taken for granted.
        tell_apart: (modules, module names by role) -> those names with roles exchanged where the modules' tensors could
            be either's.
        order: place among layouts; the first that fits is taken.
    """

    name: str
    title: str
    origin: str
    tasks: tuple[str, ...]
    parts: tuple[LayoutPart, ...]
    read: Callable[[Modules, Mapping[str, str]], Any]  # layers of its own kind
    build: Callable[[Any, Mapping[str, Vocabulary], Details], Built]
    notes: tuple[str, ...] = ()
    settings: Mapping[str, Any] | None = None  # defaults of `Details` that differ
    tell_apart: Callable[[Modules, dict[str, str]], dict[str, str]] | None = None
    order: int = 10

    def assign(self, modules: Modules) -> tuple[dict[str, str], list[LayoutPart], list[str]]:
        """Return the modules by role, the parts that are missing, and the modules that belong to no part."""
        found: dict[str, str] = {}
        missing = []
        for part in self.parts:
            named = [
                name
                for name in part.names or modules.groups
                if part.kind.is_of(modules.groups.get(name, {})) and name not in found.values()
            ]
            if named:
                found[part.role] = named[0]
            elif not part.is_optional:
                missing.append(part)
        if self.tell_apart is not None and not missing:
            found = self.tell_apart(modules, found)
        return found, missing, [name for name in modules.groups if name not in found.values()]
