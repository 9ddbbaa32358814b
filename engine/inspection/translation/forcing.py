"""Teacher forcing: one sentence decoded along its reference, on its own (free), and by a rule per step.

A step writes one piece. After it the decoder reads either the reference's piece (it is told) or its own choice. T
counts the reference's pieces with its end mark; the last step is told nothing, as nothing follows.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

from engine.decoding.limits import MAX_SOURCE_CHARACTERS, check_reference, check_source
from engine.decoding.scheduled_sampling import Mixed, Put, decode_mixed, toss_coins
from engine.decoding.text import decoding_options, encode_sources
from engine.errors import InputError
from engine.inspection.translation.alignment import first_difference, line_up
from engine.models.folder import LoadedModel
from engine.text.piece_labels import BLANK, CONTINUES, display_pieces
from engine.wording import counted, percent

ALL, NONE, FIRST = "all", "none", "first"
MAX_STEP = 999
RATIOS = (0.0, 0.25, 0.5, 0.75, 1.0)
SEEDS = 20
ALTERNATIVES = 8
# Nats per piece from which a reference is called foreign. Measured with both networks of the pair on 400 sentences of
# Multi30k and 400 of Tatoeba (test): 99 % of true references stay below 4.4, 99 % of the untranslated sources lie above
# 4.8.
FOREIGN_NATS = 4.5
_RANGE = re.compile(r"(\d{1,4})(?:\s*[-\N{EN DASH}]\s*(\d{1,4}))?")


@dataclass(frozen=True)
class DecoderRun:
    """One decoding of the sentence.

    Attributes:
        pieces, log_probs: what it would write at each step, and its log-probability (nats); ends with the end mark it
            read.
        reads: what it read after each step; `text` is what they spell.
        losses: nats that each of the reference's T pieces cost at its step, also after the run is over.
        is_finished: whether it ended by itself; False where it was cut off at the limit.
    """

    pieces: list[str]
    log_probs: list[float]
    reads: list[str]
    text: str
    losses: np.ndarray
    is_finished: bool

    @property
    def mean_loss(self) -> float:
        """Nats per piece of the reference."""
        return float(self.losses.mean())

    def first_difference(self, reference: list[str]) -> int | None:
        """Return the first step, from 0, at which it would write another piece than the reference; None where it never
        does."""
        return first_difference(self.pieces, reference)


@dataclass(frozen=True)
class ForcingReport:
    """A sentence decoded in three ways along one reference; no tensor in it.

    Attributes:
        reference: labels of the T pieces.
        told: whether the mixed run was told the reference's piece after each step, (T - 1).
        forced, mixed, free: always told, told as `told` says, never told.
        alternatives: the likeliest pieces at each step of the free run that it did not read next, as (name,
            probability); a name begins with a middle dot where the piece continues a word or is a mark of punctuation.
        mixed_kl, free_kl: KL(forced || mixed) and KL(forced || free) between the distributions of the next piece, nats,
            (T,).
    """

    reference: list[str]
    told: tuple[bool, ...]
    forced: DecoderRun
    mixed: DecoderRun
    free: DecoderRun
    alternatives: list[list[tuple[str, float]]]
    mixed_kl: np.ndarray
    free_kl: np.ndarray

    @property
    def exposure_gap(self) -> float:
        """Nats per piece that the reference costs more when the decoder reads its own choices instead of it."""
        return self.free.mean_loss - self.forced.mean_loss


def inspect_forcing(loaded: LoadedModel, source: str, reference: str, steps: str = ALL) -> ForcingReport:
    """Return the forced, the free and a mixed decoding of `source`; `steps` says where the mixed one is told, see
    `read_steps`.

    Raises:
        InputError: the source or the reference is empty or too long, or `steps` cannot be read.
    """
    target_ids = reference_ids(loaded, source, reference)
    told = read_steps(steps, len(target_ids))
    flags = torch.tensor([[True] * len(told), list(told), [False] * len(told)])
    found = decode(loaded, source, target_ids, flags)
    forced, mixed, free = runs_of(loaded, found, target_ids)
    count = len(target_ids) + 1
    mixed_kl, free_kl = (divergence(found.log_probs[0, :count], found.log_probs[row, :count]) for row in (1, 2))
    labels = display_pieces(loaded.tokenizer.tokens([*target_ids, loaded.tokenizer.eos_id]))
    others = _alternatives(loaded, found, 2)
    return ForcingReport(labels, told, forced, mixed, free, others, mixed_kl, free_kl)


def reference_ids(loaded: LoadedModel, source: str, reference: str) -> list[int]:
    """Return the ids of a reference, without end mark.

    Raises:
        InputError: the source or the reference is empty or too long, or nothing of the reference can be read.
    """
    check_source(source, loaded.tokenizer)
    if len(reference) > MAX_SOURCE_CHARACTERS:
        raise InputError(
            f"The reference has {len(reference):,} characters; at most {MAX_SOURCE_CHARACTERS:,} are read at once."
        )
    check_reference(reference, loaded.tokenizer)
    ids = loaded.tokenizer.encode(reference)
    if not ids:
        raise InputError("There is nothing in the reference that the network can read.")
    return ids


def reference_labels(loaded: LoadedModel, source: str, reference: str) -> list[str]:
    """Return the pieces of a reference as labels, without the end mark: the steps after which something can be told."""
    return display_pieces(loaded.tokenizer.tokens(reference_ids(loaded, source, reference)))


def chosen_steps(loaded: LoadedModel, source: str, reference: str, steps: str) -> str:
    """Return `steps` as numbers where they are "first": the one step at which the network, on its own, first leaves the
    reference; where it never does, all.

    Raises:
        InputError: the source or the reference is empty or too long.
    """
    if steps.strip().lower() != FIRST:
        return steps
    report = inspect_forcing(loaded, source, reference, NONE)
    at = report.free.first_difference(report.reference)
    if at is None or at >= len(report.told):
        return ALL
    return str(at + 1)


def read_steps(text: str, count: int) -> tuple[bool, ...]:
    """Return for each of `count` steps whether it is named in `text`: "all", "none" or steps from 1 as in "1-4, 7".

    Steps that are not there are passed over, as a link may meet a shorter reference.

    Raises:
        InputError: it says something else.
    """
    plain = text.strip().lower()
    if plain in (ALL, NONE, ""):
        return (plain == ALL,) * count
    told = [False] * count
    for part in plain.split(","):
        match = _RANGE.fullmatch(part.strip())
        if match is None or int(match[1]) < 1:
            raise InputError(
                f"The steps must be “{ALL}”, “{NONE}”, “{FIRST}” or numbers from 1 as in “1-4, 7”; "
                f"“{part.strip()[:30]}” is none of these."
            )
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise InputError(f"The steps “{part.strip()}” run backwards; write the smaller number first.")
        for step in range(first, min(last, count) + 1):
            told[step - 1] = True
    return tuple(told)


def write_steps(told: tuple[bool, ...]) -> str:
    """Return `told` in the words that `read_steps` reads."""
    if all(told) or not any(told):
        return ALL if told and told[0] else NONE
    steps = [step for step, flag in enumerate(told, start=1) if flag]
    starts = [step for step in steps if step - 1 not in steps]
    ends = [step for step in steps if step + 1 not in steps]
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in zip(starts, ends, strict=True))


def leading_steps(told: tuple[bool, ...]) -> int:
    """Return how many steps from the first on are told."""
    return next((step for step, flag in enumerate(told) if not flag), len(told))


def tossed_steps(loaded: LoadedModel, source: str, reference: str, teacher_forcing_ratio: float, seed: int) -> str:
    """Return the steps that are told when a coin decides at each, as in scheduled sampling."""
    coins = toss_coins(teacher_forcing_ratio, seed, len(reference_ids(loaded, source, reference)))
    return write_steps(tuple(coins.tolist()))


def coin_outcomes(loaded: LoadedModel, source: str, reference: str, ratios: tuple[float, ...] = RATIOS) -> pd.DataFrame:
    """Return a row per ratio and seed: steps told, nats per piece of the reference, and what was passed on.

    A ratio of 0 or 1 leaves nothing to chance and has one row.
    """
    target_ids, rows = reference_ids(loaded, source, reference), []
    for ratio in ratios:
        seeds = range(1 if ratio in (0.0, 1.0) else SEEDS)
        told = torch.stack([toss_coins(ratio, seed, len(target_ids)) for seed in seeds])
        found = decode(loaded, source, target_ids, told)
        for seed, flags, run in zip(seeds, told.tolist(), runs_of(loaded, found, target_ids), strict=True):
            rows.append((ratio, seed, sum(flags), run.mean_loss, run.text))
    return pd.DataFrame(rows, columns=["teacher_forcing_ratio", "seed", "steps_told", "nats_per_token", "text"])


def summarise_coins(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a row per ratio: seeds, mean, lowest and highest nats per piece, and how many different texts came out."""
    groups = frame.groupby("teacher_forcing_ratio")
    summary = groups["nats_per_token"].agg(["count", "mean", "min", "max"]).round(4)
    summary["different_texts"] = groups["text"].nunique()
    return summary.reset_index().rename(columns={"count": "seeds"})


