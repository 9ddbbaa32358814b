"""The tree a beam search walks through, with everything it considered and left: a record of `beam`, not a second
search.

K beam, T tokens of a hypothesis, S source tokens.

Paper: Graves (2012), arXiv 1211.3711, section 3.5 (the search); Strobelt et al. (2018), arXiv 1804.09299 (showing its
tree).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from engine.decoding.beam import ENDED, KEPT, PRUNED, UNCOUNTED, Candidates, beam
from engine.decoding.hypothesis import Hypothesis, length_normalised
from engine.models.translator import Decoder

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
        return [self.nodes[place].token_id for place in self.path(node)]

    def score(self, node: int) -> float:
        """Return what the search compares: the total over the length to the power of the penalty."""
        return length_normalised(self.nodes[node].total, self.nodes[node].step, self.length_penalty)


def grow_tree(
    model: Decoder,
    source_ids: Tensor,
    lengths: Tensor,
    *,
    beam_size: int,
    max_new_tokens: int,
    bos_id: int,
    eos_id: int,
    length_penalty: float = 1.0,
    is_exact: bool = False,
    prefix_ids: Sequence[int] = (),
) -> BeamTree:
    """Return the tree of one beam search for one source (1, S); see `beam` for the rest."""
    steps: list[Candidates] = []
    found = beam(
        model,
        source_ids,
        lengths,
        beam_size=beam_size,
        max_new_tokens=max_new_tokens,
        bos_id=bos_id,
        eos_id=eos_id,
        length_penalty=length_penalty,
        is_exact=is_exact,
        prefix_ids=prefix_ids,
        observe=steps.append,
    )[0]
    nodes = _given_nodes(prefix_ids, found)
    open_nodes = [len(nodes) - 1]
    for step in steps:
        parents, open_nodes = open_nodes, []
        entries = zip(step.parents, step.token_ids, step.log_probs, step.totals, step.fates, strict=True)
        for rank, (parent, token_id, log_prob, total, fate) in enumerate(entries, start=1):
            if fate == KEPT:
                open_nodes.append(len(nodes))
            nodes.append(BeamNode(parents[parent], step.time, rank, token_id, log_prob, total, fate))
    places = _find(nodes, found, eos_id)
    fates = {node: OPEN for node in open_nodes} | {place: CUT for place in places if nodes[place].fate == KEPT}
    fates |= {node: OUTDONE for node, entry in enumerate(nodes) if entry.fate == ENDED and node not in places}
    for node, fate in fates.items():
        nodes[node] = BeamNode(**(vars(nodes[node]) | {"fate": fate}))
    return BeamTree(tuple(nodes), tuple(places), beam_size, length_penalty)


def _given_nodes(prefix_ids: Sequence[int], found: list[Hypothesis]) -> list[BeamNode]:
    nodes, total = [], 0.0
    for place, token_id in enumerate(prefix_ids):
        log_prob = found[0].log_probs[place]  # all hypotheses begin alike
        total += log_prob
        nodes.append(BeamNode(place - 1, place + 1, 1, token_id, log_prob, total, GIVEN))
    return nodes


def _find(nodes: list[BeamNode], found: list[Hypothesis], eos_id: int) -> list[int]:
    """Return the node at which each hypothesis ends."""
    below = {(node.parent, node.token_id): place for place, node in enumerate(nodes)}
    places = []
    for hypothesis in found:
        place = ROOT
        for token_id in [*hypothesis.token_ids, *[eos_id] * hypothesis.is_finished]:
            place = below[place, token_id]
        places.append(place)
    return places
