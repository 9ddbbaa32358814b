"""The prediction after each word of a text: what each half of a classifier and the whole would say of it so far.

The forward half reads from the beginning, so after word t it has read words 1 to t. The backward half reads from the
end, so at word t it has read the last word back to word t. The whole network is given words 1 to t as if the text ended
there.

Shapes: F frames, L labels, T words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

from engine.inspection.classification.predictions import check_lengths, probabilities_of_words
from engine.models.folder import LoadedModel
from engine.wording import percent

MOST_FRAMES = 80  # the cost grows with frames times words
EVEN = 0.5
POSITIVE = 1


@dataclass(frozen=True)
class Belief:
    """The probability of "positive" at each frame.

    Attributes:
        words: the text's words, as the network reads them.
        steps: number of words read at each frame, rising to all of them: (F,).
        both: by the whole network, of the words read: (F,).
        forward: by the forward half alone, of the same words; None where the network has no halves: (F,).
        backward: by the backward half alone, of this word and all after it: (F,).
    """

    words: tuple[str, ...]
    steps: np.ndarray
    both: np.ndarray
    forward: np.ndarray | None = None
    backward: np.ndarray | None = None


@dataclass(frozen=True)
class Turn:
    """Where a prediction flipped.

    Attributes:
        first, last: the words that were read between the two frames, counted from 1; the same where every word is a
            frame.
        before, after: probability of "positive" before and after them; an even chance before the first word.
        is_crossing: whether the decision changed there. Where it never did, the largest change is meant.
    """

    first: int
    last: int
    before: float
    after: float
    is_crossing: bool


def measure_belief(loaded: LoadedModel, words: Sequence[str]) -> Belief:
    """Return the belief film of a text: a frame per word, or MOST_FRAMES evenly spread ones where it is longer.

    Raises:
        InputError: there is no word, or there are more than the network takes.
    """
    words = tuple(words)
    check_lengths([words])
    steps = frames(len(words))
    if not loaded.model.bidirectional:
        return Belief(words, steps, probabilities_along(loaded, words)[steps - 1, POSITIVE])
    both = probabilities_of_words(loaded, [words[:step] for step in steps])[:, POSITIVE]
    if not loaded.model.has_apart_directions:
        return Belief(words, steps, both)
    forward, backward = halves_along(loaded, words)
    return Belief(words, steps, both, forward[steps - 1, POSITIVE], backward[steps - 1, POSITIVE])


@torch.inference_mode()
def probabilities_along(loaded: LoadedModel, words: Sequence[str]) -> np.ndarray:
    """Return the probabilities (T, L) after every word by a network that only reads forwards, in one reading.

    What it has read does not change by what follows: the largest output so far is a running maximum, the mean so far a
    running sum. A network with two directions reads every beginning anew: its backward half starts at the last word.
    """
    model, outputs = loaded.model, _outputs(loaded, words)  # (T, F)
    return model.split_logits(model.pooling.along(outputs))["both"].float().softmax(1).numpy()


@torch.inference_mode()
def halves_along(loaded: LoadedModel, words: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return what each half alone says after every word, two arrays (T, L) of probabilities.

    Row t of the first is the forward half after word t, of the second the backward half that has read from the end back
    to word t.
    One reading of the text is enough: neither stack knows what it has not read.
    """
    model, outputs = loaded.model, _outputs(loaded, words)  # (T, 2H)
    forward = model.pooling.along(outputs[:, : model.hidden_size])
    backward = model.pooling.along(outputs[:, model.hidden_size :].flip(0)).flip(0)
    shares = model.split_logits(torch.cat([forward, backward], dim=1))  # (T, L) each
    alone = (model.direction_alone(shares[name]).float().softmax(1) for name in ("forward", "backward"))
    found_forward, found_backward = (probabilities.numpy() for probabilities in alone)
    return found_forward, found_backward