def switched(told: tuple[bool, ...], step: int) -> str:
    """Return the steps that are told after the switch of one, from 1, was turned."""
    return write_steps(tuple(flag != (position == step) for position, flag in enumerate(told, start=1)))


def inverted(told: tuple[bool, ...]) -> str:
    """Return the steps that are told after every switch was turned."""
    return write_steps(tuple(not flag for flag in told))


def coins_sentence(frame: pd.DataFrame) -> str:
    """Return in one sentence what the share of told steps does to the loss."""
    rows = summarise_coins(frame).set_index("teacher_forcing_ratio")
    half = rows.loc[0.5]
    return (
        f"Given the reference always, the loss is {rows.loc[1.0, 'mean']:.2f} nats per token; half the time, "
        f"{half['mean']:.2f} on average over {half['seeds']:.0f} seeds, from {half['min']:.2f} to {half['max']:.2f}, "
        f"depending on which steps the coins pick; never, {rows.loc[0.0, 'mean']:.2f}."
    )


@dataclass(frozen=True)
class Arrangement:
    """Rows of pieces in columns; None is an empty place.

    Attributes:
        pieces, shares: each row's pieces and their probabilities (0 to 1) by its name.
        expected: what each row's piece should have been by the first row, by its name.
        steps: the step of the first row in each column, from 1.
        divergence: the first column, from 0, in which the last row is not the first.
    """

    pieces: dict[str, list[str | None]]
    shares: dict[str, list[float | None]]
    expected: list[str | None]
    steps: list[int | None]
    divergence: int | None


