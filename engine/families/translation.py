"""Translators: an encoder reads a sentence in one language, a decoder writes it in another."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.atomic import check_file, check_folder
from engine.command_options import ModelOption
from engine.config import JsonObject, field_like, option
from engine.console import print_answers, read_rows, show_shares
from engine.decoding.limits import SamplingSettings, SearchSettings
from engine.errors import InputError
from engine.files.standard_input import TextsOption, read_texts
from engine.models.card import cell_words
from engine.models.folder import load_model_of
from engine.task_family import (
    HIGHER,
    LOWER,
    Command,
    Deferred,
    Headline,
    Metric,
    ModelWords,
    OpenedLayers,
    Page,
    ResultTable,
    TaskFamily,
    TrainedElsewhere,
    Watched,
    register,
)
from engine.wording import counted

if TYPE_CHECKING:
    from engine.corpora import Corpus
    from engine.inspection.cells.steps import LayerRun
    from engine.layers import Layer
    from engine.models.folder import LoadedModel, ModelInfo

NAME = "translation"
WATCHED_PAIRS = 100  # of the validation split, while a translator learns
BATCHES_AT_ONCE = 2  # of a file of lines: the products of one run while the other is sorted out


def _as_drawn(name: str) -> Any:  # as `field_like`
    """Return the option `name` of drawing by chance, which counts with --sample only."""
    words = next(
        field.metadata["help"] for field in SamplingSettings.__dataclass_fields__.values() if field.name == name
    )
    return field_like(SamplingSettings, name, help=f"With --sample. {words}")


@dataclass(frozen=True, kw_only=True)
class Translate(SearchSettings, TextsOption, ModelOption):
    """Which model translates, and how it searches or draws."""

    sample: bool = option(False, help="draw each token by chance instead of searching; same seed, same text")
    temperature: float = _as_drawn("temperature")
    top_k: int = _as_drawn("top_k")
    top_p: float = _as_drawn("top_p")
    seed: int = _as_drawn("seed")
    own_words: bool = option(False, help="leave names, numbers and sums of money as the network writes them")


def translate(settings: Translate) -> int:
    """Print one translation per text of standard input, in order; return 1 where one cannot be read."""
    from engine.decoding.kept_words import keep_words
    from engine.decoding.text import check_line, translate_lines
    from engine.inspection.translation.source_reading import source_columns

    drawn = {name: getattr(settings, name) for name in ("temperature", "top_k", "top_p", "seed")}
    sampling = SamplingSettings(**drawn) if settings.sample else None
    loaded = load_model_of(NAME, settings.model)
    texts = read_texts(settings, source_columns(loaded.info.source_language))
    lines, problems = read_rows(texts.lines, partial(check_line, loaded), texts.numbers)

    def search(part: list[str]) -> list[str]:
        found = dict(
            translate_lines(
                loaded,
                part,
                beam_size=settings.beam_size,
                length_penalty=settings.length_penalty,
                sampling=sampling,
                at_once=min(BATCHES_AT_ONCE, os.cpu_count() or 1),
            )
        )
        return [found[index] for index in range(len(part))]

    def translated(part: list[str]) -> list[str]:
        texts = search(part)
        return texts if settings.own_words else keep_words(loaded.tokenizer, part, texts, search)

    print_answers(lines, translated)
    return int(problems > 0 or not texts.is_whole)


def bottleneck(settings: ModelOption) -> None:
    """Write a translator's principal directions, and its BLEU against how many are kept into the table of results."""
    from engine.evaluation.bottleneck import measure_bleu
    from engine.inspection.translation.bottleneck import FOLDER, TABLE, directions_of_corpus, save_directions

    check_folder(FOLDER, "Directions")
    check_file(TABLE, "The table")
    loaded = load_model_of(NAME, settings.model)
    directions = directions_of_corpus(loaded)
    print(f"wrote {save_directions(directions)}")
    show_shares(measure_bleu(loaded, directions, TABLE))
    print(f"wrote {TABLE}")


def is_attending(info: ModelInfo) -> bool:
    """Return whether a translator looks back at its source."""
    return info.config.get("attention", "none") != "none"


