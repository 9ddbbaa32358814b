"""Find a pattern: which units are on within a range of a text and off outside, and where else the same units behave so.

A unit is on, upwards or downwards, where its hidden value is at or beyond a threshold in that direction. The pattern of
a range is the set of units, each with its direction, that are on at every token of the range and, if asked for, off at
the tokens just before and just after it. In another text the share of the pattern that is on is taken at every token; a
match is an unbroken run of tokens at which this share is at least `least`, and its score is the mean share within the
run less the mean share at the one or
two tokens beside it: 1 where all units go on and off again together, as they do in the range itself.

Values are kept in steps of 1/127 (one byte each), in which 100,000 tokens of 512 units take 51 MB, and a value is on
where its nearest step reaches the threshold.

Paper: Strobelt, Gehrmann, Pfister and Rush (2018), LSTMVis, arXiv 1606.07461, section 5 (selection and matching).
Differs: units below minus the threshold count too, as a direction of their own; matches may have any length and are
ranked by how sharply the pattern begins and ends, where LSTMVis counts the cells two ranges have in common.

Shapes: T tokens, H units, P units of the pattern, M matches.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.corpora import CORPORA, load_corpus
from engine.corpora.running_text import RUNNING_TEXT
from engine.decoding.limits import check_characters
from engine.errors import InputError
from engine.inspection.cells.probe_labels import NEEDS, PREDICATES, label_text
from engine.inspection.cells.units import WARM_UP, check_text, check_unit, hidden_values, stream_states, token_spans
from engine.lazy import lazy_property
from engine.models.folder import LoadedModel

MAX_CHARACTERS = 100_000
IN_ONE_PASS = 5_000  # tokens; longer texts are read in streams
CHUNK = 25_000  # tokens read in streams at a time, so that their states at full size are never all in memory
STEPS = 127
SHORTEST_SUGGESTION, LONGEST_SUGGESTION = 3, 12
Progress = Callable[[float], None]
OWN, TEXT, STORIES, TRAINING = "own", "text", "stories", "training"


@dataclass(frozen=True, eq=False)
class TextReading:
    """One layer's hidden values over a text; read-only, shared by all visitors.

    Attributes:
        values: (H, T) of int8, in steps of 1/127.
        starts, stops: where in `text` each token begins and ends, (T,).
        source: what the text is, in one sentence.
        elapsed_seconds: what reading took.
    """

    text: str
    values: np.ndarray
    starts: np.ndarray
    stops: np.ndarray
    source: str
    elapsed_seconds: float

    @lazy_property
    def answers(self) -> dict[str, np.ndarray]:
        """The answer to every predicate at each token's last character, (T,) of bool by name; worked out once."""
        last = self.stops - 1
        return {name: label_text(name, self.text)[last] for name in PREDICATES.names()}


@dataclass(frozen=True)
class Pattern:
    """Units that are on in a range of a text.

    Attributes:
        units, signs: the units, and whether each is on upwards (+1) or downwards (-1).
        threshold: at or beyond which a unit is on.
        length: of the range in tokens.
        always_on: how many units are on throughout the range, off beside it or not.
    """

    units: tuple[int, ...]
    signs: tuple[int, ...]
    threshold: float
    length: int
    always_on: int


@dataclass(frozen=True)
class Matches:
    """Where the pattern's units are on together.

    Attributes:
        frame: one row per match, best first: `start`, `stop` (tokens, from 0; stop is not part of it), `length`,
            `inside` and `outside` (mean share of the pattern that is on within it and beside it), `score` and `text`.
        on: share of the pattern that is on at each token, (T,) float32.
        elapsed_seconds: what finding them took.
    """

    frame: pd.DataFrame
    on: np.ndarray
    elapsed_seconds: float

    @property
    def covered(self) -> float:
        """The share of the tokens that lie in a match."""
        return float(self.frame["length"].sum() / max(1, len(self.on)))


def sources_of(loaded: LoadedModel) -> list[str]:
    """Return where a pattern of this model can be looked for; its training text only where that is known."""
    corpora = loaded.info.config.get("corpora", [])
    known = [name for name in corpora if name != "saltmarsh" and name in CORPORA.names()]  # not a visitor's own
    return [STORIES, *([TRAINING] if known else []), TEXT, OWN]


