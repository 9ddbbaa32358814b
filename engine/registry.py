"""Registries: a new cell, model, corpus, task or recipe is one new file that registers itself under a name.

What a file says about an entry in literal words can be read without importing it: see `read_declarations`.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

from engine.errors import ConfigError

T = TypeVar("T")


class Registry(Generic[T]):
    """Named objects of one kind; an unknown name raises and lists the valid ones.

    Where a `package` is given its files are imported when the first entry is asked for. So a registry can stand below
    the files that register in it, and what lies between asks it without importing them. `order` gives the key that
    names are sorted by; without it they stand as they were registered.
    """

    # Any: whatever can be sorted.
    def __init__(self, kind: str, package: str = "", order: Callable[[T], Any] | None = None) -> None:
        self.kind = kind
        self._package, self._order = package, order
        self._entries: dict[str, T] = {}
        self._meta: dict[str, dict[str, Any]] = {}  # each registry's own words

    def register(self, name: str, **meta: Any) -> Callable[[T], T]:  # as `_meta`
        """Return a decorator that files its object under `name`.

        Raises:
            ConfigError: the name is taken.
        """

        def add(entry: T) -> T:
            if name in self._entries:
                raise ConfigError(f"The {self.kind} name '{name}' is registered twice.")
            self._entries[name] = entry
            self._meta[name] = meta
            return entry

        return add

    def get(self, name: str) -> T:
        """Return the entry called `name`.

        Raises:
            ConfigError: there is none; the message lists the valid names.
        """
        self._find()
        if name not in self._entries:
            raise ConfigError(f"Unknown {self.kind} '{name}'; choose one of: {', '.join(self.names())}.")
        return self._entries[name]

    def meta(self, name: str) -> dict[str, Any]:  # as `_meta`
        """Return what was said about `name` when it was registered."""
        self.get(name)
        return self._meta[name]

    def names(self) -> list[str]:
        """Return all names, sorted by `order` or as registered (files in alphabetical order)."""
        self._find()
        order = self._order
        if order is None:
            return list(self._entries)
        return sorted(self._entries, key=lambda name: order(self._entries[name]))

    def items(self) -> Iterator[tuple[str, T]]:
        """Yield (name, entry) pairs in the order of `names`."""
        return ((name, self._entries[name]) for name in self.names())

    def _find(self) -> None:
        if self._package:
            discover(self._package)
            self._package = ""


def discover(package_name: str) -> None:
    """Import every module beside a package's `__init__`, in alphabetical order, so that its entries register."""
    package = importlib.import_module(package_name)
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda found: found.name):
        if not module.name.startswith("_"):
            importlib.import_module(f"{package_name}.{module.name}")


def read_declarations(folder: Path, keyword: str) -> dict[str, dict[str, Any]]:  # literals
    """Return what the files under `folder` register as `keyword`, by name, without importing them.

    A registration reads `REGISTRY.register("name", keyword=Kind(field=..., ...))`, each field a literal; the fields
    come back by name. So a chart knows a network's title and colour without the seconds that torch takes to import.
    """
    found = {}
    for file in sorted(folder.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if f"{keyword}=" not in text:
            continue
        for call in ast.walk(ast.parse(text)):
            if not isinstance(call, ast.Call) or getattr(call.func, "attr", "") != "register":
                continue
            for given in call.keywords:
                if given.arg == keyword and isinstance(given.value, ast.Call):
                    fields = {field.arg: ast.literal_eval(field.value) for field in given.value.keywords if field.arg}
                    found[ast.literal_eval(call.args[0])] = fields
    return found
