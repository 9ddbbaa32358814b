"""An index of the states that a translator is in at many sentences, to find the nearest ones of another sentence.

The vectors are kept as whole numbers of 8 bits, each scaled by the largest of its row. A corpus that may not be shipped
is known by its row numbers alone; of one that may, the sentences are kept too. Tied to the weights by their hash.

Shapes: N sentences, M decoder steps, H hidden.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import safetensors.numpy
import torch
from safetensors import SafetensorError

from engine.atomic import replaced_file
from engine.config import JsonObject
from engine.corpora import load_corpus
from engine.corpora.sentence_pairs import read_sides
from engine.decoding.text import BATCH_SENTENCES, encode_sources
from engine.errors import ConfigError, DataError
from engine.inspection.stored.model_files import weights_in
from engine.inspection.translation.sentence_similarity import decoder_states
from engine.models.base import batches_by_length, pad
from engine.models.folder import LoadedModel
from engine.provenance import commit
from engine.text.piece_labels import END, display_pieces

INDEXES = Path(__file__).resolve().parents[3] / "data" / "indexes" / "sentences"
OWN = "phrasebook_en_fr"  # written for this project: its sentences may be shipped with the index
COMMAND = "python -m engine index --corpus {corpus} --model {model} --rows {rows}"
OWN_ROWS, OTHER_ROWS = 200, 2000
MAX_ROWS = 20_000


@dataclass(frozen=True, eq=False)
class SentenceIndex:
    """States at many sentences, read-only.

    Attributes:
        rows: each sentence's number in the corpus' training split, from 0 (N,).
        summaries: what the encoder leaves at the end of each sentence, unit length (N, H).
        steps: the decoder's last layer before each piece of each sentence's own translation, unit length (M, H); M is 0
            where they are not kept.
        step_sentences, step_numbers: the sentence of each step, as a place in `rows`, and which of its steps, from 1
            (M,).
        facts: model, corpus, corpus_title, weights, sentences (pairs of texts, empty where they are not kept), pieces
            (the target's, for each sentence), commit.
    """

    rows: np.ndarray
    summaries: np.ndarray
    steps: np.ndarray
    step_sentences: np.ndarray
    step_numbers: np.ndarray
    facts: JsonObject


def build_sentence_index(loaded: LoadedModel, corpus_name: str, rows: int) -> SentenceIndex:
    """Return the index of `rows` sentences, evenly spread over a corpus' training split.

    Decoder steps and texts are kept for the corpus that was written for this project alone.

    Raises:
        ConfigError: there is no such corpus, or the number of rows is out of bounds.
        DataError: it cannot be read, or holds no pairs.
    """
    if not 1 <= rows <= MAX_ROWS:
        raise ConfigError(f"rows must lie between 1 and {MAX_ROWS:,}, not {rows:,}.")
    corpus = load_corpus(corpus_name)
    if corpus.spec.name != corpus_name:
        raise DataError(f"{corpus_name} is not here, so it cannot be indexed. {corpus.source.sentence}")
    sources, targets = read_sides(corpus, loaded.info.source_language)
    chosen = np.unique(np.linspace(0, len(sources) - 1, min(rows, len(sources))).astype(np.int64))
    pairs = [(sources[row], targets[row]) for row in chosen]
    facts = {"corpus": corpus_name, "corpus_title": corpus.spec.title, "commit": commit()}
    return index_pairs(loaded, pairs, chosen, facts, is_open=corpus_name == OWN)


@torch.inference_mode()
def index_pairs(
    loaded: LoadedModel, pairs: list[tuple[str, str]], rows: np.ndarray, facts: JsonObject, is_open: bool
) -> SentenceIndex:
    """Return the index of sentence pairs with these row numbers; with `is_open` their decoder steps and texts are
    kept."""
    model, tokenizer = loaded.model, loaded.tokenizer
    targets = [[tokenizer.bos_id, *ids] for ids in tokenizer.encode_batch([target for _, target in pairs])]
    summaries: list[np.ndarray] = [np.empty(0)] * len(pairs)
    steps: list[np.ndarray] = [np.empty(0)] * len(pairs)
    for batch in batches_by_length([len(source) for source, _ in pairs], BATCH_SENTENCES):
        encoded = model.encode(*encode_sources(loaded, [pairs[i][0] for i in batch]))
        for i, summary in zip(batch, encoded.final[-1].numpy(), strict=True):
            summaries[i] = summary
        if not is_open:
            continue
        read = pad([targets[i] for i in batch], tokenizer.pad_id)
        found = decoder_states(model, encoded, read).numpy()  # (B, T, H)
        for position, i in enumerate(batch):
            steps[i] = found[position, : len(targets[i])]
    counts = [len(ids) for ids in targets] if is_open else []
    width = model.hidden_size
    kept = {
        "model": loaded.info.name,
        "weights": weights_hash(loaded),
        "sentences": [list(pair) for pair in pairs] if is_open else [],
        "pieces": [[*display_pieces(tokenizer.tokens(ids[1:])), END] for ids in targets] if is_open else [],
    }
    return _ready(
        np.asarray(rows, dtype=np.int32),
        quantise(np.stack(summaries)),
        quantise(np.concatenate(steps)) if is_open else np.zeros((0, width), dtype=np.int8),
        np.array(counts, dtype=np.int32),
        facts | kept,
    )


def quantise(vectors: np.ndarray) -> np.ndarray:
    """Return each row (N, H) as whole numbers from -127 to 127; only directions are kept, as cosines need no more."""
    largest = np.maximum(np.abs(vectors).max(axis=1, keepdims=True), 1e-12)
    return np.rint(127 * vectors / largest).astype(np.int8)


def save_sentence_index(index: SentenceIndex, folder: Path | None = None) -> Path:
    """Write an index as one safetensors file, named after its corpus and model, and return its path."""
    folder = INDEXES if folder is None else folder
    folder.mkdir(parents=True, exist_ok=True)
    counts = np.bincount(index.step_sentences, minlength=len(index.rows)) if len(index.steps) else np.zeros(0)
    tensors = {
        "rows": index.rows,
        "summaries": quantise(index.summaries),
        "steps": quantise(index.steps) if len(index.steps) else np.zeros((0, index.summaries.shape[1]), dtype=np.int8),
        "step_counts": counts.astype(np.int32),
    }
    path = index_path(index.facts["corpus"], index.facts["model"], folder)
    facts = {"facts": json.dumps(index.facts, ensure_ascii=False)}
    with replaced_file(path) as draft:
        draft.write_bytes(safetensors.numpy.save(tensors, metadata=facts))
    return path


def load_sentence_index(corpus_name: str, loaded: LoadedModel, folder: Path | None = None) -> SentenceIndex:
    """Return the shipped index of a corpus for this model.

    Raises:
        DataError: there is none, it is damaged, or it was made with other weights.
    """
    path = index_path(corpus_name, loaded.info.name, INDEXES if folder is None else folder)
    command = COMMAND.format(
        corpus=corpus_name, model=loaded.info.name, rows=OWN_ROWS if corpus_name == OWN else OTHER_ROWS
    )
    if not path.is_file():
        raise DataError(f"There is no index of {corpus_name} for {loaded.info.name}; build it with: {command}.")
    index = _read(path, path.stat().st_mtime_ns)
    if index is None:
        raise DataError(f"The index {path.name} is damaged; build it anew with: {command}.")
    if index.facts["weights"] != weights_hash(loaded):
        raise DataError(
            f"The index {path.name} was made with other weights than {loaded.info.name} has now; build it anew with: "
            f"{command}."
        )
    return index


def index_path(corpus_name: str, model_name: str, folder: Path) -> Path:
    """Return where the index of a corpus for a model lies."""
    return folder / f"{Path(corpus_name).name}.{Path(model_name).name}.safetensors"


def list_sentence_indexes(model_name: str, folder: Path | None = None) -> list[str]:
    """Return the corpora that are indexed for a model, the one whose sentences can be shown first."""
    ending = f".{model_name}.safetensors"
    found = [path.name.removesuffix(ending) for path in (INDEXES if folder is None else folder).glob(f"*{ending}")]
    return sorted(found, key=lambda name: (name != OWN, name))


def weights_hash(loaded: LoadedModel) -> str:
    """Return the first 16 digits of the SHA-256 of the model's weights file."""
    return weights_in(loaded.info.path, 16)


@functools.lru_cache(maxsize=6)
def _read(path: Path, version: int) -> SentenceIndex | None:
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            rows, summaries, steps, step_counts = map(file.get_tensor, ("rows", "summaries", "steps", "step_counts"))
            facts = json.loads((file.metadata() or {})["facts"])
        if not {"model", "weights", "corpus", "corpus_title", "sentences", "pieces"} <= set(facts):
            raise ValueError("facts are missing")
        if len(rows) != len(summaries) or step_counts.sum() != len(steps):
            raise ValueError("the vectors do not fit the rows")
        return _ready(rows, summaries, steps, step_counts, facts)
    except (OSError, SafetensorError, KeyError, ValueError, TypeError):
        return None


def _ready(
    rows: np.ndarray, summaries: np.ndarray, steps: np.ndarray, step_counts: np.ndarray, facts: JsonObject
) -> SentenceIndex:
    sentences = np.repeat(np.arange(len(step_counts), dtype=np.int32), step_counts)
    numbers = np.concatenate([np.zeros(0, dtype=int), *(np.arange(1, count + 1) for count in step_counts)])
    arrays = rows, _unit(summaries), _unit(steps), sentences, numbers.astype(np.int32)
    for array in arrays:
        array.setflags(write=False)
    return SentenceIndex(*arrays, facts=facts)


def _unit(vectors: np.ndarray) -> np.ndarray:
    vectors = vectors.astype(np.float32)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