def read_states(
    loaded: LoadedModel,
    source: str,
    layer: int,
    characters: int = MAX_CHARACTERS,
    text: str = "",
    progress: Progress | None = None,
) -> TextReading:
    """Return the hidden values of a layer (from 0) over at most `characters` of a text, read once for all patterns.

    `source` is "stories" (the built-in sample), "training" (what the model learnt from; where it cannot be reached, the
    sample in its place, as `source` of the result says), or "text" and "own" for the given `text`. `progress` is told
    the share read so far.

    Raises:
        InputError: the model has no such layer, or the text is empty or too long.
        DataError: the corpus cannot be read.
    """
    if source in (TEXT, OWN):
        check_characters("The text", text)
        check_text(text, MAX_CHARACTERS)
        return states_over(loaded, text, layer, "The text above." if source == TEXT else "Your own text.", progress)
    if source not in sources_of(loaded):
        raise InputError(f"There is no text '{source[:40]}' here; choose one of: {', '.join(sources_of(loaded))}.")
    name = "saltmarsh" if source == STORIES else loaded.info.config["corpora"][0]
    corpus = load_corpus(name)
    read = corpus.read(RUNNING_TEXT)[:characters]
    return states_over(
        loaded,
        read,
        layer,
        f"The first {len(read):,} characters of the training split of {corpus.spec.title}. {corpus.source.sentence}",
        progress,
    )


def states_over(
    loaded: LoadedModel, text: str, layer: int, sentence: str, progress: Progress | None = None
) -> TextReading:
    """Return the hidden values of a layer (from 0) over a text; in one pass up to `IN_ONE_PASS` tokens, in streams
    beyond.

    Raises:
        InputError: the model has no such layer.
    """
    begun = time.perf_counter()
    check_unit(loaded, layer, 0)
    spans, ids = token_spans(loaded, text), loaded.tokenizer.encode(text)
    if len(ids) <= IN_ONE_PASS:
        values = in_steps(hidden_values(loaded, ids, layer)).T
    else:
        values = np.empty((loaded.model.hidden_size, len(ids)), dtype=np.int8)
        for start in range(0, len(ids), CHUNK):
            before = min(start, WARM_UP)
            states = stream_states(loaded, ids[start - before : start + CHUNK])[layer][0]
            values[:, start : start + CHUNK] = in_steps(states[before:]).T
            if progress:
                progress(min(1.0, (start + CHUNK) / len(ids)))
    starts, stops = np.array(spans, dtype=int).reshape(-1, 2).T
    return TextReading(text, np.ascontiguousarray(values), starts, stops, sentence, time.perf_counter() - begun)


def in_steps(values: np.ndarray) -> np.ndarray:
    """Return hidden values, which lie between -1 and 1, in whole steps of 1/127."""
    return np.rint(values.astype(np.float32) * STEPS).astype(np.int8)


def select_pattern(
    loaded: LoadedModel, text: str, layer: int, start: int, stop: int, threshold: float, off_outside: bool = True
) -> Pattern:
    """Return the units that are on at every token of [start, stop) of a text and, with `off_outside`, off just beside
    it.

    Raises:
        InputError: there is no such range or layer, the text is empty or too long, or the threshold is not between 0
            and 1.
    """
    check_text(text)
    if not 0 < threshold <= 1:
        raise InputError(f"The threshold must lie between 0 and 1, not {threshold:g}.")
    values = in_steps(_hidden(loaded, text, layer)).astype(np.int16)  # (T, H); -(-128) must not run over
    if start >= stop:
        raise InputError(
            f"The range ends (at {stop}) before it begins (at {start + 1}): move its first or its last token."
        )
    if not 0 <= start < stop <= len(values):
        raise InputError(f"The range must lie within the {len(values)} tokens of the text.")
    units, signs, always_on = [], [], 0
    for sign in (1, -1):
        on = sign * values >= threshold * STEPS  # (T, H)
        inside = on[start:stop].all(axis=0)
        beside = np.concatenate([on[max(0, start - 1) : start], on[stop : stop + 1]])  # (0 to 2, H)
        always_on += int(inside.sum())
        chosen = np.flatnonzero(inside & ~beside.any(axis=0) if off_outside else inside)
        units += chosen.tolist()
        signs += [sign] * len(chosen)
    return Pattern(tuple(units), tuple(signs), threshold, stop - start, always_on)


