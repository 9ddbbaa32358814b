"""The bottleneck press: what a translator still writes when what its encoder leaves behind is squeezed to k numbers.

What is squeezed: the last states of all encoder layers side by side, one vector per sentence (2 x 320 numbers in the
shipped pair). Everything the decoder of a model without attention ever learns of the source comes out of it: the bridge
makes its first states from it, and its last part is the context of every step. It is replaced by the mean over many
sentences plus its share in the first k principal directions of those sentences. A model with attention gets its first
states from the same vector, and can be pressed the same way, but looks back at the encoder's outputs besides, which are
left alone.

The directions come from training sentences and ship as numbers beside the results, without any text.

Shapes: N sentences, D numbers per sentence, K sizes, T target steps.

Paper: Pearson (1901), On lines and planes of closest fit to systems of points in space (principal directions).
"""

from __future__ import annotations

import functools
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor

from engine.atomic import replaced_file
from engine.config import JsonObject
from engine.corpora import load_corpus
from engine.decoding.greedy import greedy
from engine.decoding.limits import check_source
from engine.decoding.text import BATCH_SENTENCES, decoding_options, encode_sources
from engine.errors import DataError, InputError
from engine.inspection.stored.model_files import weights_in
from engine.inspection.stored.tables import RESULTS, read_stored_table, with_these_weights
from engine.inspection.translation.alignment import first_difference
from engine.models.base import batches_by_length
from engine.models.folder import LoadedModel
from engine.models.translator import DecoderState, Encoded, Translator
from engine.provenance import commit, hardware
from engine.text.piece_labels import END, group_pieces

FOLDER = RESULTS / "bottleneck"
COMMAND = "python -m engine bottleneck --model {model}"
SENTENCES = 10_000
SEED = 1
MOST_DIRECTIONS = 256
SIZES = (256, 128, 64, 32, 16, 8, 4, 2, 1)
WHOLE = 0  # stands for "not squeezed" among sizes
TABLE = RESULTS / "translation_by_bottleneck.parquet"
COLUMNS = ("model", "weights", "size", "explained", "bleu")


@dataclass(frozen=True, eq=False)
class PrincipalDirections:
    """The principal directions of a model's sentence vectors; read-only, so that threads can share it.

    Attributes:
        mean: (D,); basis: (D, MOST_DIRECTIONS) at most, orthonormal columns, the direction of most variance first.
        variances: along all D directions, largest first.
        facts: model, weights, corpus, sentences, commit and hardware.
    """

    mean: Tensor
    basis: Tensor
    variances: np.ndarray
    facts: JsonObject

    @property
    def explained(self) -> np.ndarray:
        """Share of the variance (0 to 1) within the first 1, 2, ... directions."""
        return np.cumsum(self.variances) / self.variances.sum()

    def squeeze(self, vectors: Tensor, size: int) -> Tensor:
        """Return vectors (..., D) with only their share in the first `size` directions around the mean; `WHOLE` changes
        nothing.

        Raises:
            InputError: so many directions are not kept.
        """
        if size == WHOLE:
            return vectors
        if not 1 <= size <= self.basis.shape[1]:
            raise InputError(f"Between 1 and {self.basis.shape[1]} directions can be kept, not {size}.")
        basis = self.basis[:, :size]
        return self.mean + (vectors - self.mean) @ basis @ basis.T


class Pressed:
    """A translator whose encoder's last states go through the press, on the step protocol; row i of a batch keeps
    `sizes[i]`."""

    def __init__(self, model: Translator, directions: PrincipalDirections, sizes: Sequence[int]) -> None:
        self.model, self.directions, self.sizes = model, directions, sizes
        self.step = model.step

    def start(self, source_ids: Tensor, lengths: Tensor) -> DecoderState:
        """Return the decoder's first state after the press; a single size counts for every row."""
        encoded = self.model.encode(source_ids, lengths)
        vectors = sentence_vectors(encoded)
        sizes = list(self.sizes) * len(vectors) if len(self.sizes) == 1 else self.sizes
        rows = [self.directions.squeeze(row, size) for row, size in zip(vectors, sizes, strict=True)]
        final = torch.stack(rows).split([part.shape[1] for part in encoded.final], dim=1)
        return self.model.start_from(encoded._replace(final=tuple(final)))


