"""Equations as data: written once with Python's own operators, then computed with numbers or written down as text.

An expression holds names, not values. `compute` gives its value for tensors of any shape;
`engine.plotting.cells.equations` writes it in LaTeX, with its letters or with its numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Array = Any  # a tensor, or what has its operators; its type is not named here, as that would import torch
Values = Mapping[str, Array]


class Expression:
    """A formula of named values; `+`, `-`, `*` and `/` build larger ones."""

    def compute(self, values: Values) -> Array:
        """Return the value of this formula for the named `values`."""
        raise NotImplementedError

    def __add__(self, other: Expression) -> Operation:
        return Operation("+", self, other)

    def __mul__(self, other: Expression) -> Operation:
        return Operation("*", self, other)

    def __truediv__(self, other: Expression) -> Operation:
        return Operation("/", self, other)

    def __rsub__(self, other: int) -> Operation:
        return Operation("-", Number(other), self)


@dataclass(frozen=True)
class Number(Expression):
    """A whole number."""

    value: int

    def compute(self, values: Values) -> int:
        """Return the number itself."""
        return self.value


@dataclass(frozen=True)
class Symbol(Expression):
    """A value that is given, such as a gate or a state; `latex` is how it is written."""

    name: str
    latex: str

    def compute(self, values: Values) -> Array:
        """Return the value of this name."""
        return values[self.name]


@dataclass(frozen=True)
class Operation(Expression):
    """Two formulas joined by +, -, * or /."""

    sign: str
    left: Expression
    right: Expression

    def compute(self, values: Values) -> Array:
        """Return the sum, difference, product or quotient."""
        left, right = self.left.compute(values), self.right.compute(values)
        if self.sign == "+":
            return left + right
        if self.sign == "-":
            return left - right
        return left * right if self.sign == "*" else left / right


@dataclass(frozen=True)
class Squash:
    """A function that is applied to every number of a tensor by itself.

    Attributes:
        name, latex, sign: its name, how it is written in an equation, and on the box of a diagram.
        apply: the function, written with the tensor's own methods.
        limits: least and greatest value it can give; None where it has no such bounds.
    """

    name: str
    latex: str
    sign: str
    apply: Callable[[Array], Array]
    limits: tuple[float, float] | None = None

    def __call__(self, argument: Expression) -> Application:
        return Application(self, argument)


@dataclass(frozen=True)
class Application(Expression):
    """A function of a formula."""

    function: Squash
    argument: Expression

    def compute(self, values: Values) -> Array:
        """Return the function's value."""
        return self.function.apply(self.argument.compute(values))


@dataclass(frozen=True)
class Equation(Expression):
    """A value with a name of its own, computed from others; it can stand in later formulas by that name.

    Attributes:
        words: what it is, for a person who points at it.
        latex: its letter. With one, it is written on a line of its own; without, its formula stands in its place.
    """

    name: str
    formula: Expression
    words: str
    latex: str = ""

    def compute(self, values: Values) -> Array:
        """Return the value of this name where it is known, else what the formula gives."""
        return values[self.name] if self.name in values else self.formula.compute(values)


SIGMOID = Squash("sigmoid", r"\sigma", "\N{GREEK SMALL LETTER SIGMA}", lambda total: total.sigmoid(), (0.0, 1.0))
TANH = Squash("tanh", r"\tanh", "tanh", lambda total: total.tanh(), (-1.0, 1.0))
RELU = Squash("relu", r"\mathrm{relu}", "relu", lambda total: total.relu())
# Above zero a + 0.5, below it sigmoid(a): one of the two terms stands still on either side.
POSITIVE = Squash("g", "g", "g", lambda total: total.relu() + total.clamp(max=0).sigmoid())
