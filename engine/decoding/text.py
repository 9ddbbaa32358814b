"""Decoding from text to text: what the pages and the command line call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from engine.decoding.beam import beam
from engine.decoding.greedy import greedy
from engine.decoding.hypothesis import Hypothesis
from engine.decoding.limits import (
    SamplingSettings,
    check_prompt,
    check_sampling,
    check_source,
)
from engine.decoding.sampled_translations import drawn
from engine.decoding.sampling import generate, prefill
from engine.errors import InputError
from engine.models.base import pad
from engine.models.folder import LoadedModel
from engine.text import Tokenizer

BATCH_SENTENCES = 64


@dataclass(frozen=True)
class Translation:
    """A translation and how it came about. Pieces are sub-word tokens; the target's last one is the end mark.

    Attributes:
        source_tokens, target_tokens: pieces as shown to a person.
        log_probs: one per target piece.
        attention_weights: (target pieces, source pieces); None for a model without attention.
        unknown: parts of the source the model has never seen.
        is_finished: False where the length limit cut the translation off.
        target_ids: the target's tokens without the end mark.
    """

    source: str
    text: str
    source_tokens: list[str]
    target_tokens: list[str]
    log_probs: list[float]
    score: float
    attention_weights: Tensor | None
    unknown: list[str]
    is_finished: bool
    target_ids: list[int] = field(default_factory=list)


def start_id(loaded: LoadedModel) -> int:
    """Return the token a text is taken to start after: the beginning mark, else a line break."""
    tokenizer = loaded.tokenizer
    if tokenizer.bos_id is not None:
        return tokenizer.bos_id
    return (tokenizer.encode("\n") or [0])[0]


def prompt_ids(loaded: LoadedModel, prompt: str) -> list[int]:
    """Return what the model reads for a prompt: the start token, then the prompt."""
    return [start_id(loaded), *loaded.tokenizer.encode(prompt)]


def write_text(loaded: LoadedModel, prompt: str, settings: SamplingSettings) -> Iterator[str]:
    """Yield the model's continuation of `prompt`, piece by piece (one character each for a character model).

    Raises:
        InputError: the prompt is too long or a setting is out of bounds (raised at once, not at the first piece).
    """
    check_prompt(prompt)
    check_sampling(settings)
    return _write(loaded, prompt, settings)


def _write(loaded: LoadedModel, prompt: str, settings: SamplingSettings) -> Iterator[str]:
    ids = prompt_ids(loaded, prompt)
    tokens = generate(loaded.model, ids, stop_id=loaded.tokenizer.eos_id, **vars(settings))
    return spell(loaded.tokenizer, (token.token_id for token in tokens), before=ids[1:])


def spell(tokenizer: Tokenizer, token_ids: Iterable[int], before: Sequence[int] = ()) -> Iterator[str]:
    """Yield the text that each token adds to a text that begins with `before`, in the same time however long it
    grows."""
    if tokenizer.is_concatenative:
        for token_id in token_ids:
            yield tokenizer.decode([token_id])
        return
    # Whether a piece brings a blank along depends on there being text before it, not on how much: one token stands for
    # all.
    anchor = next(([token_id] for token_id in reversed(before) if tokenizer.decode([token_id])), [])
    for token_id in token_ids:
        yield tokenizer.decode([*anchor, token_id])[len(tokenizer.decode(anchor)) :]
        if tokenizer.decode([token_id]):
            anchor = [token_id]


def next_logits(loaded: LoadedModel, text: str) -> Tensor:
    """Return the logits (V,) of the token that would follow `text`."""
    check_prompt(text[-MAX_LOGIT_CONTEXT:])
    return prefill(loaded.model, prompt_ids(loaded, text[-MAX_LOGIT_CONTEXT:]))[0][0]


MAX_LOGIT_CONTEXT = 2000


def translate(loaded: LoadedModel, text: str, *, beam_size: int = 1, length_penalty: float = 1.0) -> list[Translation]:
    """Return up to `beam_size` translations of one sentence, best first.

    Raises:
        InputError: the sentence is empty or too long.
    """
    check_source(text)
    source_ids, lengths = encode_sources(loaded, [text])
    found = search(loaded, source_ids, lengths, beam_size, length_penalty)[0]
    return [describe(loaded, text, hypothesis) for hypothesis in found]


def sample_translations(
    loaded: LoadedModel, text: str, settings: SamplingSettings, count: int = 1
) -> list[Translation]:
    """Return `count` translations of one sentence, drawn with the seeds `settings.seed`, `settings.seed` + 1, and so
    on.

    Raises:
        InputError: the sentence is empty or too long, or a setting is out of bounds.
    """
    check_source(text)
    check_sampling(settings)
    source_ids, lengths = encode_sources(loaded, [text])
    found = search_by_chance(loaded, source_ids, lengths, settings, count)
    return [describe(loaded, text, hypothesis) for hypothesis in found]


def translate_lines(
    loaded: LoadedModel,
    lines: list[str],
    *,
    beam_size: int = 5,
    length_penalty: float = 1.0,
    sampling: SamplingSettings | None = None,
) -> Iterator[tuple[int, str]]:
    """Yield (index, translation) for each line, in batches of similar length, so not in order; empty lines stay empty.

    Raises:
        InputError: a line is too long; the message names it.
    """
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                check_source(line)
            except InputError as error:
                raise InputError(f"Line {number}: {error}") from error
        else:
            yield number - 1, ""
    for found in search_lines(loaded, lines, beam_size=beam_size, length_penalty=length_penalty, sampling=sampling):
        yield from ((index, loaded.tokenizer.decode(hypothesis.token_ids)) for index, hypothesis in found)


def search_lines(
    loaded: LoadedModel,
    lines: list[str],
    *,
    beam_size: int = 5,
    length_penalty: float = 1.0,
    sampling: SamplingSettings | None = None,
    batch_sentences: int | None = None,
) -> Iterator[list[tuple[int, Hypothesis]]]:
    """Yield batch by batch the index and the best hypothesis of each line that is not empty, shortest lines first.

    With `sampling` each line is drawn by itself, all with the same seed, so that a line's translation does not depend
    on the others.
    """
    order = sorted((i for i, line in enumerate(lines) if line.strip()), key=lambda i: len(lines[i]))
    size = batch_sentences or BATCH_SENTENCES
    for start in range(0, len(order), size):
        chosen = order[start : start + size]
        if sampling is not None:
            drawn_alone = (
                search_by_chance(loaded, *encode_sources(loaded, [lines[i]]), sampling, 1)[0] for i in chosen
            )
            yield list(zip(chosen, drawn_alone, strict=True))
            continue
        source_ids, lengths = encode_sources(loaded, [lines[i] for i in chosen])
        found = search(loaded, source_ids, lengths, beam_size, length_penalty)
        yield [(i, best[0]) for i, best in zip(chosen, found, strict=True)]


def encode_sources(loaded: LoadedModel, texts: list[str]) -> tuple[Tensor, Tensor]:
    """Return source ids (B, S) and lengths (B,); a text of which nothing can be read counts as one unknown token."""
    tokenizer = loaded.tokenizer
    rows = [ids or [tokenizer.unk_id] for ids in tokenizer.encode_batch(texts)]
    return pad(rows, tokenizer.pad_id), torch.tensor([len(row) for row in rows])


def search(
    loaded: LoadedModel, source_ids: Tensor, lengths: Tensor, beam_size: int, length_penalty: float
) -> list[list[Hypothesis]]:
    """Return the hypotheses for each source, best first; a beam of 1 is greedy decoding."""
    ids = {"bos_id": loaded.tokenizer.bos_id, "eos_id": loaded.tokenizer.eos_id}
    limit = _length_limit(lengths)
    if beam_size == 1:
        return [[found] for found in greedy(loaded.model, source_ids, lengths, max_new_tokens=limit, **ids)]
    return beam(
        loaded.model,
        source_ids,
        lengths,
        beam_size=beam_size,
        max_new_tokens=limit,
        length_penalty=length_penalty,
        **ids,
    )


def search_by_chance(
    loaded: LoadedModel, source_ids: Tensor, lengths: Tensor, settings: SamplingSettings, count: int
) -> list[Hypothesis]:
    """Return `count` hypotheses for one source (1, S), drawn with consecutive seeds; the length limit is that of
    `search`."""
    chances = {name: getattr(settings, name) for name in ("temperature", "top_k", "top_p")}
    seeds = [settings.seed + place for place in range(count)]
    ids = {"bos_id": loaded.tokenizer.bos_id, "eos_id": loaded.tokenizer.eos_id}
    return drawn(
        loaded.model, source_ids, lengths, max_new_tokens=_length_limit(lengths), seeds=seeds, **ids, **chances
    )


def _length_limit(lengths: Tensor) -> int:
    return 2 * int(lengths.max()) + 10


def describe(loaded: LoadedModel, source: str, hypothesis: Hypothesis) -> Translation:
    """Return a hypothesis with its pieces as text."""
    tokenizer = loaded.tokenizer
    ids = hypothesis.token_ids + ([tokenizer.eos_id] if hypothesis.is_finished else [])
    return Translation(
        source=source,
        text=tokenizer.decode(hypothesis.token_ids),
        source_tokens=tokenizer.tokens(tokenizer.encode(source) or [tokenizer.unk_id]),
        target_tokens=tokenizer.tokens(ids),
        log_probs=hypothesis.log_probs,
        score=hypothesis.score,
        attention_weights=hypothesis.attention_weights if loaded.model.has_attention else None,
        unknown=tokenizer.unknown_pieces(source),
        is_finished=hypothesis.is_finished,
        target_ids=hypothesis.token_ids,
    )