Rows = dict[str, tuple[list[str], list[float] | None]]  # pieces and their log-probabilities by name


def arrange(rows: Rows, by_piece: bool, fixed: tuple[str, ...] = ()) -> Arrangement:
    """Return rows of pieces and their log-probabilities in columns: a step each, or equal pieces under each other.

    Rows named in `fixed` keep to the steps of the first row in either case.
    """
    first, *others = rows
    given = rows[first][0]
    columns: dict[str, list[int | None]]
    if by_piece:
        moving = [name for name in others if name not in fixed]
        base, placed = line_up(given, [rows[name][0] for name in moving])
        columns = {first: base} | dict(zip(moving, placed, strict=True))
        columns |= {
            name: [position if position is not None and position < len(rows[name][0]) else None for position in base]
            for name in fixed
        }
    else:
        width = max(len(pieces) for pieces, _ in rows.values())
        columns = {
            name: [position if position < len(pieces) else None for position in range(width)]
            for name, (pieces, _) in rows.items()
        }
        base = list(range(width))
    pieces = {name: [None if at is None else rows[name][0][at] for at in columns[name]] for name in rows}
    shares = {
        name: [None if at is None else math.exp(log_probs[at]) for at in columns[name]]
        for name, (_, log_probs) in rows.items()
        if log_probs is not None
    }
    steps = [None if at is None else at + 1 for at in base]
    return Arrangement(pieces, shares, pieces[first], steps, first_difference(pieces[first], pieces[others[-1]]))


