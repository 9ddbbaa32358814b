"""Language models: they read a text token by token and write on."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.atomic import check_file
from engine.command_options import ModelOption
from engine.config import JsonObject, option, settings_from
from engine.console import show_notes, show_shares
from engine.decoding.limits import SamplingSettings
from engine.files.standard_input import read_column
from engine.models.card import cell_words
from engine.models.folder import load_model_of, load_writer
from engine.models.published import comparison_table
from engine.task_family import (
    LOWER,
    Command,
    Deferred,
    Headline,
    Metric,
    ModelWords,
    OpenedLayers,
    Page,
    TaskFamily,
    TrainedElsewhere,
    Watched,
    register,
)
from engine.text.reading import read_input
from engine.wording import counted

if TYPE_CHECKING:
    from engine.corpora import Corpus
    from engine.inspection.cells.steps import LayerRun
    from engine.layers import Layer
    from engine.models.folder import LoadedModel, ModelInfo

NAME = "language_model"
HIGHEST_LOSS = 700.0  # nats: the perplexity of more is no number of double precision


@dataclass(frozen=True, kw_only=True)
class Generate(SamplingSettings, ModelOption):
    """What to write on, with which model, and how it is drawn."""

    prompt: str = option("", help="text to go on from; empty starts on a new line")


@dataclass(frozen=True, kw_only=True)
class Score(ModelOption):
    """Which text to predict, with which model, and what it remembers on the way."""

    protocol: str = option(
        "stream",
        help="state carried on, or windows of 256 that begin anew",
        choices=("stream", "windows"),
    )
    column: str = option("", help="score the texts in this column of a table; otherwise the file as it stands")
    file: str = option(help="UTF-8 text; - reads standard input", metavar="FILE", is_positional=True)


@dataclass(frozen=True, kw_only=True)
class Temperatures(ModelOption):
    """Which model to measure at every temperature, and the table that keeps it."""

    output: str = option("", help="default: data/results/temperatures.parquet", metavar="PARQUET")


def generate(settings: Generate) -> None:
    """Print the prompt and its continuation, as it is written."""
    from engine.decoding.writing import write_text

    loaded = load_writer(NAME, settings.model)
    pieces = write_text(loaded, settings.prompt, settings_from(SamplingSettings, settings))
    unknown = loaded.tokenizer.unknown_pieces(settings.prompt)
    if unknown:
        print(f"note: the model has never seen {' '.join(unknown)}", file=sys.stderr)
    sys.stdout.write(settings.prompt)
    for piece in pieces:
        sys.stdout.write(piece)
        sys.stdout.flush()
    print()


def score(settings: Score) -> None:
    """Print nats and bits per character as JSON."""
    from engine.evaluation.language_model import score_text

    loaded = load_model_of(NAME, settings.model)
    if settings.column:
        text = read_column(settings.file, settings.column)
    else:
        given = read_input(settings.file)
        text = given.text
        show_notes(given.notes)
    print(json.dumps(score_text(loaded, text, settings.protocol)))


def temperatures(settings: Temperatures) -> None:
    """Write a model's curve over temperature into the table of results."""
    from engine.inspection.writing.temperature_results import TABLE, measure_model

    path = Path(settings.output or TABLE)
    check_file(path, "The table")
    loaded = load_model_of(NAME, settings.model)
    show_shares(measure_model(loaded, path))
    print(f"wrote {path}")


def layer_labels(info: ModelInfo) -> list[str]:
    """Return what a model's layers are called."""
    return [f"Layer {number}" for number in range(1, info.config["num_layers"] + 1)]


def layers(loaded: LoadedModel) -> list[Layer]:
    """Return a model's recurrent layers, the lowest first."""
    return list(loaded.model.layers)


def layer_runs(loaded: LoadedModel, text: str, modules: Iterator[Layer]) -> Iterator[LayerRun]:
    """Yield each layer with what it reads of `text`, the start token first, as when the model writes."""
    import torch

    from engine.decoding.text import start_id
    from engine.inspection.cells.steps import LayerRun
    from engine.models.recurrent import run_layer, zero_state

    model, labels = loaded.model, layer_labels(loaded.info)
    ids = torch.tensor([[start_id(loaded), *loaded.tokenizer.encode(text)]])
    hidden = model.embedding(ids).double()  # (1, 1 + T, E)
    for index, (module, label) in enumerate(zip(modules, labels, strict=True)):
        yield LayerRun(label, index, False, module, hidden[0], True)
        if index + 1 < len(labels):  # what the last one says is read by no other
            outputs, _ = run_layer(module, hidden, zero_state(model.cell, 1, model.hidden_size, hidden))
            hidden = model.join(hidden, outputs)


