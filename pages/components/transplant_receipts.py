"""Receipts of the tool "State transplant"."""

from __future__ import annotations

from datetime import date

from engine.decoding.limits import SamplingSettings
from pages.components.figures import Receipt
from pages.components.receipts import settings_literal


def for_influence(names: list[str], donor: str, passage: str, amount: float) -> Receipt:
    """Return the receipt of the curves of how long a donor is felt."""
    return Receipt(
        model=", ".join(names),
        measured=f"{date.today().isoformat()}, over {len(passage):,} characters after {len(donor):,} of the donor",
        python=(
            "from engine.inspection.writing.activation_patching import donor_influence\n"
            "from engine.models.folder import load_model\n\n"
            f"donor = {donor!r}\npassage = {passage!r}\n"
            f"for name in {names!r}:\n"
            f"    found = donor_influence(load_model(name), donor, passage, {amount!r})\n"
            "    print(name, found.lasts_characters, found.frame)"
        ),
        note="KL(transplanted || untouched) of the next token, in bits: what it would cost to go on expecting what "
        "the untouched run expects.",
    )


def for_transplanted_texts(name: str, donor: str, passage: str, amount: float, settings: SamplingSettings) -> Receipt:
    """Return the receipt of the two texts."""
    return Receipt(
        model=name,
        seed=settings.seed,
        measured=date.today().isoformat(),
        python=(
            "from engine.decoding.limits import SamplingSettings\n"
            "from engine.inspection.writing.activation_patching import write_after_transplant\n"
            "from engine.models.folder import load_model\n\n"
            f"donor = {donor!r}\npassage = {passage!r}\n"
            f"settings = {settings_literal(settings)}\n"
            f"for amount in (0.0, {amount!r}):\n"
            f"    print(write_after_transplant(load_model({name!r}), donor, passage, amount, settings))"
        ),
    )
