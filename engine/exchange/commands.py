"""The commands that bring a network along and take one away."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.atomic import check_file, check_folder, replaced_file
from engine.command_options import ModelOption
from engine.config import option
from engine.errors import InputError
from engine.task_family import Command

FORMATS = {"zip": "", "onnx": "sequence", "onnx-step": "step", "onnx-encoder": "encoder"}  # and the graph of each


@dataclass(frozen=True, kw_only=True)
class Import:
    """Which weights are read, with which vocabulary, as what, and where the model folder lies."""

    weights: str = option(help="safetensors, .keras or .weights.h5", metavar="WEIGHTS")
    vocabulary: str = option(
        help="JSON list or map, tokenizer.json, or one token a line; a translator's target", metavar="VOCABULARY"
    )
    source_vocabulary: str = option("", help="a translator's source vocabulary", metavar="VOCABULARY")
    output: str = option(help="folder of the model", metavar="DIR")
    task: str = option("", help="classification, tagging or language_model, where the shapes leave a choice")
    title: str = option("", help="what the model is called")
    label: tuple[str, ...] = option((), help="a label, in the order of the last layer's rows; given once for each")
    pooling: str = option("", help="what a classifier decides on; by default what its layout does", metavar="NAME")
    licence: str = option("", help="the terms of the weights, for the card")
    origin: str = option("", help="who trained it, on what, for the card")
    reference: str = option("", help="JSON of ids and logits that the model must give", metavar="REFERENCE")
    source_language: str = option("en", help="of a translator, two letters")
    target_language: str = option("fr", help="of a translator, two letters")


@dataclass(frozen=True, kw_only=True)
class Export(ModelOption):
    """Which model is taken away, in which form, and where to."""

    format: str = option("zip", help="the folder, whole sequences, one step, or the encoder", choices=tuple(FORMATS))
    output: str = option(help="file that is written", metavar="FILE")


def import_command(options: Import) -> None:
    """Write the model folder of a network that was trained elsewhere.

    Raises:
        InputError: a file is no such thing, does not fit, or the model gives other logits than the reference.
    """
    from engine.exchange.bringing import bring, keep, prove
    from engine.exchange.details import Details
    from engine.exchange.recognition import recognise
    from engine.exchange.vocabularies import read_vocabulary
    from engine.exchange.weight_files import read_weights

    check_folder(Path(options.output), "The model")
    found = recognise(read_weights(Path(options.weights).name, Path(options.weights).read_bytes()))
    given = [options.source_vocabulary, options.vocabulary] if len(found.vocabularies) > 1 else [options.vocabulary]
    if not all(given):
        raise InputError("An encoder-decoder has two vocabularies: give --source-vocabulary too.")
    vocabularies = {
        called: read_vocabulary(Path(path).name, Path(path).read_bytes())
        for called, path in zip(found.vocabularies, given, strict=True)
    }
    facts = dict(found.facts) | ({"pooling": options.pooling} if options.pooling else {})
    details = Details(
        task=options.task,
        title=options.title,
        labels=options.label,
        licence=options.licence,
        origin=options.origin,
        source_language=options.source_language,
        target_language=options.target_language,
        **facts,
    )
    brought = bring(found, vocabularies, details)
    print(f"recognised: {found.layout.title} ({found.layout.origin})")
    if options.reference:
        proof = prove(brought, Path(options.reference).name, Path(options.reference).read_bytes())
        if not proof.holds:
            raise InputError(proof.sentence)
        print(proof.sentence)
    print(f"wrote {keep(brought, Path(options.output))}")


def export_command(options: Export) -> None:
    """Write a model as a zip or as an ONNX file.

    Raises:
        ModelError: it is not there, damaged, or has no such form.
    """
    from engine.exchange.onnx_graphs import onnx_model
    from engine.exchange.taking import zip_folder
    from engine.models.folder import load_model

    path = Path(options.output)
    check_file(path, "The model")
    folder = load_model(options.model).info.path
    part = FORMATS[options.format]
    data = onnx_model(folder, part) if part else zip_folder(folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replaced_file(path) as draft:
        draft.write_bytes(data)
    print(f"wrote {path} ({len(data) / 2**20:.2f} MiB)")


COMMANDS = (
    Command(
        "import",
        "Write the model folder of a network that was trained elsewhere.",
        Import,
        import_command,
        ("import --weights model.safetensors --vocabulary vocabulary.json --output runs/mine",),
    ),
    Command(
        "export",
        "Write a model as a zip or an ONNX file.",
        Export,
        export_command,
        (
            "export --model shakespeare-lstm --output shakespeare-lstm.zip",
            "export --model shakespeare-lstm --format onnx --output shakespeare-lstm.onnx",
        ),
    ),
)
