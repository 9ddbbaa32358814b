"""Text that a language model writes: what the pages and the command line call. Nothing here imports torch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from engine.decoding.limits import SamplingSettings, check_prompt, check_sampling
from engine.decoding.sampling import generate
from engine.decoding.together import together_with
from engine.models.folder import LoadedModel, Writer
from engine.runtimes.program import FlatSteps
from engine.text import Tokenizer


def start_id(loaded: LoadedModel | Writer) -> int:
    """Return the token a text is taken to start after: the beginning mark, else a line break."""
    tokenizer = loaded.tokenizer
    if tokenizer.bos_id is not None:
        return tokenizer.bos_id
    return (tokenizer.encode("\n") or [0])[0]


def prompt_ids(loaded: LoadedModel | Writer, prompt: str) -> list[int]:
    """Return what the model reads for a prompt: the start token, then the prompt."""
    return [start_id(loaded), *loaded.tokenizer.encode(prompt)]


def write_text(loaded: LoadedModel | Writer, prompt: str, settings: SamplingSettings) -> Iterator[str]:
    """Yield the model's continuation of `prompt`, piece by piece (one character each for a character model).

    Raises:
        InputError: the prompt is too long or a setting is out of bounds (raised at once, not at the first piece).
    """
    check_prompt(prompt)
    check_sampling(settings)
    return _write(loaded, prompt, settings)


def writes_together(loaded: LoadedModel | Writer) -> bool:
    """Return whether all texts that a model writes at one time share its steps; otherwise each takes its own."""
    return loaded.steps.is_exact_in_batches


def next_logits(loaded: LoadedModel | Writer, text: str) -> np.ndarray:
    """Return the logits (V,) of the token that would follow `text`, as whoever writes it on would draw from."""
    ids, steps = prompt_ids(loaded, text), loaded.steps
    if isinstance(steps, FlatSteps):
        return together_with(steps).read(ids)
    return steps.read(ids)[0][0]


def logits_along_text(loaded: LoadedModel | Writer, text: str) -> np.ndarray:
    """Return the logits (T + 1, V) of the token that would follow each beginning of `text`, as `next_logits` does."""
    return loaded.steps.read_along(prompt_ids(loaded, text))


def _write(loaded: LoadedModel | Writer, prompt: str, settings: SamplingSettings) -> Iterator[str]:
    ids = prompt_ids(loaded, prompt)
    steps, stop_id = loaded.steps, loaded.tokenizer.eos_id
    if isinstance(steps, FlatSteps) and steps.is_exact_in_batches:
        token_ids = together_with(steps).write(ids, settings, stop_id)
    else:
        tokens = generate(steps, ids, stop_id=stop_id, **vars(settings))
        token_ids = (token.token_id for token in tokens)
    return spell(loaded.tokenizer, token_ids, before=ids[1:])


def spell(tokenizer: Tokenizer, token_ids: Iterable[int], before: Sequence[int] = ()) -> Iterator[str]:
    """Yield the text that each token adds to a text that begins with `before`, in the same time however long it
    grows."""
    if tokenizer.is_concatenative:
        known: dict[int, str] = {}  # to ask the tokeniser again takes as long as a tenth of a step
        for token_id in token_ids:
            if token_id not in known:
                known[token_id] = tokenizer.decode([token_id])
            yield known[token_id]
        return
    # Whether a piece brings a blank along depends on there being a piece before it, not on how many: one stands for
    # all.
    anchor = next(([token_id] for token_id in reversed(before) if _is_piece(tokenizer, token_id)), [])
    for token_id in token_ids:
        yield tokenizer.decode([*anchor, token_id])[len(tokenizer.decode(anchor)) :]
        if _is_piece(tokenizer, token_id):
            anchor = [token_id]


def _is_piece(tokenizer: Tokenizer, token_id: int) -> bool:
    """Return whether a token stands in texts, as no special one does; a lone blank at the beginning is not seen, the
    second is."""
    return bool(tokenizer.decode([token_id, token_id]))
