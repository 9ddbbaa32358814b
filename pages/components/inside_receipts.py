"""Receipts and tables of the Cells page's tools that compare, search and count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from engine.inspection.cells.layer_shapes import SEED, LayerSettings, python_lines
from engine.inspection.cells.range_match import TextReading
from engine.plotting.cells.state_edits import Band
from engine.plotting.writing.distribution import visible_token
from pages.components.figures import Receipt


def for_edit(parts: Mapping[str, str], first: str, second: str, layer: int) -> Receipt:
    """Return the receipt of two readings compared; `parts` says what of each network, `layer` is counted from 1."""
    return Receipt(
        model=", ".join(parts),
        measured=f"{date.today().isoformat()}, on the server's processor",
        python=(
            "from engine.inspection.cells.state_edits import average_difference, compare_states\n"
            "from engine.models.folder import load_model\n\n"
            f"first = {first!r}\n"
            f"second = {second!r}\n"
            f"for name, part in {dict(parts)!r}.items():\n"
            "    model = load_model(name)\n"
            f"    edit = compare_states(model, first, second, {layer - 1}, part)\n"
            "    print(name, edit.half_after, edit.gone_after, edit.changed, edit.distance.round(4).tolist())\n"
            "    print(average_difference(model, first, second))"
        ),
        note="The engine counts layers from 0.",
    )


def units_table(bands: Sequence[Band], tokens: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """Return the differences of single units as one row per network, unit and place."""
    rows = [
        (band.label, unit, place + 1, visible_token(one), visible_token(other), float(band.differences[place, column]))
        for band in bands
        for column, unit in enumerate(band.units)
        for place, (one, other) in enumerate(tokens)
    ]
    return pd.DataFrame(rows, columns=["network", "unit", "place", "first", "second", "difference"])


def for_pattern(
    name: str, text: str, layer: int, span: tuple[int, int], settings: Mapping[str, object], reading: TextReading
) -> Receipt:
    """Return the receipt of a pattern and its matches; `layer` is counted from 1, `span` from 0."""
    source, characters, own = settings["source"], settings["characters"], settings["own"]
    given = f"text={own!r}" if own else f"characters={characters}"
    return Receipt(
        model=name,
        data=reading.source,
        measured=f"{date.today().isoformat()}, {len(reading.stops):,} tokens",
        seconds=reading.elapsed_seconds,
        python=(
            "from engine.inspection.cells.range_match import explain_matches, find_matches, read_states, "
            "select_pattern\n"
            "from engine.models.folder import load_model\n\n"
            f"model = load_model({name!r})\n"
            f"pattern = select_pattern(model, {text!r}, {layer - 1}, {span[0]}, {span[1]}, {settings['threshold']!r}, "
            f"{settings['outside']!r})\n"
            f"reading = read_states(model, {source!r}, {layer - 1}, {given})\n"
            f"matches = find_matches(reading, pattern, {settings['least']!r})\n"
            "print(pattern.units, matches.frame.head(20).to_string(), explain_matches(reading, matches).to_string())"
        ),
        note="The time is what reading the text took; it is read once for all patterns. The engine counts layers and "
        "tokens from 0.",
    )


def for_shapes(settings: LayerSettings, difference: float) -> Receipt:
    """Return the receipt of a layer's shapes, places and counts; `difference` is that of the readable cells from it."""
    return Receipt(
        model=f"a new torch.nn.{settings.kind.upper()} with random weights",
        data="random input",
        seed=SEED,
        measured=f"{date.today().isoformat()}, on the server's processor",
        python=python_lines(settings),
        note="The same layer computed step by step with the readable cells: largest difference in output "
        f"{difference:.1e}.",
    )
