"""The equations of a cell with the numbers of one unit at one step filled in, as LaTeX; only numbers and our own signs stand in it."""

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
    part: str, terms: pd.DataFrame, *, count: int, biases: float, from_hidden: float, reset: float, total: float, value: float
) -> list[str]:
    """Return how a gate came about: its largest products, the rest, the biases, the sum, and the squashed sum.

    Args:
        terms: every product, the largest first: columns source, index, weight, value, product. count: how many are written out.
        from_hidden, reset: what the carried state adds up to with its bias, and what multiplies it in a GRU's new gate.
    """
    letter, squash = LETTERS[part], r"\tanh" if part in ("cell_candidate", "new_gate", "hidden") else r"\sigma"
    if part == "new_gate":
        return [
            rf"\underbrace{{{number(total - reset * from_hidden)}}}_{{W x + b}} + \underbrace{{{number(reset)}}}_{{r}} \cdot "
            rf"\underbrace{{({number(from_hidden)})}}_{{W h + b}} = {number(total)}",
            rf"{letter} = {squash}({number(total)}) = {number(value)}",
        ]
    shown = " + ".join(
        rf"\underbrace{{{number(row.weight)} \cdot ({number(row.value)})}}_{{{SOURCES[row.source]}_{{{row.index_}}}}}"
        for row in terms.head(count).rename(columns={"index": "index_"}).itertuples()
    )
    rest, more = float(terms["product"].iloc[count:].sum()), max(0, len(terms) - count)
    return [
        rf"{shown} + \underbrace{{({number(rest)})}}_{{\text{{{more:,} more}}}} + \underbrace{{({number(biases)})}}_{{\text{{biases}}}} = {number(total)}",
        rf"{letter} = {squash}({number(total)}) = {number(value)}",
    ]


def state_lines(kind: str, values: Mapping[str, float], before: float, hidden: float, cell: float | None) -> list[str]:
    """Return the equations of the new state with their numbers; `before` is the memory (or hidden state) before the step."""
    if kind == "lstm":
        f, i, g, o = (values[name] for name in ("forget_gate", "input_gate", "cell_candidate", "output_gate"))
        return [
            rf"c_t = f \cdot c_{{t-1}} + i \cdot g = {number(f)} \cdot ({number(before)}) + {number(i)} \cdot ({number(g)}) = {number(cell)}",
            rf"h_t = o \cdot \tanh(c_t) = {number(o)} \cdot \tanh({number(cell)}) = {number(hidden)}",
        ]
    if kind == "gru":
        z, n = values["update_gate"], values["new_gate"]
        return [
            rf"h_t = (1 - z) \cdot n + z \cdot h_{{t-1}} = {number(1 - z)} \cdot ({number(n)}) + {number(z)} \cdot ({number(before)}) = {number(hidden)}"
        ]
    return [rf"h_t = \tanh(W_{{ih}} x_t + b_{{ih}} + W_{{hh}} h_{{t-1}} + b_{{hh}}) = {number(hidden)}"]


def number(value: float) -> str:
    """Return a number with three decimals."""
    return f"{value:.3f}"
