"""Receipts of what the pages show: the Python lines and the command that give the same text or number again."""

from __future__ import annotations

import shlex
from datetime import date

from engine.decoding.limits import SamplingSettings
from pages.components.figures import Receipt
from pages.components.writing import Writing


def for_generation(name: str, prompt: str, settings: SamplingSettings, sheet: Writing) -> Receipt:
    """Return the receipt of a text written by the model `name`, and by the others with it."""
    options = (
        f"--max-new-tokens {settings.max_new_tokens} --temperature {settings.temperature:g} "
        f"--top-k {settings.top_k} --top-p {settings.top_p:g} --seed {settings.seed}"
    )
    return Receipt(
        model=", ".join(sheet.texts),
        seed=settings.seed,
        measured=f"{date.today().isoformat()}, on the server's processor",
        seconds=sheet.elapsed_seconds,
        python=(
            "from engine.decoding.limits import SamplingSettings\n"
            "from engine.decoding.text import write_text\n"
            "from engine.models.folder import load_model\n\n"
            f"settings = {settings_literal(settings)}\n"
            f'print("".join(write_text(load_model({name!r}), {prompt!r}, settings)))'
        ),
        command=f"python -m engine generate --model {name} --prompt {shlex.quote(prompt)} {options}",
        note="Put another model's name in to get its text.",
    )


def for_next_tokens(name: str, text: str, settings: SamplingSettings) -> Receipt:
    """Return the receipt of the distribution after `text`."""
    return Receipt(
        model=name,
        measured=f"{date.today().isoformat()}, from the logits after {len(text):,} characters",
        python=(
            "from engine.inspection.next_tokens import next_tokens\n"
            "from engine.models.folder import load_model\n\n"
            f"text = {text!r}\n"
            f"expected = next_tokens(load_model({name!r}), text, {settings.temperature!r}, "
            f"{settings.top_k!r}, {settings.top_p!r})\n"
            "print(expected.frame, expected.entropy_before, expected.entropy_after, expected.mass_cut)"
        ),
    )


def settings_literal(settings: SamplingSettings) -> str:
    """Return the settings as a Python expression."""
    names = SamplingSettings.__dataclass_fields__
    return f"SamplingSettings({', '.join(f'{name}={getattr(settings, name)!r}' for name in names)})"