def look(loaded: LoadedModel, corpus: Corpus, measured: dict[str, float]) -> tuple[list[JsonObject], dict[str, float]]:
    """Return three texts from fixed seeds, and the perplexity of the validation text."""
    from engine.decoding.text import write_text

    written = []
    for seed in (1, 2, 3):
        text = "".join(write_text(loaded, "", SamplingSettings(max_new_tokens=160, temperature=0.7, seed=seed)))
        written.append({"given": f"Seed {seed}", "wanted": "", "answered": text})
    return written, {"perplexity": math.exp(min(measured["loss"], HIGHEST_LOSS))}


def _recurrent(config: JsonObject) -> str:
    return (
        f"{counted(config['num_layers'], 'layer')} of {config['hidden_size']} {cell_words(config['cell'])} units over "
        f"{config['vocab_size']} tokens, embedding of {config['embedding_dim']}, residual connections: "
        f"{'yes' if config['residual'] else 'no'}."
    )


def _transformer(config: JsonObject) -> str:
    return (
        f"{counted(config['num_layers'], 'block')} of causal attention with {config['num_heads']} heads, a stream of "
        f"{config['width']} numbers, feed-forward layers of {config['feedforward_size']}, over {config['vocab_size']} "
        f"tokens; each block looks back at the last {config['window']}."
    )


def _ngram(config: JsonObject) -> str:
    return (
        f"How often each of them, {config['order']} characters in a row, stood in the training text, smoothed by the "
        "method of Kneser and Ney as Chen and Goodman modified it; "
        f"{config['vocab_size']} tokens, no hidden units."
    )


def _published(config: JsonObject, metrics: JsonObject) -> str:
    """Return the published figures for the model that is meant to stand beside them, the best one."""
    if config.get("group") != "best" or "nats_per_character_windows" not in metrics:
        return ""
    table = comparison_table(metrics["nats_per_character_windows"], metrics["nats_per_character"])
    return (
        "### Beside published figures\n\nAll on the last tenth of Tiny Shakespeare, trained on the first "
        f"nine.\n\n{table}"
    )


register(
    TaskFamily(
        name=NAME,
        noun="language models",
        order=10,
        models={
            "language_model": ModelWords(_recurrent),
            "transformer_language_model": ModelWords(_transformer),
            "ngram": ModelWords(_ngram, counted="counts"),
        },
        metrics=(
            Metric(
                "nats_per_character",
                "Nats per character, one pass with carried state (`score --protocol stream`)",
                LOWER,
            ),
            Metric("bits_per_character", "Bits per character, same protocol", LOWER),
            Metric(
                "nats_per_character_windows",
                "Nats per character, windows of 256 (`score --protocol windows`)",
                LOWER,
            ),
            Metric("bits_per_character_windows", "Bits per character, windows of 256", LOWER),
            Metric(
                "int8_added_nats",
                "Nats per character that weights of 8 bits add in windows of 256; texts may be written with them",
                LOWER,
            ),
            Metric(
                "characters_per_piece",
                "Characters per piece of the text measured on (the windows of 256 characters are cut into pieces one "
                "by one)",
            ),
        ),
        headline=Headline("nats_per_character", "{:.3f} nats per character", f"Nats per character: {LOWER}."),
        evaluate=Deferred("engine.evaluation.language_model:evaluate_language_model"),
        limits="It has read one book's worth of text and nothing else. It imitates spelling, names and metre; it does "
        "not know what it says. Characters outside its vocabulary are read as unknown.",
        example="""from engine.models.folder import load_model
from engine.decoding.text import SamplingSettings, write_text
print("".join(write_text(load_model("{name}"), "ROMEO:", SamplingSettings(temperature=0.8, seed=7))))""",
        command_example='python -m engine generate --model {name} --prompt "ROMEO:" --temperature 0.8 --seed 7',
        pipeline_tag="text-generation",
        published=_published,
        opened=OpenedLayers(layer_labels, layers, layer_runs, streams=True),
        commands=(
            Command(
                "generate",
                "Write text after a prompt.",
                Generate,
                generate,
                (
                    'generate --model shakespeare-lstm --prompt "ROMEO:" --max-new-tokens 300 --temperature 0.8 '
                    "--top-p 0.95 --seed 7",
                ),
            ),
            Command(
                "score",
                "Print how well a language model predicts a text file, as JSON.",
                Score,
                score,
                ("score --model shakespeare-gru --protocol stream FILE",),
            ),
            Command(
                "temperatures",
                "Measure what temperature does to a model's texts.",
                Temperatures,
                temperatures,
                ("temperatures --model shakespeare-lstm --output runs/temperatures.parquet",),
            ),
        ),
        brought=TrainedElsewhere(of_stack=Deferred("engine.exchange.layouts.recurrent:LANGUAGE_MODEL")),
        watched=Watched(Metric("perplexity", "Perplexity of the validation text", LOWER), look),
        page=Page(
            "generation",
            "Generation",
            "Three networks continue your text, one character at a time.",
            {
                "The line": "is written now, character by character, by one network; it is another one each time you "
                "come here.",
                "Bars and dashes": "chances of the next character, after and before a temperature of 0.5.",
            },
            opens="models",
        ),
    )
)
