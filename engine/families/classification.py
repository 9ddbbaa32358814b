"""Classifiers: they read a text and give one label, positive or negative."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.command_options import ModelOption
from engine.config import JsonObject
from engine.console import print_answers, read_rows
from engine.errors import InputError
from engine.files.standard_input import TextsOption, read_texts
from engine.models.card import cell_words
from engine.models.folder import load_model_of
from engine.task_family import (
    BEHAVIOUR,
    HIGHER,
    LOWER,
    BatchReading,
    Command,
    Deferred,
    Headline,
    Metric,
    ModelWords,
    Page,
    ResultTable,
    TaskFamily,
    TrainedElsewhere,
    Watched,
    register,
)
from engine.wording import counted

if TYPE_CHECKING:
    from torch import Tensor

    from engine.corpora import Corpus
    from engine.inspection.padding import Answer, Reading
    from engine.models.folder import LoadedModel, ModelInfo

NAME = "classification"
WATCHED_TEXTS = 8  # of the validation split, while a classifier learns


@dataclass(frozen=True, kw_only=True)
class Classify(TextsOption, ModelOption):
    """Which model classifies, and which texts."""


def classify(settings: Classify) -> int:
    """Print LABEL TAB PROBABILITY per text, in order; return 1 where one cannot be read: its line stays empty."""
    from engine.inspection.classification.predictions import classify_rows, split_text

    loaded = load_model_of(NAME, settings.model)
    texts = read_texts(settings)
    rows, problems = read_rows(
        texts.lines, lambda line: split_text(loaded, line) if line.strip() else None, texts.numbers
    )
    if not problems and not any(rows):
        raise InputError("There is no word in the input; put one text on each line.")
    print_answers(rows, lambda part: [f"{one.label}\t{one.probability:.4f}" for one in classify_rows(loaded, part)])
    return int(problems > 0 or not texts.is_whole)


def style(info: ModelInfo) -> str:
    """Return whose colour and marker a classifier is drawn with."""
    from engine.plotting.theme import drawn_as

    return drawn_as(info.architecture, both_directions=bool(info.config.get("bidirectional")))


def corpus(info: ModelInfo) -> str:
    """Return the name of the corpus a classifier was taught on: "sst2" or "imdb"; "" where its folder does not say."""
    return next(iter(info.config.get("corpora", [])), "").partition("_")[0]


def rank(info: ModelInfo) -> tuple[object, ...]:
    """Those of sentences first, the two-directional one at their head, the others as legends list them."""
    from engine.plotting.theme import architecture_rank

    return corpus(info) == "imdb", not info.config.get("bidirectional"), architecture_rank(info.architecture), info.name


def split(loaded: LoadedModel, line: str) -> Sequence[str]:
    """Return the words of a line as a classifier reads them."""
    from engine.inspection.classification.predictions import split_text

    return split_text(loaded, line)


def read_batch(loaded: LoadedModel, rows: Sequence[Sequence[str]]) -> Reading:
    """Return rows of words as one batch."""
    import torch

    from engine.inspection.classification.predictions import label_names
    from engine.inspection.padding import Answer, Reading
    from engine.models.base import pad

    model, tokenizer = loaded.model, loaded.tokenizer
    ids = pad([tokenizer.encode_words(row) for row in rows], model.pad_id)
    lengths = torch.tensor([len(row) for row in rows])
    embedded = model.embed(ids)
    names = label_names(loaded)

    def answer(used: Tensor) -> list[Answer]:
        shares = model.forward_from_embeddings(embedded, used).softmax(dim=-1).numpy()
        return [Answer(row, f"{names[row.argmax()]} {100 * row.max():.1f} %", (int(row.argmax()),)) for row in shares]

    is_stacked = model.has_apart_directions or not model.bidirectional
    stacks = tuple(tuple(stack) for stack in (model.forward_layers, model.backward_layers) if len(stack) and is_stacked)
    return Reading(ids, embedded, lengths, lambda: model.outputs(embedded, lengths), answer, stacks)


def look(loaded: LoadedModel, corpus: Corpus, measured: dict[str, float]) -> tuple[list[JsonObject], dict[str, float]]:
    """Return what the network makes of the first texts of the validation split; their share is measured already."""
    from engine.corpora.labelled_texts import LABELLED_TEXTS
    from engine.inspection.classification.predictions import classify_rows, label_names, split_text

    names, shown = label_names(loaded), []
    held_out = "validation" if "validation" in corpus.splits else "test"
    for text, label in zip(*corpus.read(LABELLED_TEXTS, held_out), strict=True):
        with suppress(InputError):  # no word in it, or too many
            [answer] = classify_rows(loaded, [split_text(loaded, text)])
            answered = f"{answer.label} ({100 * answer.probability:.0f} %)"
            shown.append({"given": text, "wanted": names[label], "answered": answered})
        if len(shown) == WATCHED_TEXTS:
            break
    return shown, {}


def _architecture(config: JsonObject) -> str:
    read = f"{config['vocab_size']:,} words and forms of unknown words, embeddings of {config['embedding_dim']}"
    if config["cell"] == "average":
        body = f"The mean of the embeddings of all words, blind to their order, and a linear head; {read}."
    else:
        units = f"{config['hidden_size']} {cell_words(config['cell'])} units"
        body = f"{counted(config['num_layers'], 'layer')} of {units} read from left to right"
        if config["bidirectional"]:
            joined = "joined after every layer" if config.get("joined") else "each direction by itself"
            body += f" and as many from right to left, {joined}"
        body += f"; {_pooling(config)}, and a linear head; {read}."
    if not config.get("training"):  # made elsewhere
        return body
    cut = config.get("max_training_words")
    return (
        f"{body} No pretrained vectors. Settings and weights were chosen on "
        f"{config.get('chosen_on', 'validation texts')}."
        + (f" Training texts were cut after {cut} words." if cut else "")
    )


def _pooling(config: JsonObject) -> str:
    from engine.models.pooling import POOLINGS

    return POOLINGS.get(config.get("pooling", "max")).words


register(
    TaskFamily(
        name=NAME,
        noun="classifiers",
        order=30,
        models={"classifier": ModelWords(_architecture)},
        metrics=(
            Metric("accuracy", "Share of texts whose label is right, in percent", HIGHER),
            Metric("negative_log_likelihood", "Nats per label", LOWER),
            Metric("calibration_error", "Expected calibration error, ten bins", LOWER),
            Metric("macro_f1", "F1 in percent, mean of both labels", HIGHER),
            Metric("forward_accuracy", "The same share, the forward direction read by itself", HIGHER),
            Metric("backward_accuracy", "The same share, the backward direction read by itself", HIGHER),
            Metric("majority_accuracy", "The share that giving always the more frequent label would get right"),
        ),
        headline=Headline("accuracy", "{:.1f} % right", "Texts judged right, in per cent."),
        evaluate=Deferred("engine.evaluation.classification:evaluate_classifier"),
        limits="It has read film reviews in English only and knows two answers. Facts, questions and other languages "
        "get one of the two as well, often with high probability; irony and comparisons mislead it. A word it has "
        "never seen is read as its stem or by its ending.",
        example="""from engine.models.folder import load_model
