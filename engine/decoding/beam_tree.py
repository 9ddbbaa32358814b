"""The tree a beam search walks through, with everything it considered and left: a record of `beam`, not a second
search.

Paper: Graves (2012), arXiv 1211.3711, section 3.5 (the search); Strobelt et al. (2018), arXiv 1804.09299 (showing its
tree).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.decoding.beam import ENDED, KEPT, PRUNED, UNCOUNTED, Candidates
from engine.decoding.hypothesis import length_normalised

GIVEN, OUTDONE, OPEN, CUT = "given", "outdone", "open", "cut"
FATES = {
    GIVEN: "was given, not searched",
    KEPT: "among the likeliest of its step, so the search went on from it",
    PRUNED: "pruned: enough others of its step were likelier",
    ENDED: "a finished sentence",
    OUTDONE: "a finished sentence, but enough others scored better",
    UNCOUNTED: "an end too far down its step to count",
    OPEN: "still open when the search stopped: it no longer beat the finished ones",
    CUT: "cut off at the length limit",
}
LEFT = (PRUNED, OUTDONE, UNCOUNTED, OPEN)
ROOT = -1


@dataclass(frozen=True)
class BeamNode:
    """One candidate: a token after a beginning.

    Attributes:
        parent: the node before it, ROOT for a first token.
        step: how many tokens it has from the beginning on, its own included.
        rank: its place among the candidates of its step, 1 the likeliest.
        log_prob: nats of its token after its parent; `total`: of everything up to it.
        fate: one of FATES.
    """

    parent: int
    step: int
    rank: int
    token_id: int
    log_prob: float
    total: float
    fate: str


@dataclass(frozen=True)
class BeamTree:
    """Every candidate of one search, parents before children.

    Attributes:
        found: the node each hypothesis that the search returned ends at, best first.
    """

    nodes: tuple[BeamNode, ...]
    found: tuple[int, ...]
    beam_size: int
    length_penalty: float

    def path(self, node: int) -> list[int]:
        """Return the nodes from the first token to `node`."""
        path = []
        while node != ROOT:
            path.append(node)
            node = self.nodes[node].parent
        return path[::-1]

    def token_ids(self, node: int) -> list[int]:
        """Return the tokens from the first one to the node's own, an end mark included."""
        return [self.nodes[position].token_id for position in self.path(node)]

    def score(self, node: int) -> float:
        """Return what the search compares: the total over the length to the power of the penalty."""
        return length_normalised(self.nodes[node].total, self.nodes[node].step, self.length_penalty)


def build_tree(
    steps: Sequence[Candidates],
    found: Sequence[Sequence[int]],
    beam_size: int,
    length_penalty: float,
    given: Sequence[tuple[int, float]] = (),
) -> BeamTree:
    """Return the tree of one sentence's search.

    Args:
        steps: what `beam` told its observer of that sentence.
        found: the tokens of the hypotheses it returned, best first, an end mark included.
        given: the tokens that every hypothesis had to begin with, and their log-probabilities.
    """
    nodes: list[BeamNode] = []
    for index, (token_id, log_prob) in enumerate(given):
        total = log_prob + (nodes[-1].total if nodes else 0.0)
        nodes.append(BeamNode(index - 1, index + 1, 1, token_id, log_prob, total, GIVEN))
    open_nodes = [len(nodes) - 1]
    for step in steps:
        parents, open_nodes = open_nodes, []
        entries = zip(step.parents, step.token_ids, step.log_probs, step.totals, step.fates, strict=True)
        for rank, (parent, token_id, log_prob, total, fate) in enumerate(entries, start=1):
            if fate == KEPT:
                open_nodes.append(len(nodes))
            nodes.append(BeamNode(parents[parent], step.time, rank, token_id, log_prob, total, fate))
    ends = _find(nodes, found)
    fates = {node: OPEN for node in open_nodes} | {end: CUT for end in ends if nodes[end].fate == KEPT}
    fates |= {node: OUTDONE for node, entry in enumerate(nodes) if entry.fate == ENDED and node not in ends}
    for node, fate in fates.items():
        nodes[node] = replace(nodes[node], fate=fate)
    return BeamTree(tuple(nodes), tuple(ends), beam_size, length_penalty)


def _find(nodes: Sequence[BeamNode], found: Sequence[Sequence[int]]) -> list[int]:
    """Return the node at which each hypothesis ends."""
    below = {(node.parent, node.token_id): index for index, node in enumerate(nodes)}
    ends = []
    for token_ids in found:
        node = ROOT
        for token_id in token_ids:
            node = below[node, token_id]
        ends.append(node)
    return ends
