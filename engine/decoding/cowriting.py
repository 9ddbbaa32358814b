"""Writing together with a language model: a tree of tokens, each chosen by the visitor or drawn by the network.

The tree is immutable; every change gives a new one. Going back never loses anything: what had been written stays as a
branch. How likely each token was is the model's own log-probability, before temperature and cuts.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import torch

from engine.decoding.limits import SamplingSettings, check_characters, check_prompt, check_sampling
from engine.decoding.sampling import generate, next_distribution
from engine.decoding.text import prompt_ids
from engine.errors import InputError
from engine.models.folder import LoadedModel
from engine.models.steps import logits_along, prefill

Author = Literal["visitor", "network"]
AUTHORS: tuple[Author, ...] = ("visitor", "network")
START = -1
MAX_NODES = 2000
MAX_TYPED_CHARACTERS = 200
LONGEST_LINE = 200
ANOTHER_DRAW = 1_000_003  # a step from seed to seed that a visitor's own seeds will not meet


@dataclass(frozen=True)
class WritingNode:
    """One token of the tree.

    Attributes:
        parent: index of the token before it, `START` (-1) where it follows the beginning.
        log_prob: in nats, under the model itself; nan until the tree was read by one (`reread`).
    """

    parent: int
    token_id: int
    author: Author
    log_prob: float = math.nan

    @property
    def nats(self) -> float:
        """Its surprise in nats."""
        return -self.log_prob


@dataclass(frozen=True)
class WritingTree:
    """Everything written after one beginning; `pen` is the node after which the next token goes.

    A node's parent always comes before it, so that there can be no cycle.
    """

    nodes: tuple[WritingNode, ...] = ()
    pen: int = START

    def __post_init__(self) -> None:
        """Refuse what is not a tree.

        Raises:
            InputError: there are too many nodes, or one does not follow an earlier one.
        """
        if len(self.nodes) > MAX_NODES:
            raise InputError(
                f"A tree holds at most {MAX_NODES:,} steps, and this would be {len(self.nodes):,}: "
                "remove a branch or start a new tree."
            )
        seen = set()
        for index, node in enumerate(self.nodes):
            if not START <= node.parent < index:
                raise InputError(f"Step {index} of the tree follows step {node.parent}, which does not come before it.")
            if (node.parent, node.token_id) in seen:
                raise InputError(f"Step {index} of the tree is there twice: the same token after the same step.")
            seen.add((node.parent, node.token_id))
        self._check(self.pen)

    def children(self, node: int) -> list[int]:
        """Return the nodes that follow `node`, oldest first."""
        return [index for index, other in enumerate(self.nodes) if other.parent == node]

    def ends(self) -> list[int]:
        """Return the nodes that nothing follows: the last one of each branch."""
        return sorted(set(range(len(self.nodes))) - {node.parent for node in self.nodes})

    def path(self, node: int | None = None) -> list[int]:
        """Return the nodes from the beginning to `node` (default: the pen)."""
        node = self.pen if node is None else node
        self._check(node)
        found = []
        while node != START:
            found.append(node)
            node = self.nodes[node].parent
        return found[::-1]

    def token_ids(self, node: int | None = None) -> tuple[int, ...]:
        """Return the tokens from the beginning to `node` (default: the pen)."""
        return tuple(self.nodes[index].token_id for index in self.path(node))

    def nats(self, node: int | None = None, author: Author | None = None) -> float:
        """Return the surprise in nats of the text up to `node` (default: the pen), or of one author's share of it."""
        steps = (self.nodes[index] for index in self.path(node))
        return math.fsum(step.nats for step in steps if author in (None, step.author))

    def count(self, author: Author) -> int:
        """Return how many tokens of the text up to the pen are by `author`."""
        return sum(self.nodes[index].author == author for index in self.path())

    def add(self, token_id: int, log_prob: float, author: Author) -> WritingTree:
        """Return the tree with one more token at the pen; one that stands there already is only walked to."""
        return self.extend([(token_id, log_prob)], author)

    def extend(self, tokens: Iterable[tuple[int, float]], author: Author) -> WritingTree:
        """Return the tree with `tokens` (id, log-probability) one after the other at the pen, as `add` does for one."""
        nodes, pen = list(self.nodes), self.pen
        for token_id, log_prob in tokens:
            there = self.children(pen) if pen < len(self.nodes) else []  # a new node is followed by nothing
            known = next((child for child in there if nodes[child].token_id == token_id), None)
            if known is None:
                nodes.append(WritingNode(pen, token_id, author, log_prob))
            pen = len(nodes) - 1 if known is None else known
        return WritingTree(tuple(nodes), pen)

    def undo(self) -> WritingTree:
        """Return the tree with the pen one token back; the token stays as a branch."""
        return self if self.pen == START else dataclasses.replace(self, pen=self.nodes[self.pen].parent)

    def go_to(self, node: int) -> WritingTree:
        """Return the tree with the pen after `node`, where another branch may start."""
        self._check(node)
        return dataclasses.replace(self, pen=node)

    def remove(self, node: int) -> WritingTree:
        """Return the tree without `node` and all that follows it; the pen moves to before it if it stood there."""
        self._check(node)
        gone = {node} if node != START else set()
        positions = {START: START}
        kept: list[WritingNode] = []
        for index, other in enumerate(self.nodes):
            if index in gone or other.parent in gone:
                gone.add(index)
                continue
            positions[index] = len(kept)
            kept.append(dataclasses.replace(other, parent=positions[other.parent]))
        pen = self.nodes[node].parent if self.pen in gone else self.pen
        return WritingTree(tuple(kept), positions[pen])

    def branch_start(self, node: int | None = None) -> int:
        """Return the first node of the branch that `node` (default: the pen) lies on: the last one with a sibling."""
        for index in reversed(self.path(node)):
            parent = self.nodes[index].parent
            if parent == START or len(self.children(parent)) > 1:
                return index
        return START

    def _check(self, node: int) -> None:
        if not START <= node < len(self.nodes):
            raise InputError(f"The tree has no step {node}; its steps are 0 to {len(self.nodes) - 1}.")


