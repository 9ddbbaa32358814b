"""Nested brackets: opening brackets of several kinds, and a closing mark that does not say which one it closes."""

from __future__ import annotations

import numpy as np
import torch

from engine.tasks.base import TASKS, Task, TaskBatch

KINDS = 4  # opening brackets, ids 0..3
CLOSE = KINDS
DEEPEST = 8


@TASKS.register("brackets")
class Brackets(Task):
    """`length` brackets; every closing one is the same mark, and the target there is the kind of the bracket that it
    closes.

    Whoever answers must know what is still open, and in which order: a stack, up to eight deep. A bracket is opened or
    closed by the toss of a coin, except where nothing is open, where eight are, or where the rest of the sequence is
    needed to close what is open. With an odd length one bracket stays open.

    Every closing mark is asked for. The kinds are drawn evenly and independently, so that nothing but memory helps:
    about half of the answers are the bracket opened one step earlier, the others go back up to the whole sequence.

    Paper: Hewitt et al. (2020), RNNs can generate bounded hierarchical languages with optimal memory, arXiv 2010.07515,
    for brackets of bounded depth.
    Differs: the closing brackets look alike, and their kind is what is asked for.
    """

    title = "Nested brackets"
    question = "Which kind of bracket is closed here?"
    length_words = "brackets in the sequence"
    solved_text = "at least 99 % of the closing brackets in held-out sequences right"
    family = "structure"
    allows_bidirectional = False
    order_matters = True
    shortest = 2
    vocab_size = KINDS + 1
    equally_likely = KINDS
    output_size = KINDS

    def batch(self, batch_size: int, generator: torch.Generator) -> TaskBatch:
        """Return token ids (B, length) and, at every closing bracket, the kind of its opening one."""
        is_opened, levels = self._walk(torch.randint(2, (batch_size, self.length), generator=generator).bool().numpy())
        kinds = torch.randint(KINDS, (batch_size, self.length), generator=generator).numpy()
        targets = np.zeros_like(kinds)
        for level in range(DEEPEST):
            # What a bracket closes is the last one that was opened as deep as it.
            opened = np.where(is_opened & (levels == level), np.arange(self.length), 0)
            last = np.maximum.accumulate(opened, axis=1)
            targets = np.where(~is_opened & (levels == level), np.take_along_axis(kinds, last, 1), targets)
        inputs = np.where(is_opened, kinds, CLOSE)
        return TaskBatch(torch.from_numpy(inputs), torch.from_numpy(targets), torch.from_numpy(~is_opened))

    def _walk(self, coins: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return where a bracket is opened (B, length), as the coins fall unless only the other is possible, and how
        many are open around each (B, length)."""
        is_opened, levels = np.empty_like(coins), np.empty(coins.shape, dtype=np.int64)
        depth = np.zeros(len(coins), dtype=np.int64)
        for step in range(self.length):
            opens = (depth == 0) | (coins[:, step] & (depth < min(self.length - step, DEEPEST)))
            is_opened[:, step], levels[:, step] = opens, np.where(opens, depth, depth - 1)
            depth += np.where(opens, 1, -1)
        return is_opened, levels
