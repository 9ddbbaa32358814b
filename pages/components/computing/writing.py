"""Text written live: several networks in turn, at a readable rate, kept when the visitor stops or clicks elsewhere."""

from __future__ import annotations

import contextlib
import itertools
import secrets
import threading
import time
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pages.components.computing import cache
from pages.components.controls import state
from pages.components.controls.forms import Controls

# Streamlit's cost per update is larger than the network's per character, so text goes out in flushes.
FLUSH_SECONDS = 0.12
# The first flush waits longer: updates in quick succession keep a slow browser from ever drawing the Stop button.
FIRST_FLUSH_SECONDS = 0.35
MESSAGES_PER_SECOND = 15  # of all networks on a page together; a slow line or browser falls behind at more
LARGEST_SEED = 10_000


@dataclass
class Writing:
    """What has been written for one combination of settings; it lives in the session and is filled as text arrives."""

    key: str
    texts: dict[str, str] = field(default_factory=dict)
    elapsed_seconds: float = 0.0
    day: str = field(default_factory=lambda: cache.today())
    is_finished: bool = False
    is_stopped: bool = False

    @property
    def character_count(self) -> int:
        """Number of characters written by all networks together."""
        return sum(map(len, self.texts.values()))

    @property
    def is_complete(self) -> bool:
        """Whether there is nothing more to write, because all is written or the visitor said stop."""
        return self.is_finished or self.is_stopped

    def summary(self) -> str:
        """Return one sentence on how much was written and how fast."""
        count, seconds = self.character_count, self.elapsed_seconds
        speed = f", {count / seconds:,.0f} per second" if seconds > 0 else ""
        verb = "Stopped after" if self.is_stopped and not self.is_finished else "Wrote"
        return f"{verb} {count:,} characters in {seconds:.2f} s{speed}."


def current(page: str, key: str) -> Writing:
    """Return what this visitor's page holds for the settings `key`, or an empty sheet."""
    writing = state.recall(page, "writing")
    return writing if writing is not None and writing.key == key else Writing(key)


def stop(page: str) -> None:
    """Keep what is written and write no more until the settings change; for the Stop button's on_click."""
    state.amend(page, "writing", is_stopped=True)


def reseed(controls: Controls) -> None:
    """Draw another seed, so that the next run writes another text; for a button's on_click."""
    controls.set("seed", secrets.randbelow(LARGEST_SEED))


def begin(page: str, key: str, names: Iterable[str]) -> Writing:
    """Put an empty sheet in the session and return it; call it before the Stop button is drawn, which acts on it."""
    writing = Writing(key, dict.fromkeys(names, ""))
    state.remember(page, "writing", writing)
    return writing


# Where visitors' texts do not share their steps, two visitors write at a time, a flush long, and the others wait for
# their turn: four threads that take each other's interpreter away at every operation write less together than two
# (`tests/benchmarks/test_generation_speed.py` measures it).
_TURN = threading.Semaphore(2)


def stream(
    writing: Writing,
    sources: Mapping[str, Callable[[], Generator[str]]],
    draw: Callable[[str, str], None],
    together: Collection[str] = (),
) -> Writing:
    """Let every source write in turn until all are done, drawing each about eight times a second, and more rarely where
    they are many; return what was written.

    A click anywhere ends the script at one of the `draw` calls; the text is in the session before each of them. The
    same settings give the same text, so a page that is run again with the same key simply writes it again.

    Args:
        together: the sources whose texts share their steps with other visitors'.
    """
    running = {name: source() for name, source in sources.items()}
    begun = time.perf_counter()
    pause = FIRST_FLUSH_SECONDS
    with contextlib.ExitStack() as open_sources:  # left in the middle, a text would be written on with the others'
        for chunks in running.values():
            open_sources.enter_context(contextlib.closing(chunks))
        while running:
            writers = list(running.items())
            share = max(pause / len(writers), 1 / MESSAGES_PER_SECOND)
            pause = FLUSH_SECONDS
            for name, chunks in writers:
                with contextlib.nullcontext() if name in together else _TURN:
                    has_more = _write_for(share, name, chunks, writing)
                if not has_more:
                    del running[name]
            writing.elapsed_seconds = time.perf_counter() - begun
            for name, _ in writers:
                draw(name, writing.texts[name])
    writing.is_finished = True
    return writing


def stream_slowly(
    chunks: Iterator[str], draw: Callable[[str], None], lines: int = 2, characters_per_second: int = 90
) -> str:
    """Draw what `chunks` yield at reading pace until `lines` lines are full; return what was written."""
    text = ""
    per_flush = max(1, round(characters_per_second * FLUSH_SECONDS))
    while len(_full_lines(text)) < lines:
        part = "".join(itertools.islice(chunks, per_flush))
        if not part:
            break
        text += part
        draw(_first_lines(text, lines))
        time.sleep(FLUSH_SECONDS)
    return _first_lines(text, lines)


def _full_lines(text: str) -> list[str]:
    return [line for line in text.split("\n")[:-1] if line.strip()]


def _first_lines(text: str, lines: int) -> str:
    return "\n".join([line for line in text.split("\n") if line.strip()][:lines])


def _write_for(seconds: float, name: str, chunks: Iterator[str], writing: Writing) -> bool:
    """Let one source write for about `seconds`; return whether it has more to write."""
    begun = time.perf_counter()
    has_more = True
    parts = []
    while time.perf_counter() - begun < seconds:
        chunk = next(chunks, None)
        if chunk is None:
            has_more = False
            break
        parts.append(chunk)
    writing.texts[name] += "".join(parts)
    return has_more
