"""What a lesson is made of, and how a prediction is judged against what a network has just computed.

Each step asks for a prediction first, names what to do on a page, and knows by the page's own settings when that has
been done. Paper: Crouch, Fagen, Callan and Mazur (2004), who measured that a demonstration is remembered when it was
predicted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.errors import InputError
from engine.registry import Registry
from engine.wording import shortened

LONGEST_PREDICTION = 60  # characters
LONGEST_SHOWN = 30

LESSONS: Registry[Lesson] = Registry("lesson", package="engine.lessons.course", order=lambda lesson: lesson.number)


@dataclass(frozen=True)
class Between:
    """Bounds that the value of a parameter must lie between, both of them allowed."""

    low: float
    high: float

    def __contains__(self, said: object) -> bool:
        try:
            return self.low <= float(str(said)) <= self.high
        except ValueError:
            return False


@dataclass(frozen=True)
class Question:
    """What is asked, with what a network gives for it.

    Attributes:
        ask: the question, with the numbers of this text and network in it.
        answer: a number, one of `options`, or a word.
        tell: the answer in a sentence.
        why: what explains it.
        options: what can be chosen; empty where a number or a word is asked for.
        also: other words that are right.
        tolerance: how far off a number may be.
        until: parameters of the page that must come to lie between bounds which only the network tells.
    """

    ask: str
    answer: float | str
    tell: str
    why: str
    options: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    tolerance: float = 0.0
    until: Mapping[str, Between] = field(default_factory=dict)

    @property
    def is_number(self) -> bool:
        """Whether a number is asked for."""
        return isinstance(self.answer, float)


@dataclass(frozen=True)
class Problem:
    """A question of a step, with the view of the page it is looked at in.

    Attributes:
        pose: a module's own function that gives the `Question`; it gets the loaded model first, where `model` names
            one, or the table, then the arguments.
        settings: parameters of the page's address at the beginning; those not in `until` are to stay as they are.
        until: the values that parameters must have once the step has been done; several are alternatives.
    """

    pose: Callable[..., Question]
    settings: Mapping[str, str]
    until: Mapping[str, tuple[str, ...] | Between]
    model: str | None = None
    table: str | None = None
    arguments: tuple[Any, ...] = ()  # numbers, strings, tuples and frozen dataclasses

    def is_done(self, question: Question, said: Callable[[str], str]) -> bool:
        """Return whether the page's parameters are what the step asks for; `said` gives each as text."""
        until: dict[str, tuple[str, ...] | Between] = {**self.until, **question.until}
        return all(said(name) in wanted for name, wanted in until.items())

    def strayed(self, question: Question, said: Callable[[str], str]) -> list[str]:
        """Return the settings that were changed though the question is about them; "" is what is not known yet."""
        free = {*self.until, *question.until}
        return [name for name, value in self.settings.items() if name not in free and said(name) not in ("", value)]


@dataclass(frozen=True)
class LessonStep:
    """One step of a lesson.

    Attributes:
        name: within its lesson; "LESSON.STEP" names it in links.
        page: the name of the page it is done on.
        text: what it is about.
        do: what to do there.
        hint: what helps, on request.
        problems: the first one, and others of the same kind with other numbers.
    """

    name: str
    title: str
    page: str
    text: str
    do: str
    hint: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Lesson:
    """A lesson of some minutes.

    Attributes:
        number: its place in the course.
        aim: what a person knows after it, in one sentence.
    """

    name: str
    number: int
    title: str
    minutes: int
    aim: str
    steps: tuple[LessonStep, ...] = field(default_factory=tuple)

    def key(self, step: LessonStep) -> str:
        """Return what names a step in links and in a person's progress."""
        return f"{self.name}.{step.name}"


@dataclass(frozen=True)
class Judged:
    """What became of a prediction."""

    is_right: bool
    sentence: str


def register(lesson: Lesson) -> Lesson:
    """File a lesson under its name."""
    return LESSONS.register(lesson.name)(lesson)


def find_step(key: str) -> tuple[Lesson, LessonStep]:
    """Return the lesson and the step that "LESSON.STEP" names.

    Raises:
        InputError: there is none, as in a link of an older course.
    """
    for _, lesson in LESSONS.items():
        for step in lesson.steps:
            if lesson.key(step) == key:
                return lesson, step
    raise InputError(
        f"This course has no step “{shortened(key, LONGEST_SHOWN)}”; the link may be of an older version. The Lessons "
        "page lists every step."
    )


def read_number(text: str) -> float:
    """Return the number that a person typed: 0.7, 0,7, 70 %, -3, 1e-5, 1/3.

    Raises:
        InputError: it is none.
    """
    given = text.strip().replace("\N{MINUS SIGN}", "-").replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
    share = 100 if given.endswith("%") else 1
    parts = given.removesuffix("%").replace(",", ".").split("/")
    try:
        value = float(parts[0]) / (float(parts[1]) if len(parts) == 2 else 1) / share
    except (ValueError, ZeroDivisionError):
        value = float("nan")
    if len(parts) > 2 or value - value != 0:
        raise InputError(
            f"Type a number, such as 0.7, \N{MINUS SIGN}1.2 or 30 %; “{shortened(text, LONGEST_SHOWN)}” is not one."
        )
    return value


def judge(question: Question, prediction: str) -> Judged:
    """Return whether a prediction is right, in a sentence that says what the network gives.

    Raises:
        InputError: the prediction is empty, or no number where one is asked for.
    """
    if not prediction.strip():
        raise InputError("Predict first; a guess will do.")
    if len(prediction) > LONGEST_PREDICTION:
        raise InputError(f"A prediction has at most {LONGEST_PREDICTION} characters.")
    if isinstance(question.answer, float):
        off = abs(read_number(prediction) - question.answer)
        if off <= question.tolerance:
            return Judged(True, f"Right. {question.tell}")
        near = "Close, but not close enough." if off <= 3 * question.tolerance else "Not this time."
        return Judged(False, f"{near} {question.tell}")
    right = {_bare(word) for word in (question.answer, *question.also)}
    if _bare(prediction) in right:
        return Judged(True, f"Right. {question.tell}")
    return Judged(False, f"Not this time. {question.tell}")


def read_progress(text: str) -> tuple[frozenset[str], list[str]]:
    """Return the steps that a link ticks off, and those in it that the course does not have."""
    known = {lesson.key(step) for _, lesson in LESSONS.items() for step in lesson.steps}
    named = [part for part in re.split(r"[,\s]+", text) if part]
    return frozenset(named) & known, [part for part in dict.fromkeys(named) if part not in known]


def write_progress(done: frozenset[str]) -> str:
    """Return steps as a link carries them, in the order of the course."""
    return ",".join(key for _, lesson in LESSONS.items() for step in lesson.steps if (key := lesson.key(step)) in done)


def _bare(word: str) -> str:
    return re.sub(r"\s+", " ", word.strip().strip(".,;:!?\"'“”‘’«»").casefold())
