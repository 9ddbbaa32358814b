"""Receipts of what is shown of single units: Neurons, the cell detective, the puppeteer."""

from __future__ import annotations

from datetime import date

from engine.decoding.limits import SamplingSettings
from engine.inspection.writing.activation_clamping import Performance, Strings
from engine.inspection.writing.probing import Investigation
from pages.components.figures import Receipt
from pages.components.receipts import settings_literal


def for_unit(name: str, text: str, layer: int, unit: int, part: str) -> Receipt:
    """Return the receipt of one unit's values over a text; `layer` is counted from 1."""
    return Receipt(
        model=name,
        measured=f"{date.today().isoformat()}, over {len(text):,} characters",
        python=(
            "from engine.inspection.cells.units import unit_course\n"
            "from engine.models.folder import load_model\n\n"
            f"text = {text!r}\n"
            f"course = unit_course(load_model({name!r}), text, {layer - 1}, {unit}, {part!r})\n"
            "print(list(zip(course.tokens, course.values)))"
        ),
        note="The engine counts layers from 0.",
    )


def for_investigation(name: str, found: Investigation) -> Receipt:
    """Return the receipt of the detective's table."""
    given = f"text={found.own_text!r}" if found.own_text else f"{found.source!r}"
    return Receipt(
        model=name,
        data=found.text,
        measured=f"{date.today().isoformat()}, {found.units:,} units over {found.characters:,} characters",
        seconds=found.elapsed_seconds,
        python=(
            "from engine.inspection.writing.probing import investigate\n"
            "from engine.models.folder import load_model\n\n"
            f"found = investigate(load_model({name!r}), {given})\n"
            "print(found.winners.to_string())"
        ),
        note="Chosen on the first half, measured on the second. The engine counts layers from 0.",
    )


def for_performance(
    name: str, prompt: str, settings: SamplingSettings, strings: Strings, performed: Performance
) -> Receipt:
    """Return the receipt of the puppeteer's two texts and bits."""
    return Receipt(
        model=name,
        data=performed.passage,
        seed=settings.seed,
        measured=f"{date.today().isoformat()}, on {performed.passage_characters:,} characters",
        seconds=performed.elapsed_seconds,
        python=(
            "from engine.decoding.limits import SamplingSettings\n"
            "from engine.inspection.writing.activation_clamping import Strings, perform\n"
            "from engine.models.folder import load_model\n\n"
            f"settings = {settings_literal(settings)}\n"
            f"performed = perform(load_model({name!r}), {prompt!r}, settings, {strings!r})\n"
            "print(performed.held_text)\n"
            "print(performed.free_bits, performed.held_bits, performed.error)"
        ),
    )