def text_at(loaded: LoadedModel, prompt: str, tree: WritingTree, node: int | None = None) -> str:
    """Return the beginning and what was written after it up to `node` (default: the pen)."""
    tokenizer = loaded.tokenizer
    written = tokenizer.decode([*tokenizer.encode(prompt), *tree.token_ids(node)])
    return prompt + written[len(tokenizer.decode(tokenizer.encode(prompt))) :]


def tree_frame(loaded: LoadedModel, tree: WritingTree) -> pd.DataFrame:
    """Return one row per node: `node`, `parent`, `token`, `nats`, `probability`, `author`, `is_on_path`, `is_pen`."""
    path = set(tree.path())
    return pd.DataFrame(
        {
            "node": range(len(tree.nodes)),
            "parent": [node.parent for node in tree.nodes],
            "token": [token_text(loaded, node.token_id) for node in tree.nodes],
            "nats": [node.nats for node in tree.nodes],
            "probability": [math.exp(node.log_prob) for node in tree.nodes],
            "author": [node.author for node in tree.nodes],
            "is_on_path": [index in path for index in range(len(tree.nodes))],
            "is_pen": [index == tree.pen for index in range(len(tree.nodes))],
        }
    )


def token_text(loaded: LoadedModel, token_id: int) -> str:
    """Return what a token adds to a text, its piece where it adds nothing by itself."""
    return loaded.tokenizer.decode([token_id]) or loaded.tokenizer.token(token_id)


@torch.inference_mode()
def alternatives(
    loaded: LoadedModel, prompt: str, token_ids: Sequence[int], temperature: float, top_k: int, top_p: float
) -> pd.DataFrame:
    """Return what could come after the beginning and `token_ids`, likeliest first; marks such as `<unk>` are left out.

    Columns: `token_id`, `token`, `log_prob` and `probability_before` (the model's own), `probability_after` (drawn
        with).
    """
    check_prompt(prompt)
    logits, _ = prefill(loaded.model, [*prompt_ids(loaded, prompt), *token_ids])
    log_probs = logits[0].double().log_softmax(dim=-1)
    marks = _marks(loaded)
    rows = [token_id for token_id in range(len(log_probs)) if token_id not in marks]
    chances = next_distribution(logits[0].float().numpy(), temperature, top_k, top_p)
    frame = pd.DataFrame(
        {
            "token_id": rows,
            "token": [token_text(loaded, token_id) for token_id in rows],
            "log_prob": log_probs[rows].numpy(),
            "probability_before": log_probs[rows].exp().numpy(),
            "probability_after": chances[rows].astype(np.float64),
        }
    )
    return frame.sort_values("log_prob", ascending=False, kind="stable", ignore_index=True)


