"""Lessons: a course through the app; each step is predicted first, then done on a page, then judged."""

from __future__ import annotations

import streamlit as st

from engine.lessons.lesson import LESSONS, Lesson, LessonStep, read_progress, write_progress
from engine.wording import counted, listing
from pages.components.controls import forms, state
from pages.components.controls.buttons import button
from pages.components.drawing import notices
from pages.components.lessons import panel, progress
from pages.components.lessons.view import PAGE, LessonsView
from pages.components.shell import header, routes

header.show(
    "Lessons",
    "Where do you begin, and what should you see in which order?",
    {
        "Prediction": "each step asks for one first. A wrong one teaches as much as a right one: what was predicted is "
        "remembered.",
        "Tick": "a step is ticked off when it has been done on its page, whether the prediction was right or not.",
        "Progress": "is kept in this browser and in the link below, nowhere else.",
    },
)
controls = forms.open_controls(PAGE, LessonsView)
ticked, unknown = read_progress(controls.current("done"))
progress.tick(ticked)
if unknown:
    others = " and others" if len(unknown) > 3 else ""
    notices.note(
        f"The link also ticks off {listing(unknown[:3], ', ')}{others}, which this course does not have; all else is "
        "taken over."
    )
done = progress.done()


def link(lesson: Lesson, step: LessonStep, label: str, icon: str) -> None:
    """Draw a link to a step: its page, as the step begins."""
    path = routes.path_of(panel.page_of(step))
    st.page_link(path, label=label, icon=icon, query_params=panel.address(lesson, step), width="content")


for _, lesson in LESSONS.items():
    left = [step for step in lesson.steps if lesson.key(step) not in done]
    with st.container(border=True):
        st.subheader(f"{lesson.number} · {lesson.title}", anchor=False)
        notices.explain(lesson.aim)
        marks = panel.marks(lesson, done)
        st.caption(f"{counted(lesson.minutes, 'minute')}, {len(lesson.steps) - len(left)} of {len(marks)} steps done")
        with st.container(gap="xxsmall"):
            for mark, step in zip(marks, lesson.steps, strict=True):
                link(lesson, step, step.title, mark)
        word = "Start" if len(left) == len(lesson.steps) else "Continue" if left else "Start again"
        link(lesson, (left or lesson.steps)[0], f"**{word}**", ":material/arrow_forward:")
if done:
    header.section("Take your progress with you", "This address ticks off what you have done, in any browser.")
    st.code(state.own_address(done=write_progress(done)), language=None, wrap_lines=True)
    button("Start over", "lessons-over", progress.start_over, icon="delete")
