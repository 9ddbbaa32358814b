"""A computation that a page shows, as one object: its value, computed once for all visitors, and the lines that give it
again."""

from __future__ import annotations

import dataclasses
import inspect
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Generic, TypeVar

from engine.lazy import lazy_property
from engine.wording import first_to_last
from pages.components.computing import cache
from pages.components.drawing.figures import Receipt

ON_SERVER = "on the server's processor"
NOT_DRAWN = "none: nothing is drawn at random"
LONGEST_INLINE = 40  # characters of a value that stands inside a call; a longer one gets a name and a line of its own

K = TypeVar("K")
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Call(Generic[T]):
    """A function of the engine with all that it is given; nothing is computed before `value` is asked for.

    Attributes:
        function: a module's own, no lambda and no method. It gets the loaded `model` or the `table` first, if there is
            one, then the `arguments`, then the `options` by name.
        arguments, options: numbers, strings, tuples and frozen dataclasses of them, or other Calls, whose values are
            handed in.
        model: name of a shipped model; a new version of its files is another Call.
        table: name of a shipped table of results, which the function must not change.
        version: of whatever else the value depends on, such as the time of a file.
        kept: one of `cache.KEPT`: how the value is kept for whoever asks next.
    """

    function: Callable[..., T]
    arguments: tuple[Any, ...] = ()
    options: tuple[tuple[str, Any], ...] = ()
    model: str | None = None
    table: str | None = None
    version: Any = None
    kept: str = "copied"

    @lazy_property
    def key(self) -> tuple[Any, ...]:
        """What the value depends on."""
        function = self.function
        versions = (
            self.model and cache.model_version(self.model),
            self.table and cache.results_version(),
            self.version,
        )
        given = tuple(map(_key, self.arguments)), tuple((name, _key(value)) for name, value in self.options)
        return function.__module__, function.__qualname__, self.model, self.table, versions, given

    @lazy_property
    def result(self) -> cache.Result[T]:
        """The value with the day it was computed on and the seconds that took, which may both be older than this run.

        Raises:
            ModelError, DataError: there is no such model or table, or it is damaged.
        """
        return cache.keep(self.key, self._prepare, self.kept)

    @property
    def value(self) -> T:
        """What the function returns."""
        return self.result.value

    def computed(self) -> Call[T]:
        """Compute the value now, such as below a spinner, and return the Call."""
        _ = self.result
        return self

    def watch(self, progress: Callable[[float], None]) -> T:
        """Return the value; while it is computed for the first time, `progress` is told the share that is done.

        Progress may be drawn, which Streamlit's own cache would want to draw again: this Call must not be "copied".
        """
        self.__dict__["result"] = cache.keep(self.key, partial(self._prepare, progress=progress), self.kept)
        return self.value

    def receipt(self, prints: str = "", **special: Any) -> Receipt:
        """Return the receipt of this Call alone, see `receipt`."""
        return receipt([self], prints, **special)

    def _prepare(self, **watching: Any) -> Callable[[], T]:
        handed: list[Any] = [] if self.model is None else [cache.load_model(self.model)]
        if self.table is not None:
            handed.append(cache.load_results(self.table))
        options = {name: _value(value) for name, value in self.options}
        return partial(self.function, *handed, *map(_value, self.arguments), **options, **watching)


def call(
    function: Callable[..., T],
    *arguments: Any,
    model: str | None = None,
    table: str | None = None,
    version: Any = None,
    kept: str = "copied",
    **options: Any,
) -> Call[T]:
    """Return the Call of a function with its arguments, see `Call`."""
    return Call(function, arguments, tuple(sorted(options.items())), model, table, version, kept)


def values(calls: Mapping[K, Call[T]]) -> dict[K, T]:
    """Return the value of each Call."""
    return {name: each.value for name, each in calls.items()}


