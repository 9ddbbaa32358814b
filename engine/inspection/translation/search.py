"""One beam search as numbers a page can show: every beginning it considered, what became of each, and the winner.

Nothing here is a tensor, so that it can be cached and sent.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, TypedDict

import pandas as pd
from torch import Tensor

from engine.decoding.beam_tree import FATES, LEFT, ROOT, BeamTree, grow_tree
from engine.decoding.limits import SearchSettings, check_search, check_source
from engine.decoding.text import encode_sources
from engine.inspection.translation.words import display_pieces
from engine.models.folder import LoadedModel
from engine.text import Tokenizer
from engine.text.bpe import WORD_MARK


class SearchOptions(TypedDict):
    """The marks and the length limit of a search."""

    bos_id: int
    eos_id: int
    max_new_tokens: int


@dataclass(frozen=True)
class SearchReport:
    """A beam search opened up.

    Attributes:
        nodes: one row per candidate: node, parent (-1: the beginning), step, rank, piece, text (up to and with it),
            log_prob, total, score, fate (a key of `beam_tree.FATES`), is_winner (on the winner's path), is_found (on
            the path of a hypothesis that the search returned).
        found: the hypotheses, best first: place, text, score, log_prob, pieces (the end mark counts), is_finished.
        winner_ids: the winner's tokens, the end mark included.
    """

    nodes: pd.DataFrame
    found: pd.DataFrame
    winner_ids: tuple[int, ...]
    beam_size: int
    length_penalty: float
    elapsed_seconds: float

    @property
    def winner(self) -> Any:  # pandas makes the row's class
        """The best hypothesis: a row of `found`."""
        return next(self.found.itertuples())

    @property
    def left(self) -> pd.DataFrame:
        """The candidates that the search left: pruned, outdone, uncounted or open when it stopped."""
        return self.nodes[self.nodes["fate"].isin(LEFT)]

    def prefix(self, node: int) -> tuple[int, ...]:
        """Return the tokens from the beginning to a candidate."""
        ids: list[int] = []
        while node != ROOT:
            row = self.nodes.iloc[node]
            ids.append(int(row["token_id"]))
            node = int(row["parent"])
        return tuple(reversed(ids))


def search_options(loaded: LoadedModel, lengths: Tensor) -> SearchOptions:
    """Return the marks and the length limit that every search of the page uses."""
    tokenizer = loaded.tokenizer
    return {"bos_id": tokenizer.bos_id, "eos_id": tokenizer.eos_id, "max_new_tokens": 2 * int(lengths.max()) + 10}


def inspect_search(loaded: LoadedModel, source: str, beam_size: int, length_penalty: float) -> SearchReport:
    """Return the tree of one beam search.

    Raises:
        InputError: the sentence is empty or too long, or a setting is out of bounds.
    """
    check_source(source)
    check_search(SearchSettings(beam_size, length_penalty))
    started = time.perf_counter()
    source_ids, lengths = encode_sources(loaded, [source])
    options = search_options(loaded, lengths)
    tree = grow_tree(loaded.model, source_ids, lengths, beam_size=beam_size, length_penalty=length_penalty, **options)
    elapsed_seconds = time.perf_counter() - started
    return SearchReport(
        _nodes_frame(tree, loaded.tokenizer),
        _found_frame(tree, loaded.tokenizer),
        tuple(tree.token_ids(tree.found[0])),
        beam_size,
        length_penalty,
        elapsed_seconds,
    )


def piece_after(tokenizer: Tokenizer, before: int | None, token_id: int) -> str:
    """Return a token's label: a middle dot before it where it continues the word of the token before it."""
    if before is None:
        return display_pieces(tokenizer.tokens([token_id]))[-1]
    # A word of its own in front: without any mark in sight every token would count as a word.
    return display_pieces([f"{WORD_MARK}a", *tokenizer.tokens([before, token_id])])[-1]


def search_sentence(report: SearchReport) -> str:
    """Return in plain words how much the search looked at, what it kept, and what won."""
    fates = report.nodes["fate"]
    winner = report.winner
    steps = int(report.nodes["step"].max())
    ranks = report.nodes.loc[report.nodes["is_winner"], "rank"]
    trailing = int((ranks > 1).sum())
    place = (
        "It led at every step, so taking the likeliest piece each time would have found it too."
        if trailing == 0
        else f"At {trailing} of its {len(ranks)} steps another beginning was ahead of it: choosing the likeliest "
        "piece each "
        "time would have missed it."
    )
    return (
        f"In {steps} steps the search looked at {len(fates)} candidates and left {int(fates.isin(LEFT).sum())} of "
        "them. The winner, "
        f"“{winner.text}”, has {winner.log_prob:.2f} nats over {winner.pieces} pieces, a score of {winner.score:.3f}. "
        f"{place}"
    )


def describe_fate(fate: str) -> str:
    """Return in words what became of a candidate."""
    return FATES[fate]


def _nodes_frame(tree: BeamTree, tokenizer: Tokenizer) -> pd.DataFrame:
    on_winner = set(tree.path(tree.found[0]))
    on_found = {node for end in tree.found for node in tree.path(end)}
    rows = []
    for place, node in enumerate(tree.nodes):
        before = None if node.parent == ROOT else tree.nodes[node.parent].token_id
        rows.append(
            vars(node)
            | {
                "node": place,
                "piece": piece_after(tokenizer, before, node.token_id),
                "text": tokenizer.decode(tree.token_ids(place)),
                "score": tree.score(place),
                "is_winner": place in on_winner,
                "is_found": place in on_found,
            }
        )
    columns = "node parent step rank piece text log_prob total score fate is_winner is_found token_id".split()
    return pd.DataFrame(rows, columns=columns)


def _found_frame(tree: BeamTree, tokenizer: Tokenizer) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "place": place,
                "text": tokenizer.decode(tree.token_ids(node)),
                "score": tree.score(node),
                "log_prob": tree.nodes[node].total,
                "pieces": tree.nodes[node].step,
                "is_finished": tree.nodes[node].token_id == tokenizer.eos_id,
            }
            for place, node in enumerate(tree.found, start=1)
        ]
    )
