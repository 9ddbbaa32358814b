"""The equations of a cell with the numbers of one unit at one step filled in, as LaTeX; only numbers and our own signs
stand in it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

LETTERS = {
    "input_gate": "i",
    "forget_gate": "f",
    "cell_candidate": "g",
    "output_gate": "o",
    "reset_gate": "r",
    "update_gate": "z",
    "new_gate": "n",
    "hidden": "h",
}


SOURCES = {"reads": "x", "carries": "h"}


def sum_lines(
    part: str,
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
    letter, squash = LETTERS[part], r"\tanh" if part in ("cell_candidate", "new_gate", "hidden") else r"\sigma"
    if part == "new_gate":
        added = [
            rf"\underbrace{{{number(total - reset * from_hidden)}}}_{{W x + b}}",
            rf"+ \underbrace{{{number(reset)}}}_{{r}} \cdot \underbrace{{{_signed(from_hidden)}}}_{{W h + b}}",
        ]
    else:
        largest = terms.head(count)
        rows = zip(largest["source"], largest["index"], largest["weight"], largest["value"], strict=True)
        added = [
            rf"{'+' if place else ''} \underbrace{{{_signed(weight)} \cdot {_signed(held)}}}_{{w \cdot "
            rf"{SOURCES[source]}_{{{index}}}}}"
            for place, (source, index, weight, held) in enumerate(rows)
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


def state_lines(kind: str, values: Mapping[str, float], before: float, hidden: float, cell: float | None) -> list[str]:
    """Return the equations of the new state with their numbers; `before` is the memory (or hidden state) before the
    step."""
    if kind == "lstm":
        f, i, g, o = (values[name] for name in ("forget_gate", "input_gate", "cell_candidate", "output_gate"))
        return [
            _aligned(
                r"c_t &= f \cdot c_{t-1} + i \cdot g",
                [rf"&= {number(f)} \cdot {_signed(before)} + {number(i)} \cdot {_signed(g)}", rf"&= {number(cell)}"],
            ),
            _aligned(
                r"h_t &= o \cdot \tanh(c_t)", [rf"&= {number(o)} \cdot \tanh({number(cell)})", rf"&= {number(hidden)}"]
            ),
        ]
    if kind == "gru":
        z, n = values["update_gate"], values["new_gate"]
        return [
            _aligned(
                r"h_t &= (1 - z) \cdot n + z \cdot h_{t-1}",
                [
                    rf"&= {number(1 - z)} \cdot {_signed(n)} + {number(z)} \cdot {_signed(before)}",
                    rf"&= {number(hidden)}",
                ],
            )
        ]
    return [_aligned(r"h_t &= \tanh(W x_t + b + W h_{t-1} + b)", [rf"&= {number(hidden)}"])]


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
