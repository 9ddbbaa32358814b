"""How far a visitor has come: kept in the visitor's browser and in a link; on the server while the session lasts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from engine.errors import InputError
from engine.lessons.lesson import Lesson, LessonStep, find_step, read_progress, write_progress
from pages.components.controls import state

PAGE = "lessons"
PARAMETER = "lesson"  # of every page's address: the step that is open beside it
LONGEST_KEPT = 4000  # characters
CLEARED = "-"  # in the browser: nothing is done, and it was taken back on purpose


@dataclass(frozen=True)
class OpenStep:
    """The step that is open.

    Attributes:
        problem: which of the step's problems, from 0.
        predictions: what was predicted, by problem.
        finished: the problems that have been done on the page.
        refusal: why what was typed last is no prediction.
    """

    key: str
    problem: int = 0
    predictions: dict[int, str] = field(default_factory=dict)
    finished: frozenset[int] = frozenset()
    refusal: str = ""

    @property
    def prediction(self) -> str | None:
        """What was predicted for the problem that is open."""
        return self.predictions.get(self.problem)


def place() -> OpenStep | None:
    """Return the step that is open, None where no lesson is."""
    return state.recall(PAGE, "place")


def go(to: OpenStep) -> None:
    """Open a step."""
    state.remember(PAGE, "place", to)


def close() -> None:
    """Close the lesson; what is done stays."""
    state.forget(PAGE, "place")
    state.drop_from_url(PARAMETER)


def predict(prediction: str) -> None:
    """Note a prediction for the problem that is open."""
    now = place()
    if now is not None:
        state.amend(PAGE, "place", predictions=now.predictions | {now.problem: prediction}, refusal="")


def refuse(sentence: str) -> None:
    """Note why what was typed is no prediction."""
    state.amend(PAGE, "place", refusal=sentence)


def finish(key: str) -> None:
    """Note that the open problem has been done on its page, and tick its step off."""
    now = place()
    if now is not None and now.key == key:
        state.amend(PAGE, "place", finished=now.finished | {now.problem})
        tick(frozenset([key]))


def at_problem(now: OpenStep, problem: int) -> OpenStep:
    """Return the place of another problem of the step, to be predicted anew."""
    kept = {number: text for number, text in now.predictions.items() if number != problem}
    return replace(now, problem=problem, predictions=kept, finished=now.finished - {problem})


def done() -> frozenset[str]:
    """Return the steps that are ticked off."""
    return state.recall(PAGE, "done", frozenset())


def tick(keys: frozenset[str]) -> None:
    """Tick steps off."""
    if not keys <= done():
        state.remember(PAGE, "done", done() | keys)
        state.forget(PAGE, "cleared")


def start_over() -> None:
    """Take everything back."""
    state.remember(PAGE, "done", frozenset())
    state.remember(PAGE, "cleared", True)
    state.drop_from_url("done")
    close()


def for_browser() -> str:
    """Return what the browser is to keep; "" where the server knows nothing yet."""
    return write_progress(done()) or (CLEARED if state.recall(PAGE, "cleared") else "")


def take_from_browser(text: str | None) -> None:
    """Tick off what the browser has kept; what an older course had is passed over."""
    tick(read_progress("" if text in (None, CLEARED) else str(text)[:LONGEST_KEPT])[0])


def arrive(page_title: str) -> str:
    """Open the step that the address names, and return the sentence that says why it cannot be; "" otherwise."""
    url, now = state.read_url(), place()
    asked = url.get(PARAMETER, "")
    has_moved = state.recall(PAGE, "page") != page_title
    state.remember(PAGE, "page", page_title)
    if not asked or (now is not None and now.key == asked and not has_moved):
        return ""
    try:
        _, step = find_step(asked)
    except InputError as problem:
        return str(problem)
    if now is None or now.key != asked:
        now = OpenStep(asked)
        go(now)
    for name, text in step.problems[now.problem].settings.items():
        # A widget of the page before that has the same name would keep its value, and takes its parameter away.
        state.take_widget(name)
        if name not in url:
            state.write_url(name, text)
    return ""


def next_step(lesson: Lesson, step: LessonStep) -> LessonStep | None:
    """Return the step after one, None after the last."""
    after = lesson.steps[lesson.steps.index(step) + 1 :]
    return after[0] if after else None
