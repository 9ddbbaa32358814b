"""Texts that several visitors have written with one model at the same time: one step for all of them.

There is no thread for it. Whoever wants to read on and finds nothing ready takes some steps for everyone, and what the
others get waits for them; whoever comes meanwhile waits for these steps. A text that nobody reads stops after
`MOST_UNREAD` tokens. Prompts are read in the same steps, beside texts that are being written.

A step that fails changes no text, so that it can be taken again. Where it failed for several, each of them goes on
alone: what is wrong with one text, or more memory than there is, is told to whoever it belongs to.

Steps must give each text the same numbers alone and in a batch (`is_exact_in_batches`): then the same seed writes the
same text whoever else writes. And whoever asks what follows a text that was written here, or the beginning of one, need
not have all of it read again: states at some places of the texts written last are kept.

Shapes: B texts, S numbers of a state, V vocabulary.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Sequence

import numpy as np

from engine.decoding.limits import SamplingSettings
from engine.decoding.sampling import Draws, first_to_ring, next_distribution
from engine.runtimes.program import FlatSteps

STEPS_AT_ONCE = 32  # some 3 ms for one text, 10 for sixteen: others wait no longer for their turn
MOST_UNREAD = 1024
MARKED_EVERY, KEPT_TEXTS = 256, 32  # a state has some 2,000 numbers: 4 MB for a model and 32 texts of 4,000 tokens
_MAKING = threading.Lock()


class _KnownText:
    """A text with the states after some of its beginnings.

    Attributes:
        ids: its tokens. marks: (how many of them are read, the state after them (1, S)), in order.
    """

    def __init__(self, token_ids: Sequence[int]) -> None:
        self.ids = list(token_ids)
        self.marks: list[tuple[int, np.ndarray]] = []

    def mark(self, count: int, state: np.ndarray, is_last: bool = False) -> None:
        """Keep the state (1, S) after `count` tokens if the last one is far enough away, or there will be none."""
        known = self.marks[-1][0] if self.marks else 0
        if count - known >= MARKED_EVERY or (is_last and count > known):
            self.marks.append((count, state.copy()))  # its row of a batch would keep the others'

    def longest(self, token_ids: Sequence[int]) -> tuple[int, np.ndarray | None]:
        """Return how many of these tokens, not all, are read in a state that is kept, and that state."""
        for count, state in reversed(self.marks):
            if count < len(token_ids) and self.ids[:count] == token_ids[:count]:
                return count, state
        return 0, None


class _SharedText(_KnownText):
    """One text that is being written.

    Attributes:
        next_id: the token that is read next. waiting: what is left of the prompt after it.
        unread: tokens written that nobody has taken yet.
        is_apart: whether a step failed that it was part of.
    """

    def __init__(
        self, state: np.ndarray, prompt_ids: Sequence[int], settings: SamplingSettings, stop_id: int | None
    ) -> None:
        super().__init__(prompt_ids)
        self.state, self.stop_id = state, stop_id
        self.next_id, *rest = prompt_ids
        self.waiting = deque(rest)
        self.left = settings.max_new_tokens
        self.chances = (settings.temperature, settings.top_k, settings.top_p)
        self._draws = Draws(settings.seed)
        self._waiting_times: np.ndarray | None = None
        self.unread: deque[int] = deque()
        self.is_over = not self.left
        self.is_apart = False

    def is_stepped(self) -> bool:
        """Return whether it is to go on."""
        return not self.is_over and len(self.unread) < MOST_UNREAD

    def waiting_times(self, size: int) -> np.ndarray:
        """Return the numbers that its next token is drawn with, (size,): the same ones until a token is put."""
        if self._waiting_times is None:
            self._waiting_times = self._draws.waiting_times(size)
        return self._waiting_times

    def put(self, token_id: int) -> None:
        """Add a token that was drawn; while it reads its prompt, the prompt's next stands in for it."""
        self._waiting_times = None
        if self.waiting:
            self.next_id = self.waiting.popleft()
            return
        self.ids.append(token_id)  # the last one too: as many are read as there are before it
        if token_id == self.stop_id:
            self.is_over = True
            return
        self.unread.append(token_id)
        self.next_id = token_id
        self.left -= 1
        self.is_over = not self.left

    def leave(self, state: np.ndarray) -> None:
        """Take its own state (1, S) out of a batch."""
        self.state = state
        self.mark(len(self.ids) - len(self.waiting) - 1, state, is_last=self.is_over)


