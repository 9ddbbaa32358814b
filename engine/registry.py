"""Registries: a new cell, model, corpus, task or recipe is one new file that registers itself under a name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from engine.errors import ConfigError

T = TypeVar("T")


class Registry(Generic[T]):
    """Named objects of one kind; an unknown name raises and lists the valid ones.

    Where a `package` is given its files are imported when the first entry is asked for. So a registry can stand below
    the files that register in it, and what lies between asks it without importing them.
    """

    def __init__(self, kind: str, package: str = "") -> None:
        self.kind = kind
        self._package = package
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
        """Return all names in order of registration (files in alphabetical order)."""
        self._find()
        return list(self._entries)

    def items(self) -> Iterator[tuple[str, T]]:
        """Yield (name, entry) pairs."""
        self._find()
        return iter(self._entries.items())

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
