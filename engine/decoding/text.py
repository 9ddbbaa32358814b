"""Decoding from text to text: what the pages and the command line call."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypedDict

import numpy as np
import torch
from torch import Tensor

from engine.decoding.beam import Candidates, beam
from engine.decoding.greedy import greedy
from engine.decoding.hypothesis import Hypothesis
from engine.decoding.limits import (
    SamplingSettings,
    check_sampling,
    check_source,
    max_target_length,
)
from engine.decoding.sampled_translations import drawn
from engine.decoding.writing import prompt_ids as prompt_ids
from engine.decoding.writing import spell as spell
from engine.decoding.writing import start_id as start_id
from engine.decoding.writing import write_text as write_text
from engine.errors import InputError
from engine.lazy import lazy_property
from engine.models.base import pad
from engine.models.folder import LoadedModel
from engine.models.packed_decoder import BFLOAT16, FLOAT16, MOST_ROWS, packed_decoder
from engine.text.piece_labels import Word, display_pieces, group_pieces

BATCH_SENTENCES = 64
FLOAT32 = "float32"


@dataclass(frozen=True)
class Translation:
    """A translation and how it came about; no tensor is in it, so it can be cached and sent.

    How it reads, in words and pieces as a person sees them, is worked out when it is first asked for. Shapes: T target
    pieces without the end mark, S source pieces.

    Attributes:
        source_tokens, target_tokens: the pieces as the vocabulary spells them.
        target_ids: the target's pieces by their numbers.
        log_probs: nats, one per target piece.
        end_log_prob: nats of the end mark, None where the length limit cut the translation off.
        score: what the search compared: the log-probability over the length to the power of the penalty.
        weights: attention (T, S), None for a model without attention.
        unknown: parts of the source the model has never seen.
        sampling: how it was drawn, None where it was searched.
    """

    source: str
    text: str
    source_tokens: list[str]
    target_tokens: list[str]
    target_ids: tuple[int, ...]
    log_probs: list[float]
    end_log_prob: float | None
    score: float
    weights: np.ndarray | None
    unknown: list[str]
    sampling: SamplingSettings | None = None

    @property
    def is_finished(self) -> bool:
        """Whether it ended by itself; False where the length limit cut it off."""
        return self.end_log_prob is not None

    @property
    def total_log_prob(self) -> float:
        """Log-probability of the whole translation in nats, end mark included."""
        return sum(self.log_probs) + (self.end_log_prob or 0.0)

    @lazy_property
    def source_pieces(self) -> list[str]:
        """Labels of the pieces that were read."""
        return display_pieces(self.source_tokens)

    @lazy_property
    def target_pieces(self) -> list[str]:
        """Labels of the pieces that were written."""
        return display_pieces(self.target_tokens)

    @lazy_property
    def source_words(self) -> list[Word]:
        """The words that the source's pieces make."""
        return group_pieces(self.source_tokens)

    @lazy_property
    def target_words(self) -> list[Word]:
        """The words that the target's pieces make."""
        return group_pieces(self.target_tokens)

    @lazy_property
    def word_probabilities(self) -> list[float]:
        """Probability of each written word: the product over its pieces."""
        return [math.exp(sum(self.log_probs[word.start : word.stop])) for word in self.target_words]


def translate(
    loaded: LoadedModel,
    text: str,
    *,
    beam_size: int = 1,
    length_penalty: float = 1.0,
    observe: Callable[[Candidates], None] | None = None,
) -> list[Translation]:
    """Return up to `beam_size` translations of one sentence, best first; for `observe` see `search`.

    Raises:
        InputError: the sentence is empty or too long.
    """
    check_source(text, loaded.tokenizer)
    found = search(loaded, *encode_sources(loaded, [text]), beam_size, length_penalty, observe=observe)[0]
    return _translations(loaded, text, found, [None] * len(found))


