"""What the Cells page hands to each of its tools, and the widgets that several of them share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from engine.errors import InputError
from engine.inspection.cells.steps import CellReading, Strand, read_steps, state_moves, strand_labels
from engine.inspection.cells.units import PARTS
from engine.inspection.stored.opening_texts import DEFAULT_TEXT, LIVELY_STEP
from engine.models.folder import ModelInfo
from engine.plotting.writing.distribution import visible_token
from engine.plotting.writing.text_grid import NARROW, describe_text_grid, spoken_token, text_grid
from engine.task_family import TASK_FAMILIES
from pages.components.cells.view import CellsView
from pages.components.computing.calls import Call, call
from pages.components.controls.buttons import steps
from pages.components.controls.context import PageContext
from pages.components.drawing import figures
from pages.components.owning import networks

QUICKLY_READ = 200  # tokens; more take a second or longer


@dataclass(frozen=True, kw_only=True)
class CellsContext(PageContext[CellsView]):
    """The page as a tool of the Cells page meets it.

    Attributes:
        text: what is read. tokens: the pieces of it that the network reads as one token each.
    """

    text: str
    tokens: Sequence[str]

    @property
    def streaming(self) -> dict[str, ModelInfo]:
        """Those of `models` that carry a state from token to token."""
        families = {name: TASK_FAMILIES.get(info.task) for name, info in self.models.items()}
        return {name: self.models[name] for name, family in families.items() if family.streams}

    @property
    def read(self) -> Call[CellReading]:
        """The reading of the text, step by step, by the network that is looked at."""
        return call(read_steps, self.text, model=self.network, kept="large")

    @property
    def reading(self) -> CellReading:
        """Every state and gate of the network that is looked at, over the text."""
        if len(self.tokens) <= QUICKLY_READ:
            return self.read.value
        with st.spinner("The network reads the text, one step at a time.", show_time=True):
            return self.read.value

    def receipt(self, prints: str, *uses: Callable[..., Any]) -> figures.Receipt:
        """Return the receipt of what is worked out from the reading, which `prints` calls `found`."""
        return self.read.receipt(
            prints,
            uses=uses,
            measured=f"over {len(self.tokens):,} tokens",
            note="The engine counts layers, steps and units from 0.",
        )

    def label(self, name: str) -> str:
        """Return what the page calls a network."""
        return label(self.models[name])

    def spoken(self, position: int) -> str:
        """Return the token at `position` as a sentence names it, with what stands before it where it is short."""
        token, before = self.tokens[position], "".join(self.tokens[max(0, position - 8) : position])
        name = spoken_token(token)
        if len(token.strip()) > 2 or not before.strip():
            return name
        return f"{name} (after “{'…' if position > 8 else ''}{visible_token(before)}”)"

    def show_text(self, position: int) -> None:
        """Draw the text, each token coloured by how far its step moved the top layer's hidden state; a click goes
        there."""
        moves = state_moves(self.reading)
        figures.show(
            text_grid(
                self.tokens,
                moves,
                mode=figures.mode(),
                title_of_values="How far the hidden state moves",
                width=NARROW,
                clickable=True,
                marks=[index == position for index in range(len(self.tokens))],
            ),
            name="cells-text",
            alt=describe_text_grid(self.tokens, moves, title_of_values="how far the hidden state moves at it"),
            on_click=lambda index: self.controls.set("position", index + 1),
        )

    def ask_strand(self) -> int:
        """Draw the choice of a layer (and direction) where there are several; return its place in `reading.strands`."""
        labels = strand_labels(self.info)
        if len(labels) == 1:
            return 0
        return labels.index(self.controls.segmented("layer", choices=labels))

    def ask_position(self) -> int:
        """Draw the slider and the buttons of the step; return the token that is looked at, counted from 0."""
        last = len(self.tokens)
        with st.container(horizontal=True, vertical_alignment="bottom", key="step-through"):
            lively = LIVELY_STEP if self.text == DEFAULT_TEXT and last >= LIVELY_STEP else None
            position = self.controls.slider("position", maximum=max(2, last), default=lively, width="stretch")
            position = min(position, last)
            steps(self.controls.set, "position", position, last, "step")
        return position - 1

    def ask_unit(self, strand: Strand) -> int:
        """Draw the number box of the unit and return it.

        Raises:
            InputError: the layer has no such unit.
        """
        unit = self.controls.number("unit", width=150)
        if unit >= strand.hidden_size:
            raise InputError(
                f"There is no unit {unit} in {strand.label.lower()}; its units run from 0 to {strand.hidden_size - 1}."
            )
        return unit


def label(info: ModelInfo) -> str:
    """Return what the page calls a network: a model's label, or which part of it is read with."""
    opened = TASK_FAMILIES.get(info.task).opened
    return opened.called(info) if opened and opened.called else networks.label(info)


def signed(value: float, digits: int = 2) -> str:
    """Return a number with its sign as a sentence writes it; what rounds to nothing has none."""
    text = f"{value:+.{digits}f}"
    return text[1:] if not float(text) else text.replace("-", "\N{MINUS SIGN}")


def part_label(part: str) -> str:
    """Return what the page calls a part of a cell."""
    return PARTS[part].capitalize()
