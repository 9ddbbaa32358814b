"""What is said about a race: where everybody stands, who won and why, and what became of the bet. No torch."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from engine.config import JsonObject
from engine.experiments.findings.verdicts import Standing, Verdict
from engine.plotting.theme import architecture_label
from engine.wording import listing


def standing_words(frame: pd.DataFrame, ended: Sequence[JsonObject]) -> str:
    """Return one sentence on where every architecture stands.

    Args:
        frame: measurements so far: `architecture`, `seed`, `step`, `error`.
        ended: the runs that are over: `architecture`, `step`, `is_solved`.
    """
    parts = []
    for name, rows in frame.groupby("architecture", sort=False):
        solved = sorted(int(run["step"]) for run in ended if run["architecture"] == name and run["is_solved"])
        seeds, label = rows["seed"].nunique(), architecture_label(name)
        if solved:
            parts.append(f"{label}: solved by {len(solved)} of {seeds} seeds, at update {listing(solved)}")
        else:
            last = rows.sort_values("step").groupby("seed").last()
            parts.append(f"{label}: median error {last['error'].median():.3g} at update {int(last['step'].max())}")
    return f"{'; '.join(parts)}."


def verdict_words(verdict: Verdict) -> str:
    """Return who won and why, in one or two sentences."""
    if not verdict.leader:
        return (
            "Nobody has learnt it: no architecture does clearly better than guessing without memory, so there is "
            "no winner."
        )
    first = verdict.standings[0]
    label = architecture_label(verdict.leader)
    why = (
        _solved(first)
        if verdict.by == "steps"
        else f"nobody solves the task with most seeds, and its median loss is the lowest, {_loss(first)}"
    )
    if verdict.winner:
        return f"{label} wins: {why}. {_others(verdict)}".rstrip()
    rivals = listing([architecture_label(name) for name in verdict.rivals])
    return (
        f"No clear winner: {label} comes first ({why}), but the range of {rivals} over the seeds overlaps its own. "
        f"{_others(verdict)}"
    ).rstrip()


def bet_words(verdict: Verdict, bet: str) -> str:
    """Return what became of the bet; "" without one."""
    outcome, label = verdict.of_bet(bet), architecture_label(bet)
    return {
        "": "",
        "right": f"You bet on {label}: you were right.",
        "wrong": f"You bet on {label}: you were wrong.",
        "undecided": f"You bet on {label}: with no clear winner, nobody is right.",
    }[outcome]


def _others(verdict: Verdict) -> str:
    parts = []
    for standing in verdict.standings[1:]:
        solved = f"{standing.solved_runs} of {standing.runs} seeds solved it"
        parts.append(
            f"{architecture_label(standing.architecture)}: "
            f"{_solved(standing) if standing.has_solved else f'{solved}, loss {_loss(standing)}'}"
        )
    return f"{'; '.join(parts)}." if parts else ""


def _solved(standing: Standing) -> str:
    median, low, high = standing.steps
    reach = f"{low:.0f} to {high:.0f}" if math.isfinite(high) else f"from {low:.0f}, and not by every seed"
    return f"solved after {median:.0f} updates ({reach})"


def _loss(standing: Standing) -> str:
    median, low, high = standing.loss
    return f"{median:.3g} ({low:.3g} to {high:.3g})"
