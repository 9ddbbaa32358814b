"""The open step of a lesson, beside the page it is done on: prediction, what to do, and what became of it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from engine.errors import InputError
from engine.lessons.lesson import LONGEST_PREDICTION, Lesson, LessonStep, Problem, Question, find_step, judge
from engine.task_family import Page
from engine.wording import decimal
from pages.components.computing.calls import call
from pages.components.controls import state
from pages.components.controls.buttons import button
from pages.components.drawing import notices
from pages.components.lessons import progress
from pages.components.lessons.progress import PARAMETER, OpenStep
from pages.components.shell import routes

DONE, OPEN = ":material/check_circle:", ":material/radio_button_unchecked:"


def show(page_title: str) -> None:
    """Draw the open step, if any, in the sidebar of the page with this title; the list of lessons has none."""
    refusal = progress.arrive(page_title)
    place = progress.place()
    if page_title == routes.LESSONS.title and not refusal:
        progress.close()  # the page says where to go on
        return
    if place is None and not refusal:
        return
    with st.sidebar:
        if refusal:
            notices.error(refusal)
            st.page_link(routes.path_of(routes.LESSONS), label="All lessons", icon=":material/arrow_forward:")
        if place is None:
            return
        lesson, step = find_step(place.key)
        with notices.engine_errors():  # such as of a network that is not installed
            _draw(place, lesson, step, page_title)
        with st.container(horizontal=True, key="lesson-foot"):
            now = progress.place() or place
            look = {"type": "tertiary", "width": "content"}
            if page_of(step).title == page_title:
                _lead("Set up again", "lesson-again", now, page_title, icon="restart_alt", **look)
            button("Close", "lesson-close", progress.close, icon="close", **look)


def address(lesson: Lesson, step: LessonStep, problem: int = 0) -> dict[str, str]:
    """Return the parameters of the page's address with which a step begins."""
    return dict(step.problems[problem].settings) | {PARAMETER: lesson.key(step)}


def page_of(step: LessonStep) -> Page:
    """Return the page a step is done on."""
    return routes.named(step.page)


def question_of(problem: Problem) -> Question:
    """Return the question as the network answers it now."""
    return call(problem.pose, *problem.arguments, model=problem.model, table=problem.table, kept="shared").value


def marks(lesson: Lesson, done: frozenset[str]) -> list[str]:
    """Return the icon of each step: ticked off or not."""
    return [DONE if lesson.key(step) in done else OPEN for step in lesson.steps]


def _draw(place: OpenStep, lesson: Lesson, step: LessonStep, page_title: str) -> None:
    problem, page = step.problems[place.problem], page_of(step)
    is_here = page.title == page_title
    heading = st.container(gap="small", key="lesson-heading")
    if place.prediction is None:
        st.markdown(step.text)
    with st.spinner("The network works the answer out."):
        question = question_of(problem)
    if is_here and place.prediction is not None and problem.is_done(question, _said):
        progress.finish(place.key)
    now = progress.place() or place
    with heading:
        st.caption(f"Lesson {lesson.number} · {lesson.title}")
        st.subheader(step.title, anchor=False)
        where = f"Step {lesson.steps.index(step) + 1} of {len(lesson.steps)}"
        st.markdown(f"{' '.join(marks(lesson, progress.done()))} {where}")
    is_finished = now.problem in now.finished
    if now.prediction is None:
        _ask(now, question)
    else:
        st.markdown(f"{notices.plain(question.ask)}  \n**You predicted: {notices.plain(now.prediction)}**")
        if is_finished:
            _judge(now, lesson, step, question, page_title)
        else:
            st.markdown(f"{OPEN} {step.do}")
            if is_here and problem.strayed(question, _said):
                notices.note("Another setting was changed that the question is about: set the page up again.")
    if not is_here:
        _lead(f"Go to {page.title}", "lesson-go", now, page_title, icon="arrow_forward")
    if not is_finished:
        with st.expander("Hint", icon=":material/lightbulb:", type="compact"):
            st.markdown(step.hint)


def _ask(place: OpenStep, question: Question) -> None:
    """Draw the question and what a prediction is given with; one that is none is refused and stays as it was typed."""
    st.markdown(f"**Predict first.** {notices.plain(question.ask)}")
    if place.refusal:
        notices.error(place.refusal)
    key = f"lesson-{place.key}-{place.problem}"
    with st.form(f"{key}-form", border=False):
        if question.options:
            st.radio("Your prediction", question.options, index=None, key=key)
        else:
            near = f", right within {decimal(question.tolerance).rstrip('0').rstrip('.')}" if question.tolerance else ""
            label = f"Your prediction, {'a number' + near if question.is_number else 'a word'}"
            st.text_input(label, key=key, max_chars=LONGEST_PREDICTION)
        st.form_submit_button("Predict", key=f"{key}-button", on_click=_hand_in, args=(question, key), width="stretch")


def _hand_in(question: Question, key: str) -> None:
    """Keep what was predicted, or why it is no prediction."""
    given = state.widget_value(key) or ""
    try:
        judge(question, given)
    except InputError as problem:
        progress.refuse(str(problem))
    else:
        progress.predict(given.strip())


def _judge(place: OpenStep, lesson: Lesson, step: LessonStep, question: Question, page_title: str) -> None:
    """Say what became of the prediction, and lead on."""
    judged = judge(question, place.prediction or "")
    icon = ":material/check:" if judged.is_right else ":material/info:"
    (st.success if judged.is_right else st.info)(notices.plain(judged.sentence), icon=icon)
    st.markdown(notices.plain(question.why))
    following = progress.next_step(lesson, step)
    if following is not None:
        to = OpenStep(lesson.key(following))
        _lead("Next step", "lesson-next", to, page_title, icon="arrow_forward")
    else:
        _link("Finish the lesson", routes.LESSONS, {}, "check")
    if len(step.problems) > 1:
        other = progress.at_problem(place, (place.problem + 1) % len(step.problems))
        _lead("Another one like it", "lesson-other", other, page_title, icon="refresh")


def _lead(label: str, key: str, place: OpenStep, page_title: str, icon: str, **look: Any) -> None:
    """Draw what goes to a place: to its page, set up as the step begins."""
    look = {"width": "stretch"} | look
    lesson, step = find_step(place.key)
    page, parameters = page_of(step), address(lesson, step, place.problem)
    if page.title == page_title:
        button(label, key, _set_up, place, parameters, icon=icon, **look)
    else:
        _link(label, page, parameters, icon)


def _link(label: str, page: Page, parameters: dict[str, str], icon: str) -> None:
    """Draw a link; Streamlit lets no script leave a page with other parameters while widgets are bound to the old."""
    st.page_link(routes.path_of(page), label=f"**{label}**", icon=f":material/{icon}:", query_params=parameters)


def _set_up(place: OpenStep, parameters: dict[str, str]) -> None:
    """Set the widgets of the page that is open as a step begins; those not drawn yet read the address."""
    progress.go(place)
    for name, text in parameters.items():
        held = state.widget_value(name)
        if held is None:
            state.write_url(name, text)
        else:
            state.set_widget(name, text == "true" if isinstance(held, bool) else type(held)(text))


def _said(name: str) -> str:
    """Return what a widget says, as an address would; before it is drawn what the address says."""
    value = state.widget_value(name)
    if value is None:
        return state.read_url().get(name, "")
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)