def suggest_range(loaded: LoadedModel, text: str, layer: int, threshold: float) -> tuple[int, int]:
    """Return the range [start, stop) of 3 to `LONGEST_SUGGESTION` tokens for which most units go on and off together.

    The first three tokens, or fewer, where there is none.
    """
    values = in_steps(_hidden(loaded, text, layer)).astype(np.int16)
    size = len(values)
    counts: dict[tuple[int, int], int] = {}
    for sign in (1, -1):
        on = sign * values >= threshold * STEPS
        for row in on.T:
            for start, stop in zip(*runs_of(row), strict=True):
                if start > 0 and stop < size and SHORTEST_SUGGESTION <= stop - start <= LONGEST_SUGGESTION:
                    counts[start, stop] = counts.get((start, stop), 0) + 1
    if not counts:
        return 0, min(SHORTEST_SUGGESTION, size)
    start, stop = max(counts, key=lambda position: (counts[position], position[1] - position[0], -position[0]))
    return int(start), int(stop)


def find_matches(reading: TextReading, pattern: Pattern, least: float) -> Matches:
    """Return all unbroken runs of tokens at which at least the share `least` of the pattern's units is on, best first.

    Of equal scores the one closest in length to the range comes first, then the one that stands first.

    Raises:
        InputError: the pattern has no units, or the share is not above 0 and at most 1.
    """
    begun = time.perf_counter()
    if not pattern.units:
        raise InputError("No unit is on in this range and off beside it: lower the threshold or choose another range.")
    if not 0 < least <= 1:
        raise InputError(f"The share must lie above 0 and at most at 1, not {least:g}.")
    count = np.zeros(reading.values.shape[1], dtype=np.int32)
    bound = int(np.ceil(pattern.threshold * STEPS))
    for unit, sign in zip(pattern.units, pattern.signs, strict=True):
        row = reading.values[unit]
        count += row >= bound if sign > 0 else row <= -bound
    on = (count / len(pattern.units)).astype(np.float32)  # (T,)
    starts, stops = runs_of(count >= least * len(pattern.units) - 1e-9)
    total = np.concatenate([[0], np.cumsum(count)])
    inside = (total[stops] - total[starts]) / (stops - starts) / len(pattern.units)  # (M,)
    edge = np.concatenate([[0.0], count / len(pattern.units), [0.0]])  # edge[t + 1] is the share at token t
    beside = (starts > 0).astype(int) + (stops < len(count))
    outside = (edge[starts] + edge[stops + 1]) / np.maximum(1, beside)
    score = inside - outside
    order = np.lexsort((starts, np.abs(stops - starts - pattern.length), -np.round(score, 9)))
    columns = {"start": starts, "stop": stops, "length": stops - starts, "inside": inside, "outside": outside}
    frame = pd.DataFrame(columns | {"score": score}).iloc[order].reset_index(drop=True)
    runs = zip(frame["start"], frame["stop"], strict=True)
    frame["text"] = [reading.text[reading.starts[start] : reading.stops[stop - 1]] for start, stop in runs]
    return Matches(frame, on, time.perf_counter() - begun)


def runs_of(flags: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where the unbroken runs of True in (T,) begin, and where each has ended."""
    steps = np.diff(np.concatenate([[0], flags.astype(np.int8), [0]]))
    return np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)


def text_around(reading: TextReading, start: int, stop: int, reach: int = 30) -> tuple[str, str, str]:
    """Return the text before, within and after the tokens [start, stop), at most `reach` characters on either side."""
    first, last = int(reading.starts[start]), int(reading.stops[stop - 1])
    return reading.text[max(0, first - reach) : first], reading.text[first:last], reading.text[last : last + reach]


def explain_matches(reading: TextReading, matches: Matches) -> pd.DataFrame:
    """Return for each predicate how often it holds at matched tokens and at all: `question`, `needs`, `matched`,
    `overall`, `difference`.

    The predicate that tells the matches most from the rest comes first; a token is judged by its last character.
    """
    inside = np.zeros(len(reading.stops), dtype=bool)
    for start, stop in zip(matches.frame["start"], matches.frame["stop"], strict=True):
        inside[start:stop] = True
    rows = []
    for name, holds in reading.answers.items():
        meta = PREDICATES.meta(name)
        shares = (float(found.mean()) if len(found) else float("nan") for found in (holds[inside], holds))
        rows.append((name, meta["title"], NEEDS[meta["needs"]], *shares))
    frame = pd.DataFrame(rows, columns=["predicate", "question", "needs", "matched", "overall"])
    frame["difference"] = frame["matched"] - frame["overall"]
    return frame.iloc[np.argsort(-frame["difference"].abs().fillna(0), kind="stable")].reset_index(drop=True)


def _hidden(loaded: LoadedModel, text: str, layer: int) -> np.ndarray:
    return hidden_values(loaded, loaded.tokenizer.encode(text), layer)
