"""Which ONNX graphs there are of each kind of model; what goes in and out of them, the modules named here say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.errors import ModelError
from engine.models.folder import ModelInfo, describe, load_model
from engine.task_family import Deferred
from engine.wording import listing

SEQUENCE, STEP, ENCODER = "sequence", "step", "encoder"
PARTS = {SEQUENCE: "whole sequences", STEP: "one step", ENCODER: "the encoder"}


@dataclass(frozen=True)
class Graphs:
    """The ONNX graphs of one kind of model.

    Attributes:
        builders: what makes each of a model, by what it is of.
        lacking: the parts of `PARTS` that one could ask for in vain, and `why` there is no graph of them.
    """

    builders: Mapping[str, Deferred]
    lacking: tuple[str, ...] = ()
    why: str = ""


def _named(module: str, **builders: str) -> dict[str, Deferred]:
    return {part: Deferred(f"engine.exchange.{module}:{name}") for part, name in builders.items()}


_WHOLE = "it reads a text as a whole and not step by step"
_TRANSLATION = Graphs(_named("onnx_translators", sequence="sequence_graph", step="step_graph", encoder="encoder_graph"))
GRAPHS = {  # by the model's name in config.json
    "language_model": Graphs(_named("onnx_sequences", sequence="language_model", step="language_model_step")),
    "transformer_language_model": Graphs(_named("onnx_transformers", sequence="sequence_graph", step="step_graph")),
    "classifier": Graphs(_named("onnx_sequences", sequence="classifier"), (STEP,), _WHOLE),
    "tagger": Graphs(_named("onnx_sequences", sequence="tagger"), (STEP,), _WHOLE),
    "translator": _TRANSLATION,
    "encoder_decoder": _TRANSLATION,
}
COUNTS = Graphs({}, (SEQUENCE, STEP), "it is a table of counts and multiplies nothing")


def graphs_of(info: ModelInfo) -> Graphs:
    """Return the graphs that there are of a model."""
    return GRAPHS.get(str(info.config.get("model")), COUNTS)


def lacking_sentence(info: ModelInfo) -> str:
    """Return the sentence on which graphs there are not of a model, and why; "" where none is lacking."""
    graphs = graphs_of(info)
    if not graphs.lacking:
        return ""
    return (
        f"“{info.name}” has no ONNX graph of {listing([PARTS[part] for part in graphs.lacking], ' or ')}: {graphs.why}."
    )


def onnx_model(folder: Path, part: str) -> bytes:
    """Return a model as an ONNX file; `part` is one of `PARTS`.

    Raises:
        ModelError: there is no such graph of it, or it cannot be used.
    """
    info = describe(folder)
    if info.error:
        raise ModelError(info.error)
    build = graphs_of(info).builders.get(part)
    if build is None:
        raise ModelError(lacking_sentence(info) or f"“{info.name}” has no ONNX graph of {PARTS[part]}.")
    data: bytes = build(load_model(f"{folder.resolve()}").model).SerializeToString()
    return data