def sample_translations(
    loaded: LoadedModel, text: str, settings: SamplingSettings, count: int = 1
) -> list[Translation]:
    """Return `count` translations of one sentence, drawn with the seeds `settings.seed`, `settings.seed` + 1, and so
    on.

    Raises:
        InputError: the sentence is empty or too long, or a setting is out of bounds.
    """
    check_source(text, loaded.tokenizer)
    check_sampling(settings)
    found = search_by_chance(loaded, *encode_sources(loaded, [text]), settings, count)
    drawn_as = [replace(settings, seed=settings.seed + index) for index in range(count)]
    return _translations(loaded, text, found, drawn_as)


def check_line(loaded: LoadedModel, line: str) -> str | None:
    """Return a line if it can be translated, None if it is empty.

    Raises:
        InputError: it is too long, or has no word in it.
    """
    if not line.strip():
        return None
    check_source(line, loaded.tokenizer)
    return line


def translate_lines(
    loaded: LoadedModel,
    lines: Sequence[str],
    *,
    beam_size: int = 5,
    length_penalty: float = 1.0,
    sampling: SamplingSettings | None = None,
    precision: str = BFLOAT16,
    at_once: int = 1,
) -> Iterator[tuple[int, str]]:
    """Yield (index, translation) for each line, in batches of similar length, so not in order; empty lines stay empty.

    For `precision` and `at_once` see `search_lines`.

    Raises:
        InputError: a line is too long; the message names it.
    """
    for number, line in enumerate(lines, start=1):
        try:
            if check_line(loaded, line) is None:
                yield number - 1, ""
        except InputError as error:
            raise InputError(f"Line {number}: {error}") from error
    for found in search_lines(
        loaded,
        lines,
        beam_size=beam_size,
        length_penalty=length_penalty,
        sampling=sampling,
        precision=precision,
        at_once=at_once,
    ):
        yield from ((index, loaded.tokenizer.decode(hypothesis.token_ids)) for index, hypothesis in found)


def search_lines(
    loaded: LoadedModel,
    lines: Sequence[str],
    *,
    beam_size: int = 5,
    length_penalty: float = 1.0,
    sampling: SamplingSettings | None = None,
    batch_sentences: int | None = None,
    precision: str = BFLOAT16,
    at_once: int = 1,
) -> Iterator[list[tuple[int, Hypothesis]]]:
    """Yield batch by batch the index and the best hypothesis of each line that is not empty, shortest lines first.

    With `sampling` each line is drawn by itself, all with the same seed, so that a line's translation does not depend
    on the others.

    Args:
        precision: BFLOAT16 rounds the decoder's products, where there are several lines and that is faster here; about
            one line in twenty is then translated otherwise, as well as before. With FLOAT32 a line is translated as
            `translate` does it.
        at_once: how many batches are searched side by side, each on one thread.
    """
    order = sorted((i for i, line in enumerate(lines) if line.strip()), key=lambda i: len(lines[i]))
    size = batch_sentences or BATCH_SENTENCES
    batches = [order[start : start + size] for start in range(0, len(order), size)]

    def found(chosen: Sequence[int]) -> list[tuple[int, Hypothesis]]:
        if sampling is not None:
            drawn_alone = (
                search_by_chance(loaded, *encode_sources(loaded, [lines[i]]), sampling, 1)[0] for i in chosen
            )
            return list(zip(chosen, drawn_alone, strict=True))
        source_ids, lengths = encode_sources(loaded, [lines[i] for i in chosen])
        best = search(loaded, source_ids, lengths, beam_size, length_penalty, precision=precision)
        return [(i, hypotheses[0]) for i, hypotheses in zip(chosen, best, strict=True)]

    if at_once == 1 or len(batches) < 2:
        yield from map(found, batches)
        return
    if precision == BFLOAT16:
        packed_decoder(loaded.model, BFLOAT16)  # found out before two threads would disturb each other's measurement
    pool = ThreadPoolExecutor(at_once, initializer=torch.set_num_threads, initargs=(1,))
    try:
        yield from pool.map(found, batches)
    finally:
        pool.shutdown(cancel_futures=True)  # whoever stops reading waits for the batches begun and for no other