def arrange_forcing(report: ForcingReport, by_piece: bool) -> Arrangement:
    """Return the rows of a report: the reference, the mixed, the forced and the free run."""
    runs = {"Yours": report.mixed, "Forced": report.forced, "Free": report.free}
    rows: Rows = {"Reference": (report.reference, None)}
    rows |= {name: (run.pieces, run.log_probs) for name, run in runs.items()}
    return arrange(rows, by_piece, fixed=("Forced",))


def forcing_table(report: ForcingReport) -> pd.DataFrame:
    """Return a row per step: who was told, each run's piece, the reference's loss under each (nats) and the divergences
    (nats)."""
    runs = {"forced": report.forced, "mixed": report.mixed, "free": report.free}
    steps = max(len(report.reference), *(len(run.pieces) for run in runs.values()))
    columns: dict[str, object] = {"reference": report.reference, "is_told": list(report.told)}
    for name, run in runs.items():
        columns |= {name: run.pieces, f"{name}_log_probability": run.log_probs}
    for name, run in runs.items():
        columns[f"reference_loss_{name}"] = run.losses
    columns |= {"kl_forced_mixed": report.mixed_kl, "kl_forced_free": report.free_kl}
    frame = pd.DataFrame({name: pd.Series(values).reindex(range(steps)) for name, values in columns.items()})
    frame.insert(0, "step", range(1, steps + 1))
    return frame.round(4)


def forcing_sentence(report: ForcingReport) -> str:
    """Return in plain words, with the numbers, where forced and free part and what reading its own words costs."""
    count, forced, free = len(report.reference), report.forced, report.free
    at = free.first_difference(report.reference)
    if at is None:
        return (
            f"On its own the network writes the reference: all {count} tokens are the same, so teacher forcing changes "
            f"nothing here; the loss is {forced.mean_loss:.2f} nats per token either way."
        )
    right = sum(own == given for own, given in zip(forced.pieces, report.reference, strict=False))
    given = f"“{report.reference[at]}”" if at < count else "nothing more"
    wrote = (
        f"“{free.pieces[at]}” ({percent(math.exp(free.log_probs[at]), 0)})" if at < len(free.pieces) else "nothing more"
    )
    odds = f" ({percent(math.exp(-forced.losses[at]), 0)})" if at < count else ""
    return (
        f"They differ from token {at + 1}: the reference goes on with {given}{odds}, the network on its own with "
        f"{wrote}. Given the reference after every step, it gets {right} of {count} tokens right by itself, and its "
        f"loss is {forced.mean_loss:.2f} nats per token of the reference; reading its own words instead, "
        f"{free.mean_loss:.2f}."
    )


def lesson(report: ForcingReport) -> str:
    """Return what the exposure gap of this sentence means, in one or two sentences."""
    gap = report.exposure_gap
    if gap < 0.05:
        return (
            f"The exposure bias, as the gap of the two losses, is {gap:.2f} nats per token: on this sentence it makes "
            "next to no difference whether the network is given the reference. Training shows it what it meets in use."
        )
    return (
        f"The exposure bias, as the gap of the two losses, is {gap:.2f} nats per token: in training, always given the "
        "reference, the network never reads its own mistakes. Not every nat is a mistake: a good translation in other "
        "words leaves the reference too, and one word more or less moves all that follow."
    )


