"""What else the network could have written: the other translations of a search or of other seeds, and the other words
at a place."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
import torch

from engine.decoding.text import Translation, encode_sources
from engine.errors import InputError
from engine.models.base import select
from engine.models.folder import LoadedModel
from engine.text.piece_labels import BLANK, CONTINUES, display_pieces, group_pieces
from engine.wording import percent

MAX_PIECES = 12


def hypotheses_table(reports: Sequence[Translation]) -> pd.DataFrame:
    """Return one row per translation in their order: text, score, log-probability (nats), and that per piece, end mark
    counted."""
    rows = []
    for position, report in enumerate(reports, start=1):
        pieces = len(report.log_probs) + report.is_finished
        rows.append(
            {
                "position": position,
                **({"seed": report.sampling.seed} if report.sampling else {"score": round(report.score, 4)}),
                "translation": report.text,
                "log_probability_nats": round(report.total_log_prob, 4),
                "tokens": pieces,
                "nats_per_token": round(report.total_log_prob / max(1, pieces), 4),
                "is_complete": report.is_finished,
            }
        )
    return pd.DataFrame(rows)


def runner_up_sentence(reports: Sequence[Translation]) -> str:
    """Return in one sentence how near the second translation of a search came to the first."""
    others = [report for report in reports[1:] if report.text != reports[0].text]
    if not others:
        return (
            "The search ended with this one translation only."
            if len(reports) == 1
            else "All that the search ended with read the same."
        )
    best, other = reports[0], others[0]
    odds = math.exp(min(abs(best.total_log_prob - other.total_log_prob), 700))
    apart = f"{best.score - other.score:.3f} apart in score"
    if best.total_log_prob >= other.total_log_prob:
        return f"The runner-up is {apart}; the network holds the winner {_times(odds)} as likely."
    return (
        f"The runner-up is {apart}, although the network holds it {_times(odds)} as likely as the winner: "
        "the length penalty favours the longer one."
    )


@torch.inference_mode()
def word_alternatives(
    loaded: LoadedModel, source: str, target_ids: Sequence[int], position: int, count: int = 5
) -> pd.DataFrame:
    """Return what the network could have written instead of the word at `position`, likeliest first piece first.

    It reads its own translation up to there; the `count` likeliest next pieces are each continued greedily to the end
    of the word. Columns: word, pieces, first_piece_probability, probability (the product over the pieces), is_written.
    The word that was written is a row of its own if it is not among them.

    Raises:
        InputError: there is no word at this place.
    """
    tokenizer, target_ids = loaded.tokenizer, list(target_ids)
    words = group_pieces(tokenizer.tokens(target_ids))
    if not 0 <= position < len(words):
        raise InputError(f"The translation has {len(words)} words; there is no word {position + 1}.")
    word = words[position]
    before, written = target_ids[: word.start], target_ids[word.start : word.stop]
    state = loaded.model.start(*encode_sources(loaded, [source]))
    for token_id in [tokenizer.bos_id, *before]:
        logits, state = loaded.model.step(torch.tensor([token_id]), state)
    log_probs = logits.log_softmax(dim=-1)[0]
    firsts = log_probs.topk(count).indices.tolist()
    if written[0] not in firsts:
        firsts.append(written[0])
    runs = [[token_id] for token_id in firsts]
    totals = [float(log_probs[token_id]) for token_id in firsts]
    is_open = [token_id != tokenizer.eos_id for token_id in firsts]
    state = select(state, torch.zeros(len(firsts), dtype=torch.long))
    for length in range(1, MAX_PIECES):
        if not any(is_open):
            break
        logits, state = loaded.model.step(torch.tensor([run[-1] for run in runs]), state)
        following = logits.log_softmax(dim=-1)
        for row, run in enumerate(runs):
            if not is_open[row]:
                continue
            if run[0] == written[0]:  # this row is the word as it was written, whatever is likeliest now
                token_id = written[length] if length < len(written) else None
            else:
                token_id = int(following[row].argmax())
                token_id = None if _ends_word(loaded, [*before, *run], token_id) else token_id
            is_open[row] = token_id is not None
            if token_id is not None:
                run.append(token_id)
                totals[row] += float(following[row, token_id])
    rows = [
        {
            "word": _label(loaded, before, run),
            "pieces": " ".join(display_pieces(tokenizer.tokens([*before, *run]))[len(before) :]),
            "first_piece_probability": math.exp(float(log_probs[run[0]])),
            "probability": math.exp(total),
            "is_written": run[0] == written[0],
        }
        for run, total in zip(runs, totals, strict=True)
    ]
    return pd.DataFrame(rows)


def alternatives_sentence(table: pd.DataFrame) -> str:
    """Return in one sentence how sure the network was of the word it wrote and what it would have written next."""
    written, others = table[table["is_written"]].iloc[0], table[~table["is_written"]]
    second = others.iloc[0]
    return (
        f"In place of “{written['word']}” ({percent(written['probability'], 0)}) the likeliest other word was "
        f"“{second['word']}” ({percent(second['probability'], 0)})."
    )


def _ends_word(loaded: LoadedModel, token_ids: list[int], following: int) -> bool:
    """Return whether the token `following` begins a new word after `token_ids`, or ends the sentence."""
    if following == loaded.tokenizer.eos_id:
        return True
    words = group_pieces(loaded.tokenizer.tokens(token_ids))
    return len(group_pieces(loaded.tokenizer.tokens([*token_ids, following]))) > len(words)


def _label(loaded: LoadedModel, before: list[int], run: list[int]) -> str:
    """Return a run of pieces as one word; one that goes on with the word before it shows that word, then a middle
    dot."""
    tokens = loaded.tokenizer.tokens([*before, *run])
    shown = display_pieces(tokens)[len(before) :]
    label = shown[0] + "".join(piece.removeprefix(CONTINUES) for piece in shown[1:])
    word = next(word for word in group_pieces(tokens) if word.start <= len(before) < word.stop)
    return (
        "".join(word.pieces[: len(before) - word.start]).removeprefix(BLANK) + label
        if word.start < len(before)
        else label
    )


def _times(odds: float) -> str:
    return f"{odds:,.1f} times" if odds < 1000 else "over 1,000 times"
