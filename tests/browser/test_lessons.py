"""Each lesson as a student walks it, with right and wrong predictions; what is judged is what the network computes."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from engine.lessons.lesson import LESSONS, Lesson, Problem, Question, judge
from engine.models.folder import load_model
from pages.components.lessons.panel import address as address_of
from pages.components.shell import routes
from tests.browser.browsing import Visit

NAMES = [name for name, _ in LESSONS.items()]


def ask(problem: Problem) -> Question:
    """Return the question as the engine answers it in this process."""
    return problem.pose(*([load_model(problem.model)] if problem.model else []), *problem.arguments)


def next_token(guest: Visit) -> None:
    """Read one token more on the Cells page."""
    guest.page.get_by_test_id("stMain").get_by_role("button", name="Next").first.click()


def choose(label: str, option: str) -> Callable[[Visit], None]:
    """Return how to choose an option of a drop-down list."""

    def do(guest: Visit) -> None:
        guest.page.get_by_role("combobox", name=label).click()
        guest.page.get_by_role("option", name=option).click()

    return do


def move(label: str, times: int, key: str = "ArrowRight") -> Callable[[Visit], None]:
    """Return how to move a slider by its keys."""

    def do(guest: Visit) -> None:
        handle = guest.page.get_by_role("slider", name=label)
        handle.focus()
        for _ in range(times):
            handle.press(key)

    return do


# What a student does at the first problem of each step.
DEEDS: dict[str, Callable[[Visit], None]] = {
    "one_cell.squash": next_token,
    "one_cell.keep": next_token,
    "one_cell.write": next_token,
    "one_cell.show": next_token,
    "forgetting.vanish": choose("Recurrent matrix", "As torch.nn draws it"),
    "forgetting.edge": move("Recurrent gain", 14),
    "forgetting.bias": move("Forget bias", 6),
    "forgetting.close": next_token,
    "forgetting.subject": move("What is expected as character", 7),
}


def wrong(question: Question) -> str:
    """Return a prediction that is not right."""
    if question.options:
        return next(option for option in question.options if option != question.answer)
    return f"{question.answer + 5 * question.tolerance:.3f}" if question.is_number else "nothing of the kind"


def predict(guest: Visit, question: Question, prediction: str) -> None:
    """Hand in a prediction in the lesson's panel."""
    panel = guest.page.get_by_test_id("stSidebar")
    expect(panel).to_contain_text(question.ask)
    if question.options:
        panel.get_by_text(prediction, exact=True).click()
    else:
        panel.get_by_role("textbox").fill(prediction)
    panel.get_by_role("button", name="Predict").click()
    expect(panel).to_contain_text(f"You predicted: {prediction}")


@pytest.mark.parametrize("name", NAMES)
def test_a_lesson_is_walked_and_judged_by_what_the_network_computes(guest: Visit, name: str) -> None:
    lesson: Lesson = LESSONS.get(name)
    questions = [ask(step.problems[0]) for step in lesson.steps]
    panel, main = guest.page.get_by_test_id("stSidebar"), guest.page.get_by_test_id("stMain")
    first = lesson.steps[0]
    guest.open(f"/{first.page}?{urlencode(address_of(lesson, first))}", routes.named(first.page).title)
    for number, step in enumerate(lesson.steps):
        page = routes.named(step.page)
        expect(guest.page.get_by_role("heading", level=1, name=page.title, exact=True)).to_be_visible()
        expect(panel.get_by_role("heading", name=step.title)).to_be_visible()
        guest.settle()
        assert guest.layout_shift < 0.1
        question = questions[number]
        prediction = str(question.answer) if number % 2 else wrong(question)
        predict(guest, question, prediction)
        judged = judge(question, prediction)
        assert judged.is_right is bool(number % 2)
        expect(panel).not_to_contain_text(judged.sentence)
        guest.settle()
        DEEDS[lesson.key(step)](guest)
        expect(panel).to_contain_text(judged.sentence)
        expect(panel).to_contain_text(question.why)
        guest.expect_query(lesson=lesson.key(step))
        if number == 0:
            guest.expect_whole()
        panel.get_by_text("Finish the lesson" if step is lesson.steps[-1] else "Next step").click()
    expect(guest.page.get_by_role("heading", level=1, name="Lessons")).to_be_visible()
    steps = len(lesson.steps)
    expect(main).to_contain_text(f"{lesson.minutes} minutes, {steps} of {steps} steps done")
    guest.page.reload()  # a new session: what is done comes from the browser
    expect(main).to_contain_text(f"{lesson.minutes} minutes, {steps} of {steps} steps done")
