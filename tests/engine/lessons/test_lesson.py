"""What a prediction is judged by, and what becomes of links and of the words a person types."""

from __future__ import annotations

import pytest

from engine.errors import InputError
from engine.lessons.lesson import (
    LESSONS,
    Between,
    Problem,
    Question,
    find_step,
    judge,
    read_number,
    read_progress,
    write_progress,
)

NUMBER = Question("How much?", 0.5, "It is 0.50.", "Because.", tolerance=0.1)
CHOICE = Question("Which?", "the LSTM", "The LSTM.", "Because.", options=("the RNN", "the LSTM"))
WORD = Question("Which word?", "chien", "It writes “chien”.", "Because.", also=("chienne",))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.7", 0.7),
        (" 0,7 ", 0.7),
        ("-1.2", -1.2),
        ("\N{MINUS SIGN}1.2", -1.2),
        ("30 %", 0.3),
        ("30\N{NO-BREAK SPACE}%", 0.3),
        ("1/3", 1 / 3),
        ("1e-5", 1e-5),
    ],
)
def test_a_number_is_read_as_people_write_it(text: str, value: float) -> None:
    assert read_number(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["much", "1/0", "1/2/3", "nan", "inf", "%", "1,000.5", "1e999", "x" * 60])
def test_what_is_no_number_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(InputError, match="Type a number, such as") as refusal:
        judge(NUMBER, text)
    assert len(str(refusal.value)) < 120


@pytest.mark.parametrize(("text", "is_right"), [("0.5", True), ("0.41", True), ("0.6", True), ("0.61", False)])
def test_a_number_is_right_within_its_tolerance(text: str, is_right: bool) -> None:
    judged = judge(NUMBER, text)
    assert judged.is_right is is_right
    assert judged.sentence.endswith("It is 0.50.")


def test_a_wrong_number_is_told_whether_it_was_close() -> None:
    assert judge(NUMBER, "0.75").sentence.startswith("Close, but not close enough.")
    assert judge(NUMBER, "0.9").sentence.startswith("Not this time.")


@pytest.mark.parametrize("text", ["chien", " Chien. ", "“CHIEN”", "chienne"])
def test_a_word_is_right_however_it_is_written(text: str) -> None:
    assert judge(WORD, text).is_right
    assert not judge(WORD, "chat").is_right


def test_a_choice_is_judged() -> None:
    assert judge(CHOICE, "the LSTM").is_right
    assert not judge(CHOICE, "the RNN").is_right


def test_no_prediction_and_an_endless_one_are_refused() -> None:
    with pytest.raises(InputError, match="Predict first"):
        judge(CHOICE, " ")
    with pytest.raises(InputError, match="at most 60 characters"):
        judge(WORD, "a" * 61)


def test_a_step_of_an_older_course_is_named_in_a_sentence() -> None:
    with pytest.raises(InputError, match="no step “one_cell.gone”; the link may be of an older version"):
        find_step("one_cell.gone")
    with pytest.raises(InputError, match="…”"):
        find_step("x" * 500)


def test_progress_comes_back_from_its_link_in_the_order_of_the_course() -> None:
    done = frozenset(["forgetting.edge", "one_cell.keep"])
    assert write_progress(done) == "one_cell.keep,forgetting.edge"
    assert read_progress(write_progress(done)) == (done, [])
    assert read_progress("gone.step, one_cell.keep,,gone.step") == (frozenset(["one_cell.keep"]), ["gone.step"])


def test_a_problem_is_done_by_what_the_page_says() -> None:
    def pose() -> Question:
        return NUMBER

    problem = Problem(pose, {"text": "a", "gain": "1"}, {"position": ("3",)})
    question = Question("?", 2.0, "", "", until={"gain": Between(1.9, 2.1)})
    said = {"text": "a", "gain": "2", "position": "3"}
    assert problem.is_done(question, said.get)
    assert not problem.is_done(question, (said | {"gain": "1.8"}).get)
    assert not problem.is_done(question, (said | {"gain": ""}).get)
    assert not problem.is_done(question, (said | {"position": "4"}).get)
    assert problem.strayed(question, said.get) == []
    assert problem.strayed(question, (said | {"text": "b"}).get) == ["text"]


def test_lessons_are_numbered_and_each_step_has_a_second_problem() -> None:
    lessons = [lesson for _, lesson in LESSONS.items()]
    assert [lesson.number for lesson in lessons] == list(range(1, len(lessons) + 1))
    for lesson in lessons:
        assert 10 <= lesson.minutes <= 15
        assert len({step.name for step in lesson.steps}) == len(lesson.steps)
        for step in lesson.steps:
            assert len(step.problems) > 1
            assert step.hint
            assert len({(problem.pose, problem.arguments) for problem in step.problems}) == len(step.problems)
