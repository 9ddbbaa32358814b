"""A lazy property is worked out once per object, and one object does not wait for another."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from engine.lazy import lazy_property


@dataclasses.dataclass(frozen=True)
class Asked:
    meeting: Barrier

    @lazy_property
    def answer(self) -> object:
        """Whatever comes, once both are at work."""
        self.meeting.wait(timeout=5)
        return object()


def test_two_objects_are_at_work_at_once() -> None:
    meeting = Barrier(2)
    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(lambda asked: asked.answer, [Asked(meeting), Asked(meeting)])
    assert first is not second


def test_it_is_worked_out_once() -> None:
    asked = Asked(Barrier(1))
    assert asked.answer is asked.answer
    assert Asked.answer.__doc__ == "Whatever comes, once both are at work."