@dataclass(frozen=True)
class Squeezed:
    """One sentence through the press at every size.

    Attributes:
        rows: one per size, `WHOLE` first: `size`, `explained` (share of the variance over sentences), `text`, `words`
            written, `kept` (words before the first that differs from the whole vector's translation; all of them where
            none does), `before` (the text up to there), `breaks_at` (the word that differs, "" where none), and
            `log_prob` of the whole vector's translation, nats, told word by word.
        text: the translation from the whole vector.
        most_directions: how many can be kept at most.
    """

    source: str
    text: str
    rows: pd.DataFrame
    most_directions: int

    @property
    def smallest_unharmed(self) -> int:
        """The smallest size from which up all sizes leave the translation as it is; `WHOLE` where none does."""
        found = WHOLE
        for row in self.rows.iloc[1:].sort_values("size", ascending=False).itertuples():
            if row.breaks_at:
                break
            found = row.size
        return found


def sentence_vectors(encoded: Encoded) -> Tensor:
    """Return what the encoder leaves behind besides its outputs: all layers' last states side by side, (B, D)."""
    return torch.cat(encoded.final, dim=1)


@torch.inference_mode()
def find_directions(
    loaded: LoadedModel, sentences: Sequence[str], facts: JsonObject | None = None
) -> PrincipalDirections:
    """Return the principal directions of the sentence vectors of `sentences`.

    Raises:
        InputError: there are fewer than two sentences.
    """
    if len(sentences) < 2:
        raise InputError("Principal directions need at least two sentences.")
    parts = []
    for chosen in batches_by_length([*map(len, sentences)], BATCH_SENTENCES):
        source_ids, lengths = encode_sources(loaded, [sentences[i] for i in chosen])
        parts.append(sentence_vectors(loaded.model.encode(source_ids, lengths)))
    vectors = torch.cat(parts).double()  # (N, D)
    mean = vectors.mean(dim=0)
    spread = (vectors - mean).T @ (vectors - mean) / (len(vectors) - 1)  # (D, D)
    variances, basis = torch.linalg.eigh(spread)  # smallest first
    variances, basis = variances.flip(0).clamp_min(0), basis.flip(1)[:, :MOST_DIRECTIONS]
    own = {"model": loaded.info.name, "weights": weights_in(loaded.info.path), "sentences": len(sentences)}
    return PrincipalDirections(mean.float(), basis.float().contiguous(), variances.numpy(), own | (facts or {}))


def directions_of_corpus(loaded: LoadedModel) -> PrincipalDirections:
    """Return the principal directions over training sentences of the model's first corpus, drawn with a fixed seed.

    Raises:
        DataError: the corpus cannot be read.
    """
    name = (loaded.info.config.get("corpora") or [""])[0]
    corpus = load_corpus(name)
    column = loaded.info.config.get("source_language", "en")
    sentences = [text for text in corpus.splits["train"][column] if text.strip()]
    chosen = random.Random(SEED).sample(sentences, min(SENTENCES, len(sentences)))
    facts = {
        "corpus": corpus.spec.title,
        "source": corpus.source.kind,
        "seed": SEED,
        "commit": commit(),
        "hardware": hardware(),
    }
    return find_directions(loaded, chosen, facts)


def save_directions(directions: PrincipalDirections, folder: Path | None = None) -> Path:
    """Write the directions of a model as one safetensors file and return its path."""
    folder = FOLDER if folder is None else folder
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{directions.facts['model']}.safetensors"
    tensors = {
        "mean": directions.mean,
        "basis": directions.basis,
        "variances": torch.from_numpy(directions.variances.astype(np.float32)),
    }
    facts = {"facts": json.dumps(directions.facts, ensure_ascii=False)}
    with replaced_file(path) as draft:
        draft.write_bytes(save_tensors(tensors, metadata=facts))
    return path


def load_directions(loaded: LoadedModel, folder: Path | None = None) -> PrincipalDirections:
    """Return the shipped directions of a model.

    Raises:
        DataError: they were not measured, belong to other weights, or the file is damaged.
    """
    path = (FOLDER if folder is None else folder) / f"{loaded.info.name}.safetensors"
    command = COMMAND.format(model=loaded.info.name)
    if not path.is_file():
        raise DataError(f"The directions of {loaded.info.name} have not been measured here; run: {command}")
    directions = _read(path, path.stat().st_mtime_ns)
    if directions.facts.get("weights") != weights_in(loaded.info.path):
        raise DataError(f"The directions of {loaded.info.name} were measured with other weights; run: {command}")
    return directions


@functools.lru_cache(maxsize=8)
def _read(path: Path, version: int) -> PrincipalDirections:
    try:
        data = path.read_bytes()
        tensors = load_tensors(data)
        header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
        facts = json.loads(header["__metadata__"]["facts"])
        return PrincipalDirections(tensors["mean"], tensors["basis"], tensors["variances"].numpy(), facts)
    except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"The file {path.name} is damaged and cannot be read.") from error