def receipt(
    calls: Sequence[Call[Any]],
    prints: str = "",
    *,
    uses: Sequence[Callable[..., Any]] = (),
    measured: str = ON_SERVER,
    day: str | None = None,
    seconds: float | None = None,
    **special: Any,
) -> Receipt:
    """Return where values come from, and the Python lines that compute them again.

    Args:
        calls: of one function; several that differ in their model or in arguments become a loop.
        prints: what the lines print, in terms of `found` (the value), `model`, and the names of the function's
            parameters; by default the value itself.
        uses: functions and classes that `prints` names.
        measured: how it was measured, after the day.
        day, seconds: when it was computed and how long that took, where the Call did not compute it, or not all.
        special: further fields of the receipt, or others in place of those that follow from the Calls.
    """
    everything = list({each.key: each for given in calls for each in _walk(given)}.values())
    if day is None:
        day = first_to_last(given.result.day for given in calls)
        seconds = sum(each.result.seconds for each in everything) if seconds is None else seconds
    facts: dict[str, Any] = {
        "model": ", ".join(dict.fromkeys(each.model for each in everything if each.model)) or None,
        "measured": ", ".join(filter(None, [day, measured])),
        "seconds": seconds,
        "python": python_lines(calls, prints, uses),
    }
    return Receipt(**(facts | special))


def python_lines(calls: Sequence[Call[Any]], prints: str = "", uses: Sequence[Callable[..., Any]] = ()) -> str:
    """Return the Python lines that compute the Calls and print what `receipt` says."""
    script = _Script(prints)
    for used in uses:
        script.use(used.__module__, used.__qualname__)
    first, values, variable = calls[0], [], ""
    if len(calls) > 1:
        first, values, variable = _as_loop(calls)
    found = script.call(first)
    body = [*script.lines, f"found = {found}", f"print({', '.join(filter(None, [variable, prints or 'found']))})"]
    if values:
        body = [f"for {variable} in {script.literal(values)}:", *(f"    {line}" for line in body)]
    imports = [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(script.imports.items())]
    return "\n".join([*imports, "", *script.constants, *body])


@dataclass(frozen=True)
class _Variable:
    name: str


