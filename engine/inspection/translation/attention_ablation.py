"""Attention tested: what a translation owes to where the decoder looked, step by step, with controls.

Shapes: T target steps, S source pieces, K shuffles, V vocabulary.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from engine.decoding.attention_edits import edited, forced_log_probs, read_prefix, write_on
from engine.decoding.attention_settings import AttentionEdit
from engine.decoding.limits import max_target_length
from engine.decoding.text import Translation, encode_sources
from engine.errors import InputError
from engine.inspection.translation.search import SearchReport
from engine.models.folder import LoadedModel
from engine.text.piece_labels import display_pieces
from engine.wording import percent

NEGLIGIBLE_NATS = 0.1  # a factor of 1.1 in probability; a smaller change is called none
SHUFFLES = 20
SEED = 7
ALTERNATIVES = 8


@dataclass(frozen=True)
class Trial:
    """A translation and what each of its words loses when its step's attention is taken away.

    Attributes:
        steps: one row per step: `step` from 1, `piece`, `log_prob`, `looked_at`, `looked_at_word` (from 0), `weight`,
            and the change of the log-probability, in nats, under `uniform` weights, with that word `removed`, and
            `shuffled` (mean and `shuffled_spread`, the standard deviation, over `SHUFFLES` orders).
    """

    translation: Translation
    steps: pd.DataFrame

    @property
    def most_telling_step(self) -> int:
        """The step, from 1, whose word loses most when the weights are spread evenly."""
        return 1 + int(self.steps["uniform"].to_numpy().argmin())


@dataclass(frozen=True)
class EditReport:
    """A step written with changed attention, beside the same step untouched.

    Attributes:
        step: from 1; `kept` are the labels of the pieces before it.
        own_weights, edited_weights: (S,) at the step.
        log_prob_own, log_prob_edited: of the original translation's piece at this step, nats.
        rest_own, rest_edited: of all its later pieces together, each told what the original wrote; end mark included.
        choices: the likeliest pieces with either attention: `piece`, `token_id`, `own`, `edited` (probabilities).
        untouched, rewritten: labels of what is written from this step on, and their texts with what was kept.
    """

    step: int
    original: str
    kept: list[str]
    own_weights: np.ndarray
    edited_weights: np.ndarray
    log_prob_own: float
    log_prob_edited: float
    rest_own: float
    rest_edited: float
    choices: pd.DataFrame
    untouched: list[str]
    rewritten: list[str]
    untouched_text: str
    rewritten_text: str
    scope: str

    @property
    def change(self) -> float:
        """By how many nats the original piece became likelier (above 0) or less likely."""
        return self.log_prob_edited - self.log_prob_own

    @property
    def rest_change(self) -> float:
        """By how many nats the rest of the original translation became likelier."""
        return self.rest_edited - self.rest_own

    @property
    def is_rewritten(self) -> bool:
        """Whether anything else was written than without the edit."""
        return self.untouched != self.rewritten


@torch.inference_mode()
def open_trial(loaded: LoadedModel, searched: SearchReport) -> Trial:
    """Return the translation that a search found with the controls for each of its steps.

    Raises:
        InputError: the network does not look back, or it wrote nothing.
    """
    best = searched.best
    if not loaded.model.has_attention:
        raise InputError(f"{loaded.info.name} has no attention that could be put on trial.")
    if not best.target_ids:
        raise InputError("The network wrote nothing, so it looked nowhere.")
    return Trial(best, _controls(loaded, best))


def _forced(loaded: LoadedModel, source: str, given: list[int]) -> Callable[..., tuple[Tensor, Tensor]]:
    """Return what gives the log-probabilities and the attention of a given translation, under `weights` or its own."""
    sources = encode_sources(loaded, [source])
    return partial(forced_log_probs, loaded.model, *sources, given, loaded.tokenizer.bos_id)


def _controls(loaded: LoadedModel, translation: Translation) -> pd.DataFrame:
    """Return `Trial.steps`, all changes from one pass: the rows are the untouched weights and each kind of change to
    every step."""
    words, forced = translation.source_words, _forced(loaded, translation.source, list(translation.target_ids))
    (log_probs,), (weights,) = forced()
    by_word = torch.stack([weights[:, word.start : word.stop].sum(dim=1) for word in words], dim=1)
    best = by_word.argmax(dim=1)
    removed = weights.clone()
    if len(words) > 1:
        for step, position in enumerate(best.tolist()):
            edit = AttentionEdit("remove", words[position].start, words[position].stop)
            removed[step] = edited(weights[step : step + 1], edit)[0]
    shuffles = [edited(weights, AttentionEdit("shuffle", seed=SEED + number)) for number in range(SHUFFLES)]
    rows = torch.stack([edited(weights, AttentionEdit("uniform")), removed, *shuffles])
    found, _ = forced(weights=rows)
    change = (found - log_probs).double().numpy()  # (2 + K, T)
    return pd.DataFrame(
        {
            "step": range(1, len(best) + 1),
            "piece": translation.target_pieces,
            "log_prob": log_probs.double().numpy(),
            "looked_at": [words[position].text for position in best.tolist()],
            "looked_at_word": best.numpy(),
            "weight": by_word.max(dim=1).values.double().numpy(),
            "uniform": change[0],
            "removed": change[1],
            "shuffled": change[2:].mean(axis=0),
            "shuffled_spread": change[2:].std(axis=0),
        }
    )


@torch.inference_mode()
def try_edit(loaded: LoadedModel, trial: Trial, step: int, edit: AttentionEdit) -> EditReport:
    """Return what becomes of a translation when the attention of a step, from 1, is changed.

    Raises:
        InputError: there is no such step or word.
    """
    token_ids = trial.translation.target_ids
    if not 1 <= step <= len(token_ids):
        raise InputError(f"The translation has {len(token_ids)} steps; there is no step {step}.")
    tokenizer, model, at = loaded.tokenizer, loaded.model, step - 1
    source_ids, lengths = encode_sources(loaded, [trial.translation.source])
    prefix, given = list(token_ids[:at]), [*token_ids, *[tokenizer.eos_id] * trial.translation.is_finished]

    first_id, state = read_prefix(model, source_ids, lengths, prefix, tokenizer.bos_id)
    limit = max(1, max_target_length(source_ids.shape[1]) - at)
    written, log_probs, used = write_on(model, first_id, state, [None, edit], at, limit=limit, eos_id=tokenizer.eos_id)
    own = used[0].float().numpy()
    piece_own, piece_edited = (float(row[given[at]]) for row in log_probs)
    rest = _rest(_forced(loaded, trial.translation.source, given), at, edit)
    return EditReport(
        step=step,
        original=label_after(loaded, prefix, given[at]),
        kept=display_pieces(tokenizer.tokens(prefix)),
        own_weights=own,
        edited_weights=used[1].float().numpy(),
        log_prob_own=piece_own,
        log_prob_edited=piece_edited,
        rest_own=rest[0],
        rest_edited=rest[1],
        choices=_choices(loaded, prefix, log_probs),
        untouched=_labels(loaded, prefix, written[0].token_ids),
        rewritten=_labels(loaded, prefix, written[1].token_ids),
        untouched_text=tokenizer.decode(prefix + written[0].token_ids),
        rewritten_text=tokenizer.decode(prefix + written[1].token_ids),
        scope=edit.scope,
    )


def _rest(forced: Callable[..., tuple[Tensor, Tensor]], at: int, edit: AttentionEdit) -> tuple[float, float]:
    """Return the nats of the pieces after the step, told the original's, untouched and edited."""
    own, used = forced()
    stop = at + 1 if edit.scope == "step" else used.shape[1]
    weights = used.clone()
    weights[0, at:stop] = edited(used[0, at:stop], edit, at)
    changed, _ = forced(weights=weights)
    return float(own[0, at + 1 :].sum()), float(changed[0, at + 1 :].sum())


