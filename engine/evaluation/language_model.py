"""Language models: nats and bits per character over the last tenth of their corpus (validation and test)."""

from __future__ import annotations

import dataclasses
import math
from functools import partial

import torch

from engine.config import JsonObject
from engine.console import show_progress
from engine.corpora import load_corpus
from engine.corpora.running_text import RUNNING_TEXT
from engine.decoding.scoring import CHUNK, score_rows, score_stream, score_windows
from engine.decoding.text import start_id
from engine.errors import InputError
from engine.evaluation.base import corpora_of
from engine.models.folder import LoadedModel
from engine.models.steps import steps_in_8_bits
from engine.runtimes.program import Steps

PROTOCOLS = ("stream", "windows")
WINDOW_CHARACTERS = 256


def score_text(loaded: LoadedModel, text: str, protocol: str) -> JsonObject:
    """Return {nats_per_character, bits_per_character, characters, ...} of `text`; see `engine.decoding.scoring`.

    Raises:
        InputError: the text is empty or the protocol is unknown.
    """
    if protocol not in PROTOCOLS:
        raise InputError(f"Unknown protocol '{protocol}'; choose one of: {', '.join(PROTOCOLS)}.")
    if not text:
        raise InputError("The text to score is empty.")
    ids = torch.tensor(loaded.tokenizer.encode(text), dtype=torch.long)
    if not len(ids):
        raise InputError("The text to score has nothing in it that the model reads.")
    nats = _total_nats(loaded, text, ids, protocol) / len(text)
    return {
        "protocol": protocol,
        "nats_per_character": round(nats, 4),
        "bits_per_character": round(nats / math.log(2), 4),
        "characters": len(text),
        "unknown_tokens": int((ids == loaded.tokenizer.unk_id).sum()),
    }


def _total_nats(loaded: LoadedModel, text: str, ids: torch.Tensor, protocol: str) -> float:
    first_id = start_id(loaded)
    if protocol == "stream":
        chunks = math.ceil(len(ids) / CHUNK)
        watch = partial(show_progress, total=chunks, what=f"reading in stretches of {CHUNK}")
        return score_stream(loaded.model, ids, first_id, watch) * len(ids)
    if len(ids) == len(text):  # a token is a character
        return score_windows(loaded.model, ids, WINDOW_CHARACTERS, first_id=first_id) * len(ids)
    windows = [text[start : start + WINDOW_CHARACTERS] for start in range(0, len(text), WINDOW_CHARACTERS)]
    return score_rows(loaded.model, loaded.tokenizer.encode_batch(windows), first_id)


class _SideBySide:
    """Whole sequences (B, T) as steps give them, all of them one step after the other: what the scorers call."""

    def __init__(self, steps: Steps) -> None:
        self.steps = steps

    def __call__(self, input_ids: torch.Tensor) -> tuple[torch.Tensor, None]:
        state, rows = self.steps.start(len(input_ids)), []
        for token_ids in input_ids.T.numpy():
            logits, state = self.steps.step(token_ids, state)
            rows.append(torch.from_numpy(logits))
        return torch.stack(rows, dim=1), None


def _price_of_8_bits(loaded: LoadedModel, text: str) -> JsonObject:
    """Return the nats per character that weights of 8 bits add, {} for a model that has none."""
    steps = steps_in_8_bits(loaded.model)
    if steps is None:
        return {}
    ids = torch.tensor(loaded.tokenizer.encode(text), dtype=torch.long)
    rounded = dataclasses.replace(loaded, model=_SideBySide(steps))
    exact, found = (_total_nats(each, text, ids, "windows") for each in (loaded, rounded))
    return {"int8_added_nats": round((found - exact) / len(text), 4) + 0.0}  # never -0.0


def evaluate_language_model(loaded: LoadedModel) -> JsonObject:
    """Return both protocols' figures on validation and test text, joined."""
    corpus = load_corpus(corpora_of(loaded)[0])
    text = corpus.read(RUNNING_TEXT, "validation") + corpus.read(RUNNING_TEXT, "test")
    stream, windows = (score_text(loaded, text, protocol) for protocol in PROTOCOLS)
    tokens = len(loaded.tokenizer.encode(text))
    return ({} if tokens == len(text) else {"characters_per_piece": round(len(text) / tokens, 2)}) | {
        "nats_per_character": stream["nats_per_character"],
        "bits_per_character": stream["bits_per_character"],
        "nats_per_character_windows": windows["nats_per_character"],
        "bits_per_character_windows": windows["bits_per_character"],
        **_price_of_8_bits(loaded, text),
        "characters": stream["characters"],
        "test_set": f"{corpus.spec.title}, validation and test ({stream['characters']:,} characters)",
        "source": corpus.source.kind,
    }