@torch.inference_mode()
def type_text(loaded: LoadedModel, prompt: str, tree: WritingTree, text: str) -> WritingTree:
    """Return the tree with `text` added by the visitor, token by token.

    Raises:
        InputError: there is no text, it is too long, or the model has never seen a character of it.
    """
    check_characters("Your text", text)
    if not text:
        raise InputError("There is nothing to add: type at least one character.")
    if len(text) > MAX_TYPED_CHARACTERS:
        raise InputError(f"Your text has {len(text):,} characters; at most {MAX_TYPED_CHARACTERS} are added at once.")
    unknown = loaded.tokenizer.unknown_pieces(text)
    if unknown:
        raise InputError(f"The network has never seen {', '.join(unknown)}, so it cannot say how likely that would be.")
    token_ids = loaded.tokenizer.encode(text)
    if not token_ids:
        raise InputError("There is nothing in your text that the network reads.")
    logits, state = prefill(loaded.model, [*prompt_ids(loaded, prompt), *tree.token_ids()])
    tokens = []
    for token_id in token_ids:
        tokens.append((token_id, _log_prob(logits, token_id)))
        logits, state = loaded.model.step(torch.tensor([token_id]), state)
    return tree.extend(tokens, "visitor")


def let_write(
    loaded: LoadedModel, prompt: str, tree: WritingTree, settings: SamplingSettings, *, to_line_end: bool = False
) -> WritingTree:
    """Return the tree with up to `settings.max_new_tokens` tokens drawn by the network, or all up to the end of the
    line.

    The draws go on where those for the text so far would have ended, so that one token a hundred times is the same text
    as a hundred at once, and as `write_text` writes. Where something follows the pen already, other draws are made.
    """
    check_prompt(prompt)
    check_sampling(settings)
    own_settings = vars(settings) | {
        "max_new_tokens": LONGEST_LINE if to_line_end else settings.max_new_tokens,
        "seed": settings.seed + ANOTHER_DRAW * len(tree.children(tree.pen)),
    }
    written = tree.token_ids()
    read = [*prompt_ids(loaded, prompt), *written]
    stop_id = loaded.tokenizer.eos_id
    drawn: list[int] = []
    for token in generate(loaded.steps, read, stop_id=stop_id, draws_made=len(written), **own_settings):
        drawn.append(token.token_id)
        if to_line_end and "\n" in loaded.tokenizer.decode([token.token_id]):
            break
    # Told by the model itself, whatever ran its steps: the same numbers as for what the visitor types.
    logits = logits_along(loaded.model, read, drawn[:-1])
    tokens = [(token_id, _log_prob(row[None], token_id)) for token_id, row in zip(drawn, logits, strict=False)]
    return tree.extend(tokens, "network")


@torch.inference_mode()
def reread(loaded: LoadedModel, prompt: str, tree: WritingTree) -> WritingTree:
    """Return the tree with every probability as `loaded` gives it after `prompt`, whatever it said before.

    Raises:
        InputError: the tree has tokens that the model does not know.
    """
    check_prompt(prompt)
    marks = _marks(loaded)
    for index, node in enumerate(tree.nodes):
        if not 0 <= node.token_id < loaded.tokenizer.vocab_size or node.token_id in marks:
            raise InputError(f"Step {index} of the tree has a token that this network does not know.")
    followers: dict[int, list[int]] = {}
    for index, node in enumerate(tree.nodes):
        followers.setdefault(node.parent, []).append(index)
    log_probs = [math.nan] * len(tree.nodes)
    waiting = [(START, *prefill(loaded.model, prompt_ids(loaded, prompt)))]
    while waiting:
        read, logits, state = waiting.pop()
        for child in followers.get(read, ()):
            token_id = tree.nodes[child].token_id
            log_probs[child] = _log_prob(logits, token_id)
            if child in followers:
                waiting.append((child, *loaded.model.step(torch.tensor([token_id]), state)))
    nodes = (dataclasses.replace(node, log_prob=log_prob) for node, log_prob in zip(tree.nodes, log_probs, strict=True))
    return WritingTree(tuple(nodes), tree.pen)


def _log_prob(logits: torch.Tensor, token_id: int) -> float:
    return float(logits[0].log_softmax(dim=-1)[token_id])


def _marks(loaded: LoadedModel) -> set[int | None]:
    tokenizer = loaded.tokenizer
    return {tokenizer.pad_id, tokenizer.bos_id, tokenizer.eos_id, tokenizer.unk_id} - {None}
