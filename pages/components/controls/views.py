"""What the view of a page is made of: the fields of its tools joined into one frozen dataclass, each name once."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from engine.config import option
from engine.errors import ConfigError

V = TypeVar("V")


@dataclasses.dataclass(frozen=True)
class NoView:
    """The view of a page whose links carry nothing."""


def composed_of(*parts: type) -> Callable[[type[V]], type[V]]:
    """Return a decorator that makes a class of fields a frozen dataclass with the fields of `parts`, its tools' views,
    before its own. None of them need be a dataclass yet.

    Raises:
        ConfigError: two of them have a field of the same name, today or in older links; the URL could carry only one.
    """

    def compose(own: type[V]) -> type[V]:
        owners: dict[str, type] = {}
        joined = []
        for part in (*parts, own):
            part = part if dataclasses.is_dataclass(part) else dataclasses.dataclass(frozen=True)(part)
            hints = typing.get_type_hints(part)
            for field in dataclasses.fields(part):
                for name in (field.name, *field.metadata.get("formerly", ())):
                    if name in owners:
                        raise ConfigError(
                            f"{owners[name].__name__} and {part.__name__}, both of {own.__name__}, have {name}, of "
                            "which the URL can carry only one."
                        )
                    owners[name] = part
                joined.append((field.name, hints[field.name], _copy(field)))
        about = {"__doc__": own.__doc__, "__module__": own.__module__}
        return dataclasses.make_dataclass(own.__name__, joined, namespace=about, frozen=True)

    return compose


def settings_view(
    settings: type, prefix: str = "", names: Sequence[str] | None = None, former_prefix: str = ""
) -> type:
    """Return a view with the fields of an engine's `settings`, or those in `names`: the same defaults, bounds and
    words, `prefix` before each name, in older links `former_prefix`."""
    hints = typing.get_type_hints(settings)
    chosen = [field for field in dataclasses.fields(settings) if names is None or field.name in names]
    fields = [
        (prefix + field.name, hints[field.name], _copy(field, (former_prefix + field.name,) if former_prefix else ()))
        for field in chosen
    ]
    return dataclasses.make_dataclass(settings.__name__, fields, frozen=True)


def part_of_file(done: str) -> Any:
    """Return the field of a tool that takes files: which part of a long one is `done`, "translated" for example."""
    from engine.decoding.limits import MAX_LINES  # it loads torch, which not every page needs

    return option(
        1,
        "Part of the file",
        f"At most {MAX_LINES:,} lines are {done} at once; a longer file is taken in parts.",
        minimum=1,
        maximum=100_000,
    )


class BehaviourView:
    """Which failing sentences are listed."""

    behaviour_capability: str = option("", "Capability")
    behaviour_page: int = option(1, "Page of the list", "Eight sentences a page.", minimum=1, maximum=200)


MAX_BATCH_LINES, MAX_BATCH_WORDS = 12, 40  # as the engine's padding, which imports torch


def padding_view(lines: Sequence[str]) -> type:
    """Return the view of the tool "Padding", which begins with a page's own `lines`: what makes up the batch."""

    @dataclasses.dataclass(frozen=True)
    class PaddingView:
        padding_lines: str = option(
            "\n".join(lines),
            "Lines, one text on each",
            f"Two to {MAX_BATCH_LINES} lines of at most {MAX_BATCH_WORDS} words.",
        )
        padding_batch: int = option(3, "Texts in a batch", minimum=2, maximum=MAX_BATCH_LINES)
        padding_sort: bool = option(
            False, "Sort by length first", "Texts of like length then share a batch, and less is filled up."
        )
        padding_show: str = option("words", "Show the cells as", choices=("words", "numbers", "mask"))

    return PaddingView


def _copy(field: dataclasses.Field, formerly: tuple[str, ...] = ()) -> Any:
    """Return a field with the default, bounds and words of another; a field belongs to the class that made it."""
    metadata = {**field.metadata, "formerly": formerly} if formerly else field.metadata
    return dataclasses.field(default=field.default, metadata=metadata)
