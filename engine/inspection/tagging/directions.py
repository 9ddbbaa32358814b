"""What each half of a bidirectional tagger would say alone, what the two say joined, and which errors a forward-only
tagger makes.

The emission layer is linear: what it makes of the forward states, of the backward states and its bias add up to the
emissions. Each half alone is given the bias and decoded with the same CRF. It was never taught to decide alone, so its
probabilities show
which way it pulls, not how well a tagger with that direction alone would do: the forward-only tagger answers that.

Shapes: T words, K tags.
Paper: Graves and Schmidhuber (2005), "Framewise Phoneme Classification with Bidirectional LSTM", section 5, for the two
halves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.decoding.viterbi import marginals, viterbi
from engine.errors import ModelError
from engine.inspection.tagging.predictions import Lattice, halves, tag_words
from engine.models.folder import LoadedModel
from engine.wording import percent

FORWARD, BACKWARD, BOTH = "forward", "backward", "both"


@dataclass(frozen=True)
class Voice:
    """One reading of the words: a tag for each and the probability of that tag."""

    tags: tuple[str, ...]
    probabilities: tuple[float, ...]


@dataclass(frozen=True)
class Directions:
    """The halves of a tagger over a text.

    Attributes:
        words: T of them. labels: the K names of tags.
        forward, backward: (T, K), what the emission layer makes of the states of one direction.
        bias: (K,), what it adds to every word; `both` is their sum, the emissions (T, K).
        voices: what comes out by direction: "forward" and "backward" with the bias, and "both".
    """

    words: tuple[str, ...]
    labels: tuple[str, ...]
    forward: np.ndarray
    backward: np.ndarray
    bias: np.ndarray
    both: np.ndarray
    voices: dict[str, Voice]


def read_directions(loaded: LoadedModel, words: tuple[str, ...]) -> Directions:
    """Return what each half of a tagger says of `words`.

    Raises:
        InputError: there are no words, or too many.
        ModelError: the tagger reads in one direction only, or joins its directions before its last layer.
    """
    if not loaded.model.bidirectional:
        raise ModelError(
            f"The tagger “{loaded.info.name}” reads from left to right only; it has no second half to look at."
        )
    if not loaded.model.has_apart_directions:
        raise ModelError(
            f"The tagger “{loaded.info.name}” joins both directions before its last layer: each half of that has read "
            "the whole sentence, so there are no directions to tell apart."
        )
    parts, lattice = halves(loaded, words), tag_words(loaded, words)
    forward, backward, bias, both = (parts[name] for name in (FORWARD, BACKWARD, "bias", BOTH))
    read = {FORWARD: forward + bias, BACKWARD: backward + bias, BOTH: both}
    voices = {name: speak(lattice, emissions) for name, emissions in read.items()}
    return Directions(lattice.words, lattice.labels, forward, backward, bias, both, voices)


def read_alone(loaded: LoadedModel, words: tuple[str, ...]) -> Voice:
    """Return what a tagger says of `words`, for one that stands beside the halves.

    Raises:
        InputError: there are no words, or too many.
    """
    lattice = tag_words(loaded, words)
    return speak(lattice, lattice.emissions)


def speak(lattice: Lattice, emissions: np.ndarray) -> Voice:
    """Return the best way through a lattice with these emissions (T, K), and each of its tags' probability."""
    arrays = (emissions, *lattice.arrays[1:])
    tags = [int(tag) for tag in viterbi(*arrays).tags]
    shares = np.asarray(marginals(*arrays))[np.arange(len(tags)), tags]
    return Voice(tuple(lattice.labels[tag] for tag in tags), tuple(float(share) for share in shares))


def voice_frame(words: Sequence[str], voices: dict[str, Voice]) -> pd.DataFrame:
    """Return one row per word: place (from 1), word, and for each voice its tag and the tag's probability."""
    frame = pd.DataFrame({"position": range(1, len(words) + 1), "word": list(words)})
    for name, voice in voices.items():
        frame[name], frame[f"{name}_probability"] = voice.tags, voice.probabilities
    return frame


def disagreements(directions: Directions) -> pd.DataFrame:
    """Return the words at which the two halves differ: place (from 1), word, their tags and probabilities, both's, and
    `followed`.

    `followed` is the half whose tag is given when both are joined: "forward", "backward", or "neither".
    """
    frame = voice_frame(directions.words, directions.voices)
    frame = frame[frame[FORWARD] != frame[BACKWARD]].reset_index(drop=True)
    frame["followed"] = np.where(
        frame[BOTH] == frame[FORWARD], FORWARD, np.where(frame[BOTH] == frame[BACKWARD], BACKWARD, "neither")
    )
    return frame


def plainest(directions: Directions) -> int:
    """Return the word, from 1, at which the halves differ most surely; the first where they nowhere do."""
    frame = disagreements(directions)
    return int(_surest(frame)["position"]) if len(frame) else 1


def _surest(frame: pd.DataFrame) -> pd.Series:
    """Return the row of `disagreements` in which the less sure half is surest."""
    return frame.loc[frame[[f"{FORWARD}_probability", f"{BACKWARD}_probability"]].min(axis=1).idxmax()]


def disagreement_sentence(directions: Directions) -> str:
    """Return in words where the halves differ most surely, and which of them the joined reading follows."""
    frame = disagreements(directions)
    if frame.empty:
        return (
            f"Here the two halves give all {len(directions.words)} words the same tags: either context is enough "
            "by itself."
        )
    counts = frame["followed"].value_counts()
    told = [f"the {name} half {counts[name]} times" for name in (FORWARD, BACKWARD) if name in counts]
    told += [f"neither {counts['neither']} times"] if "neither" in counts else []
    sure = _surest(frame)
    sides = {
        FORWARD: "so the forward half is followed",
        BACKWARD: "so the backward half is followed",
        "neither": "which neither half would say alone",
    }
    positions = "one word" if len(frame) == 1 else f"{len(frame)} of {len(directions.words)} words"
    return (
        f"The halves differ at {positions}. Most plainly at “{sure['word']}” (word {sure['position']}): read from the "
        f"left it looks like {sure[FORWARD]} ({percent(sure[f'{FORWARD}_probability'], 0)}), read from the right like "
        f"{sure[BACKWARD]} ({percent(sure[f'{BACKWARD}_probability'], 0)}); joined it is {sure[BOTH]} "
        f"({percent(sure[f'{BOTH}_probability'], 0)}), {sides[sure['followed']]}."
        + (f" In all, the joined reading follows {', '.join(told)}." if len(frame) > 1 else "")
    ).replace(" 1 times", " once")


def word_frame(directions: Directions, position: int) -> pd.DataFrame:
    """Return what each half adds at word `position` (from 0): per tag forward, backward, bias and their sum, the
    highest sum first.

    In nats above the mean over the tags, for only differences between tags decide.
    """
    parts = {FORWARD: directions.forward[position], BACKWARD: directions.backward[position], "bias": directions.bias}
    centred = {name: values - values.mean() for name, values in parts.items()}
    frame = pd.DataFrame({"tag": directions.labels} | centred)
    frame[BOTH] = frame[FORWARD] + frame[BACKWARD] + frame["bias"]
    return frame.sort_values(BOTH, ascending=False, ignore_index=True)
