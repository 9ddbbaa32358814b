"""The open step of a lesson, beside the page it is done on: prediction, what to do, and what became of it."""

from __future__ import annotations

import streamlit as st

from engine.errors import EngineError
from engine.lessons.lesson import Lesson, Problem, Question, Step, find_step, judge, read_number
from engine.task_family import Page
from pages.components import notices, routes, state
from pages.components.buttons import button, is_pressed
from pages.components.calls import call
from pages.components.lessons import progress
from pages.components.lessons.progress import PARAMETER, Place

DONE, OPEN = ":material/check_circle:", ":material/radio_button_unchecked:"
ANYTHING = "*"  # of `until`: whatever is not empty


def show(page_title: str) -> None:
    """Draw the open step, if any, in the sidebar of the page with this title."""
    refusal = progress.arrive()
    place = progress.place()
    if place is None and not refusal:
        return
    with st.sidebar, notices.engine_errors():
        if refusal:
            notices.error(refusal)
        if place is not None:
            _draw(place, *find_step(place.key), page_title)


def begin(lesson: Lesson, step: Step, problem: int = 0) -> None:
    """Go to the page of a step as it begins; ends this run of the script."""
    for name in (*step.problems[problem].settings, *step.problems[problem].until):
        state.take_widget(name)  # so that the address is read
    page = page_of(step)
    st.switch_page(
        routes.path_of(page), query_params=dict(step.problems[problem].settings) | {PARAMETER: lesson.key(step)}
    )


def page_of(step: Step) -> Page:
    """Return the page a step is done on."""
    return next(page for page in routes.listed() if page.name == step.page)


def question_of(problem: Problem) -> Question:
    """Return the question as the network answers it now."""
    return call(problem.pose, *problem.arguments, model=problem.model, table=problem.table, kept="shared").value


def _draw(place: Place, lesson: Lesson, step: Step, page_title: str) -> None:
    position = lesson.steps.index(step)
    st.caption(f"Lesson {lesson.number} · {lesson.title} · step {position + 1} of {len(lesson.steps)}")
    st.subheader(step.title, anchor=False)
    st.markdown(step.text)
    problem = step.problems[place.problem]
    page = page_of(step)
    is_here = page.title == page_title
    with st.spinner("The network works the answer out."):
        question = question_of(problem)
    prediction = place.predictions.get(place.problem)
    if prediction is None:
        _ask(place, lesson, step, question)
    else:
        st.markdown(f"{notices.plain(question.ask)}  \n**You said: {notices.plain(prediction)}**")
        is_done = is_here and _is_done(problem)
        st.markdown(f"{DONE if is_done else OPEN} {step.do}")
        if is_done:
            _judge(lesson, step, question, prediction)
    if not is_here and is_pressed(f"Go to {page.title}", "lesson-go", icon="arrow_forward", type="primary"):
        begin(lesson, step, place.problem)
    if not (prediction is not None and is_here and _is_done(problem)):
        with st.expander("A hint", icon=":material/lightbulb:", type="compact"):
            st.markdown(step.hint)
    with st.container(horizontal=True):
        if is_here and is_pressed("Set the page up again", "lesson-again", icon="restart_alt", type="tertiary"):
            begin(lesson, step, place.problem)
        button("Close the lesson", "lesson-close", _close, icon="close", type="tertiary")


def _ask(place: Place, lesson: Lesson, step: Step, question: Question) -> None:
    """Draw the question and the box for a prediction."""
    st.markdown(f"**Predict first.** {notices.plain(question.ask)}")
    key = f"lesson-{lesson.key(step)}-{place.problem}"
    if question.options:
        given = st.radio("Your prediction", question.options, index=None, key=key, label_visibility="collapsed") or ""
    else:
        kind = "A number" if question.is_number else "A word"
        given = st.text_input(kind, key=key, max_chars=60, placeholder="Your prediction")
    if is_pressed("That is my prediction", f"{key}-button", type="primary"):
        _check(question, given)
        progress.predict(given.strip())
        st.rerun()


def _check(question: Question, given: str) -> None:
    """Refuse what is no prediction, before it is kept."""
    judge(question, given)
    if question.is_number:
        read_number(given)


def _judge(lesson: Lesson, step: Step, question: Question, prediction: str) -> None:
    """Say what became of the prediction, tick the step off and lead on."""
    try:
        judged = judge(question, prediction)
    except EngineError as error:  # a network of before asked for something else
        notices.error(str(error))
        return
    progress.tick(frozenset([lesson.key(step)]))
    (st.success if judged.is_right else st.info)(notices.plain(judged.sentence))
    st.markdown(notices.plain(question.why))
    following = progress.next_step(lesson, step)
    with st.container(horizontal=True):
        if following is not None and is_pressed("Next step", "lesson-next", icon="arrow_forward", type="primary"):
            progress.open_step(lesson.key(following))
            begin(lesson, following)
        if following is None and is_pressed("The lesson is done", "lesson-end", icon="check", type="primary"):
            progress.close()
            st.switch_page(routes.path_of(routes.LESSONS))
        if len(step.problems) > 1 and is_pressed("Another one", "lesson-other", icon="casino"):
            progress.take_other_problem(len(step.problems))
            place = progress.place()
            begin(lesson, step, place.problem if place else 0)


def _is_done(problem: Problem) -> bool:
    """Return whether the page's widgets say what the step asks for."""
    return all(_said(name) in wanted or (ANYTHING in wanted and _said(name)) for name, wanted in problem.until.items())


def _said(name: str) -> str:
    value = state.widget_value(name)
    if value is None:
        return state.read_url().get(name, "") if name in state.read_url() else ""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _close() -> None:
    progress.close()
    state.drop_from_url(PARAMETER)
