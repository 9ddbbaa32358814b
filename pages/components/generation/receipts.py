"""Where the numbers of the generation page come from that no single Call gives."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from engine.decoding.cowriting import text_at, tree_frame
from engine.decoding.limits import SamplingSettings
from engine.decoding.text import write_text
from engine.decoding.tree_files import from_code
from engine.inspection.writing.temperature_results import stored_curve
from engine.inspection.writing.temperatures import summarise_curve
from engine.inspection.writing.training_snapshots import history_frame, text_of_stage
from engine.models.folder import ModelInfo
from engine.models.training_snapshots import list_stages
from engine.runtimes.choice import OVERRIDE
from engine.wording import listing
from pages.components.computing.calls import call
from pages.components.computing.writing import Writing
from pages.components.drawing.figures import Receipt
from pages.components.generation.cowriting import Held


def for_writing(name: str, prompt: str, settings: SamplingSettings, sheet: Writing, on: Mapping[str, str]) -> Receipt:
    """Return the receipt of a text written by the model `name`, and by the others with it; `on` has the runtime of
    each."""
    options = (
        f"--max-new-tokens {settings.max_new_tokens} --temperature {settings.temperature:g} "
        f"--top-k {settings.top_k} --top-p {settings.top_p:g} --seed {settings.seed}"
    )
    others = [f"{other} on {runtime}" for other, runtime in on.items() if other != name]
    shown = call(write_text, prompt, settings, model=name).receipt(
        '"".join(found)',
        day=sheet.day,
        seconds=sheet.elapsed_seconds,
        model=", ".join(sheet.texts),
        seed=settings.seed,
        command=f"python -m engine generate --model {name} --prompt {shlex.quote(prompt)} {options}",
        note=f"Put another model's name and runtime in to get its text: {listing(others)}." if others else None,
    )
    return on_runtime(on[name], shown)


def on_runtime(runtime: str, shown: Receipt) -> Receipt:
    """Return the receipt of what was drawn on a runtime, whose lines ask for this one: which is the fastest differs
    from machine to machine."""
    said = (
        f"Written on {runtime}, the runtime that was chosen on this machine, which the lines ask for: another one "
        "rounds otherwise, and the same seed may write another text there."
    )
    return replace(
        shown,
        python=f"import os\n\nos.environ[{OVERRIDE!r}] = {runtime!r}\n\n{shown.python}",
        command=shown.command and f"{OVERRIDE}={runtime} {shown.command}",
        note=" ".join(filter(None, [said, shown.note])),
    )


def for_writing_tree(name: str, prompt: str, held: Held) -> Receipt:
    """Return the receipt of a tree's nats; one too large for a code is read from its file."""
    special = {
        "measured": "every step read by the model again",
        "note": "The surprise of a step is -log2 of the chance the model itself gave it, before temperature, top-k and "
        "top-p.",
    }
    if not held.code:
        special["python"] = (
            "from engine.decoding.cowriting import text_at, tree_frame\n"
            "from engine.decoding.tree_files import read_json\n"
            "from engine.models.folder import load_model\n\n"
            f"model = load_model({name!r})\n"
            "found = read_json(open('writing-tree.json', 'rb').read()).tree(model)\n"
            f"print(text_at(model, {prompt!r}, found), found.nats(), tree_frame(model, found))"
        )
    return call(from_code, prompt, held.code, model=name).receipt(
        "text_at(model, prompt, found), found.nats(), tree_frame(model, found)",
        uses=[text_at, tree_frame],
        day=held.day,
        **special,
    )


def for_stage(info: ModelInfo, step: int, prompt: str, settings: SamplingSettings) -> Receipt:
    """Return the receipt of the text and the losses of one stage of a training run."""
    training = info.config.get("training", {})
    return call(text_of_stage, step, prompt, settings, model=info.name).receipt(
        "found, history_frame(list_stages(model.info.path)).to_string(), sep='\\n'",
        uses=[history_frame, list_stages],
        day="",
        model=f"{info.name}, after {step:,} updates",
        seed=f"{settings.seed} for the text, {training.get('settings', {}).get('seed')} for the training",
        measured=f"losses during the training, {training.get('date')}, on {training.get('hardware')}",
        command=training.get("command"),
        note=f"Which runtime writes is found out for each stage on each machine; {OVERRIDE} asks for one: on another "
        "the same seed may write another text. Validation loss: the whole validation text read in one go. Training "
        "loss: the mean since the stage before.",
    )


def for_stored_curves(name: str, rows: pd.DataFrame) -> Receipt:
    """Return the receipt of curves over temperature measured beforehand; `rows` are those of the table."""
    return call(stored_curve, model=name).receipt(
        "summarise_curve(found).to_string()",
        uses=[summarise_curve],
        day="",
        model=", ".join(rows["model"].unique()),
        seed=f"{rows['seed'].min()} to {rows['seed'].max()}",
        measured=f"{rows['date'].max()}, {', '.join(rows['hardware'].unique())}, commit "
        f"{', '.join(rows['commit'].unique())}",
        command=f"python -m engine temperatures --model {name}",
        note="The command measures anew; what is measured on other weights than these is not shown.",
    )
