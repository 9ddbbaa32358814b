"""One beam search as numbers a page can show: every beginning it considered, what became of each, and the winner."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from engine.decoding.beam import Candidates
from engine.decoding.beam_tree import LEFT, ROOT, BeamTree, build_tree
from engine.decoding.limits import SearchSettings, check_search
from engine.decoding.text import Translation, translate
from engine.lazy import lazy_property
from engine.models.folder import LoadedModel
from engine.text import Tokenizer
from engine.text.bpe import WORD_MARK
from engine.text.piece_labels import display_pieces


@dataclass(frozen=True)
class SearchReport:
    """A beam search opened up: what it found, and everything that it considered on the way.

    Whatever looks at a translation or at its search starts from one of these, so that no sentence is searched twice.
    The tables are made when they are first asked for.

    Attributes:
        translations: those that the search ended with, best first.
        steps: what each step considered.
    """

    source: str
    translations: tuple[Translation, ...]
    steps: tuple[Candidates, ...]
    beam_size: int
    length_penalty: float
    tokenizer: Tokenizer = field(repr=False, compare=False)

    @property
    def best(self) -> Translation:
        """The translation that won."""
        return self.translations[0]

    @lazy_property
    def winner_ids(self) -> tuple[int, ...]:
        """The winner's tokens, the end mark included."""
        return self._ids(self.best)

    @lazy_property
    def tree(self) -> BeamTree:
        """Every candidate, parents before children."""
        found = [self._ids(translation) for translation in self.translations]
        return build_tree(self.steps, found, self.beam_size, self.length_penalty)

    @lazy_property
    def nodes(self) -> pd.DataFrame:
        """One row per candidate: node, parent (-1: the beginning), step, rank, piece, text (up to and with it),
        log_prob, total, score, fate (a key of `beam_tree.FATES`), is_winner (on the winner's path), is_found (on the
        path of a hypothesis that the search returned), token_id."""
        tree, tokenizer = self.tree, self.tokenizer
        on_winner = set(tree.path(tree.found[0]))
        on_found = {node for end in tree.found for node in tree.path(end)}
        rows = []
        for index, node in enumerate(tree.nodes):
            before = None if node.parent == ROOT else tree.nodes[node.parent].token_id
            rows.append(
                vars(node)
                | {
                    "node": index,
                    "piece": piece_after(tokenizer, before, node.token_id),
                    "text": tokenizer.decode(tree.token_ids(index)),
                    "score": tree.score(index),
                    "is_winner": index in on_winner,
                    "is_found": index in on_found,
                }
            )
        columns = "node parent step rank piece text log_prob total score fate is_winner is_found token_id".split()
        return pd.DataFrame(rows, columns=columns)

    @lazy_property
    def found(self) -> pd.DataFrame:
        """The translations, best first: place, text, score, log_prob, pieces (the end mark counts), is_finished."""
        rows = [
            {
                "position": position,
                "text": translation.text,
                "score": self.tree.score(node),
                "log_prob": self.tree.nodes[node].total,
                "pieces": self.tree.nodes[node].step,
                "is_finished": translation.is_finished,
            }
            for position, (translation, node) in enumerate(
                zip(self.translations, self.tree.found, strict=True), start=1
            )
        ]
        return pd.DataFrame(rows)

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
        return tuple(self.tree.token_ids(node))

    def _ids(self, translation: Translation) -> tuple[int, ...]:
        return (*translation.target_ids, *[self.tokenizer.eos_id] * translation.is_finished)


def inspect_search(loaded: LoadedModel, source: str, beam_size: int, length_penalty: float) -> SearchReport:
    """Return one beam search of a sentence; a beam of 1 is greedy.

    Raises:
        InputError: the sentence is empty or too long, or a setting is out of bounds.
    """
    check_search(SearchSettings(beam_size, length_penalty))
    steps: list[Candidates] = []
    found = translate(loaded, source, beam_size=beam_size, length_penalty=length_penalty, observe=steps.append)
    return SearchReport(source, tuple(found), tuple(steps), beam_size, length_penalty, loaded.tokenizer)


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
    position = (
        "It led at every step, so taking the likeliest token each time would have found it too."
        if trailing == 0
        else f"At {trailing} of its {len(ranks)} steps another beginning was ahead of it: choosing the likeliest "
        "token each time would have missed it."
    )
    return (
        f"In {steps} steps the search looked at {len(fates)} candidates and left {int(fates.isin(LEFT).sum())} of "
        f"them. The winner, “{winner.text}”, has {winner.log_prob:.2f} nats over {winner.pieces} tokens, a score of "
        f"{winner.score:.3f}. {position}"
    )
