"""Taggers: they give every word of a sentence a tag, which marks the names in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.command_options import ModelOption
from engine.config import JsonObject
from engine.console import read_lines
from engine.errors import InputError
from engine.models.folder import load_model_of
from engine.task_family import (
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
    register,
)

if TYPE_CHECKING:
    from torch import Tensor

    from engine.inspection.padding import Answer, Reading
    from engine.models.folder import LoadedModel, ModelInfo

NAME = "tagging"
_ORDER = ("gmb-bilstm-crf", "gmb-bilstm", "gmb-lstm-crf", "ewt-bilstm-crf")  # the best first


def tag(settings: ModelOption) -> None:
    """Print the tags of each input line's words, which stand between blanks, in order; an empty line stays one."""
    from engine.inspection.tagging.predictions import MAX_WORDS, best_tags

    loaded = load_model_of(NAME, settings.model)
    # A no-break space belongs to its word.
    rows = [line.replace("\t", " ").rstrip("\r").split(" ") for line in read_lines()]
    rows = [[word for word in row if word] for row in rows]
    for number, row in enumerate(rows, start=1):
        if len(row) > MAX_WORDS:
            raise InputError(f"Line {number} has {len(row):,} words; at most {MAX_WORDS:,} can be tagged at once.")
    tags = iter(best_tags(loaded, [row for row in rows if row]))
    for row in rows:
        print(" ".join(next(tags)) if row else "")


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

    stacks = tuple((layer,) for layer in (model.forwards, model.backwards) if layer is not None)
    return Reading(features.word_ids, embedded, lengths, outputs, answer, stacks)


def _architecture(config: JsonObject) -> str:
    directions = "one layer in both directions" if config["bidirectional"] else "one layer that reads forwards only"
    tags = "a CRF over" if config["crf"] else "no CRF, each word by itself one of"
    return (
        f"{config['cell'].upper()}, {directions}, {config['hidden_size']} units each; a word is an embedding of "
        f"{config['embedding_dim']} ({config['vocab_size']:,} words are known), {config['character_filters']} filters "
        f"over its letters and its shape; {tags} {len(config['labels'])} tags."
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
        commands=(Command("tag", "Tag the words of standard input, line by line.", ModelOption, tag),),
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
        ),
        page=Page(
            "entities",
            "Entities",
            "Persons, places and organisations in your text, marked by a network that reads both ways.",
            {"Tinted words": "what a network takes for a name, and of what kind."},
        ),
    )
)