def encode_sources(loaded: LoadedModel, texts: list[str]) -> tuple[Tensor, Tensor]:
    """Return source ids (B, S) and lengths (B,); a text of which nothing can be read counts as one unknown token."""
    tokenizer = loaded.tokenizer
    rows = [ids or [tokenizer.unk_id] for ids in tokenizer.encode_batch(texts)]
    return pad(rows, tokenizer.pad_id), torch.tensor([len(row) for row in rows])


class DecodingOptions(TypedDict):
    """What every way of decoding is told of a model: its marks, and how long a translation may become."""

    bos_id: int
    eos_id: int
    max_new_tokens: int


def decoding_options(loaded: LoadedModel, lengths: Tensor) -> DecodingOptions:
    """Return the marks and the length limit with which sources of these lengths (B,) are translated."""
    tokenizer = loaded.tokenizer
    limit = max_target_length(int(lengths.max()))
    return {"bos_id": tokenizer.bos_id, "eos_id": tokenizer.eos_id, "max_new_tokens": limit}


def search(
    loaded: LoadedModel,
    source_ids: Tensor,
    lengths: Tensor,
    beam_size: int,
    length_penalty: float,
    *,
    prefix_ids: Sequence[int] = (),
    observe: Callable[[Candidates], None] | None = None,
    precision: str = FLOAT32,
) -> list[list[Hypothesis]]:
    """Return the hypotheses for each source, best first; a beam of 1 is greedy decoding.

    For `prefix_ids` and `observe` see `beam`, for `precision` see `search_lines`.
    """
    options = decoding_options(loaded, lengths)
    model = loaded.model
    if precision == BFLOAT16 and len(source_ids) * beam_size > MOST_ROWS:
        model = packed_decoder(model, BFLOAT16)
    if model is loaded.model:  # few rows, none to be rounded, or a machine that is not faster with it
        model = packed_decoder(model, FLOAT16)
    if beam_size == 1 and not prefix_ids and observe is None:  # finds the same with less work
        return [[found] for found in greedy(model, source_ids, lengths, **options)]
    return beam(
        model,
        source_ids,
        lengths,
        beam_size=beam_size,
        length_penalty=length_penalty,
        prefix_ids=prefix_ids,
        observe=observe,
        **options,
    )


def search_by_chance(
    loaded: LoadedModel, source_ids: Tensor, lengths: Tensor, settings: SamplingSettings, count: int
) -> list[Hypothesis]:
    """Return `count` hypotheses for one source (1, S), drawn with consecutive seeds; the length limit is that of
    `search`."""
    chances = {name: getattr(settings, name) for name in ("temperature", "top_k", "top_p")}
    seeds = [settings.seed + position for position in range(count)]
    return drawn(loaded.model, source_ids, lengths, seeds=seeds, **decoding_options(loaded, lengths), **chances)


def _translations(
    loaded: LoadedModel, source: str, found: Sequence[Hypothesis], drawn_as: Sequence[SamplingSettings | None]
) -> list[Translation]:
    """Return hypotheses of one source as text."""
    tokenizer = loaded.tokenizer
    source_tokens, unknown = tokenizer.tokens(tokenizer.encode(source)), tokenizer.unknown_pieces(source)
    return [
        Translation(
            source=source,
            text=tokenizer.decode(hypothesis.token_ids),
            source_tokens=source_tokens or tokenizer.tokens([tokenizer.unk_id]),
            target_tokens=tokenizer.tokens(hypothesis.token_ids),
            target_ids=tuple(hypothesis.token_ids),
            log_probs=hypothesis.log_probs[: len(hypothesis.token_ids)],
            end_log_prob=hypothesis.log_probs[-1] if hypothesis.is_finished else None,
            score=hypothesis.score,
            weights=_weights(hypothesis) if loaded.model.has_attention else None,
            unknown=unknown,
            sampling=sampling,
        )
        for hypothesis, sampling in zip(found, drawn_as, strict=True)
    ]


def _weights(hypothesis: Hypothesis) -> np.ndarray:
    return hypothesis.attention_weights[: len(hypothesis.token_ids)].float().numpy()
