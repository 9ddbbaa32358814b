"""Receipts of what the pages show: the Python lines and the command that give the same text or number again."""

from __future__ import annotations

import shlex
from datetime import date

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
            "from engine.inspection.next_tokens import next_tokens\n"
            "from engine.models.folder import load_model\n\n"
            f"text = {text!r}\n"
            f"expected = next_tokens(load_model({name!r}), text, {settings.temperature!r}, "
            f"{settings.top_k!r}, {settings.top_p!r})\n"
            "print(expected.frame, expected.entropy_before, expected.entropy_after, expected.mass_cut)"
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
    source = f"from_code(model, {prompt!r}, {code!r})" if code else "read_json(open('writing-tree.json', 'rb').read()).tree(model)"
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
        note="The surprise of a step is -log2 of the chance the model itself gave it, before temperature, top-k and top-p.",
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
            "from engine.inspection.history import text_of_stage\n"
            "from engine.models.folder import load_model\n"
            "from engine.models.stages import list_stages\n\n"
            f"model = load_model({info.name!r})\n"
            f"settings = {settings_literal(settings)}\n"
            f"print(text_of_stage(model, {step}, {prompt!r}, settings))\n"
            "for stage in list_stages(model.info.path):\n"
            "    print(stage.step, stage.validation_loss, stage.training_loss)"
        ),
        command=training.get("command"),
        note="Validation loss: the whole validation text read in one go. Training loss: the mean since the stage before.",
    )


def settings_literal(settings: SamplingSettings) -> str:
    """Return the settings as a Python expression."""
    names = SamplingSettings.__dataclass_fields__
    return f"SamplingSettings({', '.join(f'{name}={getattr(settings, name)!r}' for name in names)})"
