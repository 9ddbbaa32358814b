"""What-if edits of a lattice: scores of steps changed by hand, and the smallest change that makes another way the best.

Shapes: T words, K tags.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.decoding.viterbi import viterbi
from engine.errors import InputError
from engine.inspection.tagging.lattice import (
    BEGIN,
    END,
    best_sums,
    best_tags,
    step_matrix,
    step_position,
)
from engine.inspection.tagging.predictions import Lattice, tag_words
from engine.models.folder import LoadedModel
from engine.wording import shortened

LARGEST_CHANGE = 20.0  # nats; a slider's reach, and how far a flip is looked for
STEP = 0.01  # of the slider: the smallest change that is told apart
MAX_EDITS = 20


@dataclass(frozen=True)
class TransitionEdit:
    """A change of the score of one step, in nats; the first tag may be BEGIN, the second END."""

    before: str
    after: str
    change: float


@dataclass(frozen=True)
class TransitionFlip:
    """The smallest change of a step's score, in steps of STEP, with which the best way becomes another one."""

    edit: TransitionEdit
    tags: tuple[str, ...]
    flipped: tuple[str, ...]

    @property
    def positions(self) -> list[int]:
        """The words whose tag changes, counted from 0."""
        return [position for position, (one, two) in enumerate(zip(self.tags, self.flipped, strict=True)) if one != two]


def edit_steps(lattice: Lattice, edits: Sequence[TransitionEdit]) -> Lattice:
    """Return the lattice with the scores of some steps changed; edits of the same step add up.

    Raises:
        InputError: an edit names a tag that this tagger does not have.
    """
    transitions, start, end = lattice.transitions.copy(), lattice.start.copy(), lattice.end.copy()
    for edit in edits:
        row, column = step_position(lattice.labels, edit.before, edit.after)
        if row == 0:
            start[column] += edit.change
        elif column == len(lattice.labels):
            end[row - 1] += edit.change
        else:
            transitions[row - 1, column] += edit.change
    return Lattice(lattice.words, lattice.labels, lattice.emissions, transitions, start, end)


def read_edits(text: str, labels: Sequence[str]) -> list[TransitionEdit]:
    """Return the edits written as "B-per>I-per:+1.5; O>B-geo:-2", one per step: a later one takes an earlier one's
    place.

    Raises:
        InputError: it is not written so, names an unknown tag, or a change is out of reach.
    """
    found: dict[tuple[str, str], TransitionEdit] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        step, colon, change = part.rpartition(":")
        before, arrow, after = (name.strip() for name in step.partition(">"))
        shown = shortened(part, 60)
        try:
            value = float(change)
        except ValueError:
            value = math.nan
        if not (colon and arrow) or math.isnan(value):
            raise InputError(
                f"The edit “{shown}” cannot be read; write edits as in B-per>I-per:+1.5 with a semicolon between two "
                "of them."
            )
        step_position(labels, before, after)
        if abs(value) > LARGEST_CHANGE:
            raise InputError(
                f"The edit “{shown}” changes a score by {abs(value):g}; at most {LARGEST_CHANGE:g} can be added or "
                "taken away."
            )
        found.pop((before, after), None)
        if value:
            found[before, after] = TransitionEdit(before, after, value)
    if len(found) > MAX_EDITS:
        raise InputError(f"There are {len(found)} edits; at most {MAX_EDITS} at a time.")
    return list(found.values())


def write_edits(edits: Sequence[TransitionEdit]) -> str:
    """Return edits as `read_edits` reads them."""
    return "; ".join(f"{edit.before}>{edit.after}:{edit.change:+.2f}" for edit in edits)


def with_edit(edits: Sequence[TransitionEdit], edit: TransitionEdit) -> list[TransitionEdit]:
    """Return the edits with that of the same step replaced, or taken out where the change is nothing; the new one comes
    last."""
    others = [other for other in edits if (other.before, other.after) != (edit.before, edit.after)]
    return [*others, edit] if round(edit.change, 2) else others


def find_flip(lattice: Lattice, before: str, after: str) -> TransitionFlip | None:
    """Return the smallest change of one step's score that makes another way the best; None where LARGEST_CHANGE is not
    enough.

    Bisection, for the score of a way grows by the number of times it takes the step: once the best way has given way to
    one that takes it more often, raising further never brings it back; likewise downwards. What is returned has been
    decoded.

    Raises:
        InputError: there is no such step.
    """
    own = best_tags(lattice)
    found = [flip for sign in (1, -1) if (flip := _bisect(lattice, before, after, own, sign)) is not None]
    return min(found, key=lambda flip: abs(flip.edit.change), default=None)