def _choices(loaded: LoadedModel, prefix: list[int], log_probs: Tensor) -> pd.DataFrame:
    likeliest = log_probs.max(dim=0).values.topk(min(ALTERNATIVES, log_probs.shape[1])).indices.tolist()
    shares = log_probs[:, likeliest].exp().double().numpy()
    frame = pd.DataFrame(
        {
            "piece": [label_after(loaded, prefix, i) for i in likeliest],
            "token_id": likeliest,
            "own": shares[0],
            "edited": shares[1],
        }
    )
    return frame.sort_values("own", ascending=False, ignore_index=True)


def label_after(loaded: LoadedModel, prefix: list[int], token_id: int) -> str:
    """Return the label of a piece that comes after `prefix`."""
    return _labels(loaded, prefix, [token_id])[0]


def _labels(loaded: LoadedModel, prefix: list[int], token_ids: list[int]) -> list[str]:
    """Return the labels of pieces that come after `prefix`: whether one continues a word depends on it."""
    return display_pieces(loaded.tokenizer.tokens([*prefix, *token_ids]))[len(prefix) :]


def verdict(trial: Trial, report: EditReport) -> str:
    """Return in plain words whether the change mattered, and whether attention mattered at this step at all."""
    row = trial.steps.iloc[report.step - 1]
    return f"{_edit_verdict(report)} {_step_verdict(row)}"