def mixed_sentence(report: ForcingReport) -> str:
    """Return what the mixed run was told, and what it cost."""
    told, count = sum(report.told), len(report.told)
    if told == count:
        return (
            "Your row is given the reference after every step: it is the forced row. Leave one step to the network, "
            "and watch everything after it."
        )
    if told == 0:
        return "Your row is never given the reference: it is the free row. Give it one step, and watch all after it."
    changed = int((report.mixed_kl >= 0.1).sum())
    forced, mixed, free = (run.mean_loss for run in (report.forced, report.mixed, report.free))
    return (
        f"Your row is given the reference after {counted(told, 'step')} of {count} and reads its own words after the "
        f"others: that takes the loss from {free:.2f} (free) to {mixed:.2f} nats per token (forced: {forced:.2f}). At "
        f"{changed} of {count + 1} steps its prediction differs from the forced row's by 0.1 nats or more."
    )


def foreign_sentence(report: ForcingReport, target_language: str) -> str | None:
    """Return a warning where even the forced network finds the reference too unlikely to be a translation; None where
    not."""
    loss = report.forced.mean_loss
    if loss < FOREIGN_NATS:
        return None
    return (
        f"This reference does not read like a translation into {target_language}: even given every token before it, "
        f"the network finds each one 1 in {math.exp(loss):,.0f} ({loss:.1f} nats; of real references 99 % stay below "
        "4.4). Is it in another language, or does it translate another sentence?"
    )


def piece_name(token: str) -> str:
    """Return what a piece can be asked for by: itself where it begins a word, else a middle dot and itself."""
    label = display_pieces([token])[0]
    return label if label != token else CONTINUES + label


def decode(
    loaded: LoadedModel, source: str, target_ids: list[int], told: torch.Tensor, put: Put | None = None
) -> Mixed:
    """Return the decodings of `source` that `told` (B, T - 1) and `put` describe; see `decode_mixed`."""
    source_ids, lengths = encode_sources(loaded, [source])
    options = decoding_options(loaded, lengths)
    return decode_mixed(loaded.model, source_ids, lengths, target_ids, told, put=put, **options)


def runs_of(loaded: LoadedModel, found: Mixed, target_ids: list[int]) -> list[DecoderRun]:
    """Return each row of `found` with its pieces as text."""
    tokenizer, runs = loaded.tokenizer, []
    losses = found.losses(target_ids, tokenizer.eos_id).numpy()
    for row, length in enumerate(found.lengths.tolist()):
        own, read = found.own_ids[row, :length].tolist(), found.read_ids[row, :length].tolist()
        log_probs = found.log_probs[row, :length].max(dim=-1).values.tolist()
        is_finished = read[-1] == tokenizer.eos_id
        runs.append(
            DecoderRun(
                display_pieces(tokenizer.tokens(own)),
                log_probs,
                display_pieces(tokenizer.tokens(read)),
                tokenizer.decode([token for token in read if token != tokenizer.eos_id]),
                losses[row],
                is_finished,
            )
        )
    return runs


def _alternatives(loaded: LoadedModel, found: Mixed, row: int) -> list[list[tuple[str, float]]]:
    tokenizer, length = loaded.tokenizer, int(found.lengths[row])
    never = {tokenizer.eos_id, tokenizer.bos_id, tokenizer.pad_id, tokenizer.unk_id}
    shares, ids = found.log_probs[row, :length].exp().topk(min(ALTERNATIVES + len(never) + 1, tokenizer.vocab_size))
    steps = []
    for read, step_shares, step_ids in zip(found.read_ids[row].tolist(), shares.tolist(), ids.tolist(), strict=False):
        pairs = [(tokenizer.token(token), share, token) for token, share in zip(step_ids, step_shares, strict=True)]
        others = [(piece_name(text), share) for text, share, token in pairs if token not in never | {read}]
        steps.append([(name, share) for name, share in others if name != BLANK][:ALTERNATIVES])
    return steps


def divergence(log_p: torch.Tensor, log_q: torch.Tensor) -> np.ndarray:
    """Return KL(p || q) in nats for each row of two tables of log-probabilities (T, V)."""
    return (log_p.exp() * (log_p - log_q)).sum(dim=-1).clamp(min=0).numpy()