@torch.inference_mode()
def press(loaded: LoadedModel, source: str, sizes: Sequence[int] | None = None) -> Squeezed:
    """Return a sentence translated greedily from its whole vector and from ever less of it, all in one batch.

    `sizes` are by default those of `SIZES` that the model has directions for.

    Raises:
        InputError: the sentence is empty or too long, or a size is out of bounds.
        DataError: the model's directions are not there.
    """
    check_source(source, loaded.tokenizer)
    directions = load_directions(loaded)
    most = directions.basis.shape[1]
    sizes = [WHOLE, *(sizes or (size for size in SIZES if size <= most))]
    tokenizer, model = loaded.tokenizer, Pressed(loaded.model, directions, sizes)
    source_ids, lengths = encode_sources(loaded, [source])
    source_ids, lengths = source_ids.expand(len(sizes), -1), lengths.expand(len(sizes))
    found = greedy(model, source_ids, lengths, **decoding_options(loaded, lengths))
    whole = found[0]
    given = whole.token_ids + ([tokenizer.eos_id] if whole.is_finished else [])
    told = _told(model, source_ids, lengths, given, tokenizer.bos_id)
    words = [group_pieces(tokenizer.tokens(row.token_ids)) if row.token_ids else [] for row in found]
    rows = []
    for size, row, own, log_prob in zip(sizes, found, words, told.tolist(), strict=True):
        text, whole_text = ([word.text for word in one] for one in (own, words[0]))
        parting = first_difference(text, whole_text)
        kept = len(own) if parting is None else parting
        breaks_at = "" if parting is None else [*text, END][kept]
        before = tokenizer.decode(row.token_ids[: own[kept - 1].stop]) if kept else ""
        explained = 1.0 if size == WHOLE else float(directions.explained[size - 1])
        rows.append((size, explained, tokenizer.decode(row.token_ids), len(own), kept, before, breaks_at, log_prob))
    frame = pd.DataFrame(
        rows, columns=["size", "explained", "text", "words", "kept", "before", "breaks_at", "log_prob"]
    )
    return Squeezed(source, frame["text"].iloc[0], frame, most)


def read_bleu(table: Path | str = TABLE) -> pd.DataFrame:
    """Return BLEU against the size as `COMMAND` measured it: a row per model and size.

    Raises:
        DataError: it has not been measured, is damaged, or lacks columns.
    """
    absent = f"BLEU against the size of the bottleneck has not been measured here; run: {COMMAND.format(model='NAME')}"
    return read_stored_table(Path(table), COLUMNS, absent)


def stored_bleu(loaded: LoadedModel) -> pd.DataFrame:
    """Return the rows measured with exactly these weights; none where the model was not measured or has changed.

    Raises:
        DataError: the table is damaged.
    """
    if not TABLE.is_file():
        return pd.DataFrame(columns=list(COLUMNS))
    return with_these_weights(read_bleu(TABLE), loaded.info.name, loaded.info.path)


def _told(model: Pressed, source_ids: Tensor, lengths: Tensor, given: list[int], bos_id: int) -> Tensor:
    """Return the log-probability (K,) of `given`, told token by token, at every size."""
    state, total = model.start(source_ids, lengths), torch.zeros(len(source_ids))
    for read, expected in zip([bos_id, *given[:-1]], given, strict=True):
        logits, state = model.step(torch.full((len(source_ids),), read), state)
        total += logits.float().log_softmax(dim=-1)[:, expected]
    return total


def press_sentence(pressed: Squeezed) -> str:
    """Return in plain words how far a sentence can be squeezed and where it breaks first."""
    squeezed = pressed.rows.iloc[1:]
    broken = squeezed[squeezed["breaks_at"] != ""]
    if broken.empty:
        return f"{_directions(squeezed['size'].min())} enough here: the translation stays the same at every size."
    unharmed = pressed.smallest_unharmed
    first = broken.iloc[0]
    enough = (
        f"{_directions(unharmed)} enough to write the same"
        if unharmed
        else "Even the mildest press changes the translation"
    )
    return (
        f"{enough}; with {first['size']} the first word to break is number {first.kept + 1}, now “{first.breaks_at}”. "
        f"The whole vector's translation falls from {pressed.rows['log_prob'].iloc[0]:.1f} to "
        f"{squeezed['log_prob'].iloc[-1]:.1f} nats at {squeezed['size'].iloc[-1]}."
    )


def _directions(count: int) -> str:
    return "A single direction is" if count == 1 else f"{count} directions are"