def _edit_verdict(report: EditReport) -> str:
    change = report.change
    before, after = (percent(math.exp(log_prob)) for log_prob in (report.log_prob_own, report.log_prob_edited))
    odds = f"from {before} to {after}, {change:+.2f} nats"
    if abs(change) < NEGLIGIBLE_NATS:
        sentence = f"This change did not matter: “{report.original}” goes {odds}, less than {NEGLIGIBLE_NATS:g} nats."
    else:
        direction = "likelier" if change > 0 else "less likely"
        sentence = f"This change mattered: “{report.original}” becomes {direction}, {odds}."
    if report.is_rewritten:
        return f"{sentence} The network now writes something else."
    return f"{sentence} The network still writes the same."


def _step_verdict(row: pd.Series) -> str:
    uniform = f"with its weights spread evenly the word changes by {row.uniform:+.2f} nats"
    shuffled = f"shuffled, by {row.shuffled:+.2f} (mean of {SHUFFLES} shuffles, ± {row.shuffled_spread:.2f})"
    is_needed = min(row.uniform, row.shuffled) <= -NEGLIGIBLE_NATS
    if is_needed:
        return f"Attention mattered at this step: {uniform}; {shuffled}."
    if max(abs(row.uniform), abs(row.shuffled)) < NEGLIGIBLE_NATS:
        return (
            f"Attention did not matter at this step, whatever the map shows: {uniform}; {shuffled}. What was "
            "already written was enough."
        )
    return f"Attention did not help at this step: {uniform}; {shuffled}."


def rest_sentence(report: EditReport) -> str:
    """Return what the edit does to the likelihood of the rest of the original translation."""
    if report.scope == "step":
        return (
            f"The rest of the original translation is as likely as before ({report.rest_change:+.2f} nats) if it is "
            "written all the same: in this network a step's attention reaches its own word only, and later words "
            "change only because another word was written."
        )
    return (
        f"The rest of the original translation, given word by word, goes from {report.rest_own:.2f} to "
        f"{report.rest_edited:.2f} nats ({report.rest_change:+.2f}) when every step from here on is changed."
    )


def trial_sentence(trial: Trial) -> str:
    """Return for how many of all steps attention mattered, by the uniform control."""
    lost = trial.steps["uniform"].to_numpy()
    mattered = int((lost <= -NEGLIGIBLE_NATS).sum())
    row = trial.steps.iloc[trial.most_telling_step - 1]
    most = (
        f"“{row.piece}” would lose most, {-row.uniform:.2f} nats" if row.uniform < 0 else "no word would lose anything"
    )
    return (
        f"With even weights {mattered} of {len(lost)} tokens would lose at least {NEGLIGIBLE_NATS:g} nats; {most}. "
        "For the others it made no difference where the network looked, or even weights would have served better."
    )