from engine.inspection.classification.predictions import classify_texts
print(classify_texts(load_model("{name}"), ("He said the food was not good.",))[0])""",
        command_example='echo "He said the food was not good." | python -m engine classify --model {name}',
        pipeline_tag="text-classification",
        rank=rank,
        batch=BatchReading(split, read_batch),
        commands=(
            Command(
                "classify",
                "Print the label of each line of standard input, a tab, and its probability.",
                Classify,
                classify,
                ("classify --model sst2-bilstm < lines.txt",),
            ),
        ),
        tables=(
            ResultTable(
                "predictions",
                "add every sentence's answer to this table",
                Deferred("engine.evaluation.classification:add_predictions"),
            ),
            ResultTable(
                "word_order",
                "add accuracy on shuffled texts to this table",
                Deferred("engine.evaluation.word_order:add_word_order"),
            ),
            ResultTable(
                "attributions",
                "add how explanations agree with deletion to this table",
                Deferred("engine.evaluation.attributions:add_agreement"),
            ),
            ResultTable(
                "examples",
                "add what the page's tools show of each built-in sentence to this table",
                Deferred("engine.evaluation.classification:add_examples"),
            ),
            BEHAVIOUR,
        ),
        judge=Deferred("engine.inspection.classification.behaviour:judge"),
        brought=TrainedElsewhere(
            ("labels", "pooling", "backward_first"),
            ("labels",),
            answers_tokens=False,
            of_stack=Deferred("engine.exchange.layouts.recurrent:CLASSIFIER"),
        ),
        watched=Watched(Metric("accuracy", "Share of the validation texts whose label is right", HIGHER), look),
        page=Page(
            "sentiment",
            "Sentiment",
            "Positive or negative, and how the prediction changes with every word that is read.",
            opens="network",
        ),
    )
)