class Together:
    """All texts that are being written with the same steps; safe to call from many threads."""

    def __init__(self, steps: FlatSteps) -> None:
        self._steps = steps
        self._texts: list[_SharedText] = []
        self._known: deque[_KnownText] = deque(maxlen=KEPT_TEXTS)
        self._changed = threading.Condition()
        self._is_stepping = False

    def write(self, prompt_ids: Sequence[int], settings: SamplingSettings, stop_id: int | None) -> Iterator[int]:
        """Yield the tokens that `engine.decoding.sampling.generate` would, with these settings, after the prompt."""
        text = _SharedText(self._steps.start(1), prompt_ids, settings, stop_id)
        with self._changed:
            self._texts.append(text)
            self._known.append(text)
        try:
            while True:
                is_over = text.is_over  # asked first: its last token is put before that is said
                while text.unread:
                    yield text.unread.popleft()
                if is_over:
                    return
                self._go_on(text)
        finally:
            with self._changed:
                self._texts.remove(text)

    def read(self, token_ids: Sequence[int]) -> np.ndarray:
        """Return the logits (V,) of what follows these tokens, at least one; they are read on from where a text is
        known."""
        text = _KnownText(token_ids)
        with self._changed:
            known = [each.longest(text.ids) for each in self._known]
        count, state = max(known, key=lambda found: found[0], default=(0, None))
        while count < len(text.ids):
            logits, state = self._steps.read(text.ids[count : count + MARKED_EVERY], state)
            count = min(count + MARKED_EVERY, len(text.ids))
            text.mark(count, state)
        if text.marks:
            with self._changed:
                self._known.append(text)
        return logits[0]

    def _go_on(self, text: _SharedText) -> None:
        """Take some steps for everyone, or wait for another's, so that a text has something to read."""
        with self._changed:
            while self._is_stepping:
                self._changed.wait()
                if text.unread or text.is_over:
                    return
            if text.unread or text.is_over:
                return
            self._is_stepping = True
            there = tuple(self._texts)  # one that was left may be collected, and go, while the list is looked through
        try:
            others = () if text.is_apart else there
            self._step([text, *(each for each in others if each.is_stepped() and not each.is_apart and each != text)])
        finally:
            with self._changed:
                self._is_stepping = False
                self._changed.notify_all()

    def _step(self, texts: list[_SharedText]) -> None:
        """Take some steps for these texts, or for the first alone where that fails."""
        try:
            self._step_all(texts)
        except Exception:  # of the runtime, which has kinds of its own
            if len(texts) == 1:
                raise
            for text in texts:
                text.is_apart = True
            self._step_all(texts[:1])

    def _step_all(self, texts: list[_SharedText]) -> None:
        state = np.concatenate([text.state for text in texts])  # (B, S)
        try:
            for _ in range(STEPS_AT_ONCE):
                logits, after = self._steps.step(np.array([text.next_id for text in texts]), state)
                drawn = _drawn(texts, logits)
                state = after  # nothing fails from here on: texts and their states go on together
                for text, token_id in zip(texts, drawn, strict=True):
                    text.put(token_id)
                going = [row for row, text in enumerate(texts) if text.is_stepped()]
                if len(going) < len(texts):
                    _leave(texts, state)
                    texts, state = [texts[row] for row in going], state[going]
                if not texts:
                    return
        finally:
            _leave(texts, state)


def _leave(texts: Sequence[_SharedText], state: np.ndarray) -> None:
    """Give every text its own row of the state (B, S)."""
    for row, text in enumerate(texts):
        text.leave(state[row : row + 1])


def _drawn(texts: Sequence[_SharedText], logits: np.ndarray) -> list[int]:
    """Return the token that each text's row of the logits (B, V) gives, 0 for one that still reads its prompt."""
    drawing: dict[tuple[float, int, float], list[int]] = {}
    for row, text in enumerate(texts):
        if not text.waiting:
            drawing.setdefault(text.chances, []).append(row)
    found = [0] * len(texts)
    for chances, rows in drawing.items():
        given = logits if len(rows) == len(texts) else logits[rows]
        for row, token_id in zip(rows, _draw(given, [texts[row] for row in rows], *chances), strict=True):
            found[row] = token_id
    return found


def _draw(
    logits: np.ndarray, texts: Sequence[_SharedText], temperature: float, top_k: int, top_p: float
) -> Sequence[int]:
    """Return a token for each row of the logits (B, V), as `draw` does for one text."""
    if temperature == 0:
        return logits.argmax(axis=-1).tolist()
    chances = next_distribution(logits, temperature, top_k, top_p)
    waiting = np.stack([text.waiting_times(logits.shape[-1]) for text in texts])
    return first_to_ring(chances, waiting).tolist()


def together_with(steps: FlatSteps) -> Together:
    """Return the one place where texts are written with these steps; it lives as long as they do."""
    with _MAKING:
        if not isinstance(steps.shared, Together):
            steps.shared = Together(steps)
        return steps.shared
