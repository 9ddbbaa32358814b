"""What would have come of another beginning: a pruned one brought back, or the winner with one piece of it replaced."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import torch

from engine.decoding.beam_tree import ROOT
from engine.decoding.forced import forced
from engine.decoding.hypothesis import length_normalised
from engine.decoding.limits import SearchSettings, check_characters, check_search, check_source, max_target_length
from engine.decoding.text import encode_sources, search
from engine.errors import InputError
from engine.inspection.translation.search import SearchReport, piece_after
from engine.models.folder import LoadedModel

MAX_TRIES = 8
MAX_TYPED_CHARACTERS = 60
ALTERNATIVES = 10
_CODE = re.compile(r"[0-9a-f]{6}(-[0-9]{1,6}(\.[0-9]{1,6}){0,399})*")


@dataclass(frozen=True)
class Try:
    """What a search makes of a given beginning.

    Attributes:
        token_ids: the whole sentence, an end mark included.
        beginning: the text of what was given; `text`: the whole sentence.
        pieces, log_probs: labels and nats of every piece, the end mark's last; the first `given` of them were given.
        score: sum of `log_probs` over their number to the power of the penalty.
    """

    token_ids: tuple[int, ...]
    beginning: str
    text: str
    pieces: list[str]
    log_probs: list[float]
    given: int
    score: float
    is_finished: bool

    @property
    def log_prob(self) -> float:
        """Log-probability of the whole sentence in nats."""
        return sum(self.log_probs)


def search_from(
    loaded: LoadedModel, source: str, prefix_ids: Sequence[int], beam_size: int, length_penalty: float
) -> Try:
    """Return the best sentence that begins with `prefix_ids`, found by the same beam.

    A beginning that ends in the end mark, or is as long as a sentence may be, is scored as it is.

    Raises:
        InputError: the sentence or the beginning is empty or too long, or a token of it is none of the model's.
    """
    check_source(source, loaded.tokenizer)
    check_search(SearchSettings(beam_size, length_penalty))
    source_ids, lengths = encode_sources(loaded, [source])
    limit, tokenizer = max_target_length(int(lengths[0])), loaded.tokenizer
    _check_prefix(loaded, prefix_ids, limit)
    eos_id = tokenizer.eos_id
    if prefix_ids[-1] == eos_id or len(prefix_ids) == limit:
        ids, is_finished = list(prefix_ids), prefix_ids[-1] == eos_id
        written, marks = ids[: len(ids) - is_finished], {"bos_id": tokenizer.bos_id, "eos_id": eos_id}
        log_probs = forced(loaded.model, source_ids, lengths, written, **marks).log_probs[: len(ids)].tolist()
    else:
        found = search(loaded, source_ids, lengths, beam_size, length_penalty, prefix_ids=prefix_ids)[0][0]
        log_probs, is_finished = found.log_probs, found.is_finished
        ids = found.token_ids + [eos_id] * is_finished
    return Try(
        token_ids=tuple(ids),
        beginning=tokenizer.decode(list(prefix_ids)),
        text=tokenizer.decode(ids),
        pieces=[piece_after(tokenizer, before, token) for before, token in zip([None, *ids], ids, strict=False)],
        log_probs=log_probs,
        given=len(prefix_ids),
        score=length_normalised(sum(log_probs), len(log_probs), length_penalty),
        is_finished=is_finished,
    )


@torch.inference_mode()
def alternatives_after(loaded: LoadedModel, source: str, prefix_ids: Sequence[int]) -> pd.DataFrame:
    """Return the likeliest pieces after a beginning, likeliest first: token_id, piece, probability, log_prob.

    Raises:
        InputError: the sentence is empty or too long, or a token of the beginning is none of the model's.
    """
    check_source(source, loaded.tokenizer)
    source_ids, lengths = encode_sources(loaded, [source])
    if prefix_ids:
        _check_prefix(loaded, prefix_ids, max_target_length(int(lengths[0])))
    state = loaded.model.start(source_ids, lengths)
    for token_id in (loaded.tokenizer.bos_id, *prefix_ids):
        logits, state = loaded.model.step(torch.tensor([token_id]), state)
    best, tokens = logits[0].float().log_softmax(dim=-1).topk(ALTERNATIVES)
    before = prefix_ids[-1] if prefix_ids else None
    return pd.DataFrame(
        {
            "token_id": tokens.tolist(),
            "piece": [piece_after(loaded.tokenizer, before, token) for token in tokens.tolist()],
            "probability": best.exp().tolist(),
            "log_prob": best.tolist(),
        }
    )


def type_after(loaded: LoadedModel, prefix_ids: Sequence[int], typed: str) -> tuple[int, ...]:
    """Return a beginning and the pieces of what was typed after it.

    Raises:
        InputError: nothing was typed, too much, or letters that the model never saw.
    """
    check_characters("What you typed", typed)
    if not typed.strip():
        raise InputError("There is nothing to go on with: type a word.")
    if len(typed) > MAX_TYPED_CHARACTERS:
        raise InputError(f"That is {len(typed):,} characters; at most {MAX_TYPED_CHARACTERS} can be put in at once.")
    unknown = loaded.tokenizer.unknown_pieces(typed.strip())
    if unknown:
        raise InputError(f"The network can write no {', '.join(unknown)}: training never showed it. Type another word.")
    return (*prefix_ids, *loaded.tokenizer.encode(typed))


def write_code(mark: str, tries: Sequence[Sequence[int]]) -> str:
    """Return the tries as letters for a URL, behind a mark (6 hexadecimal digits) of what they belong to; "" for
    none."""
    return "-".join([mark, *(".".join(map(str, ids)) for ids in tries)]) if tries else ""


def read_code(mark: str, code: str) -> list[tuple[int, ...]]:
    """Return the tries in a code; none where it belongs to something else.

    Raises:
        InputError: it is not such a code.
    """
    if not code:
        return []
    if not _CODE.fullmatch(code) or code.count("-") > MAX_TRIES:
        raise InputError("The list of beginnings in the address is damaged; it was not used.")
    written_for, *tries = code.split("-")
    return [tuple(int(token) for token in ids.split(".")) for ids in tries] if written_for == mark else []


def try_sentence(report: SearchReport, found: Try) -> str:
    """Return in plain words what came of a beginning, beside the winner of the search."""
    winner = report.winner
    gap = found.score - winner.score
    verdict = f"Score {found.score:.3f}, {abs(gap):.3f} {'better' if gap > 0 else 'worse'} than the winner."
    if found.text == winner.text:
        verdict = f"Score {found.score:.3f}: the winner itself."
    elif gap > 1e-4:
        verdict += " The search was wrong to leave it: a narrow beam sees only a few steps ahead."
    cut = "" if found.is_finished else " It was cut off at the length limit."
    return f"“{found.beginning or '(nothing)'}” goes on to “{found.text or '(nothing)'}”. {verdict}{cut}"


def tries_table(report: SearchReport, tries: Sequence[Try]) -> pd.DataFrame:
    """Return one row per try with its score and the gap to the winner."""
    return pd.DataFrame(
        [
            {
                "beginning": found.beginning,
                "sentence": found.text,
                "score": round(found.score, 4),
                "gap_to_winner": round(found.score - report.winner.score, 4),
                "log_probability_nats": round(found.log_prob, 4),
                "tokens": len(found.log_probs),
            }
            for found in tries
        ]
    )


def lanes_frame(report: SearchReport, tries: Sequence[Try]) -> pd.DataFrame:
    """Return where each try runs beside the tree: a row per piece that lies outside it, from the node it leaves at.

    Columns: lane (1 is the first try), step, piece, probability, is_given, leaves_at (the node of the tree before the
    lane's first piece; -1: the beginning).
    """
    nodes = report.nodes
    below = {(row.parent, row.token_id): row.node for row in nodes.itertuples()}
    rows = []
    for lane, found in enumerate(tries, start=1):
        at, depth = ROOT, 0
        while depth < found.given and (at, found.token_ids[depth]) in below:
            at, depth = below[at, found.token_ids[depth]], depth + 1
        for step in range(depth, len(found.token_ids)):
            rows.append((lane, step + 1, found.pieces[step], math.exp(found.log_probs[step]), step < found.given, at))
    return pd.DataFrame(rows, columns=["lane", "step", "piece", "probability", "is_given", "leaves_at"])


def _check_prefix(loaded: LoadedModel, prefix_ids: Sequence[int], limit: int) -> None:
    tokenizer = loaded.tokenizer
    marks = {tokenizer.bos_id, tokenizer.pad_id}
    if not prefix_ids:
        raise InputError("There is no beginning to go on from.")
    if (
        any(token >= tokenizer.vocab_size or token in marks for token in prefix_ids)
        or tokenizer.eos_id in prefix_ids[:-1]
    ):
        raise InputError("A beginning in the list is not one this network can write; remove it.")
    if len(prefix_ids) > limit:
        raise InputError(
            f"The beginning has {len(prefix_ids):,} subword tokens; for this sentence at most {limit:,} can be given."
        )
