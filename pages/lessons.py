"""Lessons: a course through the app; each step is predicted first, then done on a page, then judged."""

from __future__ import annotations

import streamlit as st

from engine.lessons.lesson import LESSONS, read_progress, write_progress
from engine.wording import counted, listing
from pages.components import forms, header, notices
from pages.components.buttons import button, is_pressed
from pages.components.lessons import panel, progress
from pages.components.lessons.view import PAGE, LessonsView

header.show(
    "Lessons",
    "Where do you begin, and what should you see in which order?",
    {
        "Prediction": "each step asks for one first. A wrong one is worth as much as a right one: what is predicted is "
        "remembered.",
        "Tick": "a step is ticked off when it has been done on its page, not when a button was pressed.",
        "Progress": "is kept in this browser and in the link below, and nowhere else.",
    },
)
controls = forms.open_controls(PAGE, LessonsView)
asked = controls.current("done")
ticked, unknown = read_progress(asked)
progress.tick(ticked)
if unknown:
    notices.note(
        f"The link ticks off {listing(unknown[:3])}{' and others' if len(unknown) > 3 else ''}, which this course does "
        "not have; all others are taken over."
    )
done = progress.done()
for _, lesson in LESSONS.items():
    keys = [lesson.key(step) for step in lesson.steps]
    left = [step for step, key in zip(lesson.steps, keys, strict=True) if key not in done]
    with st.container(border=True):
        st.subheader(f"{lesson.number} {lesson.title}", anchor=False)
        notices.explain(lesson.aim)
        st.caption(f"{counted(lesson.minutes, 'minute')} · {len(keys) - len(left)} of {counted(len(keys), 'step')} done")
        marks = [panel.DONE if key in done else panel.OPEN for key in keys]
        st.markdown("  \n".join(f"{mark} {step.title}" for mark, step in zip(marks, lesson.steps, strict=True)))
        word = "Begin" if len(left) == len(keys) else "Go on" if left else "Do it again"
        if is_pressed(word, f"begin-{lesson.name}", icon="arrow_forward"):
            step = left[0] if left else lesson.steps[0]
            progress.open_step(lesson.key(step))
            panel.begin(lesson, step)
if done:
    header.section("Take your progress along", "This address ticks off what you have done, on any computer.")
    st.code(f"{PAGE}?done={write_progress(done)}", language=None, wrap_lines=True)
    button("Start over", "lessons-over", progress.start_over, icon="delete")
