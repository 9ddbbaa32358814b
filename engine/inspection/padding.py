"""A batch as it enters the network: words, numbers, padding and mask; what the mask is for, and packing instead of
padding.

Networks read several texts at once as one rectangle of numbers. Shorter texts are filled up with padding, and the mask
(or the lengths, which say the same) keeps it out of the result. Packing leaves the padding away: at every step only the
texts that go on are read. Both must give the same outputs.

Shapes: B texts, T words of the longest, E embedding, H hidden, D directions, L labels.

Paper: none; `torch.nn.utils.rnn.pack_padded_sequence` is PyTorch's.
"""

from __future__ import annotations

import operator
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from engine.errors import InputError, ModelError
from engine.models.base import batches_by_length, mask_from_lengths
from engine.models.folder import LoadedModel
from engine.models.recurrent import reverse_by_length
from engine.task_family import TASK_FAMILIES, BatchReading

MAX_LINES = 12
MAX_WORDS = 40
REPEATS = 7


class Answer(NamedTuple):
    """What a network says of one text: probabilities, (L,) or for each word (T, L), the answer in words, and what was
    decided."""

    probabilities: np.ndarray
    words: str
    decisions: tuple[int, ...]


@dataclass(frozen=True)
class Reading:
    """A batch made ready for a network: `ids` (B, T), `embedded` (B, T, E), `lengths` (B,).

    `answer` reads the batch with the given lengths and returns an Answer per text; `stacks` are the recurrent layers of
    each direction, forward first.
    """

    ids: Tensor
    embedded: Tensor
    lengths: Tensor
    outputs: Callable[[], Tensor]
    answer: Callable[[Tensor], list[Answer]]
    stacks: tuple[tuple[nn.Module, ...], ...]


@dataclass(frozen=True)
class BatchReport:
    """What padding, mask and packing do to one batch.

    Attributes:
        ids: (B, T) numbers that enter; those where `mask` is False are padding.
        packed_difference: largest difference of the recurrent layers' outputs, packed against padded; nan without such
            layers.
        alone_difference: largest difference of the probabilities, in the batch against each text by itself.
        frame: one row per text: words, padding, the answer with and without the mask, the decisions (one for a text,
            one for each word where words are tagged), how many of them change without the mask, and the largest change
            of a probability.
    """

    words: tuple[tuple[str, ...], ...]
    ids: np.ndarray
    mask: np.ndarray
    packed_difference: float
    alone_difference: float
    frame: pd.DataFrame

    @property
    def wasted(self) -> float:
        """Share of the cells that are padding."""
        return float(1 - self.mask.mean())


@dataclass(frozen=True)
class BatchTimes:
    """Milliseconds to run the recurrent layers over some batches: the median of several runs each, taken in turns."""

    padded: float
    packed: float
    one_by_one: float