def _outputs(loaded: LoadedModel, words: Sequence[str]) -> torch.Tensor:
    input_ids = torch.tensor([loaded.tokenizer.encode_words(list(words))])  # (1, T)
    return loaded.model.outputs(loaded.model.embed(input_ids), torch.tensor([len(words)]))[0]


def frames(count: int) -> np.ndarray:
    """Return after how many of `count` words a frame is taken, always after the first and the last."""
    return np.unique(np.linspace(1, count, min(count, MOST_FRAMES)).round().astype(int))


def find_turn(belief: Belief) -> Turn:
    """Return the last place where the whole network's decision changed, or its largest change where it never did.

    The first frame is compared with an even chance; the decision it brings is the first one, so not a turn.
    """
    decisions = belief.both > EVEN
    crossings = np.flatnonzero(decisions[1:] != decisions[:-1]) + 1
    return _turn_at(belief, int(crossings[-1]), True) if len(crossings) else _largest_change(belief)


def belief_sentence(belief: Belief) -> str:
    """Return what the chart shows in words: the word where it flipped, and what the halves make of the whole text."""
    turn = find_turn(belief)
    spoken = (
        f"“{belief.words[turn.last - 1]}” (word {turn.last:,})"
        if turn.first == turn.last
        else f"words {turn.first:,} to {turn.last:,}"
    )
    course = f"from {percent(turn.before)} to {percent(turn.after)} positive"
    end = f"After all {len(belief.words):,} words it stands at {percent(belief.both[-1])}."
    if turn.is_crossing:
        crossed = "positive" if turn.after > EVEN else "negative"
        turns = f"The prediction flipped to {crossed} for the last time at {spoken}: {course}."
        largest = _largest(belief)
        return f"{turns} {largest}{end}"
    said = "positive" if belief.both[-1] > EVEN else "negative"
    return (
        f"The prediction is {said} from the first word to the last and never flips; the largest change comes at "
        f"{spoken}: {course}. {end}"
    )


def halves_sentence(belief: Belief) -> str:
    """Return what each half says once it has read the whole text, and whether they agree; "" where there are none."""
    if belief.forward is None or belief.backward is None:
        return ""
    forward, backward = float(belief.forward[-1]), float(belief.backward[0])
    agree = "They agree" if (forward > EVEN) == (backward > EVEN) else "They disagree"
    return (
        f"With the whole text read, the forward half alone is at {percent(forward)} positive and the backward half "
        f"alone at {percent(backward)}. {agree}."
    )


def belief_frame(belief: Belief, blind: Belief | None = None) -> pd.DataFrame:
    """Return one row per frame: words read, the last of them, and each line of the film; `blind` has the same number of
    words."""
    frame = pd.DataFrame(
        {"words_read": belief.steps, "word": [belief.words[step - 1] for step in belief.steps], "both": belief.both}
    )
    if belief.forward is not None:
        frame = frame.assign(forward=belief.forward, backward=belief.backward)
    return frame if blind is None else frame.assign(order_blind=blind.both)


def _turn_at(belief: Belief, position: int, is_crossing: bool) -> Turn:
    """Return the change at a frame, from the one before it or an even chance."""
    before, read = (belief.both[position - 1], belief.steps[position - 1]) if position else (EVEN, 0)
    return Turn(int(read) + 1, int(belief.steps[position]), float(before), float(belief.both[position]), is_crossing)


def _largest_change(belief: Belief) -> Turn:
    return _turn_at(belief, int(np.argmax(np.abs(np.diff(belief.both, prepend=EVEN)))), False)


def _largest(belief: Belief) -> str:
    """Return a sentence on the largest change where it is another than the turn."""
    largest = _largest_change(belief)
    if largest.last == find_turn(belief).last:
        return "It is the largest change too. "
    return (
        f"The largest change comes at “{belief.words[largest.last - 1]}”: from {percent(largest.before)} to "
        f"{percent(largest.after)}. "
    )
