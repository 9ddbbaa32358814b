"""Which sentence wins a beam search, for every width and every length penalty, without a search for each pair.

A penalty decides only which finished sentences are kept and when the search stops; which beginnings go on depends on
the width alone. So one search per width, run until the last penalty would have stopped it, gives the winner for all
penalties exactly; and as narrow and wide searches keep many of the same beginnings, each distinct beginning is read
once for all widths.

Shapes: R distinct beginnings of a step, V vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from engine.decoding.hypothesis import length_normalised
from engine.models.base import select
from engine.models.translator import Decoder


@dataclass(frozen=True)
class Winner:
    """A sentence that wins somewhere on the map: tokens without marks, nats, and its length with the end mark."""

    token_ids: tuple[int, ...]
    total: float
    length: int
    is_finished: bool

    def score(self, length_penalty: float) -> float:
        """Return what a search with this penalty compares."""
        return length_normalised(self.total, self.length, length_penalty)


@dataclass(frozen=True)
class WinnersBySetting:
    """The winner of each search.

    Attributes:
        positions: index into `winners`, (widths, penalties); winners are numbered from the first cell on.
    """

    widths: tuple[int, ...]
    penalties: tuple[float, ...]
    positions: np.ndarray
    winners: tuple[Winner, ...]


@dataclass
class _Stop:
    """One width and penalty: the finished sentences a search would hold, and whether it would have stopped."""

    width: int
    length_penalty: float
    kept: list[Winner] = field(default_factory=list)
    is_done: bool = False

    def take(self, ended: Iterable[Winner]) -> None:
        self.kept += ended
        self.kept.sort(key=lambda winner: (not winner.is_finished, -winner.score(self.length_penalty)))
        del self.kept[self.width :]

    def judge(self, best_open: float | None, time: int) -> None:
        """Stop where nothing is open, or the best open beginning no longer beats the worst kept sentence."""
        if best_open is None:
            self.is_done = True
        elif len(self.kept) == self.width:
            worst = self.kept[-1].score(self.length_penalty)
            self.is_done = length_normalised(best_open, time, self.length_penalty) <= worst


Beginning = tuple[int, ...]


@torch.inference_mode()
def winners_by_setting(
    model: Decoder,
    source_ids: Tensor,
    lengths: Tensor,
    *,
    widths: Sequence[int],
    penalties: Sequence[float],
    max_new_tokens: int,
    bos_id: int,
    eos_id: int,
) -> WinnersBySetting:
    """Return the winner of `beam` for each width and penalty on one source (1, S)."""
    stops = {width: [_Stop(width, penalty) for penalty in penalties] for width in widths}
    beams: dict[int, list[tuple[Beginning, float]]] = {width: [((), 0.0)] for width in widths}
    rows: dict[Beginning, int] = {(): 0}
    state, token_ids = model.start(source_ids, lengths), torch.tensor([bos_id])
    for time in range(1, max_new_tokens + 1):
        logits, state = model.step(token_ids, state)
        log_probs = logits.float().log_softmax(dim=-1)  # (R, V)
        likely, tokens = log_probs.topk(min(2 * max(beams), log_probs.shape[1]), dim=-1)
        choices = [list(zip(*row, strict=True)) for row in zip(likely.tolist(), tokens.tolist(), strict=True)]
        for width in list(beams):
            beams[width], ended = _advance(beams[width], choices, rows, width, eos_id)
            finished = [Winner(beginning, total, time, True) for beginning, total in ended]
            best_open = beams[width][0][1] if beams[width] else None
            for stop in stops[width]:
                if not stop.is_done:
                    stop.take(finished)
                    stop.judge(best_open, time)
            if all(stop.is_done for stop in stops[width]):
                del beams[width]
        if not beams:
            break
        before, rows = rows, {}
        for beginning, _ in (entry for entries in beams.values() for entry in entries):
            rows.setdefault(beginning, len(rows))
        state = select(state, torch.tensor([before[beginning[:-1]] for beginning in rows]))
        token_ids = torch.tensor([beginning[-1] for beginning in rows])
    for width, entries in beams.items():  # the limit came first
        for stop in stops[width]:
            if not stop.is_done:
                room = width - len(stop.kept)
                stop.take([Winner(beginning, total, max_new_tokens, False) for beginning, total in entries[:room]])
    return _number([[stop.kept[0] for stop in stops[width]] for width in widths], widths, penalties)


def _advance(
    entries: list[tuple[Beginning, float]],
    choices: list[list[tuple[float, int]]],
    rows: dict[Beginning, int],
    width: int,
    eos_id: int,
) -> tuple[list[tuple[Beginning, float]], list[tuple[Beginning, float]]]:
    """Return the beginnings that one step of a search of this width keeps, and those that end in it."""
    candidates = [
        (total + log_prob, beginning, token)
        for beginning, total in entries
        for log_prob, token in choices[rows[beginning]][: 2 * width]
        if log_prob > float("-inf")
    ]
    candidates.sort(key=lambda candidate: -candidate[0])
    going, ended = [], []
    for rank, (total, beginning, token) in enumerate(candidates[: 2 * width]):
        if token != eos_id:
            going.append(((*beginning, token), total))
        elif rank < width:
            ended.append((beginning, total))
    return going[:width], ended


def _number(cells: list[list[Winner]], widths: Sequence[int], penalties: Sequence[float]) -> WinnersBySetting:
    """Number the winners by their tokens: two searches add up the same numbers in another order."""
    numbers: dict[tuple[Beginning, bool], int] = {}
    winners: list[Winner] = []
    positions = np.zeros((len(widths), len(penalties)), dtype=int)
    for row, entries in enumerate(cells):
        for column, winner in enumerate(entries):
            name = (winner.token_ids, winner.is_finished)
            if name not in numbers:
                numbers[name] = len(winners)
                winners.append(winner)
            positions[row, column] = numbers[name]
    return WinnersBySetting(tuple(widths), tuple(penalties), positions, tuple(winners))
