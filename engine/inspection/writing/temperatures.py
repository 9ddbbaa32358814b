"""What temperature does to a text: the same prompt and seed at several, and what is measured of them.

Temperature T divides the logits before the softmax; towards T = 0 all chance goes to the likeliest token (greedy
decoding). Entropy is that of the distribution a token is drawn from, in nats, averaged over the text.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from engine.aggregation import MEAN_AND_RANGE
from engine.config import JsonObject
from engine.decoding.limits import SamplingSettings, check_prompt, check_sampling
from engine.decoding.sampling import Draws, draw_from, generate, next_distribution
from engine.decoding.text import prompt_ids
from engine.errors import DataError
from engine.inspection.writing.copies import index_of
from engine.inspection.writing.copy_index import CopyIndex
from engine.inspection.writing.measures import Measures, measure_text
from engine.inspection.writing.next_tokens import row_entropies
from engine.models.folder import LoadedModel
from engine.models.steps import logits_along
from engine.runtimes.program import Steps
from engine.wording import counted, listing, percent

TEMPERATURES = (0.0, 0.2, 0.5, 0.8, 1.0, 1.5)
CURVE_TEMPERATURES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0, 1.2, 1.5)
CURVE_SEEDS = 5
OVER_SEEDS = MEAN_AND_RANGE
WRITING_SHARE = 0.8  # of the time; the rest goes into measuring
ROUND = "\N{CLOCKWISE OPEN CIRCLE ARROW}"
MEASURES = ("entropy", "repetition", "known_words", "novelty")


@dataclass(frozen=True)
class TemperatureText:
    """A text written at one temperature, with its mean entropies in nats per token.

    Attributes:
        entropy: of what its tokens were drawn from.
        entropy_before: of what the network gave at the same places, before temperature and cuts.
    """

    temperature: float
    text: str
    entropy: float
    entropy_before: float
    measures: Measures

    def row(self) -> JsonObject:
        """Return its numbers by name."""
        names = ("temperature", "entropy", "entropy_before")
        return {name: getattr(self, name) for name in names} | self.measures.row()


def write_at(loaded: LoadedModel, prompt: str, settings: SamplingSettings, temperature: float) -> TemperatureText:
    """Return what `engine.decoding.text.write_text` writes with `settings` at another temperature, measured.

    Raises:
        InputError: the prompt is too long or a setting is out of bounds.
    """
    settings = replace(settings, temperature=temperature)
    check_prompt(prompt)
    check_sampling(settings)
    token_ids = prompt_ids(loaded, prompt)
    drawn = generate(loaded.steps, token_ids, stop_id=loaded.tokenizer.eos_id, **vars(settings))
    written = [token.token_id for token in drawn]
    text, entropies = _text(loaded, prompt, written), (math.nan, math.nan)
    if written:
        logits = logits_along(loaded.model, token_ids, written[:-1]).float().numpy()
        entropies = tuple(_entropies(_drawn_from(logits, settings, temperature), logits).mean(axis=0).tolist())
    return TemperatureText(temperature, text, *entropies, measure_text(prompt + text, _index(loaded), len(prompt)))


def temperature_table(texts: Sequence[TemperatureText]) -> pd.DataFrame:
    """Return one row per text with everything measured of it."""
    return pd.DataFrame([text.row() for text in texts])


def loop_sentence(found: TemperatureText) -> str:
    """Return in one sentence which loop a text is caught in, "" where it is in none."""
    loop = found.measures.loop
    if loop is None:
        return ""
    where = (
        f"from character {loop.start + 1:,} on"
        if loop.reaches_end
        else f"from character {loop.start + 1:,} to {loop.start + loop.length:,}"
    )
    return f"A loop: {where} it writes the same {counted(loop.period, 'character')} {loop.times:.1f} times."


def marked_loop(found: TemperatureText) -> str:
    """Return the text with a sign before each round of its loop."""
    loop = found.measures.loop
    if loop is None:
        return found.text
    stop = loop.start + loop.length
    rounds = [
        found.text[position : min(position + loop.period, stop)] for position in range(loop.start, stop, loop.period)
    ]
    return found.text[: loop.start] + "".join(ROUND + part for part in rounds) + found.text[stop:]


def temperature_sentence(texts: Sequence[TemperatureText]) -> str:
    """Return in plain words what rising temperature did to these texts; says so where it did nothing."""
    low, high = texts[0], texts[-1]
    loops = [f"{text.temperature:g}" for text in texts if text.measures.loop]
    caught = (
        f"Caught in a loop at temperature {listing(loops)}. " if loops else "None of the texts is caught in a loop. "
    )
    a, b = low.measures, high.measures
    parts = [f"distinct words go from {percent(a.distinct_1, 0)} to {percent(b.distinct_1, 0)}"]
    if not math.isnan(b.known_words):
        parts.append(f"words that exist from {percent(a.known_words, 0)} to {percent(b.known_words, 0)}")
        parts.append(f"novel text from {percent(a.novelty, 0)} to {percent(b.novelty, 0)}")
    return f"{caught}From temperature {low.temperature:g} to {high.temperature:g}, {'; '.join(parts)}."


def measure_curve(
    loaded: LoadedModel,
    prompt: str,
    settings: SamplingSettings,
    temperatures: Sequence[float] = CURVE_TEMPERATURES,
    seeds: int = CURVE_SEEDS,
) -> Iterator[float | pd.DataFrame]:
    """Yield the share done (0 to 1) and, last, one row per temperature and seed, with everything measured of its text.

    All texts are written side by side in one batch, each with a random generator of its own; seeds count up from that
    of `settings`, which also gives the length, top-k and top-p.

    Raises:
        InputError: the prompt is too long or a setting is out of bounds.
    """
    check_prompt(prompt)
    check_sampling(settings)
    runs = [(temperature, settings.seed + seed) for temperature in temperatures for seed in range(seeds)]
    tokens, entropies = [], []
    for drawn, entropy in _write_side_by_side(loaded.steps, prompt_ids(loaded, prompt), settings, runs):
        tokens.append(drawn)
        entropies.append(entropy)
        if len(tokens) % 10 == 0:
            yield WRITING_SHARE * len(tokens) / settings.max_new_tokens
    token_ids = np.stack(tokens, axis=1).tolist()  # (B, T)
    all_entropies = np.stack(entropies, axis=1)  # (B, T, 2)
    index, rows = _index(loaded), []
    for position, (temperature, seed) in enumerate(runs):
        ids = token_ids[position]
        length = ids.index(loaded.tokenizer.eos_id) if loaded.tokenizer.eos_id in ids else len(ids)
        text = _text(loaded, prompt, ids[:length])
        entropy, before = all_entropies[position, :length].mean(axis=0).tolist()
        measures = measure_text(prompt + text, index, len(prompt))
        found = TemperatureText(temperature, text, entropy, before, measures)
        rows.append(found.row() | {"seed": seed, "characters": len(text)})
        yield WRITING_SHARE + (1 - WRITING_SHARE) * len(rows) / len(runs)
    yield pd.DataFrame(rows)


def curve_of(loaded: LoadedModel, prompt: str, settings: SamplingSettings) -> pd.DataFrame:
    """Return the last thing that `measure_curve` yields: the table."""
    *_, table = measure_curve(loaded, prompt, settings)
    return table


def summarise_curve(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row per temperature: mean, smallest and largest of each measure over the seeds, and the share caught
    in loops."""
    by_temperature = table.groupby("temperature")
    columns = {f"{name}_{how}": (name, how) for name in MEASURES for how in OVER_SEEDS.functions}
    return by_temperature.agg(**columns, loops=("is_loop", "mean"), seeds=("seed", "nunique")).reset_index()