def title(info: ModelInfo) -> str:
    """Return what a translator is called beside others: its own label, or whether it looks back."""
    return info.called(info.label or ("With attention" if is_attending(info) else "Without attention"))


def encoder_title(info: ModelInfo) -> str:
    """Return what a translator is called where its encoder is looked at."""
    pair = f"{info.source_language or 'en'}-{info.target_language or 'fr'}"
    return f"Translator {pair}, {title(info).lower()} (encoder)"


def layer_labels(info: ModelInfo) -> list[str]:
    """Return what the encoder's layers and directions are called."""
    numbers = range(1, info.config["encoder_layers"] + 1)
    if not info.config.get("bidirectional", True):
        return [f"Layer {number}" for number in numbers]
    return [f"Layer {number}, {way}" for number in numbers for way in ("forwards", "backwards")]


def layers(loaded: LoadedModel) -> list[Layer]:
    """Return the encoder's layers and directions, the lowest first, forwards before backwards."""
    model = loaded.model
    if model.encoder_backward is None:
        return list(model.encoder_forward)
    return [layer for pair in zip(model.encoder_forward, model.encoder_backward, strict=True) for layer in pair]


def layer_runs(loaded: LoadedModel, text: str, modules: Iterator[Layer]) -> Iterator[LayerRun]:
    """Yield each layer and direction of the encoder with what it reads of `text`."""
    import torch

    from engine.decoding.text import encode_sources
    from engine.inspection.cells.steps import LayerRun
    from engine.models.recurrent import run_layer, zero_state

    model = loaded.model
    ids, _ = encode_sources(loaded, [text])
    hidden, labels = model.embed_source(ids).double(), layer_labels(loaded.info)  # (1, T, E)
    ways = 1 if model.encoder_backward is None else 2
    for first in range(0, len(labels), ways):
        outputs = []
        for is_reverse, module in enumerate(itertools.islice(modules, ways)):
            yield LayerRun(labels[first + is_reverse], first // ways, bool(is_reverse), module, hidden[0], False)
            given = hidden.flip(1) if is_reverse else hidden
            output, _ = run_layer(module, given, zero_state(model.cell, 1, module.hidden_size, hidden))
            outputs.append(output.flip(1) if is_reverse else output)
        hidden = model.join(hidden, torch.cat(outputs, dim=-1))  # (1, T, H)


def look(loaded: LoadedModel, corpus: Corpus, measured: dict[str, float]) -> tuple[list[JsonObject], dict[str, float]]:
    """Return translations of the first validation sentences, and the BLEU of a hundred, the likeliest piece each
    time."""
    import sacrebleu

    from engine.corpora.sentence_pairs import read_sides
    from engine.decoding.text import check_line, translate_lines

    pairs = []
    for source, target in zip(*read_sides(corpus, loaded.info.source_language, "validation"), strict=True):
        with suppress(InputError):  # too long to be read
            if check_line(loaded, source):
                pairs.append((source, target))
        if len(pairs) == WATCHED_PAIRS:
            break
    found = dict(translate_lines(loaded, [source for source, _ in pairs], beam_size=1))
    outputs = [found[position] for position in range(len(pairs))]
    bleu = sacrebleu.corpus_bleu(outputs, [[target for _, target in pairs]]).score if pairs else 0.0
    shown = [
        {"given": source, "wanted": target, "answered": output}
        for (source, target), output in zip(pairs[:6], outputs, strict=False)
    ]
    return shown, {"bleu": bleu}


def _architecture(config: JsonObject) -> str:
    cell = cell_words(config["cell"])
    direction = "bidirectional " if config["bidirectional"] else ""
    attention = (
        "no attention: one vector carries the whole sentence"
        if config["attention"] == "none"
        else f"{config['attention']} attention"
    )
    words = (
        f"{direction}{cell} encoder of {counted(config['encoder_layers'], 'layer')}, {cell} decoder of "
        f"{counted(config['decoder_layers'], 'layer')}, {config['hidden_size']} units, {attention}"
    )
    return words[0].upper() + words[1:]


def _shipped(config: JsonObject) -> str:
    return f"{_architecture(config)}; one BPE vocabulary of {config['vocab_size']:,} pieces for both languages."


def _brought(config: JsonObject) -> str:
    return (
        f"{_architecture(config)}; {config['vocab_size']:,} tokens of both languages, an embedding for each language."
    )


def _languages(config: JsonObject) -> tuple[str, ...]:
    return config["source_language"], config["target_language"]


def _rank(info: ModelInfo) -> tuple[object, ...]:
    """With attention first, and the LSTM matched in size to others."""
    return info.config.get("attention") == "none", info.group, info.architecture != "lstm", info.name


def _save_index(loaded: LoadedModel, corpus: str, rows: int, folder: Path) -> Path:
    from engine.inspection.translation.sentence_index import build_sentence_index, save_sentence_index

    return save_sentence_index(build_sentence_index(loaded, corpus, rows), folder)


register(
    TaskFamily(
        name=NAME,
        noun="translators",
        order=20,
        models={"translator": ModelWords(_shipped), "encoder_decoder": ModelWords(_brought)},
        metrics=(
            Metric("bleu", "BLEU, beam 5", HIGHER),
            Metric("chrf", "chrF, beam 5", HIGHER),
            Metric("ter", "TER, beam 5", LOWER),
            Metric("bleu_greedy", "BLEU, greedy", HIGHER),
            Metric("nats_per_token", "Nats per target piece, reading the reference", LOWER),
            Metric("tatoeba_en_fr_bleu", "BLEU on Tatoeba test, all references, beam 5", HIGHER),
            Metric("tatoeba_en_fr_chrf", "chrF on Tatoeba test, all references, beam 5", HIGHER),
            Metric("tatoeba_en_fr_ter", "TER on Tatoeba test, all references, beam 5", LOWER),
        ),
        headline=Headline("bleu", "BLEU {:.1f}", f"BLEU, 0 to 100: {HIGHER}."),
        evaluate=Deferred("engine.evaluation.translation:evaluate_translator"),
        limits="It knows the language of picture captions and short everyday sentences. Long, technical or figurative "
        "text comes out wrong, and it does not say so. The caption data are for research and education.",
        example="""from engine.models.folder import load_model
from engine.decoding.text import translate
print(translate(load_model("{name}"), "A dog runs across the beach.", beam_size=5)[0].text)""",
        command_example='echo "A dog runs across the beach." | python -m engine translate --model {name} --beam-size 5',
        pipeline_tag="translation",
        languages=_languages,
        rank=_rank,
        commands=(
            Command(
                "translate",
                "Translate standard input, line by line.",
                Translate,
                translate,
                (
                    "translate --model en-fr-attention --beam-size 5 < lines.txt > translations.txt",
                    "translate --model en-fr-attention --sample --temperature 0.7 --seed 3 < lines.txt",
                ),
            ),
            Command(
                "bottleneck",
                "Find a translator's principal directions and measure BLEU with few of them.",
                ModelOption,
                bottleneck,
                ("bottleneck --model en-fr-no-attention",),
            ),
        ),
        tables=(
            ResultTable(
                "regimes",
                "add figures and learning curve of a way to be taught to this table",
                Deferred("engine.evaluation.forcing:add_regime"),
            ),
            ResultTable(
                "by_length",
                "add BLEU by source length to this table",
                Deferred("engine.evaluation.translation:add_bleu_by_length"),
            ),
            ResultTable(
                "sentences",
                "add the scores of every test sentence to this table",
                Deferred("engine.evaluation.translation_sentences:add_sentences"),
            ),
        ),
        index=_save_index,
        opened=OpenedLayers(layer_labels, layers, layer_runs, called=encoder_title, reads_anything=True),
        brought=TrainedElsewhere(("source_language", "target_language"), ("source_language", "target_language")),
        watched=Watched(Metric("bleu", "BLEU of a hundred validation sentences, greedy", HIGHER), look),
        page=Page(
            "translation",
            "Translation",
            "English into French, with a map of where the network looks.",
            {
                "The map": "where the network looks (across, English) while it writes each word (down, French); the "
                "brighter, the more."
            },
            opens="translators",
        ),
    )
)
