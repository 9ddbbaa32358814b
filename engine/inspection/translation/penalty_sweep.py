"""Which sentence a beam search chooses at each width and length penalty, and whether a measure of quality would choose
it too.

Paper: Popovic (2015), chrF: character n-gram F-score for automatic MT evaluation (chrF, by sacreBLEU).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any

import pandas as pd

from engine.decoding.limits import MAX_BEAM, check_source
from engine.decoding.penalty_sweep import winners_by_setting
from engine.decoding.text import decoding_options, encode_sources
from engine.models.folder import LoadedModel
from engine.wording import listing

WIDTHS = tuple(range(1, MAX_BEAM + 1))
PENALTY_STEP, MOST_PENALTY = 0.2, 2.0
PENALTIES = tuple(round(PENALTY_STEP * position, 1) for position in range(round(MOST_PENALTY / PENALTY_STEP) + 1))


@dataclass(frozen=True)
class SettingsReport:
    """The winners of all settings.

    Attributes:
        cells: one row per setting: width, length_penalty, winner (a letter), score.
        winners: one row per sentence: winner (its letter, A wins most often), text, log_prob, pieces (the end mark
            counts), settings (how many it wins), chrf (against the reference; missing without one), is_finished.
    """

    cells: pd.DataFrame
    winners: pd.DataFrame
    reference: str

    def winner_at(self, width: int, length_penalty: float) -> Any:  # pandas makes the row's class
        """Return the row of `winners` that wins at a setting of the grid."""
        cells = self.cells
        letter = cells.loc[
            (cells["width"] == width) & (cells["length_penalty"] == round(length_penalty, 1)), "winner"
        ].item()
        return next(self.winners[self.winners["winner"] == letter].itertuples())


def inspect_settings(loaded: LoadedModel, source: str, reference: str = "") -> SettingsReport:
    """Return who wins at every width from 1 to 12 and every penalty from 0 to 2.

    Raises:
        InputError: the sentence is empty or too long.
    """
    check_source(source, loaded.tokenizer)
    source_ids, lengths = encode_sources(loaded, [source])
    options = decoding_options(loaded, lengths)
    found = winners_by_setting(loaded.model, source_ids, lengths, widths=WIDTHS, penalties=PENALTIES, **options)
    counts = [int((found.positions == position).sum()) for position in range(len(found.winners))]
    order = sorted(range(len(counts)), key=lambda position: (-counts[position], position))
    letters = dict(zip(order, _letters(), strict=False))
    texts = [loaded.tokenizer.decode(list(winner.token_ids)) for winner in found.winners]
    winners = pd.DataFrame(
        [
            {
                "winner": letters[position],
                "text": texts[position],
                "log_prob": found.winners[position].total,
                "pieces": found.winners[position].length,
                "settings": counts[position],
                "chrf": sentence_chrf(texts[position], reference) if reference.strip() else None,
                "is_finished": found.winners[position].is_finished,
            }
            for position in order
        ]
    )
    cells = pd.DataFrame(
        [
            {
                "width": width,
                "length_penalty": penalty,
                "winner": letters[int(found.positions[row, column])],
                "score": found.winners[found.positions[row, column]].score(penalty),
            }
            for row, width in enumerate(found.widths)
            for column, penalty in enumerate(found.penalties)
        ]
    )
    return SettingsReport(cells, winners, reference)


def nearest_penalty(length_penalty: float) -> float:
    """Return the penalty of the grid that lies nearest."""
    return min(PENALTIES, key=lambda penalty: abs(penalty - length_penalty))


def sentence_chrf(text: str, reference: str) -> float:
    """Return chrF of one sentence, 0 to 100."""
    import sacrebleu

    return sacrebleu.sentence_chrf(text, [reference]).score


def flips_sentence(report: SettingsReport, width: int, length_penalty: float) -> str:
    """Return in plain words which change of width or penalty alone gives another winner than the setting at hand."""
    total = len(report.cells)
    own = report.winner_at(width, length_penalty)
    if len(report.winners) == 1:
        return f"The same sentence wins at all {total} settings: neither the width nor the penalty matters here."
    widths = [other for other in WIDTHS if report.winner_at(other, length_penalty).winner != own.winner]
    penalties = [other for other in PENALTIES if report.winner_at(width, other).winner != own.winner]
    beside = [
        f"at penalty {length_penalty:.1f}, {_values('width', widths)} would"
        if widths
        else f"at penalty {length_penalty:.1f} no other width would",
        f"at width {width}, {_values('penalty', penalties)} would"
        if penalties
        else f"at width {width} no other penalty would",
    ]
    return (
        f"{len(report.winners)} different sentences win somewhere among {total} settings. {own.winner} wins at the "
        f"setting chosen; another would be chosen instead: {beside[0]}; {beside[1]}."
    )


def agreement_sentence(report: SettingsReport, width: int, length_penalty: float) -> str:
    """Return whether the sentence chosen is also the one that chrF finds nearest to the reference."""
    own = report.winner_at(width, length_penalty)
    if report.winners["chrf"].isna().any():
        return "Without a reference there is no telling which of them is best: type one to compare."
    best = next(report.winners.sort_values("chrf", ascending=False, kind="stable").itertuples())
    what = "chrF, the share of short runs of letters that a sentence has in common with the reference,"
    if len(report.winners) == 1:
        return f"{what} gives it {own.chrf:.1f} of 100."
    if own.chrf >= best.chrf:
        return f"{what} is highest for {own.winner} too ({own.chrf:.1f}): network and reference agree here."
    return (
        f"{what} is highest for {best.winner} ({best.chrf:.1f}), not for {own.winner} ({own.chrf:.1f}): what the "
        "network finds likeliest is not what lies nearest to the reference here."
    )


def _values(noun: str, values: Sequence[float]) -> str:
    """Return "width 1, 2 or 3" or, of more than three, their ends."""
    shown = [f"{value:g}" for value in values]
    if len(shown) > 3:
        return f"{len(shown)} others from {noun} {shown[0]} to {shown[-1]}"
    return f"{noun} {listing(shown, ' or ')}"


def _letters() -> itertools.chain[str]:
    return itertools.chain(
        ascii_uppercase, (f"{letter}{count}" for count in itertools.count(2) for letter in ascii_uppercase)
    )