def _write_side_by_side(
    steps: Steps, token_ids: Sequence[int], settings: SamplingSettings, runs: Sequence[tuple[float, int]]
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield at each step the tokens drawn (B,) and the entropies (B, 2) of what they were drawn from, and before."""
    draws = [Draws(seed) for _, seed in runs]
    first, begun = steps.read(token_ids)
    state, logits = steps.pick(begun, [0] * len(runs)), first.repeat(len(runs), axis=0)
    groups: dict[float, list[int]] = {}
    for row, (temperature, _) in enumerate(runs):
        groups.setdefault(temperature, []).append(row)
    for _ in range(settings.max_new_tokens):
        chances = np.empty_like(logits)
        for temperature, rows in groups.items():
            chances[rows] = _drawn_from(logits[rows], settings, temperature)
        drawn = np.array([draw_from(of_text, own) for of_text, own in zip(chances, draws, strict=True)])
        yield drawn, _entropies(chances, logits)
        logits, state = steps.step(drawn, state)


def _drawn_from(logits: np.ndarray, settings: SamplingSettings, temperature: float) -> np.ndarray:
    return next_distribution(logits, temperature, settings.top_k, settings.top_p)


def _entropies(chances: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """Return the entropies (..., 2) in nats of what is drawn from, and of what the network gave."""
    return row_entropies(np.stack([chances, next_distribution(logits)], axis=-2))  # (..., 2, V)


def _text(loaded: LoadedModel, prompt: str, written: Sequence[int]) -> str:
    """Return the text of tokens written after `prompt`, as `write_text` gives it."""
    before = loaded.tokenizer.encode(prompt)
    return loaded.tokenizer.decode([*before, *written])[len(loaded.tokenizer.decode(before)) :]


def _index(loaded: LoadedModel) -> CopyIndex | None:
    try:
        return index_of(loaded)
    except DataError:
        return None