def split_lines(loaded: LoadedModel, lines: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Return the words of each line as the network reads them; empty lines are left out.

    Raises:
        InputError: there are fewer than two lines, too many, or one is too long or without a word.
    """
    rows = [_batch_reading(loaded).split(loaded, line) for line in lines if line.strip()]
    if len(rows) < 2:
        raise InputError("A batch takes at least two lines with words, one text on each.")
    if len(rows) > MAX_LINES:
        raise InputError(f"At most {MAX_LINES} lines are looked at as a batch; yours are {len(rows):,}.")
    if not all(rows):
        raise InputError("A line has no word in it; a batch takes at least one word of each text.")
    longest = max(rows, key=len)
    if len(longest) > MAX_WORDS:
        raise InputError(
            f"Line {rows.index(longest) + 1} has {len(longest):,} words; at most {MAX_WORDS} are shown of a batch."
        )
    return tuple(map(tuple, rows))


def arrange(lengths: Sequence[int], batch_size: int, by_length: bool) -> list[list[int]]:
    """Return which texts (from 0) go into each batch: as they come, or sorted so that texts of like length meet."""
    return list(batches_by_length(lengths if by_length else [0] * len(lengths), batch_size))


def wasted_share(lengths: Sequence[int], batches: Sequence[Sequence[int]]) -> float:
    """Return the share of all cells of the batches that is padding."""
    cells = sum(len(batch) * max(lengths[text] for text in batch) for batch in batches)
    return 1 - sum(lengths) / cells


@torch.no_grad()
def inspect_batch(loaded: LoadedModel, rows: tuple[tuple[str, ...], ...]) -> BatchReport:
    """Return a batch as it enters the network, and what mask and packing do to it."""
    read = _batch_reading(loaded).read
    reading = read(loaded, rows)
    mask = mask_from_lengths(reading.lengths, reading.ids.shape[1])
    everything = torch.full_like(reading.lengths, reading.ids.shape[1])
    right, wrong = reading.answer(reading.lengths), reading.answer(everything)
    alone = [single.answer(single.lengths)[0] for single in (read(loaded, (row,)) for row in rows)]
    frame = pd.DataFrame(
        {
            "text": range(1, len(rows) + 1),
            "words": [len(row) for row in rows],
            "padding": (~mask).sum(1).tolist(),
            "answer": [said for _, said, _ in right],
            "without_mask": [said for _, said, _ in wrong],
            "decisions": [len(row) for _, _, row in right],
            "decisions_changed": [
                sum(map(operator.ne, one, other)) for (_, _, one), (_, _, other) in zip(right, wrong, strict=True)
            ],
            "largest_change": [
                float(np.abs(one - other).max()) for (one, *_), (other, *_) in zip(right, wrong, strict=True)
            ],
        }
    )
    difference = float("nan")
    if reading.stacks:
        difference = float((reading.outputs() - run_packed(reading))[mask].abs().max())
    apart = max(float(np.abs(one - other).max()) for (one, *_), (other, *_) in zip(right, alone, strict=True))
    return BatchReport(tuple(rows), reading.ids.numpy(), mask.numpy(), difference, apart, frame)


@torch.no_grad()
def run_packed(reading: Reading) -> Tensor:
    """Return the last layers' outputs (B, T, D*H) of a batch that is packed; 0 where there is padding."""
    found = []
    for position, stack in enumerate(reading.stacks):
        is_backward = position == 1
        inputs = reverse_by_length(reading.embedded, reading.lengths) if is_backward else reading.embedded
        packed = pack_padded_sequence(inputs, reading.lengths, batch_first=True, enforce_sorted=False)
        for layer in stack:
            packed = layer(packed)[0]
        outputs, _ = pad_packed_sequence(packed, batch_first=True, total_length=reading.embedded.shape[1])
        found.append(reverse_by_length(outputs, reading.lengths) if is_backward else outputs)
    return torch.cat(found, dim=2)


@torch.no_grad()
def time_batches(
    loaded: LoadedModel, batches: tuple[tuple[tuple[str, ...], ...], ...], repeats: int = REPEATS, attempt: int = 1
) -> BatchTimes | None:
    """Return how long the recurrent layers take for the batches padded, packed, and text by text; None without such
    layers.

    `attempt` tells measurements apart where results are kept; it changes nothing.
    """
    prepare = _batch_reading(loaded).read
    together = [prepare(loaded, batch) for batch in batches]
    singles = [prepare(loaded, (row,)) for batch in batches for row in batch]
    if not together[0].stacks:
        return None
    ways: tuple[Callable[[], object], ...] = (
        lambda: [reading.outputs() for reading in together],
        lambda: [run_packed(reading) for reading in together],
        lambda: [reading.outputs() for reading in singles],
    )
    taken: list[list[float]] = [[] for _ in ways]
    for _ in range(repeats):
        for way, times in zip(ways, taken, strict=True):
            begun = time.perf_counter()
            way()
            times.append(1000 * (time.perf_counter() - begun))
    return BatchTimes(*(statistics.median(times) for times in taken))


def mask_sentence(reports: Sequence[BatchReport]) -> str:
    """Return in plain words what the mask does for some batches."""
    frame = pd.concat([report.frame for report in reports], ignore_index=True)
    if not frame["padding"].any():
        return (
            "All texts are as long as the longest of their batch: there is no padding, and nothing for the mask to do."
        )
    most = frame.loc[frame["largest_change"].idxmax()]
    changed, decisions = frame["decisions_changed"].sum(), frame["decisions"].sum()
    turned = (
        f"{changed:,} of {decisions:,} predictions {'flips' if changed == 1 else 'flip'}"
        if changed
        else f"none of {decisions:,} predictions flips"
    )
    apart = max(report.alone_difference for report in reports)
    same = "the very same probabilities" if apart == 0 else f"the same probabilities, to {apart:.0e},"
    return (
        f"{turned[0].upper()}{turned[1:]}, and a probability moves by up to {100 * most['largest_change']:.1f} points, "
        f"in a text with {most['padding']} cells of padding. With the mask every text gets {same} as by itself."
    )


def _batch_reading(loaded: LoadedModel) -> BatchReading:
    """Return how models of this family read lines as a batch.

    Raises:
        ModelError: they do not.
    """
    family = TASK_FAMILIES.get(loaded.info.task)
    if family.batch is None:
        raise ModelError(f"{loaded.info.name} reads no batches of lines; {family.noun} have nothing to show here.")
    return family.batch
