"""Receipts of what the pages show: the Python lines and the command that give the same text or number again."""

from __future__ import annotations

import shlex
from datetime import date

import pandas as pd

from engine.decoding.cowriting import WritingTree
from engine.decoding.limits import SamplingSettings
from engine.models.folder import ModelInfo
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
            "from engine.inspection.writing.next_tokens import next_tokens\n"
            "from engine.models.folder import load_model\n\n"
            f"text = {text!r}\n"
            f"expected = next_tokens(load_model({name!r}), text, {settings.temperature!r}, "
            f"{settings.top_k!r}, {settings.top_p!r})\n"
            "print(expected.frame, expected.entropy_before, expected.entropy_after, expected.mass_cut)"
        ),
    )


def for_choices_along(name: str, text: str, settings: SamplingSettings) -> Receipt:
    """Return the receipt of how open the choice was along `text`."""
    return Receipt(
        model=name,
        measured=f"{date.today().isoformat()}, from the logits after each of {len(text):,} characters",
        python=(
            "from engine.inspection.writing.next_tokens import choices_along\n"
            "from engine.models.folder import load_model\n\n"
            f"text = {text!r}\n"
            f"print(choices_along(load_model({name!r}), text, {settings.temperature!r}, {settings.top_k!r}, "
            f"{settings.top_p!r}))"
        ),
    )


def for_alternatives(name: str, prompt: str, tree: WritingTree, settings: SamplingSettings) -> Receipt:
    """Return the receipt of what could come after the pen of a tree of writing."""
    return Receipt(
        model=name,
        measured=f"{date.today().isoformat()}, from the logits {len(tree.path()):,} steps after the beginning",
        python=(
            "from engine.decoding.cowriting import alternatives\n"
            "from engine.models.folder import load_model\n\n"
            f"print(alternatives(load_model({name!r}), {prompt!r}, {tree.token_ids()!r}, "
            f"{settings.temperature!r}, {settings.top_k!r}, {settings.top_p!r}))"
        ),
    )


def for_writing_tree(name: str, prompt: str, tree: WritingTree, code: str) -> Receipt:
    """Return the receipt of a tree's bits; one too large for a code is read from its file."""
    source = (
        f"from_code(model, {prompt!r}, {code!r})"
        if code
        else "read_json(open('writing-tree.json', 'rb').read()).tree(model)"
    )
    return Receipt(
        model=name,
        measured=f"{date.today().isoformat()}, every step read by the model again",
        python=(
            "from engine.decoding.cowriting import text_at, tree_frame\n"
            f"from engine.decoding.tree_files import {'from_code' if code else 'read_json'}\n"
            "from engine.models.folder import load_model\n\n"
            f"model = load_model({name!r})\n"
            f"tree = {source}\n"
            f"print(text_at(model, {prompt!r}, tree), tree.bits(), tree_frame(model, tree))"
        ),
        note="The surprise of a step is -log2 of the chance the model itself gave it, before temperature, top-k and "
        "top-p.",
    )


def for_stage(info: ModelInfo, step: int, prompt: str, settings: SamplingSettings) -> Receipt:
    """Return the receipt of the text and the losses of one stage of a training run."""
    training = info.config.get("training", {})
    return Receipt(
        model=f"{info.name}, after {step:,} updates",
        seed=f"{settings.seed} for the text, {training.get('settings', {}).get('seed')} for the training",
        measured=f"losses during the training, {training.get('date')}, on {training.get('hardware')}; texts now",
        python=(
            "from engine.decoding.limits import SamplingSettings\n"
            "from engine.inspection.writing.training_snapshots import text_of_stage\n"
            "from engine.models.folder import load_model\n"
            "from engine.models.training_snapshots import list_stages\n\n"
            f"model = load_model({info.name!r})\n"
            f"settings = {settings_literal(settings)}\n"
            f"print(text_of_stage(model, {step}, {prompt!r}, settings))\n"
            "for stage in list_stages(model.info.path):\n"
            "    print(stage.step, stage.validation_loss, stage.training_loss)"
        ),
        command=training.get("command"),
        note="Validation loss: the whole validation text read in one go. Training loss: the mean since the stage "
        "before.",
    )


def for_temperatures(name: str, prompt: str, settings: SamplingSettings) -> Receipt:
    """Return the receipt of the texts at six temperatures."""
    return Receipt(
        model=name,
        seed=settings.seed,
        measured=f"{date.today().isoformat()}, on the server's processor",
        python=(
            "from engine.decoding.limits import SamplingSettings\n"
            "from engine.inspection.writing.temperatures import TEMPERATURES, temperature_table, write_at\n"
            "from engine.models.folder import load_model\n\n"
            f"model, settings = load_model({name!r}), {settings_literal(settings)}\n"
            f"texts = [write_at(model, {prompt!r}, settings, temperature) for temperature in TEMPERATURES]\n"
            "print(temperature_table(texts).to_string())"
        ),
        note="The words and copies are those of the index in data/indexes; the text it was made from is not needed.",
    )


def for_live_curve(name: str, prompt: str, settings: SamplingSettings) -> Receipt:
    """Return the receipt of a curve over temperature measured on the page."""
    return Receipt(
        model=name,
        seed=f"{settings.seed} and the four after it",
        measured=f"{date.today().isoformat()}, on the server's processor",
        python=(
            "from engine.decoding.limits import SamplingSettings\n"
            "from engine.inspection.writing.temperatures import curve_of, summarise_curve\n"
            "from engine.models.folder import load_model\n\n"
            f"settings = {settings_literal(settings)}\n"
            f"print(summarise_curve(curve_of(load_model({name!r}), {prompt!r}, settings)).to_string())"
        ),
        note="The temperature in the settings is not used: each of the curve's takes its place.",
    )


def for_stored_curve(name: str, rows: pd.DataFrame) -> Receipt:
    """Return the receipt of curves over temperature measured beforehand; `rows` are those of the table."""
    return Receipt(
        model=", ".join(rows["model"].unique()),
        seed=f"{rows['seed'].min()} to {rows['seed'].max()}",
        measured=f"{rows['date'].max()}, {', '.join(rows['hardware'].unique())}, commit "
        f"{', '.join(rows['commit'].unique())}",
        python=(
            "from engine.inspection.writing.temperature_results import stored_curve\n"
            "from engine.inspection.writing.temperatures import summarise_curve\n"
            "from engine.models.folder import load_model\n\n"
            f"print(summarise_curve(stored_curve(load_model({name!r}))).to_string())"
        ),
        command=f"python -m engine temperatures --model {name}",
        note="The command measures anew; what is measured on other weights than these is not shown.",
    )


def for_copies(name: str, text: str, counted_from: int, minimum: int) -> Receipt:
    """Return the receipt of the copied stretches in `text`."""
    return Receipt(
        model=f"{name}: only for what it was trained on",
        measured=f"{date.today().isoformat()}, with the index in data/indexes",
        python=(
            "from engine.inspection.writing.copies import check_copies\n"
            "from engine.models.folder import load_model\n\n"
            f"text = {text!r}\n"
            f"copies = check_copies(load_model({name!r}), text, {counted_from})\n"
            f"print(copies.coverage({minimum}))\n"
            f"print(copies.at_least({minimum}).to_string())"
        ),
    )


def settings_literal(settings: SamplingSettings) -> str:
    """Return the settings as a Python expression."""
    names = SamplingSettings.__dataclass_fields__
    return f"SamplingSettings({', '.join(f'{name}={getattr(settings, name)!r}' for name in names)})"
