"""The open step beside a page: predicted, done, judged; and what cannot be opened or is no prediction."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.lessons.course.forgetting import edge
from engine.lessons.lesson import LESSONS, find_step, judge
from engine.wording import decimal
from pages.components.lessons import panel, progress
from tests.pages.open import open_page, sentences, written

KEY = "forgetting.edge"
LESSON, STEP = find_step(KEY)
PROBLEMS = [
    pytest.param(lesson, step, number, id=f"{lesson.key(step)}-{number}")
    for _, lesson in LESSONS.items()
    for step in lesson.steps
    for number in range(len(step.problems))
]


@pytest.fixture
def step() -> AppTest:
    """Return the Gradients page with the step that asks for a gain."""
    return open_page("gradients", **panel.address(LESSON, STEP))


def predict(at: AppTest, text: str, problem: int = 0) -> AppTest:
    """Type a prediction and hand it in."""
    at.text_input(key=f"lesson-{KEY}-{problem}").set_value(text)
    return at.button(key=f"lesson-{KEY}-{problem}-button").click().run()


@pytest.mark.parametrize(("text", "is_right"), [("2,7", True), ("1", False)])
def test_a_step_is_judged_when_it_has_been_done_and_not_before(step: AppTest, text: str, is_right: bool) -> None:
    question = edge("default")
    assert question.ask in written(step)
    at = predict(step, text)
    assert f"You predicted: {text}" in written(at)
    assert decimal(question.answer) not in written(at)
    at.slider(key="chain_gain").set_value(2.5).run()
    assert "Step 1" not in written(at)
    assert not at.success
    at.slider(key="chain_gain").set_value(2.75).run()
    assert not at.exception
    judged = judge(question, text)
    assert judged.is_right is is_right
    shown = [*at.success] if is_right else [*at.info]
    assert judged.sentence in [each.value.replace("\\", "") for each in shown]
    assert question.why in written(at)
    assert f"{panel.OPEN} {panel.DONE} {panel.OPEN}" in written(at)


def test_another_problem_sets_the_page_up_and_asks_anew(step: AppTest) -> None:
    at = predict(step, "2.7")
    at.slider(key="chain_gain").set_value(2.75).run()
    at.button(key="lesson-other").click().run()
    assert edge("orthogonal").ask in written(at)
    assert at.slider(key="chain_gain").value == 1.0
    assert at.selectbox(key="chain_matrix").value == "orthogonal"
    at = predict(at, "1.5", problem=1)
    at.selectbox(key="chain_matrix").set_value("identity").run()
    assert "set the page up again" in [note.value.replace("\\", "") for note in at.info][-1]
    at.button(key="lesson-again").click().run()
    at.slider(key="chain_gain").set_value(1.5).run()
    assert judge(edge("orthogonal"), "1.5").sentence in at.success[0].value.replace("\\", "")


def test_what_is_no_prediction_is_refused_and_stays_in_its_box(step: AppTest) -> None:
    for text, said in (
        ("", "Predict first"),
        ("a lot", "“a lot” is not one"),
        ("<b>2.7</b>", "“<b>2.7</b>” is not one"),
    ):
        at = predict(step, text)
        (sentence,) = sentences(at)
        assert said in sentence
        assert at.text_input(key=f"lesson-{KEY}-0").value == text
        assert "You predicted" not in written(at)


@pytest.mark.parametrize("asked", ["one_cell.gone", "<script>" + "a" * 300])
def test_a_link_to_a_step_that_is_not_there_costs_one_sentence(asked: str) -> None:
    at = open_page("glossary", lesson=asked)
    assert not at.exception
    (sentence,) = sentences(at)
    assert sentence.startswith("This course has no step")
    assert "All lessons" in [link.proto.label for link in at.get("page_link")]
    assert "Glossary" in [title.value for title in at.title], "the page itself is there"


def test_a_lesson_follows_its_visitor_to_other_pages_and_can_be_closed(step: AppTest) -> None:
    at = step.switch_page("pages/glossary.py").run()
    assert edge("default").ask in written(at)
    assert "**Go to Gradients**" in [link.proto.label for link in at.get("page_link")]
    at.button(key="lesson-close").click().run()
    assert edge("default").ask not in written(at)
    assert not at.exception


def test_a_network_that_is_missing_costs_one_sentence_and_the_lesson_can_be_closed(models: Path) -> None:
    lesson, first = find_step("one_cell.squash")
    at = open_page("cells", lesson=lesson.key(first))
    assert not at.exception
    assert "shakespeare-rnn" in sentences(at)[-1]
    at.button(key="lesson-close").click().run()
    assert "Lesson 1" not in written(at)


@pytest.mark.parametrize(("lesson", "step", "number"), PROBLEMS)
def test_a_step_begins_with_settings_that_its_page_has(lesson, step, number) -> None:
    from importlib import import_module

    from pages.components.controls import fields

    page = import_module(f"pages.components.{step.page}.view")
    (view,) = (each for name, each in vars(page).items() if name == f"{step.page.capitalize()}View")
    known = fields.fields_of(view)
    problem = step.problems[number]
    kept, refused = fields.read_parameters(known, dict(problem.settings))
    assert refused == []
    assert kept == problem.settings
    assert set(problem.until) <= set(known)
    assert lesson.key(step) in progress.write_progress(frozenset([lesson.key(step)]))
