"""The equations of a cell with the numbers of one unit at one step filled in, as LaTeX; only numbers and our own signs
stand in it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from engine.cells import Cell, all_gates
from engine.cells.base import Gate
from engine.cells.expressions import Application, Equation, Expression, Number, Operation, Symbol

SOURCES = {"reads": "x", "carries": "h"}


def sum_lines(
    gate: Gate,
    terms: pd.DataFrame,
    *,
    count: int,
    biases: float,
    from_hidden: float,
    reset: float,
    total: float,
    value: float,
) -> list[str]:
    """Return how a gate came about: its largest products, the rest, the biases, the sum, and the squashed sum.

    Args:
        terms: every product, the largest first: columns source, index, weight, value, product. count: how many are
            written out.
        from_hidden, reset: what the carried state adds up to with its bias, and what multiplies it in a GRU's new gate.
    """
    letter, squash = gate.letter, gate.squash.latex
    if gate.recalled_by:
        recall = all_gates()[gate.recalled_by].letter
        added = [
            rf"\underbrace{{{number(total - reset * from_hidden)}}}_{{W x + b}}",
            rf"+ \underbrace{{{number(reset)}}}_{{{recall}}} \cdot \underbrace{{{_signed(from_hidden)}}}_{{W h + b}}",
        ]
    else:
        largest = terms.head(count)
        rows = zip(largest["source"], largest["index"], largest["weight"], largest["value"], strict=True)
        added = [
            rf"{'+' if position else ''} \underbrace{{{_signed(weight)} \cdot {_signed(held)}}}_{{w \cdot "
            rf"{SOURCES[source]}_{{{index}}}}}"
            for position, (source, index, weight, held) in enumerate(rows)
        ]
        rest, more = float(terms["product"].iloc[count:].sum()), max(0, len(terms) - count)
        added.append(
            rf"+ \underbrace{{{_signed(rest)}}}_{{\text{{{more} more}}}} + "
            rf"\underbrace{{{_signed(biases)}}}_{{\text{{biases}}}}"
        )
    return [
        _aligned("", added),
        _aligned(rf"\text{{sum}} &= {number(total)}", [rf"{letter} &= {squash}({number(total)}) = {number(value)}"]),
    ]


def state_lines(cell: Cell, values: Mapping[str, float]) -> list[str]:
    """Return the equations of a cell's new state in letters and in the numbers of one unit, given by their names."""
    return [
        _aligned(
            f"{equation.latex} &= {letters(equation.formula)}",
            [f"&= {_numbers(equation.formula, values)}"] * (not _is_written_out(equation.formula))
            + [f"&= {number(values[equation.name])}"],
        )
        for equation in cell.equations
        if equation.latex
    ]


def letters(formula: Expression) -> str:
    """Return a formula in LaTeX; a value without a letter of its own is replaced by its formula."""
    formula = _resolved(formula)
    if isinstance(formula, Operation):
        left, right = letters(formula.left), letters(formula.right)
        if formula.sign == "/":
            return rf"\frac{{{left}}}{{{right}}}"
        if formula.sign == "*":
            left, right = (
                f"({text})" if _is_sum(side) else text for side, text in ((formula.left, left), (formula.right, right))
            )
            return rf"{left} \cdot {right}"
        return f"{left} {formula.sign} {right}"
    if isinstance(formula, Application):
        return f"{formula.function.latex}({letters(formula.argument)})"
    return str(formula.value) if isinstance(formula, Number) else formula.latex  # type: ignore[attr-defined]


def _numbers(formula: Expression, values: Mapping[str, float], is_first: bool = True) -> str:
    """Return a formula with its numbers: in brackets where one is below zero and does not stand first."""
    formula, write = _resolved(formula), number if is_first else _signed
    if isinstance(formula, Operation) and formula.sign == "/":
        return rf"\frac{{{_numbers(formula.left, values)}}}{{{_numbers(formula.right, values)}}}"
    if isinstance(formula, Operation) and formula.sign == "*":
        left, right = (
            (number if is_first and side is formula.left else _signed)(_value(side, values))
            if _is_sum(side)
            else _numbers(side, values, is_first and side is formula.left)
            for side in (formula.left, formula.right)
        )
        return rf"{left} \cdot {right}"
    if isinstance(formula, Operation):
        left, right = _numbers(formula.left, values, is_first), _numbers(formula.right, values, False)
        return f"{left} {formula.sign} {right}"
    if isinstance(formula, Application):
        return f"{formula.function.latex}({_numbers(formula.argument, values)})"
    return str(formula.value) if isinstance(formula, Number) else write(_value(formula, values))


def _resolved(formula: Expression) -> Expression:
    """Return the formula that is written for a value: itself where it has a letter."""
    while isinstance(formula, Equation) and not formula.latex:
        formula = formula.formula
    return formula


def _is_sum(formula: Expression) -> bool:
    formula = _resolved(formula)
    return isinstance(formula, Operation) and formula.sign in "+-"


def _is_written_out(formula: Expression) -> bool:
    """Return whether a formula holds the sums of a gate, whose numbers stand above it already."""
    formula = _resolved(formula)
    if isinstance(formula, Operation):
        return _is_written_out(formula.left) or _is_written_out(formula.right)
    if isinstance(formula, Application):
        return _is_written_out(formula.argument)
    return isinstance(formula, Symbol) and "." in formula.name


def _value(formula: Expression, values: Mapping[str, float]) -> float:
    return float(formula.compute(values))


def number(value: float) -> str:
    """Return a number with three decimals."""
    return f"{value:.3f}"


def _signed(value: float) -> str:
    """Return a number as a factor: in brackets where it is below zero."""
    return f"({value:.3f})" if value < 0 else f"{value:.3f}"


def _aligned(first: str, more: list[str]) -> str:
    """Return lines under each other, so that a narrow screen can show them."""
    lines = ([first] if first else []) + more
    return r"\begin{aligned}" + r" \\ ".join(line if "&" in line else "& " + line for line in lines) + r"\end{aligned}"
