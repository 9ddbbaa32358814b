"""Taggers: they give every word of a sentence a tag, which marks the names in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.command_options import ModelOption
from engine.config import JsonObject
from engine.console import print_answers, read_rows
from engine.files.standard_input import TextsOption, read_texts
from engine.models.folder import load_model_of
from engine.task_family import (
    BEHAVIOUR,
    HIGHER,
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

NAME = "tagging"
WATCHED_SENTENCES, LONGEST_WATCHED = 8, 60  # of the validation split, while a tagger learns; the latter in words
_ORDER = ("gmb-bilstm-crf", "gmb-bilstm", "gmb-lstm-crf", "ewt-bilstm-crf")  # the best first


@dataclass(frozen=True, kw_only=True)
class Tag(TextsOption, ModelOption):
    """Which model tags, and which texts."""


def tag(settings: Tag) -> int:
    """Print the tags of each text's words, which stand between blanks or one by one in a token file, in order; return 1
    where a text cannot be read: its line stays empty."""
    from engine.inspection.tagging.predictions import best_tags, check_rows

    loaded = load_model_of(NAME, settings.model)
    texts = read_texts(settings)
    # A no-break space belongs to its word.
    cut = texts.words or [tuple(filter(None, line.replace("\t", " ").split(" "))) for line in texts.lines]

    def read(words: tuple[str, ...]) -> list[str] | None:
        if words:
            check_rows([words])
        return list(words) or None

    rows, problems = read_rows(cut, read, texts.numbers)
    print_answers(rows, lambda part: map(" ".join, best_tags(loaded, part)))
    return int(problems > 0 or not texts.is_whole)


def rank(info: ModelInfo) -> tuple[object, ...]:
    """The best first."""
    return _ORDER.index(info.name) if info.name in _ORDER else len(_ORDER), info.name


def split(loaded: LoadedModel, line: str) -> Sequence[str]:
    """Return the words of a line as a tagger reads them."""
    from engine.inspection.tagging.predictions import split_words

    return [word.text for word in split_words(line)]


def read_batch(loaded: LoadedModel, rows: Sequence[Sequence[str]]) -> Reading:
    """Return rows of words as one batch."""
    import torch

    from engine.inspection.padding import Answer, Reading
    from engine.models.word_features import read_words

    model = loaded.model
    features = read_words(loaded.tokenizer, rows)
    lengths, embedded = features.lengths, model.embed(features)

    def answer(used: Tensor) -> list[Answer]:
        read = features._replace(lengths=used)
        shares, tags = model(read).softmax(dim=-1).numpy(), model.decode(read)
        sizes = lengths.tolist()
        return [
            Answer(row[:size], " ".join(model.labels[tag] for tag in own[:size]), tuple(own[:size]))
            for row, own, size in zip(shares, tags, sizes, strict=True)
        ]

    def outputs() -> Tensor:
        return torch.cat([part for part in model.outputs(embedded, lengths) if part is not None], dim=2)

    ways = () if model.lower else (model.forwards, model.backwards)
    stacks = tuple((layer,) for layer in ways if layer is not None)
    return Reading(features.word_ids, embedded, lengths, outputs, answer, stacks)


def look(loaded: LoadedModel, corpus: Corpus, measured: dict[str, float]) -> tuple[list[JsonObject], dict[str, float]]:
    """Return what the network finds in the first validation sentences; its F1 is measured already."""
    from engine.corpora.tagged_sentences import TAGGED_SENTENCES
    from engine.inspection.tagging.predictions import best_tags
    from engine.text.bio import find_spans

    def said(words: Sequence[str], tags: Sequence[str]) -> str:
        spans = [f"{kind}: {' '.join(words[begin:end])}" for begin, end, kind in find_spans(tags)]
        return "; ".join(spans) or "none"

    held_out = zip(*corpus.read(TAGGED_SENTENCES, "validation"), strict=True)
    rows = [row for row in held_out if 0 < len(row[0]) <= LONGEST_WATCHED][:WATCHED_SENTENCES]
    found = best_tags(loaded, [words for words, _ in rows])
    return [
        {"given": " ".join(words), "wanted": said(words, wanted), "answered": said(words, tags)}
        for (words, wanted), tags in zip(rows, found, strict=True)
    ], {}


def _architecture(config: JsonObject) -> str:
    layers = config.get("num_layers", 1)
    one = "one layer" if layers == 1 else counted(layers, "layer")
    directions = f"{one} in both directions" if config["bidirectional"] else f"{one} that reads forwards only"
    tags = "a CRF over" if config["crf"] else "no CRF, each word by itself one of"
    filters = config["character_filters"]
    spelling = f", {filters} filters over its letters and its shape" if filters else " and nothing else"
    return (
        f"{config['cell'].upper()}, {directions}, {config['hidden_size']} units each; a word is an embedding of "
        f"{config['embedding_dim']} ({config['vocab_size']:,} words are known){spelling}; {tags} "
        f"{len(config['labels'])} tags."
    )


register(
    TaskFamily(
        name=NAME,
        noun="taggers",
        order=40,
        models={"tagger": ModelWords(_architecture)},
        metrics=(
            Metric("f1", "Span F1 (seqeval), percent", HIGHER),
            Metric("precision", "Span precision, percent", HIGHER),
            Metric("recall", "Span recall, percent", HIGHER),
            Metric("token_accuracy", "Words with the right tag, percent", HIGHER),
            Metric("baseline_f1", "Span F1 of each word's most frequent tag, percent", HIGHER),
        ),
        headline=Headline("f1", "F1 {:.1f}", f"F1 of entities found, 0 to 100: {HIGHER}."),
        evaluate=Deferred("engine.evaluation.tagging:evaluate_tagger"),
        limits="It finds what its corpus calls an entity. GMB was tagged partly by machine; English-EWT is small, and "
        "its training tags are a draft of its authors'. Names it has never read it judges by their letters and by the "
        "words around them; text unlike the corpus, in lower case or in another language, goes wrong without a "
        "warning.",
        example="""from engine.models.folder import load_model
from engine.inspection.tagging.predictions import tag_words
print(tag_words(load_model("{name}"), ("John", "works", "at", "Google", "in", "California", ".")).tags)""",
        command_example='echo "John works at Google in California ." | python -m engine tag --model {name}',
        pipeline_tag="token-classification",
        rank=rank,
        batch=BatchReading(split, read_batch),
        commands=(
            Command(
                "tag",
                "Tag the words of standard input, line by line.",
                Tag,
                tag,
                ("tag --model gmb-bilstm-crf < sentences.txt",),
            ),
        ),
        tables=(
            ResultTable(
                "predictions",
                "add every sentence's answer to this table",
                Deferred("engine.evaluation.tagging:add_predictions"),
            ),
            ResultTable(
                "ablation",
                "add this recipe's and seed's figures to this table",
                Deferred("engine.evaluation.tagging:add_ablation"),
            ),
            ResultTable(
                "examples",
                "add what the page's tools show of each built-in sentence to this table",
                Deferred("engine.evaluation.tagging:add_examples"),
            ),
            BEHAVIOUR,
        ),
        judge=Deferred("engine.inspection.tagging.behaviour:judge"),
        brought=TrainedElsewhere(("labels",), of_stack=Deferred("engine.exchange.layouts.recurrent:TAGGER")),
        watched=Watched(Metric("f1", "F1 of the entities of the validation sentences", HIGHER), look),
        page=Page(
            "entities",
            "Entities",
            "Persons, places and organisations in your text, marked by a network that reads both ways.",
            {"Tinted words": "what a network takes for a name, and of what kind."},
            opens="network",
        ),
    )
)