def easiest_flips(lattice: Lattice, count: int = 4) -> list[TransitionFlip]:
    """Return for the `count` steps whose scores need the least change to flip the best way that change, the smallest
    first.

    All steps are tried at once with the same change, which is narrowed down until only a few flip; these are then
    searched one by one.
    """
    steps = [(a, b) for a in (BEGIN, *lattice.labels) for b in (*lattice.labels, END) if (a, b) != (BEGIN, END)]
    gaps = np.sort(_gaps(lattice)[np.isfinite(step_matrix(lattice))])
    enough = gaps[gaps > 1e-9][: count + 1]  # a step that is not taken flips the way when it is raised by so much
    low, high = 0, round(LARGEST_CHANGE / STEP)
    if len(enough):
        high = min(high, int(enough[-1] / STEP) + 2)
    few = _flipping(lattice, steps, high * STEP)
    while high - low > 1 and len(few) > count + 1:
        middle = (low + high) // 2
        found = _flipping(lattice, few, middle * STEP)  # what a small change flips, a larger one does too
        if len(found) >= count:
            high, few = middle, found
        else:
            low = middle
    flips = [find_flip(lattice, *step) for step in few]
    return sorted((flip for flip in flips if flip), key=lambda flip: abs(flip.edit.change))[:count]


def easiest_flips_of(loaded: LoadedModel, words: tuple[str, ...], edits: str) -> list[TransitionFlip]:
    """Return `easiest_flips` of a tagger's lattice over `words` after the edits written in `edits`.

    Raises:
        InputError: as `tag_words` and `read_edits`.
    """
    lattice = tag_words(loaded, words)
    return easiest_flips(edit_steps(lattice, read_edits(edits, lattice.labels)))


def _bisect(lattice: Lattice, before: str, after: str, own: tuple[str, ...], sign: int) -> TransitionFlip | None:
    def decoded(steps: int) -> tuple[str, ...]:
        return best_tags(edit_steps(lattice, [TransitionEdit(before, after, sign * steps * STEP)]))

    kept, flipped = 0, round(LARGEST_CHANGE / STEP)
    tags = decoded(flipped)
    if tags == own:
        return None
    while flipped - kept > 1:
        middle = (kept + flipped) // 2
        found = decoded(middle)
        if found == own:
            kept = middle
        else:
            flipped, tags = middle, found
    return TransitionFlip(TransitionEdit(before, after, round(sign * flipped * STEP, 2)), own, tags)


def _gaps(lattice: Lattice) -> np.ndarray:
    """Return how far the best way through each step falls short of the best of all, (K + 1, K + 1) as `step_matrix`; 0
    on that one."""
    emissions, transitions, _, end = lattice.arrays
    ahead, behind = best_sums(lattice)
    size = len(lattice.labels)
    through = np.full((size + 1, size + 1), -np.inf)
    through[0, :size] = ahead[0] + behind[0]
    through[1:, size] = ahead[-1] + end
    if len(emissions) > 1:
        onward = emissions[1:] + behind[1:]  # (T - 1, K)
        through[1:, :size] = (ahead[:-1, :, None] + onward[:, None, :]).max(axis=0) + transitions
    return float((ahead[-1] + end).max()) - through


def _flipping(lattice: Lattice, steps: Sequence[tuple[str, str]], reach: float) -> list[tuple[str, str]]:
    """Return the steps that flip the best way when their score is changed by `reach` nats, up or down; all are tried at
    once."""
    size = len(lattice.labels)
    tags = [lattice.labels.index(tag) for tag in best_tags(lattice)]
    taken = [(0, tags[0]), *((a + 1, b) for a, b in zip(tags, tags[1:], strict=False)), (tags[-1] + 1, size)]
    cells = [step_position(lattice.labels, *step) for step in steps]
    trials = [(position, sign) for position, cell in enumerate(cells) for sign in (1, -1) if sign > 0 or cell in taken]
    matrices = np.repeat(step_matrix(lattice)[None], len(trials), axis=0)  # (N, K + 1, K + 1)
    for number, (position, sign) in enumerate(trials):
        matrices[number, cells[position][0], cells[position][1]] += sign * reach
    best = matrices[:, 0, :size] + lattice.emissions[0]  # (N, K)
    for emissions in lattice.emissions[1:]:
        best = (best[:, :, None] + matrices[:, 1:, :size]).max(axis=1) + emissions
    scores = (best + matrices[:, 1:, size]).max(axis=1)  # (N,)
    own = float(viterbi(*lattice.arrays).score)
    unchanged = [
        own + sign * reach * taken.count(cells[position]) for position, sign in trials
    ]  # what the old best way has now
    flipped = scores > np.array(unchanged) + 1e-9
    return list(
        dict.fromkeys(steps[position] for (position, _), is_flipped in zip(trials, flipped, strict=True) if is_flipped)
    )