class _Script:
    """Lines of Python as they are written: what is imported, the constants with a name, and the lines that compute."""

    def __init__(self, prints: str) -> None:
        self.imports: dict[str, set[str]] = {}
        self.constants: list[str] = []
        self.lines: list[str] = []
        self._names = {"": "found", " ": "name"}  # what is computed last, and what a loop over models runs through
        self._printed = set(re.findall(r"(?<![.\w])[a-z_]\w*", prints))

    def use(self, module: str, name: str) -> str:
        """Import a function or class; return what it is called."""
        self.imports.setdefault(module, set()).add(name)
        return name

    def name(self, wanted: str, expression: str, lines: list[str] | None = None) -> str:
        """Give an expression a name, once, with a line of its own; return the name. What is printed keeps the name it
        is printed by."""
        known = f"{wanted} = {expression}" if wanted in self._printed else expression
        if known not in self._names:
            taken, others = self._names.values(), (f"{wanted}_{number}" for number in itertools.count(2))
            self._names[known] = next(name for name in itertools.chain([wanted], others) if name not in taken)
            (self.lines if lines is None else lines).append(f"{self._names[known]} = {expression}")
        return self._names[known]

    def call(self, given: Call[Any]) -> str:
        """Return a Call as an expression, with all that it needs written above."""
        parameters = _parameters(given.function)
        handed = []
        if given.model is not None:
            loaded = f"{self.use('engine.models.folder', 'load_model')}({self.literal(given.model)})"
            is_used_again = "model" in self._printed or sum(each.model == given.model for each in _walk(given)) > 1
            handed.append(self.name("model", loaded) if is_used_again or loaded in self._names else loaded)
        if given.table is not None:
            handed.append(f"{self.use('engine.experiments.runs.results', 'load_results')}({given.table!r})")
        names = [*parameters[len(handed) :], *parameters[-1:] * len(given.arguments)]
        handed += [self.argument(name, value) for name, value in zip(names, given.arguments, strict=False)]
        handed += [f"{name}={self.argument(name, value)}" for name, value in given.options]
        return f"{self.use(given.function.__module__, given.function.__qualname__)}({', '.join(handed)})"

    def argument(self, parameter: str, value: Any) -> str:
        """Return what a parameter is given: a literal, or the name of what is long, printed or computed."""
        if isinstance(value, Call):
            return self.name(parameter, self.call(value))
        literal = self.literal(value)
        is_named = len(literal) > LONGEST_INLINE or dataclasses.is_dataclass(value) or parameter in self._printed
        if isinstance(value, _Variable) or not is_named:
            return literal
        return self.name(parameter, literal, self.constants)

    def literal(self, value: Any) -> str:
        """Return a value as Python writes it; of a dataclass only what differs from its defaults."""
        if isinstance(value, _Variable):
            return value.name
        if isinstance(value, tuple) and type(value) is tuple:
            return f"({', '.join(map(self.literal, value))}{',' if len(value) == 1 else ''})"
        if isinstance(value, list):
            return f"[{', '.join(map(self.literal, value))}]"
        if isinstance(value, dict):
            return f"{{{', '.join(f'{self.literal(key)}: {self.literal(each)}' for key, each in value.items())}}}"
        if dataclasses.is_dataclass(value):
            given = {field.name: getattr(value, field.name) for field in dataclasses.fields(value) if field.init}
            defaults = {field.name: field.default for field in dataclasses.fields(value)}
            parts = [f"{name}={self.literal(each)}" for name, each in given.items() if each != defaults[name]]
            return f"{self.use(type(value).__module__, type(value).__qualname__)}({', '.join(parts)})"
        if isinstance(value, float) and value - value != 0:  # an infinity or no number has no literal
            return f"float('{value}')"
        if callable(value):
            return self.use(value.__module__, value.__qualname__)
        return repr(value.item() if hasattr(value, "item") else value)


def _as_loop(calls: Sequence[Call[Any]]) -> tuple[Call[Any], list[Any], str]:
    """Return one Call with variables in place of what the Calls differ in, the variables' values and their names.

    They may differ in their model, in theirs and their arguments' alike, and in arguments that are no Calls.
    """
    first, variables = calls[0], {}
    if len({given.model for given in calls}) > 1:
        variables["name"] = [given.model for given in calls]
        first = _with_model(first, first.model, _Variable("name"))
    names = _parameters(first.function)[(first.model is not None) + (first.table is not None) :]
    arguments = list(first.arguments)
    for position, column in enumerate(zip(*(given.arguments for given in calls), strict=True)):
        if not isinstance(column[0], Call) and len(set(column)) > 1:
            variables[names[position]], arguments[position] = list(column), _Variable(names[position])
    values = list(zip(*variables.values(), strict=True))
    loop = dataclasses.replace(first, arguments=tuple(arguments))
    return loop, values if len(variables) > 1 else [value for (value,) in values], ", ".join(variables)


def _with_model(given: Any, model: str | None, variable: Any) -> Any:
    if not isinstance(given, Call):
        return given
    return dataclasses.replace(
        given,
        model=variable if given.model == model else given.model,
        arguments=tuple(_with_model(value, model, variable) for value in given.arguments),
        options=tuple((name, _with_model(value, model, variable)) for name, value in given.options),
    )


def _walk(given: Call[Any]) -> Iterator[Call[Any]]:
    """Yield the Calls whose values a Call is given, and itself last."""
    for value in (*given.arguments, *(value for _, value in given.options)):
        if isinstance(value, Call):
            yield from _walk(value)
    yield given


def _key(value: Any) -> Any:
    return value.key if isinstance(value, Call) else value


def _value(value: Any) -> Any:
    return value.value if isinstance(value, Call) else value


@lru_cache(maxsize=256)
def _parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(inspect.signature(function).parameters)
